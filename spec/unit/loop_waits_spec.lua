-- What callbacks and waits cost, and what wakes them.
local fake = require "unit.fake_core"

describe("the scheduler's deliveries", function()
  local wss, core, loop, deliver
  fake.each(function(...)
    wss, core = ...
    loop = require "wsstls.loop"
    deliver = require("wsstls.workers").deliver
  end)

  describe("a callback", function()
    local function owner(fn)
      local self = {}
      self._pump = fn
      return self
    end

    it("may wait; its object is busy meanwhile, and seen to afterwards",
      function()
      local calls, ended = 0, 0
      local one = owner(function()
        calls = calls + 1
        wss.sleep(1)
        ended = ended + 1
      end)
      loop.post(one)
      wss.step(0)
      loop.post(one)
      wss.step(0)
      assert.equal(1, calls)
      wss.sleep(1.5)
      assert.equal(1, ended)
      assert.equal(2, calls)
      wss.sleep(1.5)
      assert.equal(2, ended)
      assert.equal(2, calls)
    end)

    it("that raises does so out of the pumping call, once", function()
      local failed
      local one = owner(function() error("boom", 0) end)
      one._failed = function(_, err)
        failed = err
        one._pump = nil
      end
      loop.post(one)
      local ok, err = pcall(wss.step, 0)
      assert.matches("^boom\nstack traceback", failed)
      assert.is_false(one._busy)
      assert.is_false(ok)
      assert.matches("^boom", err)
      assert.is_true(wss.step(0))
    end)

    it("must not yield by itself", function()
      local one = owner(function(self)
        self._pump = nil
        coroutine.yield()
      end)
      loop.post(one)
      local ok, err = pcall(wss.step, 0)
      assert.is_false(ok)
      assert.matches("yielded by itself", err)
    end)

    it("shares a few coroutines with all others", function()
      local seen, n = {}, 0
      local one = owner(function()
        local co = coroutine.running()
        if not seen[co] then
          seen[co] = true
          n = n + 1
        end
      end)
      for _ = 1, 100 do
        loop.post(one)
        deliver()
      end
      assert.equal(1, n)
    end)

    it("allocates nothing by itself", function()
      local one = owner(function() end)
      if jit then jit.off() end -- its traces are garbage of their own
      loop.post(one)
      deliver()
      collectgarbage()
      collectgarbage("stop")
      local before = collectgarbage("count")
      for _ = 1, 1000 do
        loop.post(one)
        deliver()
      end
      local grown = collectgarbage("count") - before
      collectgarbage("restart")
      if jit then jit.on() end
      assert.is_true(grown < 1, ("%.1f KiB for 1000 deliveries"):format(grown))
    end)

    it("leaves nothing of its object alive when it has ended", function()
      local weak = setmetatable({}, { __mode = "v" })
      weak[1] = owner(function() end)
      loop.post(weak[1])
      deliver()
      collectgarbage()
      collectgarbage()
      assert.is_nil(weak[1])
    end)

    it("may pump from a coroutine of the user's own", function()
      local slept
      loop.post(owner(function(self)
        self._pump = nil
        coroutine.wrap(function() slept = wss.sleep(1) end)()
      end))
      wss.step(0)
      assert.is_true(slept)
      assert.equal(101, core.clock)
    end)

    it("that waits does not hold up the other owners of the turn", function()
      local seen = {}
      for i = 1, 3 do
        loop.post(owner(function()
          if i == 2 then wss.sleep(1) end
          seen[#seen + 1] = i
        end))
      end
      wss.step(0)
      assert.same({ 1, 3 }, seen)
      wss.sleep(2)
      assert.same({ 1, 3, 2 }, seen)
    end)
  end)

  describe("a wait", function()
    it("ends when its object is fired, for everybody", function()
      local object, woken = {}, 0
      wss.run(function()
        for _ = 1, 3 do
          wss.spawn(function()
            if loop.wait(object) then woken = woken + 1 end
          end)
        end
        wss.sleep(1)
        loop.fire(object)
      end)
      assert.equal(3, woken)
      assert.is_falsy(object._waiter)
    end)

    it("ends at its deadline and leaves nothing behind", function()
      local object = {}
      wss.run(function()
        assert.is_false(loop.wait(object, core.now() + 1))
      end)
      assert.is_falsy(object._waiter)
      assert.is_false(loop.wait(object, core.now() + 1))
      assert.is_falsy(object._waiter)
      assert.is_nil(loop.timeout())
    end)

    it("keeps its coroutine alive though nobody else does", function()
      local done = false
      do
        local object = {}
        wss.spawn(function()
          loop.wait(object, core.now() + 1)
          done = true
        end)
      end
      wss.step(0)
      collectgarbage()
      collectgarbage()
      wss.sleep(2)
      assert.is_true(done)
    end)

    it("leaves the others in the list when one is over", function()
      local object, results = {}, {}
      wss.run(function()
        for i = 1, 3 do
          wss.spawn(function()
            results[i] = loop.wait(object, i == 2 and core.now() + 1 or nil)
          end)
        end
        wss.sleep(2)
        loop.fire(object)
      end)
      assert.same({ true, false, true }, results)
    end)
  end)
end)
