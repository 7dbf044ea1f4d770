local fake = require "unit.fake_core"
local fake_client = require "unit.fake_client"

local lose = fake_client.lose

describe("an open connection's", function()
  local wss, core
  fake.each(function(...) wss, core = ... end)

  local function open(opts, ...)
    return fake_client.open(wss, core, opts, ...)
  end

  describe("receive", function()
    it("gives messages in order, then the clean close", function()
      local conn, h = open(nil, { "message", "one", "text" },
        { "message", "two", "binary" })
      assert.same({ "one", "text" }, { conn:receive() })
      assert.same({ "two", "binary" }, { conn:receive(1) })
      h:push("message", "last", "text")
      h:push("closed")
      assert.same({ "last", "text" }, { conn:receive() })
      for _ = 1, 2 do
        local data, err, code = conn:receive()
        assert.is_nil(data)
        assert.equal("closed", code)
        assert.equal(1000, err.observation.close.code)
      end
      assert.is_nil(conn:error())
    end)

    it("leaves the connection usable after a timeout", function()
      local conn, h = open()
      local data, err, code = conn:receive(2)
      assert.is_nil(data)
      assert.equal("timeout", code)
      assert.equal("timeout", err.code)
      assert.equal(102, core.clock)
      assert.equal("timeout", select(3, conn:receive(0)))
      h:push("message", "x", "text")
      assert.equal("x", (conn:receive(0)))
    end)

    it("says why the connection was lost, each time", function()
      local conn, h = open()
      lose(h)
      local _, err, code = conn:receive()
      assert.equal("closed-abnormally", code)
      assert.equal(err, select(2, conn:receive()))
      assert.equal(err, conn:error())
      local _, _, sent = conn:send("x")
      assert.equal("closed-abnormally", sent)
    end)

    it("wants a number", function()
      local conn = open()
      assert.has_error(function() conn:receive("x") end,
        "receive: timeout must be a number of seconds, got string")
    end)

    it("yields in a task and is woken by the message", function()
      local conn, h = open()
      local got
      wss.run(function()
        wss.spawn(function() got = conn:receive() end)
        wss.sleep(1)
        assert.is_nil(got)
        h:push("message", "x", "text")
      end)
      assert.equal("x", got)
    end)

    it("leaves what nobody asked for in the core", function()
      local conn, h = open(nil, { "message", "a", "text" })
      wss.sleep(1)
      assert.equal(1, #h.items)
      assert.equal("a", (conn:receive()))
    end)

    it("gives what was queued before the end, after the end", function()
      local conn, h = open(nil, { "message", "a", "text" },
        { "message", "b", "text" })
      lose(h)
      wss.step(0)
      assert.equal("closed", conn.state)
      assert.equal("a", (conn:receive()))
      assert.equal("b", (conn:receive()))
      assert.equal("closed-abnormally", select(3, conn:receive()))
    end)
  end)

  describe("messages", function()
    it("iterates until the end", function()
      local conn = open(nil, { "message", "a", "text" },
        { "message", "b", "binary" }, { "closed" })
      local got = {}
      for data, kind in conn:messages() do got[#got + 1] = data .. kind end
      assert.same({ "atext", "bbinary" }, got)
      assert.equal(conn.each, conn.messages)
    end)

    it("in a task works, or names receive where the Lua cannot", function()
      local task = require "wsstls.task"
      local conn = open(nil, { "message", "a", "text" }, { "closed" })
      wss.run(function()
        local ok, got = pcall(conn.messages, conn)
        if task.yields_anywhere then
          assert.equal("a", (got()))
        else
          assert.is_false(ok)
          assert.matches("conn:receive", got)
        end
      end)
    end)
  end)

  describe("send", function()
    it("passes text and binary on", function()
      local conn, h = open()
      assert.is_true(conn:send("a"))
      assert.is_true(conn:send("b", "text"))
      assert.is_true(conn:send("c", "binary"))
      assert.same({ "accept", "send a", "send b text",
        "send c binary" }, h:told())
    end)

    it("raises for what is no message", function()
      local conn = open()
      assert.has_error(function() conn:send(5) end,
        "send: expected a string, got number")
      assert.has_error(function() conn:send("x", "txt") end)
    end)

    it("waits above the high-water mark, and while it waits in a callback "
      .. "the messages stay in the core", function()
      local handled = 0
      local conn, h = open { on_message = function(conn, data)
        handled = handled + 1
        conn:send(data)
      end }
      h.full_now = true
      h.answers.send = function() return false end
      h:push("message", "a", "text")
      h:push("message", "b", "text")
      wss.sleep(1)
      assert.equal(1, handled)
      assert.equal(1, #h.items)
      h:push("pong", "")
      wss.sleep(1)
      assert.equal(1, handled)
      h.full_now, h.answers.send = false, nil
      h:push("drained")
      wss.sleep(1)
      assert.equal(2, handled)
      assert.equal(0, #h.items)
      assert.equal("open", conn.state)
    end)

    it("ends its wait when the connection is lost", function()
      local conn, h = open()
      h.full_now = true
      h.answers.send = function() lose(h) return false end
      assert.equal("closed-abnormally", select(3, conn:send("x")))
    end)

    it("worked when the message left before the end", function()
      local conn, h = open()
      h.full_now = true
      h.answers.send = function()
        h.full_now = false
        h:push("drained")
        h:push("closed")
        return false
      end
      assert.is_true(conn:send("x"))
      assert.equal("closed", select(3, conn:send("y")))
    end)

    it("reports the end of a clean close too", function()
      local conn, h = open()
      h:push("closed")
      assert.equal("closed", select(3, conn:send("x")))
      assert.equal("closed", select(3, conn:ping()))
    end)
  end)

  describe("close", function()
    it("waits for the closing handshake", function()
      local conn, h = open()
      assert.is_true(conn:close(4001, "bye", 2))
      assert.equal("close 4001 bye 2", h:told()[2])
      assert.equal("closed", conn.state)
      assert.is_nil(conn:error())
      assert.is_true(conn:close())
      assert.equal(2, #h:told())
    end)

    it("is 1000 without a reason, with the phase's deadline", function()
      local conn, h = open { timeout = { close = 3 } }
      conn:close()
      assert.equal("close 1000  3", h:told()[2])
    end)

    it("says when the peer had to be left behind", function()
      local conn, h = open()
      h.answers.close = function() lose(h, "timeout-close") end
      assert.equal("timeout-close", select(3, conn:close()))
    end)

    it("refuses codes that may not be sent", function()
      local conn = open()
      for _, code in ipairs { 999, 1004, 1005, 1006, 1015, 1016, 2999, 5000,
                              1000.5, "x" } do
        assert.has_error(function() conn:close(code) end)
      end
      assert.has_error(function() conn:close(1000, ("x"):rep(124)) end)
      assert.has_error(function() conn:close(1000, {}) end)
    end)

    it("in a callback of its own only begins", function()
      local conn, h
      conn, h = open { on_message = function(c)
        assert.is_true(c:close(1000, "done"))
      end }
      h:push("message", "x", "text")
      wss.step(0)
      assert.equal("close 1000 done 5", h:told()[2])
      wss.step(0)
      assert.equal("closed", conn.state)
    end)

    it("keeps messages that came meanwhile for receive", function()
      local conn, h = open(nil, { "message", "a", "text" })
      h.answers.close = function()
        h:push("message", "b", "text")
        h:push("closed")
      end
      conn:close()
      assert.equal("a", (conn:receive()))
      assert.equal("b", (conn:receive()))
      assert.equal("closed", select(3, conn:receive()))
    end)
  end)
end)
