-- wsstls.pki.spec and warnings: options into specs, certificates into words.
local spec = require "wsstls.pki.spec"
local warnings = require "wsstls.pki.warnings"

local LEAF = { ca = false, key_type = "ec" }

local function refused(pattern, value, sentence)
  assert.is_nil(value)
  assert.matches(pattern, sentence)
end

describe("pki.spec of a leaf", function()
  it("has the defaults of the API", function()
    local s = spec.read_certificate({ not_before = 0 }, LEAF)
    assert.same({ "digitalSignature" }, s.key_usage)
    assert.same({ "serverAuth", "clientAuth" }, s.extended_key_usage)
    assert.same({ 1, false, true, true }, { s.basic_constraints, s.ca, s.ski,
      s.aki })
    assert.equal(397 * 86400, s.not_after)
    assert.is_nil(s.path_length)
    assert.is_nil(s.names)
    assert.same({}, s.subject)
  end)

  it("lets an RSA key also encipher", function()
    local s = spec.read_certificate({}, { ca = false, key_type = "rsa" })
    assert.same({ "digitalSignature", "keyEncipherment" }, s.key_usage)
  end)

  it("makes the names critical only when there is no subject", function()
    local s = spec.read_certificate({ dns = "a.test" }, LEAF)
    assert.is_true(s.names_critical)
    s = spec.read_certificate({ dns = "a.test", cn = "a" }, LEAF)
    assert.is_false(s.names_critical)
    s = spec.read_certificate({ dns = "a.test", san_critical = false }, LEAF)
    assert.is_false(s.names_critical)
  end)

  it("leaves out what is false", function()
    local s = spec.read_certificate({ key_usage = false, ski = false,
      extended_key_usage = false, basic_constraints = false, aki = false },
      LEAF)
    assert.is_nil(s.key_usage)
    assert.is_nil(s.extended_key_usage)
    assert.same({ 0, false, false }, { s.basic_constraints, s.ski, s.aki })
  end)

  it("takes criticality from the list", function()
    local s = spec.read_certificate({
      key_usage = { "keyCertSign", critical = false },
      extended_key_usage = { "1.2.3.4", critical = true },
      basic_constraints = { critical = false } }, LEAF)
    assert.is_false(s.key_usage_critical)
    assert.is_true(s.extended_key_usage_critical)
    assert.equal(2, s.basic_constraints)
  end)

  it("refuses unknown words with the nearest", function()
    refused("option 'key_usage': there is no 'digitalSignatur' %(did you "
      .. "mean 'digitalSignature'", spec.read_certificate(
        { key_usage = { "digitalSignatur" } }, LEAF))
    refused("did you mean 'serverAuth'", spec.read_certificate(
      { extended_key_usage = { "serverauth" } }, LEAF))
    refused("path_length", spec.read_certificate({ path_length = -1 }, LEAF))
    refused("version", spec.read_certificate({ version = 4 }, LEAF))
    refused("an extension has an oid and a value", spec.read_certificate(
      { extensions = { { oid = "1.2.3" } } }, LEAF))
    refused("'permited' %(did you mean 'permitted'", spec.read_certificate(
      { name_constraints = { permited = { "a" } } }, LEAF))
  end)
end)

describe("pki.spec of a CA", function()
  it("may sign certificates and CRLs for ten years", function()
    local s = spec.read_certificate({ not_before = 0 }, { ca = true })
    assert.same({ "keyCertSign", "cRLSign" }, s.key_usage)
    assert.is_nil(s.extended_key_usage)
    assert.is_true(s.ca)
    assert.equal(3650 * 86400, s.not_after)
  end)
end)

describe("pki.spec.serial", function()
  it("takes whole numbers and hex as tools print it", function()
    assert.equal("ff", spec.serial(255, "x"))
    assert.equal("-01", spec.serial("-0x01", "x"))
    assert.equal("0AbC", spec.serial("0A:bC", "x"))
    for _, bad in ipairs { -1, 1.5, 2 ^ 60, "xyz", "" } do
      refused("option 'x'", spec.serial(bad, "x"))
    end
  end)
end)

