-- Client certificates: what the server says of them, and what the client
-- hears, also when TLS 1.3 tells it late.
local endings = require("core.endings")
local helper = require("helper")
local pki = require("wsstls.pki")
local wss = require("wsstls")

local unpack = table.unpack or unpack
local VERSIONS = { "TLSv1.2", "TLSv1.3" }
local DAY = 86400
local TODAY = os.time()
local PAST = { not_before = TODAY - 9 * DAY, not_after = TODAY - DAY }
local FUTURE = { not_before = TODAY + DAY, not_after = TODAY + 9 * DAY }

local function issued(o)
  return function()
    o.cn = "client"
    return { cert = assert(endings.certs().ca:issue(o)) }
  end
end

-- { code at the server, X509 code, alert, title, what makes it }; what it
-- makes has cert, key and the server's options.
local CASES = {
  { "client-cert-untrusted", 20, 48, "of a foreign CA", function()
      return { cert = endings.certs().stranger }
    end },
  { "client-cert-self-signed", 18, 48, "that signs itself", function()
      return { cert = assert(pki.self_signed { cn = "client" }) }
    end },
  { "client-cert-expired", 10, 45, "that has expired", issued(PAST) },
  { "client-cert-not-yet-valid", 9, 42, "of the future", issued(FUTURE) },
  { "client-cert-purpose", 26, 43, "for servers only",
    issued { extended_key_usage = { "serverAuth" } } },
  { "client-cert-untrusted", 20, 48, "without its intermediate", function()
      local inter = assert(endings.certs().ca:intermediate { cn = "Inter" })
      local leaf = assert(inter:issue { cn = "client" })
      return { cert = leaf:pem(), key = leaf:key_pem() }
    end },
  { "client-cert-revoked", 23, 44, "that is revoked", function()
      local c = endings.certs()
      local leaf = assert(c.ca:issue { cn = "client" })
      return { cert = leaf,
        server = { crl = assert(c.ca:crl { revoked = { leaf } }) } }
    end },
  { "client-crl-missing", 3, 48, "without a CRL to ask", function()
      local c = endings.certs()
      return { cert = c.client,
        server = { crl = assert(c.other:crl { revoked = {} }) } }
    end },
  { "client-crl-expired", 12, 45, "with an expired CRL", function()
      local c = endings.certs()
      return { cert = c.client, server = { crl = assert(c.ca:crl {
        revoked = {}, this_update = TODAY - 9 * DAY,
        next_update = TODAY - DAY }) } }
    end },
  { "client-cert-bad-signature", 7, 51, "with a damaged signature",
    issued { tamper_signature = true } },
}

local FAULT = { ["client-crl-missing"] = "server",
  ["client-crl-expired"] = "server" }

local function listen_options(o)
  local all = { ca = endings.certs().ca }
  for name, value in pairs(o or {}) do all[name] = value end
  return all
end

