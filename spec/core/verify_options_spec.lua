--- core.verify with CRLs, exceptions and pins, and of a client.

local core = require "wsstls.core"
local mint = require "core.mint"
local judge = require "core.judge"

local verify, faults, alone = judge.verify, judge.faults, judge.alone
local DAY, OLD = mint.day, judge.OLD

describe("core.verify with CRLs", function()
  local root, inter, leaf

  setup(function() root, inter, leaf = mint.chain() end)

  local function with(o)
    o.chain, o.ca = leaf, { root }
    return verify(o)
  end

  it("finds a revoked leaf", function()
    local r = with { crl = { mint.crl(inter, { leaf }) } }
    assert.same({ 23, 0, "cert-revoked" }, { r.code, r.depth, r.slug })
  end)

  it("finds a revoked intermediate with crl_check = chain", function()
    local r = with { crl_check = "chain",
      crl = { mint.crl(inter), mint.crl(root, { inter }) } }
    assert.same({ 23, 1, "cert-revoked" }, { r.code, r.depth, r.slug })
  end)

  it("names a missing, expired, future and damaged CRL", function()
    assert.equal("crl-missing", with { crl_check = "leaf" }.slug)
    local function crl(o) return with { crl = { mint.crl(inter, {}, o) } } end
    assert.equal("crl-expired", crl { this_update = mint.now - 9 * DAY,
      next_update = mint.now - DAY }.slug)
    assert.equal("crl-not-yet-valid", crl { this_update = mint.now + DAY,
      next_update = mint.now + 2 * DAY }.slug)
    assert.equal("crl-bad-signature", crl { tamper_signature = true }.slug)
    assert.is_true(crl {}.ok)
  end)
end)

describe("core.verify with allow", function()
  it("accepts what is tolerated, and says so", function()
    local root, _, leaf = mint.chain { leaf = OLD }
    local r = verify { chain = leaf, ca = { root }, allow = { 10 } }
    assert.same({ true, 0, "OK", "", "10@0" },
      { r.ok, r.code, r.name, faults(r.errors), faults(r.accepted) })
  end)

  it("rejects by the first fault that is not tolerated", function()
    local _, _, leaf = mint.chain { leaf = OLD }
    local r = verify { chain = leaf, ca = { mint.ca { cn = "Other" } },
      host = "other.test", allow = { 19, 10 } }
    assert.same({ 62, "62@0", "19@2 10@0" },
      { r.code, faults(r.errors), faults(r.accepted) })
  end)

  it("tolerates what follows from a tolerated fault", function()
    local root, _, leaf = mint.chain()
    local r = verify { chain = alone(leaf), ca = { root }, allow = { 20 } }
    assert.same({ true, "20@0 21@0*" }, { r.ok, faults(r.accepted) })
  end)

  it("judges a long chain to its end instead of trusting it", function()
    local root, _, leaf = mint.chain()
    local o = { chain = leaf, verify_depth = 0, allow = { 22 } }
    o.ca = { root }
    assert.is_true(verify(o).ok)
    o.ca = { mint.ca { cn = "Other" } }
    local r = verify(o)
    assert.same({ false, 19 }, { r.ok, r.code })
  end)

  it("takes names for numbers and raises on others", function()
    local root, _, leaf = mint.chain { leaf = OLD }
    assert.is_true(verify { chain = leaf, ca = { root },
      allow = { "CERT_HAS_EXPIRED" } }.ok)
    assert.has_error(function() core.verify { allow = { "NOPE" } } end)
  end)
end)

describe("core.verify with pins", function()
  it("accepts any key of the chain, in base64, hex or curl's form",
    function()
      local root, inter, leaf = mint.chain()
      for _, m in ipairs { root, inter, leaf } do
        local pin = m:cert().spki_sha256
        for _, text in ipairs { pin, "sha256//" .. pin } do
          assert.is_true(verify { chain = leaf, ca = { root },
            pin_sha256 = { ("0"):rep(64), text } }.ok)
        end
      end
    end)

  it("rejects with 50 and cert-pin-mismatch when none is there", function()
    local root, _, leaf = mint.chain()
    local r = verify { chain = leaf, ca = { root },
      pin_sha256 = { ("ab"):rep(32) } }
    assert.same({ 50, "APPLICATION_VERIFICATION", "cert-pin-mismatch" },
      { r.code, r.name, r.slug })
    local pin = "sha256//" .. ("q6ur"):rep(10) .. "q6s="
    assert.equal(pin, r.reason)
    assert.equal(pin .. " and 1 more", verify { chain = leaf, ca = { root },
      pin_sha256 = { ("ab"):rep(32), ("00"):rep(32) } }.reason)
  end)

  it("raises on what is no SHA-256", function()
    assert.has_error(function() core.verify { pin_sha256 = { "x" } } end)
  end)
end)

describe("core.verify of a client", function()
  it("uses the client's slugs and purpose", function()
    local root, _, leaf = mint.chain {
      leaf = { extended_key_usage = { "serverAuth" } } }
    local r = verify { chain = leaf, ca = { root }, peer = "client",
      name = false }
    assert.same({ 26, "client-cert-purpose", "sslclient" },
      { r.code, r.slug, r.policy.purpose })
  end)
end)
