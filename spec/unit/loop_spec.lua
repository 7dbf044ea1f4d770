local fake = require "unit.fake_core"

describe("the scheduler", function()
  local wss, core
  fake.each(function(...) wss, core = ... end)

  describe("run", function()
    it("returns what its function returns", function()
      assert.same({ 1, nil, 3, n = 3 }, (function(...)
        return { n = select("#", ...), ... }
      end)(wss.run(function(a, b) return a, nil, b end, 1, 3)))
    end)

    it("ends when everything spawned in it has ended", function()
      local order = {}
      wss.run(function()
        wss.spawn(function()
          wss.sleep(2)
          order[#order + 1] = "late"
        end)
        order[#order + 1] = "main"
      end)
      assert.same({ "main", "late" }, order)
      assert.equal(102, core.clock)
    end)

    it("raises what its function raises, with a traceback", function()
      local ok, err = pcall(wss.run, function() error("boom") end)
      assert.is_false(ok)
      assert.matches("boom", err)
      assert.matches("stack traceback", err)
    end)

    it("raises any other value unchanged", function()
      local value = {}
      local ok, err = pcall(wss.run, function() error(value) end)
      assert.is_false(ok)
      assert.equal(value, err)
      ok, err = pcall(wss.run, function() error(nil) end)
      assert.is_false(ok)
      assert.is_nil(err)
    end)

    it("raises what a spawned task raises, and cancels the others", function()
      local code
      local ok, err = pcall(wss.run, function()
        wss.spawn(function() error("boom", 0) end)
        local _, _, c = wss.sleep(60)
        code = c
      end)
      assert.is_false(ok)
      assert.matches("^boom", err)
      assert.equal("cancelled", code)
      assert.equal(100, core.clock)
    end)

    it("is not for use inside itself", function()
      local ok, err = pcall(wss.run, function() wss.run(function() end) end)
      assert.is_false(ok)
      assert.matches("use spawn", err)
      ok, err = pcall(wss.run, 5)
      assert.is_false(ok)
      assert.matches("expected a function, got number", err)
    end)

    it("can be used again after an error", function()
      pcall(wss.run, function() error("boom") end)
      assert.equal(7, wss.run(function() return 7 end))
    end)

    it("without a function serves until stop", function()
      local steps = 0
      core.script = function()
        steps = steps + 1
        core.wake()
        if steps == 5 then wss.stop() end
      end
      assert.equal(0, select("#", wss.run()))
      assert.equal(5, steps)
    end)

    it("ends at stop, and waiting calls are cancelled", function()
      local codes = {}
      local result = wss.run(function()
        wss.spawn(function()
          wss.sleep(1)
          wss.stop()
        end)
        local task = wss.spawn(function()
          local _, err, code = wss.sleep(60)
          codes[#codes + 1] = code
          codes[#codes + 1] = err.code
        end)
        local _, _, code = task:join()
        codes[#codes + 1] = code
        return "ended"
      end)
      assert.equal("ended", result)
      assert.equal(3, #codes)
      for _, code in ipairs(codes) do assert.equal("cancelled", code) end
      assert.equal(101, core.clock)
    end)

    it("takes no notice of what cancelled tasks raise about it", function()
      wss.run(function()
        wss.spawn(function() assert(wss.sleep(60)) end)
        wss.spawn(wss.stop)
      end)
      assert.is_true(wss.step(0))
      local ok, err = pcall(wss.run, function()
        wss.spawn(function()
          wss.sleep(60)
          error("of its own", 0)
        end)
        wss.spawn(wss.stop)
      end)
      assert.is_false(ok)
      assert.matches("^of its own", err)
    end)

    it("drops a task that will not take the hint", function()
      local rounds = 0
      local task
      wss.run(function()
        task = wss.spawn(function()
          while true do
            wss.sleep(1)
            rounds = rounds + 1
          end
        end)
        wss.spawn(wss.stop)
      end)
      assert.is_true(rounds <= 101)
      assert.equal("cancelled", task.state)
    end)
  end)

  describe("a task", function()
    it("can be waited for", function()
      wss.run(function()
        local task = wss.spawn(function(a) wss.sleep(1) return a, 2 end, 1)
        assert.equal("pending", task.state)
        assert.same({ 1, 2 }, { task:join() })
        assert.equal("done", task.state)
        assert.same({ 1, 2 }, { task:join() })
      end)
    end)

    it("can be waited for by several, with a deadline, from anywhere",
      function()
        local task = wss.spawn(function() wss.sleep(5) return "x" end)
        local _, err, code = task:join(1)
        assert.equal("timeout", code)
        assert.equal("timeout", err.code)
        assert.equal(101, core.clock)
        local seen = {}
        for i = 1, 3 do
          wss.spawn(function() seen[i] = task:join() end)
        end
        assert.equal("x", task:join())
        wss.step(0)
        assert.same({ "x", "x", "x" }, seen)
      end)

    it("gives its error to whoever waits for it", function()
      wss.run(function()
        local task = wss.spawn(function() wss.sleep(1) error("boom", 0) end)
        local ok, err = wss.pcall(task.join, task)
        assert.is_false(ok)
        assert.matches("^boom", err)
        assert.equal("failed", task.state)
      end)
    end)

    it("cannot join itself", function()
      local ok, err = pcall(wss.run, function()
        local task
        task = wss.spawn(function() task:join() end)
      end)
      assert.is_false(ok)
      assert.matches("cannot join itself", err)
    end)

    it("can be cancelled before it begins and while it waits", function()
      local began, code
      wss.run(function()
        local first = wss.spawn(function() began = true end)
        assert.is_true(first:cancel())
        assert.equal("cancelled", first.state)
        assert.is_false(first:cancel())
        assert.equal("cancelled", select(3, first:join()))
        local second = wss.spawn(function()
          code = select(3, wss.sleep(60))
          return "cleaned up"
        end)
        wss.sleep(1)
        assert.is_true(second:cancel())
        assert.equal("cleaned up", second:join())
      end)
      assert.is_nil(began)
      assert.equal("cancelled", code)
      assert.equal(101, core.clock)
    end)

    it("must not yield by itself", function()
      local ok, err = pcall(wss.run, function() coroutine.yield(1) end)
      assert.is_false(ok)
      assert.matches("yielded by itself", err)
    end)

    it("raises out of a pumping call on the main thread", function()
      wss.spawn(function() error("boom", 0) end)
      local ok, err = pcall(wss.sleep, 60)
      assert.is_false(ok)
      assert.matches("^boom", err)
      assert.equal(100, core.clock)
    end)

    it("loses no error when several are raised in one turn", function()
      for i = 1, 3 do wss.spawn(function() error({ i }) end) end
      local seen = {}
      for _ = 1, 3 do
        local ok, err = pcall(wss.step, 0)
        assert.is_false(ok)
        seen[#seen + 1] = err[1]
      end
      assert.same({ 1, 2, 3 }, seen)
      assert.is_true(wss.step(0))
    end)
  end)

  describe("sleep", function()
    it("wakes in the order of the deadlines", function()
      local order = {}
      wss.run(function()
        for _, s in ipairs { 5, 1, 4, 2, 3, 0 } do
          wss.spawn(function()
            wss.sleep(s)
            order[#order + 1] = s
          end)
        end
      end)
      assert.same({ 0, 1, 2, 3, 4, 5 }, order)
      assert.equal(105, core.clock)
    end)

    it("pumps on the main thread and in a coroutine of the user", function()
      assert.is_true(wss.sleep(1))
      assert.is_true(coroutine.wrap(function() return wss.sleep(1) end)())
      assert.equal(102, core.clock)
    end)

    it("wants a number", function()
      assert.has_error(function() wss.sleep("x") end,
        "sleep: expected a number of seconds, got x")
    end)
  end)

  describe("timeout", function()
    it("is what is due next, or nil", function()
      assert.is_nil(wss.timeout())
      wss.spawn(function() wss.sleep(5) end)
      assert.equal(0, wss.timeout())
      wss.step(0)
      assert.equal(5, wss.timeout())
      core.timeout = function() return 3 end
      assert.equal(3, wss.timeout())
      core.clock = 200
      assert.equal(0, wss.timeout())
    end)
  end)

  describe("pcall", function()
    it("may wait inside, in every Lua", function()
      wss.run(function()
        local ok, a, b = wss.pcall(function(x)
          wss.sleep(1)
          local inner, err = wss.pcall(function()
            wss.sleep(1)
            error({ code = x })
          end)
          assert.is_false(inner)
          return err.code, "b"
        end, "a")
        assert.same({ true, "a", "b" }, { ok, a, b })
      end)
      assert.equal(102, core.clock)
    end)

    it("is pcall outside a task", function()
      assert.same({ true, 5 }, { wss.pcall(function() return 5 end) })
      assert.is_false((wss.pcall(error, "x")))
    end)

    it("is cancelled with its task", function()
      local code
      wss.run(function()
        local task = wss.spawn(function()
          wss.pcall(function() code = select(3, wss.sleep(60)) end)
        end)
        wss.sleep(1)
        task:cancel()
      end)
      assert.equal("cancelled", code)
    end)
  end)

  describe("configure", function()
    it("knows the event loops and is for before the start", function()
      assert.is_true(wss.configure { event_loop = "poll" })
      wss.step(0)
      assert.equal("poll", require("wsstls.start").event_loop)
      assert.has_error(function() wss.configure { event_loop = "epoll" } end,
        "configure: the event loop runs already; configure before the "
        .. "first connect or listen")
      assert.has_error(function() wss.configure { event_loop = "libeev" } end,
        "configure: no event loop 'libeev', did you mean 'libev'?")
      assert.has_error(function() wss.configure { eventloop = "poll" } end)
    end)
  end)
end)
