--- The scheduler's face: waiting, pumping, turning.
--
-- There is one event loop per process, in `wsstls.core`; this module decides
-- what a wait means for whoever waits. In a coroutine of ours (a task, a
-- callback) it yields; in a coroutine of an attached loop library it yields
-- to that library; anywhere else it pumps the loop until the wait is over.
-- An object is a condition variable: `wait(object, deadline)` returns when
-- anything happens to it, and the caller looks for itself.
-- @module wsstls.loop

local core = require "wsstls.core"
local start = require "wsstls.start"
local waiting = require "wsstls.waiting"
local workers = require "wsstls.workers"

local yield = coroutine.yield
local now, current = core.now, workers.current
local park, leave = waiting.park, waiting.leave
local has_due, raised = workers.has_due, workers.raised

local loop = {
  adapter = nil, -- of an attached loop library (wsstls.loops.*)
  active = nil,  -- the group of tasks of the `run` under way
  current = current, fail = workers.fail, call = workers.call,
  adopt = workers.adopt, alias = workers.alias, discard = workers.discard,
  post = workers.post, fire = waiting.fire,
  cancel = waiting.cancel, cancel_all = waiting.cancel_all,
  DONE = workers.DONE,
}

-- A cancelled coroutine that goes on waiting this often is dropped.
local CANCELLED_WAITS = 100
-- The core takes a number; nobody minds one idle turn an hour.
local FOREVER = 3600

local depth = 0

-- Only the outermost pumping call may throw: an inner one belongs to somebody
-- who has nothing to do with the callback that failed.
local function rethrow()
  if depth == 0 and raised[1] then workers.rethrow() end
end

-- Seconds until something is due on our side of the core, or nil.
local function due_here()
  if raised[1] or has_due() then return 0 end
  return waiting.due()
end

local function run_ready()
  waiting.expire()
  workers.deliver()
  waiting.drain(workers.run)
end

local function turn(limit)
  local timeout = limit or FOREVER
  local due = due_here()
  if due and due < timeout then timeout = due end
  -- What is ready now may be all that the caller waits for: then the core
  -- gets its turn, for what was sent, but must not wait.
  if due == 0 then run_ready() end
  workers.step(timeout)
  run_ready()
end

-- One turn; what it throws itself (a debug hook, no memory) is kept as any
-- other error, so that the counters here stay right.
local function guarded_turn(limit)
  depth = depth + 1
  local ok, err = pcall(turn, limit)
  depth = depth - 1
  if not ok then workers.fail(err) end
end

-- Callbacks run after the core's turn; what they sent leaves with its next
-- one. Who stops pumping now may not come back for long.
local function flush()
  if core.timeout() == 0 then workers.step(0) end
end

local function prepare()
  if not start.started then start.must() end
end

local function pump_until(rec, deadline)
  depth = depth + 1
  repeat
    local limit = deadline and deadline - now()
    guarded_turn(limit and limit < 0 and 0 or limit)
  until rec.done or (depth == 1 and raised[1])
    or (deadline and now() >= deadline)
  depth = depth - 1
  if not rec.done then
    leave(rec)
    rec.result = false
  end
  if depth == 0 then flush() end
  rethrow()
  return rec.result
end

-- A cancelled coroutine gets no more waits; one that cannot take the hint is
-- dropped instead of spinning for ever.
local function refuse_wait(rec)
  rec.cancels = (rec.cancels or 0) + 1
  if rec.cancels > CANCELLED_WAITS then yield(workers.DROP) end
  return nil
end

--- Waits until `object` is fired or the deadline has passed.
-- @param object an owner, a task, or nil (only the deadline counts)
-- @tparam[opt] number deadline on `core.now()`'s clock
-- @treturn boolean|nil true fired, false too late, nil cancelled
function loop.wait(object, deadline)
  local rec, co = current()
  if rec then
    if rec.cancelled then return refuse_wait(rec) end
    park(rec, object, deadline)
    return yield(workers.WAIT)
  end
  local adapter = loop.adapter
  if co and adapter and adapter.owns(co) then
    rec = { unpark = adapter.unpark }
    park(rec, object, deadline)
    adapter.park(rec)
    return rec.result
  end
  prepare()
  rec = { pumping = true, done = false, object = nil, next = nil,
    result = nil } -- made whole: one that grows costs more
  park(rec, object, nil)
  return pump_until(rec, deadline)
end

--- Raises, at the caller of whoever asks, for what is no number of seconds;
-- nil is for ever.
function loop.check_seconds(name, timeout)
  if timeout ~= nil and (type(timeout) ~= "number" or timeout ~= timeout) then
    error(("%s: timeout must be a number of seconds, got %s"):format(name,
      type(timeout) == "number" and "NaN" or type(timeout)), 3)
  end
end

--- Seconds until the loop has something to do, or nil.
function loop.timeout()
  if not start.started then start.must() end
  local mine, cores = due_here(), core.timeout()
  if mine and cores then return mine < cores and mine or cores end
  return mine or cores
end

--- One turn on behalf of the caller; in a coroutine of ours it lets the
-- others run once instead.
-- @tparam[opt] number limit seconds; nil until something happens
function loop.step(limit)
  if current() then
    loop.wait(nil, now())
    return true
  end
  prepare()
  guarded_turn(limit)
  if depth == 0 then flush() end
  rethrow()
  return true
end

--- Turns until `finished()` or an error; then clean_up(failed), and the error.
function loop.pump(finished, clean_up)
  prepare()
  depth = depth + 1
  while not finished() and not raised[1] do guarded_turn(nil) end
  clean_up(raised[1] ~= nil)
  depth = depth - 1
  flush()
  rethrow()
end

--- Runs what is ready, without a turn of the core.
-- @treturn boolean whether anything was ready
function loop.run_ready()
  if not has_due() and waiting.due() ~= 0 then return false end
  run_ready()
  return true
end

--- True while a pumping call is under way.
function loop.is_pumping()
  return depth > 0
end

return loop
