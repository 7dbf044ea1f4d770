--- wsstls inside a Copas loop (any version).
--
--     local copas = require "copas"
--     require("wsstls.loops.copas").attach(copas)
--     copas.addthread(function() local conn = wss.connect(...) ... end)
--     copas.loop()
--
-- Copas 1 knows neither timers nor a way to wake a thread, so none of what
-- later versions have is used: a thread of ours waits as if for a socket, and
-- every turn of Copas is one of wsstls's, too.
-- Source: Copas' manual, "copas.receive", "copas.step"; LuaSocket's select.
-- @module wsstls.loops.copas

local core = require "wsstls.core"
local loop = require "wsstls.loop"
local start = require "wsstls.start"

local adapter = {}

-- As much of a LuaSocket object as copas.receive and socket.select look at.
-- The descriptor ends select's wait when the core has something to do, and
-- `dirty`, as where bytes are left in a buffer, when the thread may go on.
local function new_source(ready)
  return {
    getfd = core.pollfd,
    dirty = ready,
    receive = function()
      if ready() then return "" end
      return nil, "timeout"
    end,
    close = function() return 1 end, -- Copas does, at the end of the thread
  }
end

--- Lets Copas serve wsstls: blocking calls made in its threads yield to it.
-- A thread of its own keeps `copas.loop()` going.
-- @param[opt] copas the module; its `step` is replaced until detach
-- @treturn function detach(): ends it
function adapter.attach(copas)
  copas = copas or require "copas"
  start.must()
  local attached, step = true, copas.step
  local mine = { unpark = function() end } -- `done` says it all

  function mine.owns()
    return copas.running ~= false -- Copas 1 does not say
  end

  function mine.park(rec)
    copas.receive(new_source(function() return rec.done end), 1)
  end

  local function turn(timeout)
    if not attached then return step(timeout) end
    local due = loop.timeout()
    if due and (not timeout or due < timeout) then timeout = due end
    local result = step(timeout)
    local ok, err = pcall(loop.step, 0)
    if not ok then
      -- it goes to Copas' error handler as any error does, and this goes on
      copas.addthread(function() error(err, 0) end)
    end
    return result
  end

  loop.adapter = mine
  copas.step = turn
  copas.addthread(function()
    copas.receive(new_source(function() return not attached end), 1)
  end)
  return function()
    attached = false
    if loop.adapter == mine then loop.adapter = nil end
    if copas.step == turn then copas.step = step end
  end
end

return adapter
