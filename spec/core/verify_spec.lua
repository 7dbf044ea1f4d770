--- core.verify: one judgement of a chain, every fault in it.

local mint = require "core.mint"
local judge = require "core.judge"

local verify, faults, alone = judge.verify, judge.faults, judge.alone
local DAY, OLD = mint.day, judge.OLD

local function old(more)
  local o = { not_before = OLD.not_before, not_after = OLD.not_after }
  for k, v in pairs(more or {}) do o[k] = v end
  return o
end

local FUTURE = { not_before = mint.now + DAY, not_after = mint.now + 9 * DAY }

local function weak_key()
  return mint.key("rsa1024", { type = "rsa", bits = 1024 })
end

--- Every row: slug, what is changed, options, faults in order.
local cases = {
  { "cert-self-signed", "a leaf that signs itself", function()
      return { chain = mint.leaf {}, ca = {} } end, "18@0" },
  { "cert-self-signed", "a CN-only self-signed leaf dialled by IP", function()
      return { chain = mint.leaf { names = "none" }, ca = {},
        ip = "127.0.0.1" } end, "18@0 64@0" },
  { "cert-ip-mismatch", "the same once it is trusted", function()
      local leaf = mint.leaf { names = "none" }
      return { chain = leaf, ca = { leaf }, ip = "127.0.0.1" } end, "64@0" },
  { "cert-untrusted", "an intermediate that was not sent", function()
      local root, _, leaf = mint.chain()
      return { chain = alone(leaf), ca = { root } } end, "20@0 21@0*" },
  { "cert-untrusted", "an unknown root, not sent", function()
      local _, inter, leaf = mint.chain()
      return { chain = { alone(leaf), alone(inter) },
        ca = { mint.ca { cn = "Other" } } } end, "20@1" },
  { "cert-untrusted", "an unknown root, sent", function()
      local _, _, leaf = mint.chain()
      return { chain = leaf, ca = { mint.ca { cn = "Other" } } } end,
    "19@2" },
  { "cert-untrusted", "a root of the same name and another key", function()
      local _, inter, leaf = mint.chain()
      local imposter = mint.ca { cn = "Test Root", key = mint.key("imp") }
      return { chain = { alone(leaf), alone(inter) }, ca = { imposter } }
    end, "20@1" },
  { "cert-untrusted", "an empty trust store", function()
      local _, inter, leaf = mint.chain()
      return { chain = { alone(leaf), alone(inter) }, ca = {} } end, "20@1" },
  { "cert-partial-chain", "an intermediate as anchor", function()
      local _, inter, leaf = mint.chain()
      return { chain = alone(leaf), ca = { alone(inter) } } end, "2@1" },
  { "cert-expired", "an expired leaf", { leaf = OLD }, "10@0" },
  { "cert-not-yet-valid", "a leaf of the future", { leaf = FUTURE }, "9@0" },
  { "cert-expired", "an expired intermediate", { inter = OLD }, "10@1" },
  { "cert-expired", "an expired root", { root = OLD }, "10@2" },
  { "cert-host-mismatch", "another host", {}, "62@0",
    { host = "other.test" } },
  { "cert-ip-mismatch", "another address", {}, "64@0", { ip = "10.0.0.1" } },
  { "cert-ip-mismatch", "an address only in the CN",
    { leaf = { cn = "127.0.0.1", names = "none" } }, "64@0",
    { ip = "127.0.0.1" } },
  { "cert-ip-mismatch", "an address written as a dNSName",
    { leaf = { names = { "DNS:127.0.0.1" } } }, "64@0",
    { ip = "127.0.0.1" } },
  { "cert-host-mismatch", "a wildcard against two labels",
    { leaf = { names = { "DNS:*.a.test" } } }, "62@0",
    { host = "x.y.a.test" } },
  { "cert-host-mismatch", "a wildcard against the apex",
    { leaf = { names = { "DNS:*.a.test" } } }, "62@0", { host = "a.test" } },
  { "cert-host-mismatch", "a host only in the CN",
    { leaf = { names = "none" } }, "62@0" },
  { "cert-purpose", "an EKU without serverAuth",
    { leaf = { extended_key_usage = { "clientAuth" } } }, "26@0" },
  { "cert-purpose", "a key usage that cannot serve",
    { leaf = { key_usage = { "cRLSign" } } }, "26@0" },
  { "cert-purpose", "a CA certificate as leaf",
    { leaf = { ca = true, key_usage = { "keyCertSign" } } }, "26@0" },
  { "cert-unknown-critical-extension", "an unknown critical extension",
    { leaf = { extensions = { { oid = "1.2.3.4", critical = true,
      value = "\5\0" } } } }, "34@0" },
  { "cert-invalid-ca", "an issuer with CA:FALSE",
    { inter = { ca = false } }, "79@1 26@1*" },
  { "cert-invalid-ca", "an issuer without basicConstraints",
    { inter = { basic_constraints = 0 } }, "79@1" },
  { "cert-invalid-ca", "an issuer without keyCertSign",
    { inter = { key_usage = { "digitalSignature" } } },
    "79@1 26@1* 32@1*" },
  { "cert-path-length", "a path length that is exceeded",
    { root = { path_length = 0 } }, "25@2" },
  { "cert-depth", "a chain longer than verify_depth", {}, "22@1 20@1*",
    { verify_depth = 0 } },
  { "cert-name-not-permitted", "a name that is not permitted",
    { inter = { permitted = { "DNS:ok.test" } } }, "47@0" },
  { "cert-name-excluded", "a name that is excluded",
    { inter = { excluded = { "DNS:localhost" } } }, "48@0" },
  { "cert-bad-signature", "a damaged signature",
    { leaf = { tamper_signature = true } }, "7@0" },
  { "cert-key-too-weak", "RSA 1024 at level 2", function()
      local root, _, leaf = mint.chain { leaf = { key = weak_key() } }
      return { chain = leaf, ca = { root }, security_level = 2 } end,
    "66@0" },
  { "cert-ca-key-too-weak", "a CA of RSA 1024 at level 2", function()
      local root, _, leaf = mint.chain { inter = { key = weak_key() } }
      return { chain = leaf, ca = { root }, security_level = 2 } end,
    "67@1" },
  { "cert-digest-too-weak", "a SHA-1 signature at level 2",
    { leaf = { digest = "SHA1" } }, "68@0", { security_level = 2 } },
  { "cert-strict", "a leaf without AKI, strict",
    { leaf = { aki = false } }, "85@0", { strict = true } },
  { "cert-strict", "a root without its bits, strict",
    { root = { basic_constraints = 2, key_usage = false } }, "89@2 92@2",
    { strict = true } },
  { "cert-strict", "a CA without SKI, strict",
    { inter = { ski = false } }, "86@1", { strict = true } },
  { "cert-strict", "an empty subject with a SAN not critical, strict",
    { leaf = { subject = {} } }, "88@0", { strict = true } },
}

