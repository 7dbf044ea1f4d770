--- wsstls inside a cqueues loop.
--
--     local cqueues = require "cqueues"
--     local cq = cqueues.new()
--     require("wsstls.loops.cqueues").attach(cq)
--     cq:wrap(function() local conn = wss.connect(...) ... end)
--     cq:loop()
--
-- Source: cqueues' manual, "cqueues.poll" and "Conditions".
-- @module wsstls.loops.cqueues

local core = require "wsstls.core"
local loop = require "wsstls.loop"
local start = require "wsstls.start"

local adapter = {}

local function new_adapter(cqueues, condition, changed)
  local self = {}

  function self.owns()
    local _, inside = cqueues.running()
    return inside == true
  end

  function self.park(rec)
    rec.condition = condition.new()
    changed:signal() -- its deadline may be earlier than the one polled for
    repeat rec.condition:wait() until rec.done
  end

  function self.unpark(rec)
    rec.condition:signal()
  end

  return self
end

--- Lets the loop `cq` serve wsstls: blocking calls made in its coroutines
-- yield to it. The coroutine that does it keeps `cq:loop()` going.
-- @param cq of `cqueues.new()`
-- @treturn function detach(): ends it
function adapter.attach(cq)
  local cqueues = require "cqueues"
  local condition = require "cqueues.condition"
  start.must()
  local changed, attached = condition.new(), true
  local mine = new_adapter(cqueues, condition, changed)
  local source = { pollfd = core.pollfd(), events = "r" }
  loop.adapter = mine
  cq:wrap(function()
    while attached do
      local ok, err = pcall(loop.step, 0)
      if not ok then
        -- it comes out of cq:loop as any error does, and this goes on
        cq:wrap(function() error(err, 0) end)
      end
      local timeout = loop.timeout()
      if timeout then
        cqueues.poll(source, changed, timeout)
      else
        cqueues.poll(source, changed)
      end
    end
  end)
  return function()
    attached = false
    if loop.adapter == mine then loop.adapter = nil end
    changed:signal()
  end
end

return adapter
