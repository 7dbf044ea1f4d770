--- The command: what it says, what it writes, and its exit status.
local helper = require("helper")
local pki = require("wsstls.pki")
local run = require("core.command")

local FIXTURES = "certs/fixtures/"
local TIME = "2026-01-01"

local function decode(text)
  return assert(require("wsstls.json").decode(text))
end

local function contains(text, part)
  assert.is_truthy(text:find(part, 1, true),
    ("%q is not in:\n%s"):format(part, text))
end

-- Fails with 1 and a complaint that names the thing.
local function refused(part, ...)
  local status, out, err = run(...)
  assert.equal(1, status, out .. err)
  assert.equal("", out)
  contains(err, part)
  assert.is_truthy(err:find("^wsstls: [^\n]+\n$"), "one line: " .. err)
  assert.is_nil(err:find(".lua:", 1, true), err)
end

local function mode(path)
  return helper.must("stat -c %a " .. helper.quote(path))
end

describe("wsstls", function()
  it("shows its help and fails when nothing is asked", function()
    local status, out = run()
    assert.equal(1, status)
    for _, command in ipairs { "explain", "verify", "pki" } do
      contains(out, command)
    end
  end)

  it("names what it does not know", function()
    refused("nonsense", "nonsense")
    refused("--nonsense", "verify", "x.pem", "--nonsense")
    refused("kind", "pki", "make", "sever")
    refused("pki: say what to do", "pki")
    refused("chain", "verify")
  end)

  it("prints the versions", function()
    local status, out = run("--version")
    assert.equal(0, status)
    contains(out, "OpenSSL 3")
  end)
end)

