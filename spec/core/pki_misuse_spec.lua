-- What wsstls.pki refuses, and what the core does besides certificates.
local core = require "wsstls.core"
local helper = require "helper"
local pki = require "wsstls.pki"

local dir, ca, leaf

setup(function()
  dir = helper.dir()
  ca = assert(pki.ca { cn = "Test CA" })
  leaf = assert(ca:issue { cn = "localhost" })
end)

teardown(function() helper.cleanup() end)

local function openssl(command, bytes)
  local path = helper.write(dir .. "/x.pem", bytes)
  return helper.shell("openssl " .. command:gsub("%%s",
    function() return path end))
end

describe("misuse", function()
  local function raises(pattern, fn, ...)
    local ok, message = pcall(fn, ...)
    assert.is_false(ok)
    assert.equal("string", type(message))
    assert.matches(pattern, message)
  end

  it("raises with the option's name", function()
    raises("pki.ca: unknown option 'dsn' %(did you mean 'dns'", pki.ca,
      { dsn = 1 })
    raises("'days': expected a number above 0", pki.ca, { days = -1 })
    raises("ip: '1.2.3' is not an IP address", ca.issue, ca,
      { ip = "1.2.3" })
    raises("no digest named 'sha257'", ca.issue, ca, { digest = "sha257" })
    raises("there is no 'rsaa' %(did you mean 'rsa'", pki.key,
      { type = "rsaa" })
    raises("P%-999", pki.key, { curve = "P-999" })
    raises("512 to 16384 bits", pki.key, "rsa:100")
    raises("string too long", ca.issue, ca, { cn = ("x"):rep(65) })
    raises("call it on a CA", ca.issue, leaf, {})
    raises("is not an IP network", ca.intermediate, ca,
      { name_constraints = { permitted = "IP:10.0.0.0/99" } })
    raises("no standard group has 1000 bits", pki.dhparam, 1000)
    raises("no signature of EC with MD5", ca.issue, ca, { digest = "md5" })
    raises("from 0, or hex text", ca.issue, ca, { serial = -1 })
    raises("not beyond the year 9999", ca.issue, ca, { days = 1e9 })
    raises("did you mean 'serverAuth'", ca.issue, ca,
      { extended_key_usage = "serverauth" })
    raises("call it with a colon", leaf.pem)
    raises("say where", leaf.save, leaf, {})
  end)

  it("is not what may be the name of a file", function()
    local made, err, code = ca:issue { key = "dsa" }
    assert.is_nil(made)
    assert.equal("config-file-missing", code)
    assert.matches("nor is 'dsa' a type of key: ec, rsa", err.message)
  end)

  it("raises at the caller's level", function()
    local _, message = pcall(function() pki.ca { dsn = 1 } end)
    assert.matches("^[^:]*pki_misuse_spec.lua:%d+: pki.ca: unknown", message)
  end)
end)

describe("the core", function()
  it("has DH groups of every standard size and of its own making", function()
    for _, bits in ipairs { 768, 1024, 1536, 2048, 3072, 4096 } do
      local output, status = openssl("dhparam -in %s -noout -text",
        pki.dhparam(bits))
      assert.equal(0, status, output)
      assert.matches("%(" .. bits .. " bit%)", output)
    end
    local events = 0
    local pem = assert(pki.dhparam { bits = 512, custom = true,
      progress = function() events = events + 1 end })
    assert.is_true(events > 0)
    assert.matches("512 bit", (openssl("dhparam -in %s -noout -text", pem)))
  end)

  it("stops the search for a prime, also by an error", function()
    local _, _, code = pki.dhparam { bits = 2000, custom = true,
      progress = function() return false end }
    assert.equal("cancelled", code)
    assert.has_error(function()
      pki.dhparam { bits = 2000, custom = true,
        progress = function() error("enough", 0) end }
    end, "enough")
  end)

  it("refuses to work on what is no material", function()
    assert.has_error(function() core.pki.cert({}, io.stdout) end)
    assert.has_error(function() core.pki.cert({}, {}) end)
    assert.has_error(function() core.pki.key() end)
  end)
end)
