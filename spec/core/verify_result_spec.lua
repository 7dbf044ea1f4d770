--- What core.verify returns: evidence, and failures of its own.

local wss = require "wsstls"
local core = require "wsstls.core"
local helper = require "helper"
local mint = require "core.mint"
local judge = require "core.judge"

local verify, alone, OLD = judge.verify, judge.alone, judge.OLD

describe("the verify-result", function()
  local function why(change, o)
    local root, _, leaf = mint.chain(change)
    o.chain, o.ca = leaf, { root }
    return verify(o)
  end

  it("shows the two strings that did not match", function()
    local r = why({ leaf = { names = { "DNS:a.test", "DNS:*.b.test" } } },
      { host = "x.y.b.test" })
    assert.same({ kind = "dns", value = "x.y.b.test" }, r.expected)
    assert.same({ "a.test", "*.b.test" }, r.presented.dns)
    assert.same({
      { kind = "dns", expected = "x.y.b.test", presented = "a.test",
        source = "san", match = false, why = "a different name" },
      { kind = "dns", expected = "x.y.b.test", presented = "*.b.test",
        source = "san", match = false,
        why = "wildcards match one label only" },
      { kind = "dns", expected = "x.y.b.test", presented = "localhost",
        source = "cn", match = false,
        why = "not consulted (cn_fallback = false)" },
    }, r.compared)
  end)

  it("hints at an address that is written as a dNSName", function()
    local r = why({ leaf = { names = { "DNS:192.0.2.1", "IP:192.0.2.9" } } },
      { ip = "192.0.2.1" })
    assert.equal("192.0.2.9", r.compared[1].presented)
    assert.equal("192.0.2.1", r.compared[2].presented)
    assert.matches("dNSName", r.compared[2].why)
  end)

  it("marks the pair that matches", function()
    local r = why({}, { ip = "127.0.0.1" })
    assert.is_true(r.compared[1].match)
    assert.is_nil(r.compared[1].why)
  end)

  it("compares the same certificate with one name after the other", function()
    local root, _, leaf = mint.chain {
      leaf = { names = { "DNS:a.test", "IP:192.0.2.1" } } }
    local function compared(o)
      o.chain, o.ca = leaf, { root }
      local r = assert(core.verify(o))
      local first = assert(r.compared[1])
      return first.expected .. " " .. tostring(first.match) .. " "
        .. r.presented.ip[1]
    end
    for _ = 1, 2 do
      assert.equal("a.test true 192.0.2.1", compared { host = "a.test" })
      assert.equal("b.test false 192.0.2.1", compared { host = "b.test" })
      assert.equal("192.0.2.1 true 192.0.2.1", compared { ip = "192.0.2.1" })
      assert.equal("not consulted: the certificate has dNSName entries",
        assert(core.verify { chain = leaf, ca = { root }, host = "a.test",
          cn_fallback = true }).compared[2].why)
    end
  end)

  it("compares as OpenSSL does", function()
    local hosts = { "a.test", "b.a.test", "c.b.a.test", "foo.a.test", "test",
      "xn--foo.a.test", "A.TEST", ".a.test", "f.a.test" }
    local patterns = { "a.test", "*.a.test", "f*.a.test", "*o.a.test",
      "*.test", "*", "b.*.test", "*.*.test", "xn--*.a.test", "**.a.test",
      "*.a.test.", "f*o.a.test" }
    for _, pattern in ipairs(patterns) do
      local root, _, leaf = mint.chain {
        leaf = { names = { "DNS:" .. pattern } } }
      for _, host in ipairs(hosts) do
        local r = verify { chain = leaf, ca = { root }, host = host }
        assert(r.ok == r.compared[1].match, pattern .. " / " .. host)
      end
    end
  end)

  it("carries the chain as built, as sent, and the policy", function()
    local r = why({}, { strict = true, cn_fallback = true })
    assert.equal("CN=localhost", r.chain[1].subject)
    assert.equal("CN=Test Intermediate", r.sent[2].subject)
    assert.same({ "sslserver", mint.now, { "strict", "cn_fallback" }, 1 },
      { r.policy.purpose, r.policy.time, r.policy.flags,
        r.policy.trust.count })
  end)

  it("shows the trusted namesake of an issuer nobody found", function()
    local _, inter, leaf = mint.chain()
    local imposter = mint.ca { cn = "Test Root", key = mint.key("imp") }
    for _, sent in ipairs { leaf, { alone(leaf), alone(inter) } } do
      local r = verify { chain = sent, ca = { imposter } }
      assert.equal(imposter:cert().sha256, r.policy.trust.namesake.sha256)
    end
    local r = verify { chain = leaf, ca = { mint.ca { cn = "Other" } } }
    assert.is_nil(r.policy.trust.namesake)
  end)

  it("names the subject at each depth", function()
    local r = why({ inter = OLD }, {})
    assert.equal("CN=Test Intermediate", r.errors[1].subject)
  end)

  it("reports what verify = false let pass", function()
    local _, _, leaf = mint.chain()
    local r = verify { chain = leaf, ca = {}, verify = false }
    assert.same({ false, 19, true }, { r.ok, r.code, r.unchecked })
  end)
end)

