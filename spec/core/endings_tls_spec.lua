-- TLS that does not come about for other reasons than a certificate's, and
-- what a user adds to the verdict.
local endings = require("core.endings")
local helper = require("helper")
local wss = require("wsstls")

local unpack = table.unpack or unpack
local ERRORS = { version = "0A000102", cipher = "0A0000C1",
  group = "0A000065", sigalg = "0A000076" }

-- title, server, client, codes at client and server, alert, OpenSSL's code
local CASES = {
  { "a client too old", { min_version = "TLSv1.3" },
    { max_version = "TLSv1.2" }, "tls-version-mismatch",
    "tls-version-mismatch", 70, ERRORS.version },
  { "a client too new", { max_version = "TLSv1.2" },
    { min_version = "TLSv1.3" }, "tls-version-mismatch",
    "tls-version-mismatch", 70, ERRORS.version },
  { "no common cipher in 1.2", { max_version = "TLSv1.2",
      ciphers = "ECDHE-ECDSA-AES256-GCM-SHA384" },
    { ciphers = "ECDHE-ECDSA-AES128-GCM-SHA256" },
    "tls-handshake-failure", "tls-no-shared-cipher", 40, ERRORS.cipher },
  { "no common cipher suite in 1.3", { min_version = "TLSv1.3",
      ciphersuites = "TLS_AES_256_GCM_SHA384" },
    { min_version = "TLSv1.3", ciphersuites = "TLS_AES_128_GCM_SHA256" },
    "tls-handshake-failure", "tls-no-shared-cipher", 40, ERRORS.cipher },
  { "a cipher that the key cannot serve", { max_version = "TLSv1.2" },
    { ciphers = "ECDHE-RSA-AES128-GCM-SHA256" },
    "tls-handshake-failure", "tls-no-shared-cipher", 40, ERRORS.cipher },
  { "no common group in 1.3", { min_version = "TLSv1.3", groups = "X25519" },
    { groups = "P-384" }, "tls-handshake-failure", "tls-no-shared-group",
    40, ERRORS.group },
  { "no common signature algorithm", { max_version = "TLSv1.2" },
    { sigalgs = "RSA-PSS+SHA256" }, "tls-handshake-failure",
    "tls-no-shared-cipher", 40, ERRORS.cipher },
  { "no common signature algorithm in 1.3", { min_version = "TLSv1.3" },
    { sigalgs = "RSA-PSS+SHA256" }, "tls-handshake-failure",
    "tls-no-shared-sigalg", 40, ERRORS.sigalg },
  { "no common ALPN", { alpn = { "chat/1" }, alpn_strict = true },
    { alpn = { "http/1.1" } }, "tls-no-alpn", "tls-no-alpn", 120 },
}