describe("a client certificate", function()
  teardown(helper.cleanup)

  for _, case in ipairs(CASES) do
    local code, number, alert, title, make = unpack(case)
    for _, version in ipairs(VERSIONS) do
      it(("%s is %s, %s"):format(title, code, version), function()
        local o = make()
        o.server = o.server or {}
        o.server.max_version = version
        endings.both {
          server = listen_options(o.server),
          client = { ca = endings.certs().ca, cert = o.cert, key = o.key },
          expect = {
            client = { code = "client-cert-rejected", phase = "tls",
              fault = "client", rejected_by = "server", received = alert },
            server = { code = code, phase = "verify", sent = alert,
              fault = FAULT[code] or "client", rejected_by = "server",
              verify = number, depth = 0 },
          },
          check = function(err, mine, theirs)
            assert.is_true(mine.verify.ok)
            assert.is_true(mine.client_certificate_requested)
            assert.is_true(mine.client_certificate_sent)
            assert.is_true(#theirs.verify.sent > 0)
            assert.is_truthy(tostring(err):find("alert " .. alert, 1, true))
          end,
        }
      end)
    end
  end

  for _, version in ipairs(VERSIONS) do
    local alert = version == "TLSv1.2" and 40 or 116

    it("that is missing is told to both sides, " .. version, function()
      endings.both {
        server = listen_options { max_version = version },
        client = { ca = endings.certs().ca },
        expect = {
          client = { code = "client-cert-missing", fault = "client",
            phase = "tls", rejected_by = "server", received = alert },
          server = { code = "client-cert-missing", phase = "verify",
            fault = "client", rejected_by = "server", sent = alert },
        },
        check = function(_, mine, theirs)
          assert.is_true(mine.client_certificate_requested)
          assert.is_falsy(mine.client_certificate_sent)
          assert.is_truthy(endings.openssl_codes(theirs):find("0A0000C7"))
        end,
      }
    end)

    it("opens the door when it is good, " .. version, function()
      local c = endings.certs()
      for _, mode in ipairs { "required", "optional" } do
        local server, seen = endings.serve(listen_options {
          max_version = version, client_verify = mode })
        local conn = assert(wss.connect(server.url, { ca = c.ca,
          cert = c.client }))
        helper.wait(function() return seen.conn end, 5, "open")
        assert.is_true(seen.conn:verify_result().ok)
        assert.equal("client", seen.conn:verify_result().chain[1].cn)
        assert.is_true(conn:close())
        assert.same({ dropped = 0 }, server:failures())
        server:close()
      end
    end)

    it("may be left out where it is optional, " .. version, function()
      local server, seen = endings.serve(listen_options {
        max_version = version, client_verify = "optional" })
      local conn = assert(wss.connect(server.url,
        { ca = endings.certs().ca }))
      helper.wait(function() return seen.conn end, 5, "open")
      assert.is_true(conn:close())
      assert.is_true(conn:observation().client_certificate_requested)
      server:close()
    end)

    it("is refused where it is optional and foreign, " .. version, function()
      local c = endings.certs()
      endings.both {
        server = listen_options { max_version = version,
          client_verify = "optional" },
        client = { ca = c.ca, cert = c.stranger },
        expect = {
          client = { code = "client-cert-rejected", received = 48 },
          server = { code = "client-cert-untrusted", verify = 20,
            sent = 48 },
        },
      }
    end)

    it("is not asked for where nobody verifies, " .. version, function()
      local c = endings.certs()
      local server, seen = endings.serve { client_verify = "none",
        max_version = version }
      local conn = assert(wss.connect(server.url, { ca = c.ca,
        cert = c.stranger }))
      helper.wait(function() return seen.conn end, 5, "open")
      assert.is_falsy(conn:observation().client_certificate_requested)
      assert.is_true(conn:close())
      server:close()
    end)
  end

  it("of a stranger never reaches open, however often it tries", function()
    local c = endings.certs()
    local opened = 0
    local server = assert(wss.listen { cert = c.leaf, ca = c.ca,
      on_open = function() opened = opened + 1 end })
    for i = 1, 20 do
      local conn, err, code = wss.connect(server.url, { ca = c.ca,
        cert = c.stranger, max_version = VERSIONS[i % 2 + 1] })
      assert.is_nil(conn)
      assert.equal("client-cert-rejected", code)
      helper.validated(err.observation)
    end
    helper.wait(function() return #server:failures() == 20 end, 5, "all")
    assert.equal(0, opened)
    for _, record in ipairs(server:failures()) do
      assert.equal(48, helper.fatal_alert(record, "sent"))
      assert.equal(20, record.verify.code)
    end
    server:close()
  end)

  it("is judged by the server's verify function, with a 403", function()
    -- OpenSSL can suspend a client's handshake and not a server's: this
    -- verdict comes when TLS is done, and before anything opens
    local c, asked = endings.certs(), 0
    for _, version in ipairs(VERSIONS) do
      endings.both {
        server = listen_options { max_version = version,
          verify = function(result)
            asked = asked + 1
            assert(result.ok)
            return false, "not on the list"
          end },
        client = { ca = c.ca, cert = c.client },
        expect = {
          client = { code = "upgrade-rejected", phase = "upgrade",
            rejected_by = "server" },
          server = { code = "client-cert-verify-callback",
            phase = "verify", fault = "client", rejected_by = "server",
            verify = 50 },
        },
        check = function(_, mine, theirs)
          assert.equal(403, mine.http.status)
          assert.is_truthy(theirs.error.message:find("not on the list", 1,
            true))
        end,
      }
    end
    assert.equal(2, asked)
  end)
end)
