-- What a callback may do (everything), and what becomes of an error in one.
local helper = require("helper")
local loopback = require("core.loopback")
local stress = require("core.stress")

describe("inside callbacks", function()
  local wss, ca, server

  setup(function()
    wss = require("wsstls")
    ca = stress.identity()
  end)

  after_each(loopback.close)
  teardown(helper.cleanup)

  local function connect(opts) return loopback.dial(server, opts) end

  it("sends in on_open, before the client asks", function()
    server = loopback.listen {
      on_open = function(conn)
        assert(conn:send("welcome"))
        assert(conn:send("again"))
      end,
    }
    local conn = assert(connect())
    assert.equal("welcome", (conn:receive(5)))
    assert.equal("again", (conn:receive(5)))
  end)

  it("receives in on_open: the next messages are its own", function()
    local got
    server = loopback.listen {
      on_open = function(conn)
        got = (conn:receive(5) or "?") .. (conn:receive(5) or "?")
        conn:send("thanks")
      end,
    }
    local conn = assert(connect())
    conn:send("one")
    conn:send("two")
    assert.equal("thanks", (conn:receive(5)))
    assert.equal("onetwo", got)
  end)

  it("receives in on_message, and no message is lost or doubled", function()
    local got = {}
    server = loopback.listen {
      on_message = function(conn, data)
        got[#got + 1] = data
        if data == "ask" then
          conn:send("what?")
          got[#got + 1] = "answer: " .. tostring((conn:receive(5)))
        end
        conn:send("ok")
      end,
    }
    local conn = assert(connect())
    conn:send("ask")
    assert.equal("what?", (conn:receive(5)))
    conn:send("this")
    assert.equal("ok", (conn:receive(5)))
    conn:send("more")
    assert.equal("ok", (conn:receive(5)))
    assert.same({ "ask", "answer: this", "more" }, got)
  end)

  it("connects to its own server in on_message", function()
    server = loopback.listen {
      on_message = function(conn, data)
        if data == "inner" then
          conn:send("from inside")
          return
        end
        local other = assert(wss.connect(server.url, { ca = ca }))
        other:send("inner")
        conn:send((other:receive(5)) or "nothing")
        other:close()
      end,
    }
    local conn = assert(connect())
    for _ = 1, 3 do
      conn:send("go")
      assert.equal("from inside", (conn:receive(5)))
    end
  end)

  it("closes in on_open, on_message and on_close", function()
    local closes = 0
    server = loopback.listen {
      on_open = function(conn)
        if conn.protocol == "bye" then conn:close(4001, "not you") end
      end,
      protocols = { "bye", "stay" },
      on_message = function(conn) conn:close(4002, "enough") end,
      on_close = function(conn, close)
        closes = closes + 1
        conn:close()
        assert.is_true(close.clean)
      end,
    }
    local conn = assert(connect { protocols = { "bye" } })
    local _, err = conn:receive(5)
    assert.equal(4001, err.observation.close.code)
    conn = assert(connect { protocols = { "stay" } })
    conn:send("x")
    _, err = conn:receive(5)
    assert.equal(4002, err.observation.close.code)
    helper.wait(function() return closes == 2 end, 5, "both on_close")
  end)

  it("closes the server in on_message, and listens anew", function()
    local second
    server = loopback.listen {
      on_message = function(conn)
        conn:send("moved")
        server:close()
        second = loopback.listen { on_message = function(c) c:send("new") end }
      end,
    }
    local conn = assert(connect())
    conn:send("x")
    assert.equal("moved", (conn:receive(5)))
    local _, err = conn:receive(5)
    assert.equal(1001, err.observation.close.code)
    server = second
    conn = assert(connect())
    conn:send("x")
    assert.equal("new", (conn:receive(5)))
  end)

  it("reloads the certificate in on_tls_error, and the next try works",
    function()
    local failures = 0
    server = loopback.listen {
      cert = ca:issue { cn = "wrong", dns = { "wrong.test" } },
      on_message = function(conn) conn:send("fine") end,
      on_tls_error = function(observation)
        failures = failures + 1
        assert.equal(42, helper.fatal_alert(observation, "received"))
        assert(server:reload { cert = select(2, stress.identity()) })
      end,
    }
    helper.fails("cert-ip-mismatch", connect())
    helper.wait(function() return failures == 1 end, 5, "on_tls_error")
    local conn = assert(connect())
    conn:send("x")
    assert.equal("fine", (conn:receive(5)))
  end)

  it("pumps with step and sleep in on_message, others being served",
    function()
    server = loopback.listen {
      on_message = function(conn, data)
        if data == "slow" then wss.sleep(0.2) end
        wss.step(0)
        conn:send("did " .. data)
      end,
    }
    local slow, quick = assert(connect()), assert(connect())
    slow:send("slow")
    quick:send("quick")
    assert.equal("did quick", (quick:receive(5)))
    local _, _, code = slow:receive(0.01)
    assert.equal("timeout", code)
    assert.equal("did slow", (slow:receive(5)))
  end)

  it("waits in on_upgrade for another connection's answer", function()
    server = loopback.listen {
      on_upgrade = function(request)
        if request.path == "/guarded" then
          local other = assert(wss.connect(server.url, { ca = ca }))
          other:send("may they?")
          local answer = other:receive(5)
          other:close()
          if answer ~= "yes" then return { status = 403 } end
        end
        return true
      end,
      on_message = function(conn) conn:send("yes") end,
    }
    local conn = assert(loopback.dial(server, nil, "/guarded"))
    assert.equal("open", conn.state)
  end)

  it("spawns tasks and joins them in on_message", function()
    server = loopback.listen {
      on_message = function(conn)
        local a = wss.spawn(function()
          wss.sleep(0.01)
          return "a"
        end)
        local b = wss.spawn(function() return "b" end)
        conn:send(a:join(5) .. b:join(5))
      end,
    }
    local conn = assert(connect())
    conn:send("x")
    assert.equal("ab", (conn:receive(5)))
  end)

  it("takes the connection away in the middle of its own callback",
    function()
    local closed = 0
    server = loopback.listen {
      on_message = function(conn)
        conn.handle:abort()
        collectgarbage()
        local sent, _, code = conn:send("too late")
        assert.is_nil(sent)
        assert.is_string(code)
      end,
      on_close = function() closed = closed + 1 end,
    }
    local conn = assert(connect())
    conn:send("x")
    local data, _, code = conn:receive(5)
    assert.is_nil(data)
    assert.equal("closed-abnormally", code)
    helper.wait(function() return closed == 1 end, 5, "on_close")
  end)
end)