describe("TLS that two sides cannot agree on", function()
  teardown(helper.cleanup)

  for _, case in ipairs(CASES) do
    local title, mine, theirs, client, server, alert, number = unpack(case)
    it(("is %s: %s"):format(client, title), function()
      local options = { ca = endings.certs().ca }
      for name, value in pairs(theirs) do options[name] = value end
      endings.both {
        server = mine, client = options,
        expect = {
          client = { code = client, phase = "tls", rejected_by = "server",
            received = alert },
          server = { code = server, phase = "tls", rejected_by = "server",
            sent = alert },
        },
        check = function(_, o, record)
          if number then
            local codes = endings.openssl_codes(record)
            assert.is_truthy(codes:find(number, 1, true), codes)
          end
          assert.is_true(#record.hello.versions > 0)
          assert.same(o.hello.ciphers, record.hello.ciphers)
          assert.is_true(#o.hello.groups > 0)
          assert.same(o.hello.sigalgs, record.hello.sigalgs)
        end,
      }
    end)
  end

  it("is not ended by ALPN where nobody is strict", function()
    local server = endings.serve { alpn = { "chat/1" } }
    local conn = assert(wss.connect(server.url, {
      ca = endings.certs().ca, alpn = { "http/1.1" } }))
    assert.is_nil(conn:tls().alpn)
    conn:close()
    server:close()
  end)

  it("is not ended by ALPN that chose h2 where both speak HTTP/1.1", function()
    local server, seen = endings.serve { alpn = { "h2" } }
    local conn = assert(wss.connect(server.url, {
      ca = endings.certs().ca, alpn = { "h2", "http/1.1" } }))
    helper.wait(function() return seen.conn end)
    assert.equal("h2", conn:tls().alpn)
    assert.equal("h2", seen.conn:tls().alpn)
    assert(seen.conn:send("over HTTP/1.1"))
    assert.equal("over HTTP/1.1", (assert(conn:receive(5))))
    conn:close()
    server:close()
  end)

  it("is tls-alert or a version mismatch for TLS 1.0 at level 1", function()
    endings.both {
      server = { min_version = "TLSv1" },
      client = { ca = endings.certs().ca, min_version = "TLSv1",
        max_version = "TLSv1", security_level = 0 },
      expect = {
        client = { code = "tls-alert", phase = "tls", received = 80 },
        server = { code = "tls-version-mismatch", phase = "tls", sent = 80 },
      },
    }
  end)

  it("is tls-sni-unknown where only other names are served", function()
    local c = endings.certs()
    local other = assert(c.ca:issue { cn = "a.test", dns = "a.test" })
    local server = { sni = { ["a.test"] = { cert = other } }, sni_only = true }
    endings.both {
      server = server, client = { ca = c.ca, sni = "b.test" },
      expect = {
        client = { code = "tls-sni-unknown", phase = "tls", received = 112,
          fault = "client", rejected_by = "server" },
        server = { code = "tls-sni-unknown", phase = "tls", sent = 112,
          fault = "client", rejected_by = "server" },
      },
      check = function(_, o, record)
        assert.equal("b.test", o.hello.sni)
        assert.equal("b.test", record.hello.sni)
      end,
    }
    endings.both {
      server = server, client = { ca = c.ca, sni = false },
      expect = {
        client = { code = "tls-sni-missing", received = 112 },
        server = { code = "tls-sni-missing", sent = 112 },
      },
    }
  end)

  it("chooses the certificate by name where there are several", function()
    local c = endings.certs()
    local other = assert(c.ca:issue { cn = "a.test", dns = "a.test" })
    local server = endings.serve { sni = { ["a.test"] = { cert = other } } }
    local conn = assert(wss.connect(server.url, { ca = c.ca,
      verify_host = "a.test" }))
    assert.equal("a.test", conn:verify_result().chain[1].cn)
    conn:close()
    conn = assert(wss.connect(server.url, { ca = c.ca }))
    assert.equal("localhost", conn:verify_result().chain[1].cn)
    conn:close()
    server:close()
  end)
end)

describe("what a user adds to the verdict", function()
  local c

  setup(function() c = endings.certs() end)
  teardown(helper.cleanup)

  it("is cert-verify-callback when verify says no", function()
    local asked = 0
    endings.both {
      client = { ca = c.ca, verify = function(result)
        asked = asked + 1
        assert(result.ok)
        return false, "not today"
      end },
      expect = {
        client = { code = "cert-verify-callback", phase = "verify",
          rejected_by = "client", verify = 50, sent = 40 },
        server = { code = "tls-handshake-failure", phase = "tls",
          rejected_by = "client", received = 40 },
      },
      check = function(err)
        assert.equal(1, asked)
        assert.is_truthy(tostring(err):find("not today", 1, true))
      end,
    }
  end)

  it("changes nothing when verify says anything else", function()
    local server = endings.serve()
    local seen
    local conn = assert(wss.connect(server.url, { ca = c.ca,
      verify = function(result) seen = result end }))
    assert.is_true(seen.ok)
    assert.equal(0, seen.code)
    conn:close()
    server:close()
    endings.both {
      client = { ca = c.other, verify = function() return true end },
      expect = {
        client = { code = "cert-untrusted", verify = 20, sent = 48 },
        server = { code = "cert-rejected", received = 48 },
      },
    }
  end)

  it("is cert-pin-mismatch when no pin matches", function()
    endings.both {
      client = { ca = c.ca,
        pin_sha256 = c.client:info().spki_sha256 },
      expect = {
        client = { code = "cert-pin-mismatch", phase = "verify",
          rejected_by = "client", verify = 50, sent = 40 },
        server = { code = "tls-handshake-failure", received = 40 },
      },
    }
    local server = endings.serve()
    local conn = assert(wss.connect(server.url, { ca = c.ca,
      pin_sha256 = { c.client:info().spki_sha256,
                     c.leaf:info().spki_sha256 } }))
    conn:close()
    server:close()
  end)

  it("may tolerate one fault by name, and that is on record", function()
    local old = assert(c.ca:issue { cn = "localhost", dns = "localhost",
      ip = "127.0.0.1", not_before = os.time() - 9 * 86400,
      not_after = os.time() - 86400 })
    local server = endings.serve { cert = old }
    local conn = assert(wss.connect(server.url, { ca = c.ca,
      allow = { "cert-expired" } }))
    local result = conn:verify_result()
    assert.is_true(result.ok)
    assert.equal(10, result.accepted[1].code)
    assert.same({}, result.errors)
    helper.validated(conn:observation())
    conn:close()
    server:close()
    endings.both {
      server = { cert = old },
      client = { ca = c.ca, allow = { "cert-expired" },
        verify_host = "other.test" },
      expect = {
        client = { code = "cert-host-mismatch", verify = 62, sent = 42 },
        server = { code = "cert-rejected", received = 42 },
      },
      check = function(_, o)
        assert.equal(10, o.verify.accepted[1].code)
      end,
    }
  end)

  it("connects to anybody with verify = false, and says so", function()
    local server = endings.serve()
    local conn = assert(wss.connect(server.url, { verify = false }))
    local o = helper.validated(conn:observation())
    assert.is_true(o.verify_disabled)
    conn:close()
    server:close()
  end)

  it("checks no name with verify_host = false, but the chain", function()
    local server = endings.serve()
    local conn = assert(wss.connect(server.url, { ca = c.ca,
      verify_host = false }))
    conn:close()
    local _, _, code = wss.connect(server.url, { ca = c.other,
      verify_host = false })
    assert.equal("cert-untrusted", code)
    server:close()
  end)

  it("leaves the secrets in a key log that only we may read", function()
    local server = endings.serve()
    for _, version in ipairs { "TLSv1.2", "TLSv1.3" } do
      local path = helper.dir() .. "/keys"
      local lines = {}
      local conn = assert(wss.connect(server.url, { ca = c.ca,
        keylog = path, max_version = version }))
      conn:close()
      local text = helper.read(path)
      local label = version == "TLSv1.2" and "CLIENT_RANDOM"
        or "CLIENT_TRAFFIC_SECRET_0"
      assert.is_truthy(text:find(label .. " %x+ %x+\n"))
      assert.equal("600", helper.must("stat -c %a " .. path))
      conn = assert(wss.connect(server.url, { ca = c.ca,
        max_version = version,
        keylog = function(line) lines[#lines + 1] = line end }))
      conn:close()
      assert.is_truthy(table.concat(lines, "\n"):find(label .. " %x+ %x+"))
    end
    server:close()
  end)
end)
