--- policy = "webpki": what browsers and Go demand beyond OpenSSL.

local core = require "wsstls.core"
local helper = require "helper"
local mint = require "core.mint"
local pki = require "wsstls.pki"
local wss = require "wsstls"

local DAY = mint.day

local function judge(o)
  o.time, o.policy = mint.now, o.policy or "webpki"
  if not o.host and not o.ip then o.host = "localhost" end
  local r, slug, message = core.verify(o)
  return assert(r, tostring(slug) .. ": " .. tostring(message))
end

--- The rules a changed chain breaks, as "NAME@depth".
local function broken(change, o)
  local root, _, leaf = mint.chain(change)
  o = o or {}
  o.chain, o.ca = leaf, { root }
  local r = judge(o)
  local out = {}
  for i, f in ipairs(r.errors) do out[i] = f.name .. "@" .. f.depth end
  return table.concat(out, " "), r
end

local function alone(material)
  return assert(core.load(material:pem()))
end

local EKU = { "serverAuth" }

describe("policy webpki", function()
  it("accepts a chain that breaks no rule", function()
    assert.equal("", (broken {}))
  end)

  it("refuses with cert-webpki what OpenSSL accepts", function()
    local _, r = broken { leaf = { aki = false } }
    assert.same({ false, 50, "AKI_MISSING", "cert-webpki" },
      { r.ok, r.code, r.name, r.slug })
    assert.matches("authority key", r.text)
    local root, _, leaf = mint.chain { leaf = { aki = false } }
    assert.is_true(judge { chain = leaf, ca = { root },
      policy = "openssl" }.ok)
  end)

  it("holds public CAs to the shorter limits of ballot SC-081", function()
    local from = 1773532800 -- 2026-03-15
    local long = { not_before = from, not_after = from + 201 * DAY }
    local ca = assert(pki.ca { cn = "Root", not_before = from,
      not_after = from + 999 * DAY })
    local function verdict(dates, system_ca)
      dates.dns = "a.test"
      return assert(wss.verify { chain = assert(ca:issue(dates)), ca = ca,
        system_ca = system_ca, host = "a.test", policy = "webpki",
        time = from + 1 }).name
    end
    assert.equal("VALIDITY_TOO_LONG", verdict(long, true))
    assert.equal("OK", verdict(long, false))
    assert.equal("OK", verdict({ not_before = from,
      not_after = from + 200 * DAY }, true))
    assert.equal("OK", verdict({ not_before = from - 1,
      not_after = from + 397 * DAY }, true))
  end)

  it("shows OpenSSL's own verdict beside it", function()
    local _, r = broken { leaf = { aki = false } }
    assert.same({ "webpki", "openssl", true },
      { r.policy.rules, r.openssl.policy.rules, r.openssl.ok })
    local root, _, leaf = mint.chain()
    assert.is_nil(judge { chain = leaf, ca = { root },
      policy = "openssl" }.openssl)
  end)

  local cases = {
    { "SAN_CRITICAL@0", "a critical SAN beside a subject", { leaf = {
      extensions = { { oid = "2.5.29.17", critical = true,
        value = "\48\11\130\9localhost" } }, names = "none" } } },
    { "SAN_NOT_CRITICAL@0", "no subject and a SAN that is not critical",
      { leaf = { subject = {} } } },
    { "SAN_INVALID_NAME@0", "an underscore in a dNSName", { leaf = {
      names = { "DNS:localhost", "DNS:a_b.test" } } } },
    { "SAN_WILDCARD@0", "a wildcard that is not a whole label", { leaf = {
      names = { "DNS:localhost", "DNS:w*.a.test" } } } },
    { "CN_NOT_IN_SAN@0", "a CN that names another host", { leaf = {
      cn = "other.test" } } },
    { "EKU_MISSING@0", "no EKU where the purpose is named", {},
      { purpose = "sslserver" } },
    { "EKU_ANY@0", "anyExtendedKeyUsage", { leaf = {
      extended_key_usage = { "serverAuth", "2.5.29.37.0" } } } },
    { "AKI_MISSING@1", "an intermediate without AKI",
      { inter = { aki = false } } },
    { "SKI_MISSING@2", "a root without SKI", { root = { ski = false } } },
    { "SERIAL_NOT_POSITIVE@0", "serial number 0", { leaf = {
      serial = "00" } } },
    { "SERIAL_TOO_LONG@0", "a serial number of 21 bytes", { leaf = {
      serial = ("11"):rep(21) } } },
    { "BASIC_CONSTRAINTS_NOT_CRITICAL@2", "a root's basicConstraints",
      { root = { basic_constraints = 2 } } },
    { "LEAF_IS_CA@0", "a CA as a server", { leaf = { ca = true } } },
    { "NAME_CONSTRAINTS_INVALID@1", "a constraint with a leading dot",
      { inter = { excluded = { "DNS:.no.test" } } } },
    { "WILDCARD_REACHES_EXCLUDED@1", "a wildcard over an excluded name",
      { inter = { excluded = { "DNS:bar.a.test" } },
        leaf = { names = { "DNS:*.a.test" }, cn = "a.test" } },
      { host = "foo.a.test" } },
    { "VALIDITY_TOO_LONG@0", "399 days", { leaf = {
      not_before = mint.now - DAY, not_after = mint.now + 398 * DAY } } },
    { "", "398 days", { leaf = {
      not_before = mint.now - DAY, not_after = mint.now + 397 * DAY } } },
    { "", "ten years of a time before the limits", { leaf = {
      not_before = 1325376000, not_after = mint.now + DAY } } },
    { "VALIDITY_TOO_LONG@0", "ten years that began in July 2012", { leaf = {
      not_before = 1341100800, not_after = mint.now + DAY } } },
    { "RSA_KEY_TOO_SHORT@0", "RSA 1024", { leaf = {
      key = mint.key("rsa1024", { type = "rsa", bits = 1024 }) } } },
    { "KEY_TYPE_FORBIDDEN@0", "a curve browsers do not know", { leaf = {
      key = mint.key("k256", { type = "ec", curve = "secp256k1" }) } } },
  }

  for _, case in ipairs(cases) do
    local what = case[1] == "" and "nothing" or case[1]
    it("finds " .. what .. ": " .. case[2], function()
      assert.equal(case[1], (broken(case[3], case[4])))
    end)
  end

  it("gives every rule a sentence", function()
    for _, case in ipairs(cases) do
      local _, r = broken(case[3], case[4])
      assert.not_equal("application verification failure", r.text)
    end
  end)

  it("keeps OpenSSL's faults first", function()
    local names = broken { leaf = { aki = false,
      not_after = mint.now - DAY } }
    assert.equal("CERT_HAS_EXPIRED@0 AKI_MISSING@0", names)
  end)

  it("counts the last second of validity", function()
    assert.equal("", (broken { leaf = { not_after = mint.now } }))
    assert.equal("CERT_HAS_EXPIRED@0",
      (broken { leaf = { not_after = mint.now - 1 } }))
  end)

  it("takes any trusted certificate for an anchor", function()
    local _, inter, leaf = mint.chain()
    assert.is_true(judge { chain = alone(leaf), ca = { alone(inter) } }.ok)
  end)

  it("has no names to find fault with in a client's certificate",
    function()
      local root, _, leaf = mint.chain { leaf = { cn = "Alice",
        names = "none", extended_key_usage = { "clientAuth" } } }
      local r = core.verify { chain = leaf, ca = { root }, peer = "client",
        policy = "webpki", time = mint.now }
      assert.same({}, r.errors)
    end)

  it("lets allow tolerate the rules, reported", function()
    local _, r = broken({ leaf = { aki = false } }, { allow = { 50 } })
    assert.same({ true, "AKI_MISSING" }, { r.ok, r.accepted[1].name })
  end)
end)

