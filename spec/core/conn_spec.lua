-- The connection object over real sockets, ws:// and wss://.
local helper = require "helper"
local loopback = require "core.loopback"

describe("a connection", function()
  local wss
  local listen, dial, pair = loopback.listen, loopback.dial, loopback.pair

  setup(function() wss = require "wsstls" end)
  after_each(loopback.close)
  teardown(helper.cleanup)

  local function echo(o)
    o = o or {}
    o.on_message = function(c, data, kind) assert(c:send(data, kind)) end
    return listen(o)
  end

  for _, scheme in ipairs { "ws", "wss" } do
    local tls = scheme == "wss" and nil or false

    describe("over " .. scheme, function()
      it("carries text and binary messages both ways", function()
        local client, server = pair { tls = tls }
        assert.equal("open", client.state)
        assert.is_true(client:send("gr\195\188\195\159e"))
        assert.same({ "gr\195\188\195\159e", "text" }, { server:receive(5) })
        assert.is_true(server:send("\0\255", "binary"))
        assert.same({ "\0\255", "binary" }, { client:receive(5) })
        assert.is_true(client:send(""))
        assert.same({ "", "text" }, { server:receive(5) })
      end)

      it("carries large messages whole", function()
        local client = assert(dial(echo { tls = tls }))
        for _, size in ipairs { 125, 126, 65535, 65536, 1048577, 5000000 } do
          local data = ("0123456789abcdef"):rep(math.ceil(size / 16))
            :sub(1, size)
          assert.is_true(client:send(data, "binary"))
          local back = client:receive(20)
          assert.equal(size, #back)
          assert.is_true(data == back)
        end
      end)

      it("keeps many messages in their order", function()
        local client = assert(dial(echo { tls = tls }))
        local got = {}
        wss.run(function()
          wss.spawn(function()
            for i = 1, 2000 do assert(client:send("message " .. i)) end
          end)
          for i = 1, 2000 do got[i] = assert(client:receive(10)) end
        end)
        for i = 1, 2000 do assert.equal("message " .. i, got[i]) end
      end)

      it("closes with code and reason, seen on both sides", function()
        local client, server = pair { tls = tls }
        assert.is_true(client:close(4001, "bye", 5))
        local data, err, code = server:receive(5)
        assert.is_nil(data)
        assert.equal("closed", code)
        local close = err.observation.close
        assert.same({ 4001, "bye", true, "peer" }, { close.code, close.reason,
          close.clean, close.initiated_by })
        close = client:observation().close
        assert.same({ 4001, "bye", true, "local" }, { close.code, close.reason,
          close.clean, close.initiated_by })
        assert.is_nil(client:error())
        assert.is_nil(server:error())
        assert.equal("closed", client.state)
        helper.validated(client:observation())
        helper.validated(server:observation())
      end)

      it("gives messages that arrived before the close first", function()
        local client, server = pair { tls = tls }
        client:send("one")
        client:send("two")
        client:close()
        assert.equal("one", (server:receive(5)))
        assert.equal("two", (server:receive(5)))
        assert.equal("closed", select(3, server:receive(5)))
        assert.equal("closed", select(3, server:receive(5)))
        assert.equal("closed", select(3, server:send("x")))
      end)

      it("answers pings", function()
        local client = pair { tls = tls }
        local pong
        client:on("pong", function(_, data) pong = data end)
        assert.is_true(client:ping("are you there"))
        helper.wait(function() return pong end, 5)
        assert.equal("are you there", pong)
      end)
    end)
  end

  it("has its fields on both sides", function()
    local server = listen { protocols = { "chat" } }
    local client = assert(dial(server, { protocols = { "news", "chat" },
      headers = { ["X-Spec"] = "a" } }))
    local other = assert(server:accept(5))
    assert.equal(server.url, client.url)
    assert.equal("chat", client.protocol)
    assert.equal("chat", other.protocol)
    assert.equal("a", other.headers["x-spec"])
    assert.equal("websocket", client.headers.upgrade:lower())
    assert.equal("127.0.0.1", client.peer.ip)
    assert.equal(server.port, client.peer.port)
    assert.equal("127.0.0.1", other.peer.ip)
    assert.equal("TLSv1.3", client:tls().version)
    assert.is_true(client:verify_result().ok)
  end)

  it("sends its origin, and what lws alone would cut or choke on", function()
    local request
    local server = listen { on_open = function() end,
      on_upgrade = function(r) request = r return true end }
    local host = ("a."):rep(90) .. "test"
    local path = "/" .. ("p"):rep(6000) .. "?q=%20"
    local url = ("wss://%s:%d%s"):format(host, server.port, path)
    local client = assert(wss.connect(url, {
      ca = require("core.stress").identity(),
      connect_to = "127.0.0.1:" .. server.port, verify_ip = "127.0.0.1",
      origin = "https://a.test",
      headers = { ["X-Auth"] = ("t"):rep(6000), X = "y" } }))
    assert.equal("open", client.state)
    assert.equal(path, request.target)
    assert.equal(("%s:%d"):format(host, server.port), request.host)
    assert.equal("https://a.test", request.origin)
    assert.equal(6000, #request.headers["x-auth"])
    assert.equal("y", request.headers.x)
  end)

  it("may have all the time there is", function()
    for _, seconds in ipairs { math.huge, 1e300 } do
      local server = listen { handshake_timeout = seconds,
        ping_interval = seconds, timeout = seconds }
      local client = assert(dial(server, { timeout = seconds,
        ping_interval = seconds }))
      assert.is_true(client:close(1000, "", seconds))
    end
  end)

  it("says when its name was not looked at", function()
    local server = listen()
    local client = assert(dial(server, { verify_host = false }))
    assert.same({ "name_unchecked" }, client:verify_result().policy.flags)
    assert.same({}, assert(dial(server)):verify_result().policy.flags)
  end)

  it("refuses to send text that is no UTF-8", function()
    local client, server = pair()
    for _, text in ipairs { "\255", "\195", ("a"):rep(99) .. "\237\160\128",
                            ("a"):rep(31) .. "\128" } do
      local ok, err = pcall(client.send, client, text)
      assert.is_false(ok)
      assert.is_truthy(err:find("sent as \"binary\"", 1, true), err)
      ok, err = pcall(client.close, client, 1000, text:sub(-100))
      assert.is_false(ok)
      assert.is_truthy(err:find("must be UTF-8", 1, true), err)
    end
    assert.equal("open", client.state)
    assert.is_true(client:send("\255", "binary"))
    assert.equal("\255", (server:receive(5)))
  end)

  it("does not send a head that no server would read", function()
    for bad, o in pairs {
        ["a request head of 17337 bytes"] = {
          headers = { Cookie = ("c"):rep(17000) } },
        ["has an Origin already"] = { headers = { origin = "a" },
          origin = "b" } } do
      local ok, err = pcall(wss.connect, "wss://a.test/", o)
      assert.is_false(ok)
      assert.is_truthy(err:find(bad, 1, true), err)
    end
  end)

  it("is reached by IPv6, and the name is checked there too", function()
    local server = listen { host = "::1" }
    assert.is_table(assert(dial(server)))
    local _, _, code = dial(server, { verify_ip = "::2" })
    assert.equal("cert-ip-mismatch", code)
  end)

  it("times out in receive and stays usable", function()
    local client, server = pair()
    assert.equal("timeout", select(3, client:receive(0.05)))
    assert.equal("timeout", select(3, client:receive(0)))
    server:send("x")
    assert.equal("x", (client:receive(5)))
  end)

  it("reports a lost connection, each time the same", function()
    local client, server = pair()
    server.handle:abort()
    local _, err, code = client:receive(5)
    assert.matches("^closed%-abnormally", code)
    assert.equal(1006, err.observation.close.code)
    assert.equal(err, select(2, client:receive(5)))
    assert.equal(err, client:error())
  end)

  it("iterates over messages", function()
    local client, server = pair()
    for i = 1, 3 do server:send("m" .. i) end
    server:close()
    local got = {}
    for data in client:messages() do got[#got + 1] = data end
    assert.same({ "m1", "m2", "m3" }, got)
  end)

  it("calls back in order and closes 1011 when a callback raises", function()
    local events = {}
    local server = listen { on_message = function() error("boom", 0) end,
      on_close = function(_, close) events[#events + 1] = close.code end }
    local client = assert(dial(server))
    client:send("x")
    local ok, err = pcall(client.receive, client, 5)
    assert.is_false(ok)
    assert.matches("^boom\nstack traceback", err)
    local _, closed = client:receive(5)
    assert.equal(1011, closed.observation.close.code)
    helper.wait(function() return events[1] end, 5)
    assert.same({ 1011 }, events)
  end)

  it("may connect and receive inside a callback", function()
    local back = echo()
    local front = listen { on_message = function(c, data)
      local upstream = assert(dial(back))
      upstream:send(data .. "!")
      c:send((assert(upstream:receive(5))))
      upstream:close()
    end }
    local client = assert(dial(front))
    client:send("hello")
    assert.equal("hello!", (client:receive(5)))
  end)

  it("works in the user's own coroutine, also inside a callback", function()
    local server = echo()
    local got
    coroutine.wrap(function()
      local c = assert(dial(server))
      c:send("x")
      got = c:receive(5)
      c:close()
    end)()
    assert.equal("x", got)
    local outer = listen { on_message = function(c)
      coroutine.wrap(function()
        local inner = assert(dial(server))
        inner:send("y")
        c:send((inner:receive(5)))
      end)()
    end }
    local client = assert(dial(outer))
    client:send("go")
    assert.equal("y", (client:receive(5)))
  end)

  it("asks the verify function, which can only reject", function()
    local server = listen()
    local seen
    assert(dial(server, { verify = function(r) seen = r end }))
    assert.is_true(seen.ok)
    local _, err, code = dial(server, {
      verify = function() return false, "not today" end })
    assert.equal("cert-verify-callback", code)
    assert.equal("verify", err.phase)
    assert.equal("not today", err.observation.verify.reason)
    _, _, code = dial(server, { verify = function() return true end,
      verify_host = "other.test" })
    assert.equal("cert-host-mismatch", code)
  end)

  it("hands key log lines to a function", function()
    local lines = {}
    assert(dial(listen(), { keylog = function(line)
      lines[#lines + 1] = line
    end }))
    assert.is_true(#lines > 0)
    assert.matches("^[A-Z0-9_]+ %x+ %x+$", lines[1])
  end)

  it("without callbacks is closed when nobody holds it any more", function()
    local server = listen()
    local weak = setmetatable({}, { __mode = "v" })
    do weak[1] = assert(dial(server)) end
    local other = assert(server:accept(5))
    helper.wait(function()
      collectgarbage()
      return weak[1] == nil
    end, 5)
    local _, err = other:receive(5)
    assert.is_not_nil(err)
    assert.equal("closed", other.state)
  end)

  it("waits in send while the peer does not read, and goes on after",
    function()
      local client, server = pair()
      local sent, chunk = 0, ("x"):rep(262144)
      wss.run(function()
        local task = wss.spawn(function()
          for _ = 1, 64 do
            assert(client:send(chunk, "binary"))
            sent = sent + 1
          end
        end)
        wss.sleep(0.2)
        assert.is_true(sent < 64)
        for _ = 1, 64 do assert.equal(262144, #assert(server:receive(10))) end
        task:join(5)
      end)
      assert.equal(64, sent)
    end)
end)
