-- Node's ws, Python's websockets and websocketpp, as server and as client. The
-- peer programs take the same options and answer in the same form; what
-- differs between these worlds is in the table.
local helper = require("helper")
local alert = helper.fatal_alert
local json = require("dkjson")
local material = require("interop.material")
local wss = require("wsstls")
local unpack = table.unpack or unpack

-- `make peers` builds it, where there is websocketpp
local CPP = helper.path("build/peers/websocketpp_peer")

local PEERS = {
  {
    name = "node ws",
    server = { "node", helper.path("spec/interop/peers/ws_server.js") },
    client = { "node", helper.path("spec/interop/peers/ws_client.js") },
    -- what the server says of the alerts it gets
    unknown_ca = "ERR_SSL_TLSV1_ALERT_UNKNOWN_CA",
    bad_certificate = "ERR_SSL_SSLV3_ALERT_BAD_CERTIFICATE",
    no_client_certificate = "ERR_SSL_PEER_DID_NOT_RETURN_A_CERTIFICATE",
    -- what the client says
    untrusted = "UNABLE_TO_VERIFY_LEAF_SIGNATURE",
    wrong_name = "ERR_TLS_CERT_ALTNAME_INVALID",
    silent_client = true,
  },
  {
    name = "python websockets",
    server = { "/usr/bin/python3",
      helper.path("spec/interop/peers/websockets_server.py") },
    client = { "/usr/bin/python3",
      helper.path("spec/interop/peers/websockets_client.py") },
    unknown_ca = "TLSV1_ALERT_UNKNOWN_CA",
    bad_certificate = "SSLV3_ALERT_BAD_CERTIFICATE",
    no_client_certificate = "PEER_DID_NOT_RETURN_A_CERTIFICATE",
    untrusted = "CERTIFICATE_VERIFY_FAILED",
    wrong_name = "CERTIFICATE_VERIFY_FAILED",
    -- asyncio closes the socket with the alert still unsent; Node judges
    -- the certificate after its handshake
    silent_server = true, silent_client = true,
  },
  {
    name = "websocketpp",
    server = { CPP, "server" },
    client = { CPP, "client" },
    unknown_ca = "alert 48",
    bad_certificate = "alert 42",
    no_client_certificate = "alert 116",
    untrusted = "unable to get local issuer certificate",
    wrong_name = "IP address mismatch",
  },
}

