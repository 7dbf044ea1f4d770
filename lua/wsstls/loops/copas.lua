--- wsstls inside a Copas loop (Copas 2 or newer).
--
--     local copas = require "copas"
--     require("wsstls.loops.copas").attach(copas)
--     copas.addthread(function() local conn = wss.connect(...) ... end)
--     copas.loop()
--
-- Source: Copas' manual, "copas.receive", "copas.sleep", "copas.wakeup".
-- @module wsstls.loops.copas

local core = require "wsstls.core"
local loop = require "wsstls.loop"
local start = require "wsstls.start"

local adapter = {}

-- Copas waits for LuaSocket's objects. This is as much of one as
-- copas.receive and socket.select look at: the first read has nothing, the
-- one after select has.
local function new_source(fd)
  local source, waited = {}, false
  function source.getfd() return fd end
  function source.dirty() return false end
  function source.settimeout() return 1 end
  function source.receive()
    waited = not waited
    if waited then return nil, "timeout" end
    return "r"
  end
  return source
end

--- Lets Copas serve wsstls: blocking calls made in its threads yield to it.
-- Its threads keep `copas.loop()` going.
-- @param[opt] copas the module
-- @treturn function detach(): ends it
function adapter.attach(copas)
  copas = copas or require "copas"
  if not copas.sleep or not copas.wakeup then
    error("attach: this Copas has no sleep and wakeup; use Copas 2 or newer",
      2)
  end
  start.must()
  local source, attached = new_source(core.pollfd()), true
  local timer
  local mine = {}

  function mine.owns()
    return copas.running ~= false
  end

  function mine.park(rec)
    rec.thread = coroutine.running()
    if timer then copas.wakeup(timer) end -- there may be an earlier deadline
    repeat copas.sleep(-1) until rec.done
  end

  function mine.unpark(rec)
    copas.wakeup(rec.thread)
  end

  local function step()
    local ok, err = pcall(loop.step, 0)
    if not ok then
      -- it goes to Copas' error handler as any error does, and this goes on
      copas.addthread(function() error(err, 0) end)
    end
  end

  loop.adapter = mine
  copas.addthread(function()
    while attached do
      copas.receive(source, 1)
      if attached then step() end
    end
  end)
  timer = copas.addthread(function()
    timer = coroutine.running()
    while attached do
      copas.sleep(loop.timeout() or -1)
      if attached then step() end
    end
  end) or timer
  return function()
    attached = false
    if loop.adapter == mine then loop.adapter = nil end
    copas.wakeup(timer)
    core.wake() -- ends the other thread's wait for the descriptor
  end
end

return adapter