describe("pki.spec of a CRL", function()
  it("lasts 30 days and has a number", function()
    local s = spec.read_crl { this_update = 1000 }
    assert.equal(1000 + 30 * 86400, s.next_update)
    assert.equal("3e8", s.number)
    assert.is_true(s.aki)
  end)

  it("reads serials, dates and reasons", function()
    local s = spec.read_crl { revoked = { 10, "0b",
      { serial = 12, date = "1970-01-02", reason = "keyCompromise" } } }
    assert.same({ { serial = "a" }, { serial = "0b" },
      { serial = "c", date = 86400, reason = 1 } }, s.revoked)
  end)

  it("refuses unknown reasons and things", function()
    refused("did you mean 'keyCompromise'", spec.read_crl { revoked = {
      { serial = 1, reason = "keycompromised" } } })
    refused("expected certificates, serials", spec.read_crl {
      revoked = { true } })
  end)

  it("may have no end", function()
    assert.is_nil(spec.read_crl({ next_update = false }).next_update)
  end)
end)

describe("pki.warnings", function()
  local NOW = 1704067200

  local function cert(changes)
    local c = { subject = "CN=a.test", cn = "a.test", serial = "1a",
      version = 3, not_before = NOW - 10, not_after = NOW + 86400,
      key = { type = "ec", bits = 256, curve = "P-256" },
      signature_algorithm = "ecdsa-with-SHA256", is_ca = false,
      san = { dns = { "a.test" }, ip = {}, email = {}, uri = {} },
      key_usage = { "digitalSignature" },
      extended_key_usage = { "serverAuth" }, subject_key_id = "aa",
      authority_key_id = "bb", self_signed = false }
    for name, value in pairs(changes) do c[name] = value end
    return table.concat(warnings.of(c, NOW), "\n")
  end

  it("has nothing to say about a sound certificate", function()
    assert.equal("", cert {})
  end)

  it("names who rejects what", function()
    local none = { dns = {}, ip = {}, email = {}, uri = {} }
    local function dns(name)
      return { dns = { name }, ip = {}, email = {}, uri = {} }
    end
    assert.matches("no DNS name or IP address.*'a.test' does not count",
      cert { san = none })
    assert.matches("'b.test' is not among", cert { cn = "b.test" })
    assert.matches("127.0.0.1' is an IP address written as a DNS name",
      cert { cn = "x y", san = dns "127.0.0.1" })
    assert.matches("covers a whole top%-level name",
      cert { cn = "x y", san = dns "*.test" })
    assert.matches("expired on 2023%-12%-31",
      cert { not_after = NOW - 86400 })
    assert.matches("not valid before 2024%-01%-02",
      cert { not_before = NOW + 86400, not_after = NOW + 2 * 86400 })
    assert.matches("valid for 500 days", cert { not_before = NOW - 86400,
      not_after = NOW + 499 * 86400 })
    assert.matches("RSA with 1024 bits",
      cert { key = { type = "rsa", bits = 1024 } })
    assert.matches("SHA1", cert { signature_algorithm = "ecdsa-with-SHA1" })
    assert.matches("MD5",
      cert { signature_algorithm = "md5WithRSAEncryption" })
    assert.matches("no serverAuth",
      cert { extended_key_usage = { "clientAuth" } })
    assert.matches("no digitalSignature", cert { key_usage = { "cRLSign" } })
    assert.matches("negative", cert { serial = "-1" })
    assert.matches("self%-signed", cert { self_signed = true })
    assert.matches("no authority key", (cert { authority_key_id = false }))
    assert.matches("no browser", cert { key = { type = "ed25519",
      bits = 256 } })
  end)

  it("judges a CA as a CA", function()
    assert.matches("without keyCertSign", cert { is_ca = true,
      key_usage = { "cRLSign" } })
    assert.equal("", cert { is_ca = true, key_usage = { "keyCertSign" },
      san = { dns = {}, ip = {}, email = {}, uri = {} } })
  end)
end)
