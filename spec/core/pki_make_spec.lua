-- Certificates, requests and CRLs, judged by the openssl program.
local helper = require "helper"
local pki = require "wsstls.pki"

local FROM, AT = "2024-01-01", 1717200000 -- 2024-06-01

local function with(o)
  o.not_before = o.not_before or FROM
  return o
end

local dir, ca, int, leaf

setup(function()
  dir = helper.dir()
  ca = assert(pki.ca(with { cn = "Test CA" }))
  int = assert(ca:intermediate(with { cn = "Test Intermediate" }))
  leaf = assert(int:issue(with { cn = "localhost",
    dns = { "localhost", "b\195\188cher.test", "*.wild.test" },
    ip = { "127.0.0.1", "::1" }, email = "root@localhost",
    uri = "https://localhost/" }))
  assert(leaf:save { cert = dir .. "/chain.pem", ca = dir .. "/ca.pem" })
end)

teardown(function() helper.cleanup() end)

local count = 0

-- Runs openssl with `%s` in the command replaced by a file of `bytes`.
local function openssl(command, bytes)
  count = count + 1
  local path = helper.write(("%s/%d.pem"):format(dir, count), bytes)
  return helper.shell("openssl " .. command:gsub("%%s",
    function() return path end))
end

local function verifies(object, options)
  count = count + 1
  local path = ("%s/%d.pem"):format(dir, count)
  assert(object:save { cert = path })
  return helper.shell(("openssl verify -attime %d -CAfile %s/ca.pem "
    .. "-untrusted %s %s %s"):format(AT, dir, path, options or "", path))
end

local function accepted(object, options)
  local output, status = verifies(object, options)
  assert.equal(0, status, output)
end

local function rejected(number, object, options)
  local output, status = verifies(object, options)
  assert.not_equal(0, status)
  assert.matches("error " .. number .. " at", output)
end