describe("allow = cert-webpki", function()
  local ca, leaf

  setup(function()
    ca = assert(pki.ca { cn = "Test CA" })
    leaf = assert(ca:issue { cn = "localhost", dns = "localhost",
      aki = false })
  end)

  it("tolerates the rules, and no pin", function()
    local o = { chain = leaf, ca = ca, host = "localhost", policy = "webpki" }
    assert.equal("cert-webpki", wss.verify(o).slug)
    o.allow = "cert-webpki"
    local result = wss.verify(o)
    assert.is_true(result.ok)
    assert.equal("AKI_MISSING", result.accepted[1].name)
    o.pin_sha256 = ("00"):rep(32)
    assert.equal("cert-pin-mismatch", wss.verify(o).slug)
  end)

  it("does so on a live connection", function()
    local server = assert(wss.listen { cert = leaf })
    local options = { ca = ca, policy = "webpki" }
    local err = helper.fails("cert-webpki", wss.connect(
      ("wss://localhost:%d"):format(server.port), options))
    assert.is_true(err.observation.verify.openssl.ok)
    options.allow = { "cert-webpki" }
    local conn = assert(wss.connect(("wss://localhost:%d"):format(
      server.port), options))
    assert.equal("AKI_MISSING", conn:verify_result().accepted[1].name)
    conn:close()
    server:close()
  end)
end)

