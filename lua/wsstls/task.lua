--- Tasks: functions that run beside each other, and the loop they run in.
-- @module wsstls.task

local loop = require "wsstls.loop"
local core = require "wsstls.core"
local errors = require "wsstls.errors"
local workers = require "wsstls.workers"

local now = core.now
local unpack = table.unpack or unpack

local task = {}

-- Turns that cancelled tasks get to end in; each of their waits takes one.
local WIND_UP_ROUNDS = 1000

local Task = {}
Task.__index = Task
Task.__name = "wsstls.Task"

local function pack(...)
  return { n = select("#", ...), ... }
end

local function finish(self, ...)
  self.results = pack(...)
  return loop.DONE
end

-- The first resume brings this function; the arguments wait in the record.
local function body(start, self)
  return start(self)
end

local function start(self)
  local arguments = self.arguments
  self.arguments, self.state = nil, "running"
  return finish(self, self.fn(unpack(arguments, 1, arguments.n)))
end

-- The scheduler's word that the coroutine ended: true it returned, false it
-- raised `err`, nil it was cancelled and dropped.
function Task:ended(how, err)
  self.fn = nil
  if how then
    self.state = "done"
  elseif how == nil or (self.cancelled and workers.is_cancellation(err)) then
    self.state, how = "cancelled", nil
  else
    self.state, self.raised = "failed", { err }
  end
  local group = self.group
  if group then group.count = group.count - 1 end
  local awaited = self._waiter ~= nil
  loop.fire(self)
  -- An error goes to those who wait for the task; when nobody does, it comes
  -- out of the outermost pumping call. It is never lost.
  if how == false and not awaited then loop.fail(err) end
end

local function cancelled()
  return errors.fail { code = "cancelled" }
end

--- Waits for the task to end.
-- @tparam[opt] number timeout seconds
-- @return the results of its function; `nil, err, code` when the time is over
-- ("timeout") or the task was cancelled before it ended ("cancelled"). Raises
-- what the task raised.
function Task:join(timeout)
  loop.check_seconds("join", timeout)
  if loop.current() == self then error("join: a task cannot join itself", 2) end
  local deadline = timeout and now() + timeout
  while self.state == "pending" or self.state == "running" do
    local woken = loop.wait(self, deadline)
    if woken == nil then return cancelled() end
    if woken == false and (self.state == "pending"
                           or self.state == "running") then
      return errors.fail { code = "timeout",
        message = ("the task did not end within %g s"):format(timeout) }
    end
  end
  if self.state == "failed" then error(self.raised[1], 0) end
  if self.results then return unpack(self.results, 1, self.results.n) end
  return cancelled()
end

--- Cancels the task: the call it waits in returns `nil, err, "cancelled"`,
-- and so does every later one. A task that has not begun never does.
-- @treturn boolean false when it had ended already
function Task:cancel()
  if self.state == "pending" then
    loop.discard(self)
    self:ended(nil)
    return true
  elseif self.state ~= "running" then
    return false
  end
  loop.cancel(self)
  return true
end

Task.__tostring = function(self)
  return "wsstls.Task (" .. self.state .. ")"
end

local function check_function(fn, name)
  if type(fn) ~= "function" then
    error(name .. ": expected a function, got " .. type(fn), 3)
  end
end

local function spawn(group, fn, ...)
  local self = setmetatable({
    fn = fn, arguments = pack(...), state = "pending", group = group,
  }, Task)
  if self.group then
    self.group.count = self.group.count + 1
    self.group.tasks[self] = true
  end
  self.co = coroutine.create(body)
  loop.adopt(self, start)
  return self
end

--- Starts `fn(...)` as a task; it begins at the next turn of the loop.
-- @treturn table task with `:join(timeout)`, `:cancel()` and `state`
-- ("pending" "running" "done" "failed" "cancelled")
function task.spawn(fn, ...)
  check_function(fn, "spawn")
  return spawn(loop.active, fn, ...)
end

--- A task of one of our own objects: no `run` waits for it.
function task.background(fn, ...)
  return spawn(nil, fn, ...)
end

--- Tasks that belong together: what is spawned while it is `loop.active`.
function task.group()
  return { count = 0, tasks = setmetatable({}, { __mode = "k" }),
           stopped = false }
end

-- After a stop or an error: every wait ends, and the tasks get turns until
-- none of them can go on.
local function wind_up(group)
  for member in pairs(group.tasks) do member:cancel() end
  loop.cancel_all()
  local rounds = 0
  while group.count > 0 and rounds < WIND_UP_ROUNDS and loop.run_ready() do
    rounds = rounds + 1
  end
end

--- Runs `fn(...)` as a task and the loop with it, until that task and every
-- task spawned meanwhile has ended, or until `stop`.
-- Without a function it serves until `stop`. An error in any task or callback
-- comes out of it, the other tasks being cancelled.
-- @return what `fn` returned
function task.run(fn, ...)
  if fn ~= nil then check_function(fn, "run") end
  if loop.active or loop.current() or loop.is_pumping() then
    error("run: the loop runs already; use spawn for one more task", 2)
  end
  local group = task.group()
  loop.active = group
  local main = fn and spawn(group, fn, ...)
  loop.pump(function()
    return group.stopped or (main and group.count == 0)
  end, function(failed)
    if failed or group.stopped then wind_up(group) end
    loop.active = nil
  end)
  if main and main.results then
    return unpack(main.results, 1, main.results.n)
  end
end

--- Ends `run`: every waiting call returns `nil, err, "cancelled"`.
-- @treturn boolean false when no `run` is under way
function task.stop()
  if not loop.active then return false end
  loop.active.stopped = true
  core.wake()
  return true
end

--- Lets `seconds` pass, and everything else run meanwhile.
-- @tparam number seconds
-- @treturn boolean|nil true, or `nil, err, "cancelled"`
function task.sleep(seconds)
  if type(seconds) ~= "number" or seconds ~= seconds then
    error("sleep: expected a number of seconds, got " .. tostring(seconds), 2)
  end
  local deadline = now() + seconds
  repeat
    if loop.wait(nil, deadline) == nil then return cancelled() end
  until now() >= deadline
  return true
end

-- Where a coroutine cannot yield inside pcall (PUC Lua 5.1), the protected
-- call gets a coroutine of its own, whose waits are handed on.
local function pass(co, ok, ...)
  if not ok then
    loop.alias(co, nil)
    return false, ...
  elseif coroutine.status(co) == "dead" then
    loop.alias(co, nil)
    return true, ...
  end
  return pass(co, coroutine.resume(co, coroutine.yield(...)))
end

local function coroutine_pcall(fn, ...)
  local rec = loop.current()
  if not rec then return pcall(fn, ...) end
  local co = coroutine.create(function(...) return fn(...) end)
  loop.alias(co, rec)
  return pass(co, coroutine.resume(co, ...))
end

local probe = coroutine.create(function() return pcall(coroutine.yield) end)
coroutine.resume(probe)

--- False in PUC Lua 5.1: no yield across pcall or a for iterator.
task.yields_anywhere = coroutine.status(probe) == "suspended"

--- pcall that may wait inside, in every Lua.
-- @function pcall
task.pcall = task.yields_anywhere and pcall or coroutine_pcall

return task
