--- A deadline for a function that never waits.
--
-- Whoever waits is woken when the time is over; a loop that does nothing but
-- run has to be interrupted. A count hook looks at the clock once in a while,
-- and raises in the function that ran on. Nothing is watched while somebody
-- else has a hook (luacov, a debugger). What LuaJIT has compiled knows no
-- hooks: the function is not compiled, those that it calls may be.
-- @module wsstls.scenario.watchdog
local core = require "wsstls.core"

local watchdog = {}

-- Instructions between two looks at the clock: some milliseconds.
local COUNT = 1000000

local MAIN = {}
-- thread -> its guard; LuaJIT has one hook for all of them.
local guards = {}

local function this_thread()
  return coroutine.running() or MAIN
end

local function sethook(thread, ...)
  if thread == MAIN then return debug.sethook(...) end
  return debug.sethook(thread, ...)
end

-- Whether what was interrupted was called by `fn`.
local function is_below(fn)
  local level = 3
  local info = debug.getinfo(level, "f")
  while info do
    if info.func == fn then return true end
    level = level + 1
    info = debug.getinfo(level, "f")
  end
  return false
end

local function hook()
  local guard = guards[this_thread()]
  if not guard or core.now() < guard.deadline() then return end
  guard.looks = guard.looks + 1
  -- at the first look it may have been about to end
  if guard.looks == 1 or not is_below(guard.run) then return end
  -- from here on at every instruction: a pcall of its own does not help it
  debug.sethook(hook, "", 1)
  if not guard.message then
    local info = debug.getinfo(2, "Sl")
    guard.message = ("%s:%d: it ran on when its time was over, and was "
      .. "interrupted"):format(info.short_src, info.currentline)
  end
  error(guard.message, 0)
end

-- Compiled code has no hooks: fn, and what it may call, stay as they are.
local function interpret(...)
  if not jit then return end
  for i = 1, select("#", ...) do
    local fn = select(i, ...)
    -- not those of C
    if type(fn) == "function" then pcall(jit.off, fn, true) end
  end
end

local function released(guard, ...)
  guard.done()
  return ...
end

--- A guard for one call.
-- @tparam function deadline gives the time (core.now's) at which it must end
-- @treturn table `run(fn, ...)`, to be called by pcall, and `done()`, to be
-- called when that has raised
function watchdog.new(deadline)
  local guard = { deadline = deadline, looks = 0 }
  function guard.done()
    local thread = guard.thread
    if not thread then return end
    guard.thread, guards[thread] = nil, nil
    if not jit or next(guards) == nil then sethook(thread) end
  end
  function guard.run(fn, ...)
    local other, thread = debug.gethook(), this_thread()
    if guards[thread] or other and other ~= hook then return fn(...) end
    interpret(fn, ...)
    guard.thread, guards[thread] = thread, guard
    sethook(thread, hook, "", COUNT)
    return released(guard, fn(...))
  end
  return guard
end

return watchdog