local function command(words, options)
  local list = { unpack(words) }
  for name, value in pairs(options) do
    list[#list + 1] = "--" .. name
    list[#list + 1] = tostring(value)
  end
  return list
end

local function result_of(process)
  local status, output = process:wait()
  local line = output:match("({[^\n]*})%s*$")
  assert.is_truthy(line, "no result from the peer:\n" .. output)
  return status, assert(json.decode(line))
end

for _, peer in ipairs(PEERS) do
  local absent = peer.server[1] == CPP and not helper.read(CPP)
  local describe = absent and pending or describe

  describe("our client and a server of " .. peer.name, function()
    local certs

    setup(function() certs = material.make() end)
    teardown(helper.cleanup)

    local function serve(options, pair)
      pair = pair or certs.server
      options.cert, options.key = pair.cert, pair.key
      local server = helper.spawn {
        command = command(peer.server, options), ready = "^ready [0-9]+",
      }
      return server, "wss://127.0.0.1:" ..
        server:output():match("ready (%d+)") .. "/chat?x=1"
    end

    it("exchange messages of every size and close cleanly", function()
      local server, url = serve { protocol = "echo.test" }
      local conn = assert(wss.connect(url, {
        ca = certs.ca, protocols = { "other.test", "echo.test" },
      }))
      assert.equal("echo.test", conn.protocol)
      local bytes = 0
      for _, size in ipairs { 0, 1, 125, 126, 65535, 65536, 1048576 } do
        local message = ("x"):rep(size)
        bytes = bytes + size
        for _, kind in ipairs { "text", "binary" } do
          assert(conn:send(message, kind))
          local data, got = assert(conn:receive(10))
          assert.is_true(data == message)
          assert.equal(kind, got)
        end
      end
      assert(conn:close(1000, "bye"))
      local observation = helper.validated(conn:observation())
      assert.is_true(observation.verify.ok)
      assert.is_nil(conn:error())
      local status, result = result_of(server)
      assert.equal(0, status)
      assert.equal("/chat?x=1", result.path)
      assert.equal(14, result.messages)
      assert.equal(2 * bytes, result.bytes)
      assert.equal(observation.tls.version, result.tls)
      assert.equal(1000, result.close_code)
      assert.equal("bye", result.close_reason)
    end)

    it("agree that an unknown CA was refused by us", function()
      local server, url = serve {}
      local err = helper.fails("cert-untrusted",
        wss.connect(url, { ca = certs.other_ca }))
      assert.equal("verify", err.phase)
      assert.equal("client", err.rejected_by)
      assert.equal(20, err.observation.verify.code)
      assert.equal(48, alert(err.observation, "sent"))
      local status, result = result_of(server)
      assert.equal(1, status)
      assert.is_false(result.open)
      assert.equal(peer.unknown_ca, result.error)
    end)

    it("agree that a wrong name was refused by us", function()
      local server, url = serve({}, certs.wrong)
      local err = helper.fails("cert-ip-mismatch",
        wss.connect(url, { ca = certs.ca }))
      local verify = err.observation.verify
      assert.equal(64, verify.code)
      assert.same({ kind = "ip", value = "127.0.0.1" }, verify.expected)
      assert.same({ "elsewhere.test" }, verify.presented.dns)
      assert.equal(42, alert(err.observation, "sent"))
      local _, result = result_of(server)
      assert.is_false(result.open)
      assert.equal(peer.bad_certificate, result.error)
    end)

    it("authenticate each other", function()
      local server, url = serve { ca = certs.ca }
      local conn = assert(wss.connect(url, {
        ca = certs.ca, cert = certs.client.cert, key = certs.client.key,
      }))
      assert(conn:send("hello"))
      assert.equal("hello", (assert(conn:receive(10))))
      assert(conn:close())
      local status, result = result_of(server)
      assert.equal(0, status)
      assert.equal("client one", result.client)
    end)

    it("agree that the client certificate was missing", function()
      local server, url = serve { ca = certs.ca }
      local conn, err, code = wss.connect(url, { ca = certs.ca })
      if conn then -- TLS 1.3 rejects late
        local _
        _, err, code = conn:receive(10)
      end
      local _, result = result_of(server)
      assert.is_false(result.open)
      assert.equal(peer.no_client_certificate, result.error)
      if peer.silent_server then
        assert.is_truthy(code == "tcp-reset" or code == "upgrade-no-response")
        assert.equal("upgrade", helper.validated(err.observation).phase)
      else
        err = helper.fails("client-cert-missing", nil, err, code)
        assert.equal("server", err.rejected_by)
        assert.equal("client", err.fault)
      end
    end)

    it("agree on a refused upgrade, its status and headers", function()
      local server, url = serve { status = 403 }
      local err = helper.fails("upgrade-rejected",
        wss.connect(url, { ca = certs.ca }))
      assert.equal("upgrade", err.phase)
      assert.equal("server", err.rejected_by)
      assert.equal(403, err.observation.http.status)
      assert.equal("by request", err.observation.http.headers["x-reason"])
      local status, result = result_of(server)
      assert.equal(1, status)
      assert.equal("/chat?x=1", result.path)
    end)

    it("agree on the close code the server chose", function()
      local server, url = serve { close = 4321 }
      local conn = assert(wss.connect(url, { ca = certs.ca }))
      assert(conn:send("go away"))
      local err = helper.fails("closed", conn:receive(10))
      assert.equal(4321, err.observation.close.code)
      assert.equal("as told", err.observation.close.reason)
      assert.equal("peer", err.observation.close.initiated_by)
      local status, result = result_of(server)
      assert.equal(0, status)
      assert.equal(4321, result.close_code)
    end)
  end)

  describe("our server and a client of " .. peer.name, function()
    local certs, server, seen

    setup(function() certs = material.make() end)
    after_each(function()
      if server then server:close() end
    end)
    teardown(helper.cleanup)

    local function serve(options, pair)
      pair = pair or certs.server
      seen = {}
      options.cert, options.key = pair.cert, pair.key
      options.on_open = function(conn) seen.conn = conn end
      options.on_message = function(conn, data, kind)
        conn:send(data, kind)
      end
      options.on_close = function(_, close) seen.close = close end
      server = assert(wss.listen(options))
      return "wss://127.0.0.1:" .. server.port .. "/chat"
    end

    local function dial(options)
      return result_of(helper.spawn { command = command(peer.client, options) })
    end

    local function failure()
      helper.wait(function() return server:failures()[1] end, 5,
        "the record of the failure")
      local failures = server:failures()
      assert.equal(1, #failures)
      assert.is_nil(seen.conn)
      return helper.validated(failures[1])
    end

    local function refused(observation, number)
      assert.equal("tls", observation.phase)
      if peer.silent_client then
        assert.same({}, observation.alerts)
        assert.equal("network", observation.close.initiated_by)
      else
        assert.equal(number, alert(observation, "received"))
        assert.equal("cert-rejected", observation.error.code)
        assert.equal("client", observation.error.rejected_by)
      end
    end

    it("exchange a message and close cleanly", function()
      local url = serve { protocols = { "echo.test" } }
      local status, result = dial {
        url = url, ca = certs.ca, protocol = "echo.test", size = 200000,
      }
      assert.equal(0, status)
      assert.is_true(result.echoed)
      assert.equal("echo.test", result.protocol)
      helper.wait(function() return seen.close end)
      assert.equal(1000, seen.close.code)
      local observation = helper.validated(seen.conn:observation())
      assert.equal(result.tls, observation.tls.version)
      assert.equal("server", observation.side)
      assert.equal(0, #server:failures())
    end)

    it("exchange compressed messages when both want to", function()
      local url = serve { compress = true }
      local status, result = dial {
        url = url, ca = certs.ca, size = 200000, deflate = 1,
      }
      assert.equal(0, status)
      assert.is_true(result.echoed)
    end)

    it("agree that the client refused an unknown CA", function()
      local url = serve {}
      local status, result = dial { url = url, ca = certs.other_ca }
      assert.equal(1, status)
      assert.is_false(result.open)
      assert.equal(peer.untrusted, result.error)
      refused(failure(), 48)
    end)

    it("agree that the client refused a wrong name", function()
      local url = serve({}, certs.wrong)
      local status, result = dial { url = url, ca = certs.ca }
      assert.equal(1, status)
      assert.equal(peer.wrong_name, result.error)
      refused(failure(), 42)
    end)

    it("authenticate each other", function()
      local url = serve { client_verify = "required", ca = certs.ca }
      local status = dial {
        url = url, ca = certs.ca,
        cert = certs.client.cert, key = certs.client.key,
      }
      assert.equal(0, status)
      local verify = seen.conn:verify_result()
      assert.is_true(verify.ok)
      assert.equal("client one", verify.presented.cn)
    end)

    it("agree that the client certificate was missing", function()
      local url = serve { client_verify = "required", ca = certs.ca }
      local status, result = dial { url = url, ca = certs.ca }
      assert.equal(1, status)
      assert.is_false(result.open)
      local observation = failure()
      assert.equal(116, alert(observation, "sent"))
    end)

    it("agree that a foreign client certificate was refused", function()
      local url = serve { client_verify = "required", ca = certs.ca }
      local status, result = dial {
        url = url, ca = certs.ca,
        cert = certs.stranger.cert, key = certs.stranger.key,
      }
      assert.equal(1, status)
      assert.is_false(result.open)
      local observation = failure()
      assert.equal(20, observation.verify.code)
      assert.equal(48, alert(observation, "sent"))
    end)

    it("agree on a refused upgrade", function()
      local url = serve {
        on_upgrade = function() return { status = 401, body = "who?" } end,
      }
      local status, result = dial { url = url, ca = certs.ca }
      assert.equal(1, status)
      assert.equal(401, result.status)
      assert.is_nil(seen.conn)
    end)
  end)
end
