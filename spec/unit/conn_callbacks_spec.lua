local fake = require "unit.fake_core"
local fake_client = require "unit.fake_client"

local lose = fake_client.lose

describe("a connection's", function()
  local wss, core
  fake.each(function(...) wss, core = ... end)

  local function open(opts, ...)
    return fake_client.open(wss, core, opts, ...)
  end

  describe("callbacks", function()
    it("get every event of the connection in order", function()
      local seen = {}
      local function note(name)
        return function(_, a, b)
          seen[#seen + 1] = name .. " " .. tostring(type(a) == "table"
            and (a.code or a.name) or a) .. " " .. tostring(b)
        end
      end
      local conn, h = open { on_open = note "open",
        on_message = note "message", on_close = note "close" }
      conn:on("pong", note "pong"):on("alert", note "alert")
      h.record.alerts = { { name = "close_notify" } }
      h:push("message", "a", "text")
      h:push("pong", "p")
      h:push("message", "b", "binary")
      h:push("closed")
      wss.step(0)
      wss.step(0)
      assert.same({ "open nil nil", "message a text", "pong p nil",
        "message b binary", "alert close_notify nil", "close 1000 nil" }, seen)
    end)

    it("may be several for one event, in order", function()
      local seen = {}
      local conn, h = open { on_message = function() seen[1] = "a" end }
      conn:on("message", function() seen[#seen + 1] = "b" end)
      h:push("message", "x", "text")
      wss.step(0)
      assert.same({ "a", "b" }, seen)
    end)

    it("get messages that were there before them", function()
      local seen = {}
      local conn, h = open(nil, { "message", "a", "text" })
      conn:on("message", function(_, data) seen[#seen + 1] = data end)
      wss.step(0)
      wss.step(0)
      assert.same({ "a" }, seen)
      h:push("message", "b", "text")
      wss.step(0)
      assert.same({ "a", "b" }, seen)
    end)

    it("that raise close with 1011 and raise out of the pumping call",
      function()
        local seen, closed = 0, nil
        local conn, h = open {
          on_message = function() seen = seen + 1 error("boom", 0) end,
          on_close = function(_, close) closed = close end }
        h:push("message", "a", "text")
        h:push("message", "b", "text")
        local ok, err = pcall(wss.sleep, 1)
        assert.is_false(ok)
        assert.matches("^boom\nstack traceback", err)
        assert.equal("close 1011  5", h:told()[2])
        wss.sleep(1)
        assert.equal(1, seen)
        assert.equal(1011, closed.code)
        assert.equal("closed", conn.state)
      end)

    it("raise other values unchanged", function()
      local value = { 1 }
      local _, h = open { on_message = function() error(value) end }
      h:push("message", "a", "text")
      local ok, err = pcall(wss.step, 0)
      assert.is_false(ok)
      assert.equal(value, err)
    end)

    it("of the end all run, though one raises", function()
      local seen = {}
      local conn, h = open {
        on_close = function() seen[#seen + 1] = "close" end,
        on_error = function(_, err)
          seen[#seen + 1] = err.code
          error("boom", 0)
        end }
      lose(h)
      assert.is_false((pcall(wss.step, 0)))
      assert.same({ "closed-abnormally", "close" }, seen)
      assert.equal("closed", conn.state)
    end)

    it("may receive, sleep and connect", function()
      local got
      local _, h = open { on_message = function(conn, data)
        wss.sleep(1)
        got = data .. conn:receive()
        assert(wss.connect("wss://b.test/")):close()
        got = got .. "!"
      end }
      h:push("message", "a", "text")
      wss.sleep(2)
      assert.is_nil(got)
      h:push("message", "b", "text")
      wss.sleep(1)
      assert.equal("ab!", got)
    end)

    it("have known events and are functions", function()
      local conn = open()
      assert.has_error(function() conn:on("mesage", print) end,
        "on: no event 'mesage', did you mean 'message'?")
      assert.has_error(function() conn:on("message", 5) end)
    end)

    it("cost no table per message", function()
      local count = 0
      local _, h = open { on_message = function(conn, data)
        count = count + 1
        conn:send(data)
      end }
      local left = 0
      h.next = function()
        if left == 0 then return nil end
        left = left - 1
        return "message", "x", "text", left > 0
      end
      h.send = function() return true end
      local owner, post = h.owner[1], require("wsstls.workers").post
      local deliver = require("wsstls.workers").deliver
      local function burst(n)
        for _ = 1, n do
          left = 1
          post(owner)
          deliver()
        end
      end
      if jit then jit.off() end -- its traces are garbage of their own
      burst(1)
      collectgarbage()
      collectgarbage("stop")
      local before = collectgarbage("count")
      burst(1000)
      local grown = collectgarbage("count") - before
      collectgarbage("restart")
      if jit then jit.on() end
      assert.equal(1001, count)
      assert.is_true(grown < 1, ("%.1f KiB for 1000 messages"):format(grown))
    end)
  end)
end)