describe("core.verify with something else than a chain", function()
  it("fails with a config slug and says what it found", function()
    local function fails(slug, o)
      local r, code, message, phase = core.verify(o)
      assert.is_nil(r)
      assert.same({ slug, "config" }, { code, phase })
      return message
    end
    local key = mint.key("leaf")
    fails("config-not-a-certificate", {})
    assert.matches("key", fails("config-not-a-certificate",
      { chain = key:key_pem() }))
    fails("config-file-missing", { chain = "/nonexistent.pem" })
    fails("config-ca-empty", { chain = mint.leaf {}, ca = { key } })
    fails("config-crl-unusable", { chain = mint.leaf {}, ca = {},
      crl = { mint.leaf {} } })
  end)
end)

describe("wss.verify", function()
  it("reads plain options as it reads all others", function()
    local ca = assert(wss.pki.ca { cn = "Root" })
    local leaf = assert(ca:issue { dns = "a.test", ip = "127.0.0.1" })
    local function verdict(host, more)
      local o = { chain = leaf, ca = ca, host = host, purpose = more }
      local r = assert(wss.verify(o))
      assert.same({ host = host, chain = leaf, ca = ca, purpose = more }, o)
      return r.name .. " " .. r.expected.kind .. " " .. r.expected.value
    end
    for _, more in ipairs { false, "sslserver" } do
      more = more or nil
      assert.equal("OK dns a.test", verdict("a.test", more))
      assert.equal("OK dns a.test", verdict("a.test.", more))
      assert.equal("OK ip 127.0.0.1", verdict("127.0.0.1", more))
      assert.equal("IP_ADDRESS_MISMATCH ip ::1", verdict("[::1]", more))
    end
    for _, wrong in ipairs { "*.a.test", "a.test:443", 5, "", "a\0b" } do
      local ok, message = pcall(wss.verify, { chain = leaf, host = wrong })
      assert.is_false(ok)
      assert.matches("verify: option 'host'", message)
    end
    assert.has_error(function() wss.verify(false) end)
    assert.has_error(function() wss.verify { chain = leaf, cb = ca } end)
    assert.has_error(function() wss.verify { chain = {}, ca = 5 } end)
  end)

  it("trusts what is given as ca, and not who issued that", function()
    local pki = wss.pki
    local root = assert(pki.ca { cn = "Root" })
    local inter = assert(root:intermediate { cn = "Inter" })
    local function verdict(ca, partial_chain)
      local r = assert(wss.verify { chain = assert(inter:issue {
        dns = "a.test" }), ca = ca, partial_chain = partial_chain })
      return r.code .. "@" .. r.depth .. " of " .. r.policy.trust.count
    end
    for _, ca in ipairs { inter, assert(pki.store { ca = inter }) } do
      assert.equal("2@1 of 1", verdict(ca))
      assert.equal("0@0 of 1", verdict(ca, true))
    end
    assert.equal("0@0 of 2", verdict { inter, root })
    -- as OpenSSL's -CAfile: everything that is in a file
    assert.equal("0@0 of 2", verdict(inter:chain_pem() .. root:pem()))
  end)

  it("finds what a store looks up, also in a list or another store", function()
    local pki, dir = wss.pki, helper.dir()
    local ca = assert(pki.ca { cn = "Root" })
    assert(ca:save { cert = dir .. "/ca.pem" })
    assert(pki.rehash(dir))
    local other = assert(pki.ca { cn = "Other" })
    local function store(o) return assert(pki.store(o)) end
    local function trust(x)
      local r = assert(wss.verify { chain = assert(ca:issue { cn = "x" }),
        ca = x })
      return r.name .. " " .. tostring(r.policy.trust.system)
    end
    local folder = { ca_path = dir }
    assert.equal("OK false", trust(store(folder)))
    assert.equal("OK false", trust { store(folder), other })
    assert.equal("OK false", trust(store { ca = { store(folder), other } }))
    local system = { ca = ca, system_ca = true }
    assert.equal("OK true", trust(store(system)))
    assert.equal("OK true", trust { store(system), other })
    assert.equal("OK true", trust(store { ca = store(system) }))
    helper.cleanup()
  end)

  it("uses delta CRLs with crl_extended", function()
    local pki = wss.pki
    local ca = assert(pki.ca { cn = "Root" })
    -- freshestCRL: a base without it has no deltas (RFC 5280 5.2.6)
    local fresh = { oid = "2.5.29.46",
      value = "\48\16\48\14\160\12\160\10\134\8http://x" }
    local leaf = assert(ca:issue { dns = "a.test" })
    local o = { chain = leaf, ca = ca, crl = {
      assert(ca:crl { number = 1, extensions = { fresh } }),
      assert(ca:crl { number = 2, delta = 1, revoked = { leaf } }) } }
    assert.equal("OK", assert(wss.verify(o)).name)
    o.crl_extended = true
    assert.equal("CERT_REVOKED", assert(wss.verify(o)).name)
  end)

  it("takes its chain from a PKCS#12 file as well", function()
    local pki = wss.pki
    local ca = assert(pki.ca { cn = "Root" })
    local leaf = assert(ca:issue { dns = "a.test" })
    local o = { pkcs12 = leaf:pkcs12("secret"), pkcs12_password = "secret",
      ca = ca, host = "a.test" }
    assert.is_true(assert(wss.verify(o)).ok)
    o.pkcs12_password = "wrong"
    local result, _, code = wss.verify(o)
    assert.is_nil(result)
    assert.equal("config-password-wrong", code)
  end)
end)

describe("core.x509", function()
  local rows = core.x509()

  it("lists numbers upwards, each once, with both slugs", function()
    local last = -1
    for _, row in ipairs(rows) do
      assert(row.code > last)
      last = row.code
      assert.is_string(row.name)
      assert.is_string(row.text)
      assert.is_string(row.slug)
      assert.is_string(row.client_slug)
    end
    assert(#rows >= 95)
  end)

  it("keys on names", function()
    local by_name = {}
    for _, row in ipairs(rows) do by_name[row.name] = row end
    assert.same({ 64, "cert-ip-mismatch", "client-cert-ip-mismatch" },
      { by_name.IP_ADDRESS_MISMATCH.code, by_name.IP_ADDRESS_MISMATCH.slug,
        by_name.IP_ADDRESS_MISMATCH.client_slug })
    assert.equal("crl-missing", by_name.UNABLE_TO_GET_CRL.slug)
    assert.equal("client-crl-missing", by_name.UNABLE_TO_GET_CRL.client_slug)
    assert.equal("cert-unclassified", by_name.PATH_LOOP.slug)
  end)
end)