describe("wsstls explain", function()
  it("explains codes, numbers, words and text", function()
    for _, case in ipairs {
      { "cert-ip-mismatch", "subjectAltName" },
      { "x509:20", "UNABLE_TO_GET_ISSUER_CERT_LOCALLY" },
      { "alert:48", "unknown_ca" }, { "close:1006", "1006" },
      { "[SSL: CERTIFICATE_VERIFY_FAILED] certificate verify failed: "
        .. "self-signed certificate (_ssl.c:992)", "cert-self-signed" },
    } do
      local status, out = run("explain", case[1])
      assert.equal(0, status)
      contains(out, case[2])
      assert.is_nil(out:find("\27", 1, true), "colours in a pipe")
    end
  end)

  it("joins its words and reads files", function()
    local status, out = run("explain", "certificate", "verify", "failed:",
      "unable", "to", "get", "local", "issuer", "certificate")
    assert.equal(0, status)
    contains(out, "cert-untrusted")
    local path = helper.dir() .. "/said"
    helper.write(path, "SSL_do_handshake() failed: unknown ca, alert 48\n")
    status, out = run("explain", "-f", path)
    assert.equal(0, status)
    contains(out, "unknown_ca")
  end)

  it("reads a record that was printed as JSON", function()
    local status, json = run("verify", FIXTURES .. "cert-expired/server.pem",
      "--ca", FIXTURES .. "cert-expired/ca.pem", "--time", TIME, "--json")
    assert.equal(3, status)
    local path = helper.write(helper.dir() .. "/record", json)
    local out
    status, out = run("explain", "-f", path)
    assert.equal(0, status)
    contains(out, "error[cert-expired]")
  end)

  it("fails when it knows nothing", function()
    refused("zzzz", "explain", "zzzz")
  end)

  it("speaks JSON", function()
    local _, out = run("explain", "--json", "64")
    assert.is_true(#decode(out).meanings >= 1)
  end)
end)

describe("wsstls verify", function()
  local function verify(slug, ...)
    local dir = FIXTURES .. slug .. "/"
    return run("verify", dir .. "server.pem", "--cacert", dir .. "ca.pem",
      "--time", TIME, ...)
  end

  it("accepts what is good", function()
    local status, out = verify("control-good", "--host", "localhost")
    assert.equal(0, status)
    contains(out, "OK: CN=localhost")
    contains(out, "localhost, by localhost of the subjectAltName")
    contains(out, "2 CN=Test Root")
    contains(out, "2026-01-01 00:00:00 UTC for sslserver")
  end)

  it("says when the name was not checked", function()
    local status, out = verify("control-good")
    assert.equal(0, status)
    contains(out, "not checked")
  end)

  it("tells the story of what is broken, with status 3", function()
    for _, case in ipairs {
      { "cert-expired", "10 CERT_HAS_EXPIRED at depth 0" },
      { "cert-untrusted-root", "20 UNABLE_TO_GET_ISSUER_CERT_LOCALLY" },
      { "cert-many-faults", "62 HOSTNAME_MISMATCH" },
      { "cert-host-mismatch", "DNS:other.test" },
    } do
      local status, out = verify(case[1], "--host", "localhost")
      assert.equal(3, status)
      contains(out, "error[cert-")
      contains(out, case[2])
    end
    assert.equal(3, (verify("cert-ip-mismatch", "--ip", "127.0.0.1")))
  end)

  it("takes time, strictness, CRLs, depth, tolerance", function()
    local function status(slug, ...)
      return (verify(slug, "--host", "localhost", ...))
    end
    assert.equal(0, status("cert-strict-no-aki"))
    assert.equal(3, status("cert-strict-no-aki", "--strict"))
    local crl = FIXTURES .. "cert-revoked/crl.pem"
    assert.equal(0, status("cert-revoked"))
    assert.equal(3, status("cert-revoked", "--crl", crl))
    assert.equal(3, status("control-good", "--depth", "0"))
    assert.equal(3, status("cert-expired"))
    assert.equal(0, status("cert-expired", "--allow", "cert-expired"))
    assert.equal(0, status("cert-host-only-in-cn", "--cn-fallback"))
    assert.equal(3, status("cert-key-too-weak", "--security-level", "2"))
    local dir = FIXTURES .. "cert-expired/"
    assert.equal(0, (run("verify", dir .. "server.pem", "--ca",
      dir .. "ca.pem", "--time", "2025-06-01T12:00:00Z")))
  end)

  it("shows both verdicts side by side with --policy webpki", function()
    local status, out = verify("cert-strict-no-aki", "--host", "localhost",
      "--policy", "webpki")
    assert.equal(3, status)
    contains(out, "openssl")
    assert.is_truthy(out:find("verdict +accepts +rejects"), out)
    contains(out, "AKI_MISSING")
    status, out = verify("control-good", "--host", "localhost",
      "--policy", "webpki")
    assert.equal(0, status, out)
    assert.is_truthy(out:find("verdict +accepts +accepts"), out)
  end)

  it("gives the verify-result as JSON", function()
    local status, out = verify("cert-expired", "--json")
    assert.equal(3, status)
    assert.equal("CERT_HAS_EXPIRED", decode(out).name)
    status, out = verify("control-good", "--json")
    assert.equal(0, status)
    assert.is_true(decode(out).ok)
  end)

  it("names what it cannot read", function()
    refused("/nonexistent.pem", "verify", "/nonexistent.pem")
    refused("Makefile", "verify", "Makefile")
    refused("certs/keys/leaf.key: a certificate was expected", "verify",
      "certs/keys/leaf.key")
    refused("control-good/server.key", "verify",
      FIXTURES .. "control-good/server.pem", "--ca",
      FIXTURES .. "control-good/server.key")
    refused("--time", "verify", "x", "--time", "yesterday")
    refused("purpose", "verify", FIXTURES .. "cert-expired/server.pem",
      "--purpose", "nonsense")
    refused("host", "verify", FIXTURES .. "cert-expired/server.pem",
      "--host", "a b")
  end)
end)

describe("wsstls pki make", function()
  local dir

  before_each(function() dir = helper.dir() .. "/new" end)
  after_each(helper.cleanup)

  local function make(...)
    local status, out, err = run("pki", "make", ...)
    assert.equal(0, status, err)
    return out, err
  end

  it("makes a server's certificate and its CA, and says the files",
    function()
      local out, err = make("server", "--dns", "localhost", "--ip",
        "127.0.0.1", "--dir", dir)
      assert.equal("", err)
      for _, name in ipairs { "ca.pem", "ca.key", "server.pem",
          "server.key" } do
        contains(out, dir .. "/" .. name)
        assert.equal(name:find "key" and "600" or "644",
          mode(dir .. "/" .. name))
      end
      local result = require("wsstls").verify { ip = "127.0.0.1",
        chain = dir .. "/server.pem", ca = dir .. "/ca.pem",
        policy = "webpki" }
      assert.is_true(result.ok, result.text)
    end)

  it("reuses the CA of the folder", function()
    make("server", "--dns", "a.test", "--dir", dir)
    local ca = helper.read(dir .. "/ca.pem")
    local out = make("client", "--cn", "joe", "--dir", dir)
    contains(out, "used     " .. dir .. "/ca.pem")
    make("server", "--dns", "b.test", "--dir", dir)
    assert.equal(ca, helper.read(dir .. "/ca.pem"))
    local info = pki.load(dir .. "/client.pem"):info()
    assert.same({ "clientAuth" }, info.extended_key_usage)
    assert.same({ "b.test" }, pki.load(dir .. "/server.pem"):info().san.dns)
  end)

  it("never replaces what somebody else made", function()
    make("server", "--dns", "a.test", "--dir", dir)
    refused("ca.pem is there", "pki", "make", "ca", "--dir", dir)
    assert(pki.self_signed { cn = "x" }:save { cert = dir .. "/server.pem" })
    refused("server.pem is there", "pki", "make", "server", "--dns",
      "a.test", "--dir", dir)
    make("server", "--dns", "a.test", "--dir", dir, "--force")
    make("server", "--dns", "a.test", "--dir", dir, "--name", "second")
    make("ca", "--dir", dir, "--force", "--cn", "Mine")
    assert.equal("Mine", pki.load(dir .. "/ca.pem"):info().cn)
  end)

  it("warns of what will be rejected", function()
    local _, err = make("server", "--dir", dir)
    contains(err, "no DNS name or IP address")
    _, err = make("self-signed", "--dns", "localhost", "--dir", dir)
    contains(err, "cert-self-signed")
  end)

  it("takes key, dates, names, another CA", function()
    make("ca", "--dir", dir, "--name", "root", "--days", "30")
    make("server", "--dir", dir, "--ca", dir .. "/root.pem", "--key",
      "rsa:2048", "--not-after", "2020-01-01", "--uri", "urn:x", "--email",
      "a@b.test", "--subject", "CN=s,O=o")
    local info = pki.load(dir .. "/server.pem"):info()
    assert.same({ "rsa", 2048 }, { info.key.type, info.key.bits })
    assert.equal(1577836800, info.not_after)
    assert.same({ { "urn:x" }, { "a@b.test" } }, { info.san.uri,
      info.san.email })
    assert.equal("o", info.subject:match "O=(%w+)")
    assert.is_nil(helper.read(dir .. "/ca.pem"))
  end)

  it("names its mistakes and leaves nothing behind", function()
    refused("'http://x' is a URL", "pki", "make", "server", "--dns",
      "http://x", "--dir", dir)
    refused("1.2.3", "pki", "make", "server", "--ip", "1.2.3", "--dir", dir)
    refused("days", "pki", "make", "server", "--days=-1", "--dir", dir)
    refused("dsa", "pki", "make", "server", "--key", "dsa", "--dir", dir)
    refused("ca.key", "pki", "make", "server", "--ca",
      FIXTURES .. "cert-expired/ca.pem", "--dir", dir)
    assert.equal("", helper.shell("ls -A " .. dir .. " 2>/dev/null"))
  end)

  it("speaks JSON", function()
    local data = decode((make("server", "--dns", "a.test", "--dir", dir,
      "--json")))
    assert.equal(4, #data.files)
    assert.equal("CN=a.test", data.subject)
  end)
end)

describe("wsstls pki", function()
  local dir

  before_each(function() dir = helper.dir() end)
  after_each(helper.cleanup)

  local function ok(...)
    local status, out, err = run("pki", ...)
    assert.equal(0, status, err)
    return out
  end

  it("shows all that a file holds, and who will object", function()
    local out = ok("show", FIXTURES .. "cert-expired/server.pem",
      FIXTURES .. "cert-revoked/crl.pem", "certs/keys/rsa.key")
    contains(out, "server.pem, 1 of 2: certificate")
    contains(out, "everybody rejects it (cert-expired)")
    contains(out, "crl.pem: CRL")
    contains(out, "rsa.key: private key")
    contains(out, "RSA 2048")
    contains(ok("show", "--text", FIXTURES .. "cert-expired/server.pem"),
      "Signature Algorithm: ecdsa-with-SHA256")
    assert.equal(2, #decode(ok("show", "--json",
      FIXTURES .. "cert-expired/server.pem")))
    refused("nothing.pem", "pki", "show", dir .. "/nothing.pem")
  end)

  it("packs PKCS#12 and unpacks it", function()
    local file = FIXTURES .. "control-good/server.pem"
    for _, algorithm in ipairs { "aes", "3des" } do
      local p12 = dir .. "/" .. algorithm .. ".p12"
      ok("p12", file, "--pass", "pass:secret", "--out", p12, "--algorithm",
        algorithm)
      assert.equal("600", mode(p12))
      refused("password", "pki", "p12", p12, "--pass", "wrong")
      ok("p12", p12, "--pass", "secret")
      assert.equal(helper.read(file),
        helper.read(dir .. "/" .. algorithm .. ".pem"))
      contains(ok("show", p12, "--pass", "secret"), "CN=Test Intermediate")
    end
    refused("config-key-mismatch", "pki", "p12", file, "--key",
      "certs/keys/stranger.key", "--out", dir .. "/x.p12")
    refused("no private key", "pki", "p12", FIXTURES .. "cert-expired/ca.pem")
  end)

  it("takes passwords from the environment and from files", function()
    local file = FIXTURES .. "control-good/server.pem"
    local secret = helper.write(dir .. "/secret", "from a file\n")
    ok("p12", file, "--pass", "file:" .. secret, "--out", dir .. "/a.p12")
    assert.is_table(pki.load(dir .. "/a.p12", "from a file"))
    refused("WSSTLS_NOT_SET", "pki", "p12", file, "--pass",
      "env:WSSTLS_NOT_SET")
  end)

  it("rehashes a folder, for --capath", function()
    local out = helper.must("cp " .. FIXTURES .. "control-good/ca.pem " .. dir)
    assert.equal("", out)
    contains(ok("rehash", dir), ".0 -> ca.pem")
    assert.equal(0, (run("verify", FIXTURES .. "control-good/server.pem",
      "--capath", dir, "--time", TIME)))
    refused("/nonexistent", "pki", "rehash", "/nonexistent")
  end)

  it("writes DH parameters", function()
    contains(ok("dhparam"), "BEGIN DH PARAMETERS")
    ok("dhparam", "3072", "--out", dir .. "/dh.pem")
    contains(helper.read(dir .. "/dh.pem"), "BEGIN DH PARAMETERS")
    refused("bits", "pki", "dhparam", "1.5")
    refused("or give --custom", "pki", "dhparam", "1000")
  end)

  it("takes negative numbers, and speaks of its own flags", function()
    refused("the year 9999, got -5", "pki", "make", "server", "--dir", dir,
      "--days", "-5")
    refused("has a blank in it\n", "pki", "make", "server", "--dir", dir,
      "--dns", "a b")
    helper.write(dir .. "/sealed.p12", assert(assert(pki.self_signed {
      cn = "x" }):pkcs12("pw")))
    refused("give its password with --pass\n", "verify",
      dir .. "/sealed.p12")
  end)

  it("makes broken certificates by name", function()
    contains(ok("broken"), "cert-chain-incomplete")
    contains(ok("broken", "cert-expired", "--dir", dir .. "/b"),
      "dial it as localhost")
    local result = require("wsstls").verify { chain = dir .. "/b/server.pem",
      ca = dir .. "/b/ca.pem", host = "localhost" }
    assert.equal("cert-expired", result.slug)
    ok("broken", "cert-expired", "--dir", dir .. "/g", "--fixed")
    assert.equal(0, (run("verify", dir .. "/g/server.pem", "--ca",
      dir .. "/g/ca.pem", "--host", "localhost")))
    refused("did you mean 'cert-expired'", "pki", "broken", "cert-expird")
  end)
end)