local function options_of(case)
  if type(case[3]) == "function" then return case[3]() end
  local root, _, leaf = mint.chain(case[3])
  local o = { chain = leaf, ca = { root } }
  for k, v in pairs(case[5] or {}) do o[k] = v end
  return o
end

describe("core.verify", function()
  it("accepts a good chain by name and by address", function()
    local root, _, leaf = mint.chain()
    for _, name in ipairs { { host = "localhost" }, { ip = "127.0.0.1" },
        { host = "127.0.0.1" }, { host = "LOCALHOST" },
        { host = "localhost." } } do
      name.chain, name.ca = leaf, { root }
      local r = verify(name)
      assert.same({ true, 0, "OK", 0 }, { r.ok, r.code, r.name, #r.errors })
      assert.equal("CN=Test Root", r.anchor.subject)
      assert.equal(3, #r.chain)
    end
  end)

  for _, case in ipairs(cases) do
    it("finds " .. case[1] .. " in " .. case[2], function()
      local r = verify(options_of(case))
      assert.is_false(r.ok)
      assert.equal(case[4], faults(r.errors))
      assert.equal(case[1], r.slug)
      assert.same({ r.errors[1].code, r.errors[1].depth, r.errors[1].name,
        r.errors[1].text }, { r.code, r.depth, r.name, r.text })
    end)
  end

  it("accepts a CN only when cn_fallback asks for it", function()
    local root, _, leaf = mint.chain { leaf = { names = "none" } }
    assert.is_true(verify { chain = leaf, ca = { root },
      cn_fallback = true }.ok)
    assert.is_false(verify { chain = leaf, ca = { root } }.ok)
  end)

  it("checks no name when none is expected", function()
    local root, _, leaf = mint.chain()
    local r = verify { chain = leaf, ca = { root }, name = false }
    assert.is_true(r.ok)
    assert.is_nil(r.expected)
  end)

  it("never lets an impossible name switch the check off", function()
    local root, _, leaf = mint.chain()
    for _, host in ipairs { "", ".localhost", ".", "*" } do
      assert.equal(62, verify { chain = leaf, ca = { root },
        host = host }.code)
    end
    assert.equal(64, verify { chain = leaf, ca = { root },
      ip = "not an address" }.code)
  end)

  it("checks IPv6 literals with and without brackets", function()
    local root, _, leaf = mint.chain { leaf = { names = { "IP:::1" } } }
    for _, text in ipairs { "::1", "[::1]", "0:0::1" } do
      assert.is_true(verify { chain = leaf, ca = { root }, host = text }.ok)
    end
    assert.equal(64, verify { chain = leaf, ca = { root },
      host = "[::2]" }.code)
  end)

  it("puts every fault beside the one that decides", function()
    local _, inter, leaf = mint.chain { inter = OLD,
      leaf = old { names = { "DNS:wrong.test" } } }
    local r = verify { chain = { alone(leaf), alone(inter) },
      ca = { mint.ca { cn = "Other" } } }
    -- 10@1 is the one OpenSSL never looks at: the chain has no end
    assert.equal("20@1 62@0 10@0 10@1", faults(r.errors))
  end)

  it("keeps the trust fault behind a weak key", function()
    local leaf = mint.leaf { key = weak_key(), names = "none" }
    local r = verify { chain = leaf, ca = {}, ip = "10.1.2.3",
      security_level = 2 }
    assert.equal("66@0 18@0 64@0", faults(r.errors))
  end)

  it("gives the same verdict to the same objects again", function()
    local root, _, leaf = mint.chain { leaf = { tamper_signature = true } }
    for _ = 1, 3 do
      assert.equal(7, verify { chain = leaf, ca = { root } }.code)
    end
  end)
end)