describe("policy webpki's paths", function()
  local root, old, new, leaf

  setup(function()
    -- one intermediate, certified twice: once expired, once not
    root = mint.ca { cn = "Test Root" }
    local key = mint.key("Test Intermediate")
    old = mint.ca { cn = "Test Intermediate", issuer = root, key = key,
      not_after = mint.now - DAY, serial = "01" }
    new = mint.ca { cn = "Test Intermediate", issuer = root, key = key,
      aki = true, serial = "02" }
    leaf = mint.leaf { issuer = new, extended_key_usage = EKU }
  end)

  it("finds the one that holds among two", function()
    for _, order in ipairs { { old, new }, { new, old } } do
      local r = judge { ca = { root },
        chain = { alone(leaf), alone(order[1]), alone(order[2]) } }
      assert.is_true(r.ok)
      assert.equal(new:cert().sha256, r.chain[2].sha256)
    end
  end)

  it("finds the one whose CA does not exclude the name", function()
    local a = mint.ca { cn = "Root A", excluded = { "DNS:localhost" } }
    local b = mint.ca { cn = "Root B" }
    local key = mint.key("Test Intermediate")
    local by_a = mint.ca { cn = "Cross", issuer = a, key = key }
    local by_b = mint.ca { cn = "Cross", issuer = b, key = key }
    local end_entity = mint.leaf { issuer = by_a }
    for _, order in ipairs { { by_a, by_b }, { by_b, by_a } } do
      local r = judge { ca = { a, b }, chain = { alone(end_entity),
        alone(order[1]), alone(order[2]) } }
      assert.same({ true, "CN=Root B" }, { r.ok, r.anchor.subject })
    end
  end)

  it("accepts no path that no root ends", function()
    local other = mint.ca { cn = "Test Root", key = mint.key("imp") }
    local r = judge { ca = { other },
      chain = { alone(leaf), alone(old), alone(new) } }
    assert.is_false(r.ok)
  end)

  it("ends in time among many intermediates of one name", function()
    local list = { alone(leaf) }
    for i = 1, 120 do
      list[#list + 1] = alone(mint.ca { cn = "Test Intermediate",
        issuer = mint.ca { cn = "Test Intermediate",
          key = mint.key("loop") },
        key = mint.key("loop"), serial = ("%04x"):format(i) })
    end
    local started = os.clock()
    assert.is_false(judge { ca = { mint.ca { cn = "Other" } },
      chain = list }.ok)
    assert(os.clock() - started < 5)
  end)
end)