describe("#slow an issued leaf", function()
  it("verifies, strictly, for each of its names", function()
    for _, o in ipairs { "-verify_hostname localhost",
      "-verify_hostname x.wild.test", "-verify_ip 127.0.0.1",
      "-verify_ip ::1", "-verify_hostname xn--bcher-kva.test",
      "-verify_email root@localhost", "-purpose sslserver",
      "-purpose sslclient" } do
      accepted(leaf, "-x509_strict " .. o)
    end
    rejected(62, leaf, "-verify_hostname other.test")
  end)

  it("says of itself what is in it", function()
    local info = leaf:info()
    assert.equal("CN=localhost", info.subject)
    assert.equal("CN=Test Intermediate", info.issuer)
    assert.same({ "localhost", "xn--bcher-kva.test", "*.wild.test" },
      info.san.dns)
    assert.same({ "127.0.0.1", "::1" }, info.san.ip)
    assert.same({ "root@localhost" }, info.san.email)
    assert.same({ "https://localhost/" }, info.san.uri)
    assert.same({ type = "ec", bits = 256, curve = "P-256" }, info.key)
    assert.same({ "digitalSignature" }, info.key_usage)
    assert.same({ "serverAuth", "clientAuth" }, info.extended_key_usage)
    assert.equal(1704067200, info.not_before)
    assert.equal(1704067200 + 397 * 86400, info.not_after)
    assert.equal(int:info().subject_key_id, info.authority_key_id)
    assert.equal("ecdsa-with-SHA256", info.signature_algorithm)
    assert.is_false(info.is_ca)
    assert.is_false(info.self_signed)
    assert.is_true(#info.serial <= 40 and #info.serial >= 38)
    assert.equal(leaf:pem(), info.pem)
  end)

  it("has the digests that openssl computes", function()
    local info = leaf:info()
    local output = openssl("x509 -in %s -noout -fingerprint -sha256",
      leaf:pem())
    assert.equal(info.sha256, (output:match("=(.*)"):gsub(":", ""):lower()))
    output = openssl("x509 -in %s -noout -pubkey | openssl pkey -pubin "
      .. "-outform DER | openssl dgst -sha256 -binary | base64", leaf:pem())
    assert.equal(info.spki_sha256, output)
    output = openssl("x509 -in %s -noout -hash", leaf:pem())
    assert.equal(leaf:hash(), output)
    output = openssl("x509 -in %s -noout -text -certopt no_sigdump",
      leaf:pem())
    assert.equal(output:match("Serial Number:%s*(%S+)"),
      leaf:text():match("Serial Number:%s*(%S+)"))
  end)

  it("keeps leaf, chain and root apart", function()
    local function certificates(pem)
      return select(2, pem:gsub("%-%-BEGIN CERT", ""))
    end
    assert.equal(1, certificates(leaf:pem()))
    assert.equal(2, certificates(leaf:chain_pem()))
    assert.equal(ca:pem(), leaf:ca_pem())
    assert.equal(1, certificates(ca:chain_pem()))
  end)

  it("invents no name from its CN", function()
    local bare = ca:issue(with { cn = "localhost" })
    assert.same({}, bare:info().san.dns)
    assert.matches("'localhost' does not count", bare:info().warnings[1])
    assert.falsy(bare:text():find("Alternative"))
  end)

  it("takes any date from 1950 to 9999", function()
    local old = ca:issue { not_before = "1950-01-01",
                           not_after = "9999-12-31T23:59:59Z", cn = "x" }
    assert.equal(-631152000, old:info().not_before)
    assert.equal(253402300799, old:info().not_after)
    local output = openssl("x509 -in %s -noout -dates", old:pem())
    assert.matches("notBefore=Jan  1 00:00:00 1950 GMT", output)
    assert.matches("notAfter=Dec 31 23:59:59 9999 GMT", output)
  end)
end)

describe("#slow a certificate broken on purpose", function()
  it("fails for the reason that was built in", function()
    local cases = {
      { 10, ca:issue { cn = "x", not_after = "2024-05-01" } },
      { 9, ca:issue { cn = "x", not_before = "2024-07-01" } },
      { 7, ca:issue(with { cn = "x", tamper_signature = true }) },
      { 26, ca:issue(with { cn = "x", extended_key_usage =
        { "clientAuth" } }), "-purpose sslserver" },
      { 34, ca:issue(with { cn = "x", extensions = { { oid = "1.2.3.4",
        critical = true, value = "\5\0" } } }) },
      { 79, ca:intermediate(with { cn = "i", ca = false }):issue(
        with { cn = "x" }) },
      { 79, ca:intermediate(with { cn = "i", basic_constraints = false })
        :issue(with { cn = "x" }) },
      { 79, ca:intermediate(with { cn = "i", key_usage = { "cRLSign" } })
        :issue(with { cn = "x" }) },
      { 25, ca:intermediate(with { cn = "i", path_length = 0 })
        :intermediate(with { cn = "j" }):issue(with { cn = "x" }) },
      { 47, ca:intermediate(with { cn = "i", name_constraints = {
        permitted = { "ok.test", "IP:10.0.0.0/8" } } })
        :issue(with { cn = "x", dns = "no.test" }) },
      { 48, ca:intermediate(with { cn = "i", name_constraints = {
        excluded = "IP:fd00::/8" } }):issue(with { cn = "x",
        ip = "fd00::1" }) },
      { 85, ca:issue(with { cn = "x", aki = false }), "-x509_strict" },
      { 86, ca:intermediate(with { cn = "i", ski = false })
        :issue(with { cn = "x" }), "-x509_strict" },
      { 88, ca:issue(with { dns = "x.test", san_critical = false }),
        "-x509_strict" },
      { 66, ca:issue(with { cn = "x", key = "rsa:1024" }), "-auth_level 2" },
      { 68, ca:issue(with { cn = "x", digest = "sha1" }), "-auth_level 2" },
      { 18, pki.self_signed(with { cn = "x" }) },
    }
    for _, case in ipairs(cases) do
      rejected(case[1], case[2], case[3])
    end
  end)

  it("accepts what the constraints permit", function()
    accepted(ca:intermediate(with { cn = "i", name_constraints = {
      permitted = { "ok.test", "IP:10.0.0.0/8" } } }):issue(with { cn = "x",
      dns = "a.ok.test", ip = "10.1.2.3" }))
  end)

  it("can have any serial, version and subject", function()
    assert.equal("-1", ca:issue({ serial = "-1" }):info().serial:gsub("^(-)0",
      "%1"))
    assert.equal("0", ca:issue({ serial = 0 }):info().serial)
    assert.equal(1, ca:issue({ version = 1, basic_constraints = false,
      key_usage = false, extended_key_usage = false, ski = false,
      aki = false }):info().version)
    assert.equal("", ca:issue({}):info().subject)
    assert.equal("CN=x\\,y,O=\195\164,C=DE",
      ca:issue({ subject = "CN=x\\,y,O=\195\164,C=DE" }):info().subject)
  end)

  it("carries a key that passes for its own and is not", function()
    for _, key in ipairs { "P-256", "P-384", "rsa:1024", "ed25519" } do
      local good = ca:issue(with { cn = "x", key = key })
      local bad = assert(pki.mismatched(good))
      assert.equal(good:pem(), bad:pem())
      assert.is_false(bad.material:is_foreign())
      assert.equal(good:info().key.type, bad.material:key().type)
    end
    assert.has_error(function()
      pki.mismatched(leaf, pki.key "rsa:1024")
    end)
  end)

  it("can be saved, loaded, and signs what does not verify", function()
    for _, key in ipairs { "P-256", "rsa:1024" } do
      local bad = pki.mismatched(ca:issue(with { cn = "x", key = key }))
      local again = assert(pki.load(bad:chain_pem() .. bad:key_pem()))
      assert.is_false(again.material:is_foreign())
      assert(again:save { cert = dir .. "/mm.pem", key = dir .. "/mm.key" })
      local output, status = helper.shell(("cd %s && openssl dgst -sha256 "
        .. "-sign mm.key -out mm.sig ca.pem && openssl x509 -in mm.pem "
        .. "-noout -pubkey >mm.pub && openssl dgst -sha256 -verify mm.pub "
        .. "-signature mm.sig ca.pem"):format(dir))
      assert.not_equal(0, status)
      assert.matches("Verification failure", output)
    end
  end)
end)

describe("#slow keys", function()
  it("are of the kind asked for", function()
    local kinds = {
      [{ type = "ec", curve = "P-521" }] = "ec 521 P-521",
      [{ type = "rsa", bits = 1024 }] = "rsa 1024 nil",
      [{ bits = 384 }] = "ec 384 P-384", ["ed448"] = "ed448 456 nil",
      ["P-384"] = "ec 384 P-384", [{ curve = "secp256k1" }] =
        "ec 256 secp256k1",
    }
    for o, expected in pairs(kinds) do
      local info = assert(pki.key(o)):info().key
      assert.equal(expected, ("%s %d %s"):format(info.type, info.bits,
        tostring(info.curve)))
    end
  end)

  it("of RSA may have more than two primes, as their length allows", function()
    local key = assert(pki.key { type = "rsa", bits = 4096, primes = 4 })
    local path = helper.write(dir .. "/primes.pem", key:key_pem())
    assert.is_truthy(helper.must("openssl pkey -noout -text -in " .. path)
      :find("(4096 bit, 4 primes)", 1, true))
    for _, bad in ipairs { 1, 4, 2.5 } do
      assert.has_error(function()
        pki.key { type = "rsa", bits = 2048, primes = bad }
      end, "option 'key.primes': an RSA key of 2048 bits has 2 to 3 primes, "
        .. "not " .. bad)
    end
  end)

  it("sign with each other's CAs", function()
    for _, key in ipairs { "ed25519", "ed448", "rsa:1024", "P-521" } do
      local root = pki.ca(with { cn = "x", key = key })
      local made = assert(root:issue(with { cn = "y", key = key }))
      assert(made:save { cert = dir .. "/k.pem", ca = dir .. "/kca.pem" })
      local output, status = helper.shell(("openssl verify -auth_level 0 "
        .. "-attime %d -CAfile %s/kca.pem %s/k.pem"):format(AT, dir, dir))
      assert.equal(0, status, output)
    end
  end)

  it("come from a pool when that is asked for", function()
    local seen, n = {}, 0
    for _ = 1, 10 do
      local pin = ca:issue({ key = { type = "ec", pool = 2 } }):info()
        .spki_sha256
      if not seen[pin] then n = n + 1 end
      seen[pin] = true
    end
    assert.equal(2, n)
  end)

  it("are PKCS#8, encrypted with a password", function()
    local key = pki.key()
    local output, status = openssl("pkey -in %s -passin pass:secret -noout "
      .. "-check", key:key_pem("secret"))
    assert.equal(0, status, output)
    assert.matches("ENCRYPTED", key:key_pem("secret"))
    assert.matches("^%-%-%-%-%-BEGIN PRIVATE KEY", key:pem())
    assert.falsy(key:text():find("priv"))
  end)
end)

describe("#slow requests", function()
  it("are read by openssl", function()
    local csr = pki.csr { cn = "x.test", dns = { "x.test", "y.test" } }
    local output, status = openssl("req -in %s -verify -noout -text",
      csr:pem())
    assert.equal(0, status, output)
    assert.matches("DNS:x.test, DNS:y.test", output)
    assert.is_true(csr:info().signature_ok)
  end)

  it("become certificates with their subject and names only", function()
    local csr = pki.csr { cn = "x.test", dns = "x.test", key = "rsa:1024",
                          ca = true, key_usage = { "keyCertSign" } }
    local made = assert(int:sign(csr:pem(), with {}))
    local info = made:info()
    assert.equal("CN=x.test", info.subject)
    assert.same({ "x.test" }, info.san.dns)
    assert.is_false(info.is_ca)
    assert.same({ "digitalSignature", "keyEncipherment" }, info.key_usage)
    accepted(made)
    assert.is_nil((made:key_pem()))
    assert.truthy(int:sign(csr, with {}):key_pem())
    info = int:sign(csr, with { cn = "z", dns = "z.test" }):info()
    assert.same({ "CN=z", "z.test" }, { info.subject, info.san.dns[1] })
  end)

  it("made by openssl are signed as well", function()
    helper.must(("cd %s && openssl req -new -newkey ed25519 -nodes -keyout "
      .. "r.key -out r.csr -subj /O=o/CN=r -addext "
      .. "subjectAltName=IP:10.0.0.1"):format(dir))
    local info = assert(ca:sign(dir .. "/r.csr", with {})):info()
    assert.same({ "CN=r,O=o", "10.0.0.1", "ed25519" },
      { info.subject, info.san.ip[1], info.key.type })
  end)

  it("are refused when their signature is bad or they are none", function()
    local _, err, code = ca:sign(pki.csr { cn = "x",
                                           tamper_signature = true })
    assert.equal("cert-bad-signature", code)
    assert.matches("signature", err.message)
    _, err, code = ca:sign(leaf)
    assert.equal("config-not-a-certificate", code)
    assert.matches("this is a certificate, a certificate request was",
      err.message)
  end)
end)

describe("#slow CRLs", function()
  local function checked(crl, object, options)
    helper.write(dir .. "/x.crl", crl:pem())
    return verifies(object or leaf, "-crl_check -CRLfile " .. dir
      .. "/x.crl " .. (options or ""))
  end

  it("revoke by object, serial and table", function()
    local other = int:issue(with { cn = "other" })
    for _, revoked in ipairs { leaf, leaf:info(), leaf:info().serial,
      { cert = leaf, reason = "keyCompromise", date = "2024-02-01" } } do
      local crl = assert(int:crl { this_update = "2024-05-20",
                                   revoked = { revoked } })
      assert.matches("error 23 at 0 depth", (checked(crl)))
      local output, status = checked(crl, other)
      assert.equal(0, status, output)
    end
  end)

  it("can be expired, future, tampered and endless", function()
    assert.matches("error 12 at", (checked(int:crl {
      next_update = "2024-05-01" })))
    assert.matches("error 11 at", (checked(int:crl {
      this_update = "2024-07-01" })))
    assert.matches("error 8 at", (checked(int:crl {
      this_update = "2024-05-20", tamper_signature = true })))
    local output, status = checked(int:crl { this_update = "2024-05-20",
                                             next_update = false })
    assert.equal(0, status, output)
  end)

  it("say what is in them", function()
    local crl = ca:crl { this_update = 1704067200, days = 1, number = 7,
      delta = 5, revoked = { { serial = "ff", date = 1700000000,
                               reason = "superseded" } } }
    local info = crl:info()
    assert.same({ "CN=Test CA", 1704067200, 1704067200 + 86400, "07", "05" },
      { info.issuer, info.this_update, info.next_update, info.number,
        info.delta })
    assert.same({ { serial = "ff", date = 1700000000,
                    reason = "superseded" } }, info.revoked)
    assert.matches("Delta CRL Indicator: critical", crl:text())
    assert.equal(ca:hash(), crl:hash())
  end)
end)
