-- Debian's libwebsockets-test-server and libwebsockets-test-client.
local helper = require("helper")
local alert = helper.fatal_alert
local material = require("interop.material")
local wss = require("wsstls")

describe("our client and libwebsockets-test-server", function()
  local certs, server, url

  setup(function()
    certs = material.make()
    local port = helper.free_port()
    server = helper.spawn {
      command = { "libwebsockets-test-server", "-s", "-p", tostring(port),
        "-C", certs.server.cert, "-K", certs.server.key, "-d", "15" },
      ready = "OPERATIONAL",
    }
    url = "wss://127.0.0.1:" .. port .. "/"
  end)
  teardown(helper.cleanup)

  it("count together in dumb-increment-protocol", function()
    local conn = assert(wss.connect(url, {
      ca = certs.ca, protocols = { "dumb-increment-protocol" },
    }))
    assert.equal("dumb-increment-protocol", conn.protocol)
    local first = tonumber((assert(conn:receive(10))))
    assert.equal(first + 1, tonumber((assert(conn:receive(10)))))
    assert.equal(first + 2, tonumber((assert(conn:receive(10)))))
    assert(conn:close(1000))
    local observation = helper.validated(conn:observation())
    assert.is_true(observation.verify.ok)
    assert.is_true(observation.close.clean)
    assert.is_nil(conn:error())
  end)

  it("mirror what one client draws to another", function()
    local options = { ca = certs.ca, protocols = { "lws-mirror-protocol" } }
    local a = assert(wss.connect(url, options))
    local b = assert(wss.connect(url, options))
    server:expect("callback_lws_mirror: LWS_CALLBACK_ESTABLISHED.-" ..
      "callback_lws_mirror: LWS_CALLBACK_ESTABLISHED")
    assert(a:send("c #ff0000 10 20 30;", "text"))
    assert.equal("c #ff0000 10 20 30;", (assert(b:receive(10))))
    assert(a:close())
    assert(b:close())
  end)

  it("agree that an unknown CA was refused by us", function()
    local err = helper.fails("cert-untrusted",
      wss.connect(url, { ca = certs.other_ca }))
    assert.equal("client", err.rejected_by)
    assert.equal(48, alert(err.observation, "sent"))
    server:expect("tlsv1 alert unknown ca")
  end)

  it("end an unknown subprotocol without an HTTP answer", function()
    local err = helper.fails("upgrade-no-response",
      wss.connect(url, { ca = certs.ca, protocols = { "no-such" } }))
    assert.equal("upgrade", err.phase)
    assert.is_true(err.observation.verify.ok)
  end)
end)

describe("our server and libwebsockets-test-client", function()
  local certs, server, opened, messages

  setup(function() certs = material.make() end)
  teardown(helper.cleanup)

  before_each(function()
    opened, messages = {}, {}
    server = assert(wss.listen {
      cert = certs.server.cert, key = certs.server.key,
      protocols = { "dumb-increment-protocol", "lws-mirror-protocol" },
      on_open = function(conn) opened[conn.protocol] = conn end,
      on_message = function(_, data) messages[#messages + 1] = data end,
    })
  end)
  after_each(function() server:close() end)

  local function dial(ca)
    return helper.spawn { command = { "libwebsockets-test-client",
      "localhost", "--port=" .. server.port, "--strict-ssl", "-A", ca,
      "-d", "7" } }
  end

  it("open both of its protocols and draw", function()
    local client = dial(certs.ca)
    helper.wait(function()
      return opened["dumb-increment-protocol"] and
        opened["lws-mirror-protocol"] and messages[1]
    end, 10, "two connections and a message")
    assert.is_truthy(messages[1]:find("^[cd] #%x+ "))
    client:expect("mirror: LWS_CALLBACK_CLIENT_ESTABLISHED")
    local observation = helper.validated(
      opened["lws-mirror-protocol"]:observation())
    assert.equal("localhost", observation.hello.sni)
    assert.equal(0, #server:failures())
    client:stop()
  end)

  it("agree that the client refused an unknown CA", function()
    local client = dial(certs.other_ca)
    client:expect("err=20")
    client:expect("CLIENT_CONNECTION_ERROR")
    helper.wait(function() return server:failures()[1] end)
    client:stop()
    local observation = helper.validated(server:failures()[1])
    assert.equal(48, alert(observation, "received"))
    assert.same({}, opened)
  end)
end)
