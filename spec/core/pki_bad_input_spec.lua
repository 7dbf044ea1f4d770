-- Bad input: each field, and each byte of what is loaded.
local core = require "wsstls.core"
local helper = require "helper"
local pki = require "wsstls.pki"
local stress = require "core.stress"
local wss = require "wsstls"

local ca, leaf, kinds

setup(function()
  ca = assert(pki.ca { cn = "Bad Input CA" })
  leaf = assert(ca:issue { cn = "x", dns = "x.test" })
  local rsa = assert(pki.key "rsa")
  kinds = {
    { "certificate", leaf:der() },
    { "EC key", assert(pki.key()):der() }, { "RSA key", rsa:der() },
    { "Ed25519 key", assert(pki.key "ed25519"):der() },
    { "request", assert(pki.csr { cn = "x", dns = "x.test" }):der() },
    { "CRL", assert(ca:crl { revoked = { 1, { serial = 2,
      reason = "superseded" } } }):der() },
    { "PKCS#12", assert(leaf:pkcs12("pw")) },
    { "old PKCS#12", assert(leaf:pkcs12("pw", nil, "3des")) },
  }
end)

teardown(function() helper.cleanup() end)

local function loads(bytes)
  local material, slug, message, phase = core.load(bytes, "pw")
  if material then return true end
  assert.matches("^config%-", slug)
  assert.equal("config", phase)
  assert.is_true(#message > 10)
  return false, slug
end

describe("what is loaded", function()
  it("is config-truncated when its DER is cut, at every byte #slow", function()
    for _, kind in ipairs(kinds) do
      local name, der = kind[1], kind[2]
      assert.is_true(loads(der), name)
      for n = 2, #der - 1 do
        local ok, slug = loads(der:sub(1, n))
        assert.is_false(ok, name)
        -- two bytes may be a name of a file
        assert.equal(n > 3 and "config-truncated" or slug, slug, name)
      end
    end
  end)

  it("is refused with a code when its PEM is cut, at every byte", function()
    local pems = { leaf:pem(), leaf:key_pem(), leaf:key_pem("pw"),
      assert(pki.csr { cn = "x" }):pem(), assert(ca:crl()):pem() }
    for _, pem in ipairs(pems) do
      for n = 1, #pem - 2 do assert.is_false(loads(pem:sub(1, n))) end
    end
  end)

  it("may be damaged at every byte: loaded, or refused with a code",
    function()
      for _, kind in ipairs(kinds) do
        local der, refused = kind[2], 0
        for n = 1, #der, stress.full and 1 or 11 do
          local damaged = der:sub(1, n - 1)
            .. string.char((der:byte(n) + 128) % 256) .. der:sub(n + 1)
          if not loads(damaged) then refused = refused + 1 end
        end
        assert.is_true(refused > 0, kind[1])
      end
    end)

  it("fails wherever it is given, with the option's name", function()
    local cut = leaf:der():sub(1, -2)
    for _, case in ipairs {
      { "chain", wss.verify, { chain = cut } },
      { "ca", wss.verify, { chain = leaf, ca = cut } },
      { "crl", wss.verify, { chain = leaf, ca = ca, crl = cut } },
      { "cert", wss.listen, { cert = cut, key = leaf:key_pem() } },
      { "key", wss.listen, { cert = leaf:pem(),
        key = pki.key():der():sub(1, -2) } },
    } do
      local result, err, code = case[2](case[3])
      assert.is_nil(result, case[1])
      assert.equal("config-truncated", code)
      assert.equal("config", err.phase)
      assert.is_truthy(err.message:find(case[1], 1, true), err.message)
    end
  end)
end)

describe("what is asked for", function()
  local function raises(pattern, fn, ...)
    local ok, message = pcall(fn, ...)
    assert.is_false(ok, pattern)
    assert.matches(pattern, message)
    assert.matches("pki_bad_input_spec.lua:%d+: ", message)
  end

  local cases = {
    { "'not_after': the end comes before", { not_before = "2026-02-01",
      not_after = "2026-01-01" } },
    { "'not_before': ", { not_before = "yesterday" } },
    { "'not_after': ", { not_after = "2026-02-30" } },
    { "1950", { not_before = "1949-12-31", not_after = "2030-01-01" } },
    { "9999", { not_after = 253402300800 } },
    { "'days': expected a number above 0", { days = -1 } },
    { "'days'", { days = 0 } }, { "'days'", { days = 0 / 0 } },
    { "'dns': a name cannot be empty", { dns = "" } },
    { "'dns': a name cannot be empty", { dns = { "a.test", "" } } },
    { "'ip'", { ip = "" } }, { "'email'", { email = "nobody" } },
    { "'uri'", { uri = "no scheme" } },
    { "wildcard", { dns = "a.*.test" } }, { "wildcard", { dns = "*a.test" } },
    { "wildcard", { dns = "*.*.test" } },
    { "63 bytes", { dns = ("x"):rep(64) .. ".test" } },
    { "port", { dns = "a.test:443" } }, { "URL", { dns = "wss://a.test" } },
    { "did you mean 'rsa'", { key = { type = "rsaa" } } },
    { "no 'dsa'", { key = { type = "dsa" } } },
    { "P%-257", { key = { curve = "P-257" } } },
    { "512 to 16384", { key = "rsa:0" } },
    { "'serial'", { serial = "xyz" } }, { "'serial'", { serial = 1.5 } },
    { "'path_length'", { path_length = -1 } },
    { "'key_usage'", { key_usage = { "sign" } } },
    { "'extended_key_usage'", { extended_key_usage = { "server" } } },
    { "no digest named", { digest = "md17" } },
    { "OID", { extensions = { { oid = "no oid", value = "x" } } } },
    { "'subject'", { subject = "no equals sign" } },
  }
  it("is refused at the caller, by the option's name", function()
    for _, case in ipairs(cases) do
      raises(case[1], function() ca:issue(case[2]) end)
    end
  end)

  it("is a path when it is a key's name that nobody knows", function()
    local err = helper.fails("config-file-missing", ca:issue { key = "dsa" })
    assert.is_truthy(err.message:find("dsa", 1, true))
  end)
end)
