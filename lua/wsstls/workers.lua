--- Coroutines of ours: the pool that runs callbacks, and what becomes of a
-- coroutine after each resume.
--
-- The owner protocol: `core.step` names the owners of objects that have
-- events. An owner is a table with these fields, all of them optional:
--   _pump    function(owner): pulls the events and runs the callbacks
--   _busy    the record of the coroutine that runs _pump now, or false
--   _missed  true when there were events while it was busy
--   _waiter  first of the records that wait for this object
--   _failed  function(owner, err): a callback of this object raised
-- @module wsstls.workers

local core = require "wsstls.core"
local waiting = require "wsstls.waiting"

local create, resume, yield = coroutine.create, coroutine.resume,
  coroutine.yield
local running = coroutine.running
local close_coroutine = rawget(coroutine, "close") -- Lua 5.4
local traceback = debug.traceback
local fire, enqueue, step = waiting.fire, waiting.enqueue, core.step

local workers = {}

-- What a coroutine of ours yields; anything else is a stray yield.
local DONE, WAIT, DROP = {}, {}, {}
workers.DONE, workers.WAIT, workers.DROP = DONE, WAIT, DROP

local POOL_SIZE = 256

local by_co = setmetatable({}, { __mode = "k" })
local pool, pool_n = {}, 0
local raised = {}
local due, first, last = {}, 1, 0 -- owners that have events
local arrived = {} -- those that the core has just named

--- Remembers an error for the outermost pumping call.
-- @param err any value; it is raised unchanged
local function fail(err)
  raised[#raised + 1] = { err }
end

workers.fail = fail

--- Errors that wait for the outermost pumping call, oldest first; every turn
-- looks for them, so the list itself is shown.
workers.raised = raised

--- Raises the oldest error there is; the others stay for later calls.
function workers.rethrow()
  local oldest = table.remove(raised, 1)
  if oldest then error(oldest[1], 0) end
end

--- The record of the running coroutine, if it is ours; else nil, and the
-- coroutine unless it is the main thread.
function workers.current()
  local co, is_main = running()
  if co == nil or is_main then return nil, nil end
  return by_co[co], co
end

--- Lets `co` stand for `rec`'s coroutine (pcall of PUC 5.1 needs that).
function workers.alias(co, rec)
  by_co[co] = rec
end

--- Forgets a coroutine that will not be resumed again. Explicitly: a weak
-- table cannot, before Lua 5.2, for its record holds the coroutine. Also one
-- that has raised still has variables to be closed (Lua 5.4 manual, 3.3.8).
local function forget(rec, raised_before)
  by_co[rec.co] = nil
  if not close_coroutine then return end
  local ok, err = close_coroutine(rec.co)
  if not ok and err ~= raised_before then fail(err) end
end

--- Registers a coroutine of ours under its record and queues its start.
function workers.adopt(rec, start)
  by_co[rec.co] = rec
  rec.start = start
  enqueue(rec)
end

--- Takes a coroutine that never started out of the scheduler.
function workers.discard(rec)
  rec.start = nil
  by_co[rec.co] = nil
end

local function with_traceback(co, err)
  if type(err) == "string" then return traceback(co, err) end
  return err
end

local function task_settled(rec, ok, what)
  if ok and what == DONE then
    by_co[rec.co] = nil
    return rec:ended(true)
  elseif ok and what == DROP then
    forget(rec)
    return rec:ended(nil)
  end
  if ok then
    what = "a task yielded by itself: only wsstls's own calls wait in it"
  end
  local err = with_traceback(rec.co, what)
  forget(rec, what)
  return rec:ended(false, err)
end

local function release(rec)
  local owner = rec.owner
  rec.owner = nil
  if owner and owner._busy == rec then owner._busy = false end
  return owner
end

--- True for the error that `assert` makes of a cancelled wait: in what was
-- cancelled it is no news to anybody. Test libraries wrap it; before Lua 5.3
-- assert takes no tables, and complains about the error itself.
function workers.is_cancellation(err)
  if type(err) == "table" and err.code == "cancelled" then return true end
  local text = tostring(err)
  return text:find("cancelled: the wait was cancelled", 1, true) ~= nil
    or text:find("to 'assert' (string expected, got table)", 1, true) ~= nil
end

--- True for what the interpreter raises at Ctrl-C.
function workers.is_interrupt(err)
  return type(err) == "string" and err:find "interrupted!$" ~= nil
end

local function worker_failed(rec, what)
  local owner, err = release(rec), with_traceback(rec.co, what)
  forget(rec, what)
  if not (rec.cancelled and workers.is_cancellation(err)) then fail(err) end
  if not owner then return end
  if owner._failed then owner:_failed(err) end
  workers.post(owner) -- what else it has queued still has to be seen
end

-- What became of a coroutine of ours after a resume: all but the fast path.
local function settle(rec, ok, what)
  if ok and what == WAIT then return end
  if rec.ended then return task_settled(rec, ok, what) end
  if ok and what == DONE then
    release(rec)
    rec.cancelled, rec.cancels = nil, nil
    if pool_n < POOL_SIZE then
      pool_n = pool_n + 1
      pool[pool_n] = rec
    else
      forget(rec)
    end
  elseif ok and what == DROP then
    release(rec)
    forget(rec)
  elseif ok then
    worker_failed(rec,
      "a callback yielded by itself: only wsstls's own calls wait in it")
  else
    worker_failed(rec, what)
  end
end

-- One coroutine serves many callbacks: a callback costs one resume.
local function work(fn, a, b, c, d)
  while true do
    fn(a, b, c, d)
    -- an idle worker keeps nothing alive
    a, b, c, d = nil, nil, nil, nil -- luacheck: ignore 311
    fn, a, b, c, d = yield(DONE)
  end
end

local function take()
  if pool_n > 0 then
    local rec = pool[pool_n]
    pool_n = pool_n - 1
    return rec
  end
  local rec = { co = create(work) }
  by_co[rec.co] = rec
  return rec
end

--- Puts an owner among those that have events.
local function post(owner)
  last = last + 1
  due[last] = owner
end

workers.post = post

--- One turn of the core. The callbacks of those that have events then run
-- outside of it (`deliver`), so that they may do anything.
function workers.step(timeout)
  step(timeout, arrived)
  local n = #arrived
  if first > last then -- nobody was left over: the lists change places
    due, arrived, first, last = arrived, due, 1, n
    return
  end
  for i = 1, n do
    post(arrived[i])
    arrived[i] = nil
  end
end

-- Lets one owner after the other see to its events: the hot path of every
-- message. It runs in a worker; a callback that waits takes the worker with
-- it, and `deliver` goes on with another one.
local function see_to_owners(rec)
  while true do
    local owner = due[first]
    if not owner then break end
    due[first] = nil
    first = first + 1
    if owner._waiter then fire(owner) end
    local pump = owner._pump
    if owner._busy then
      owner._missed = true
    elseif pump then
      rec.owner = owner
      owner._busy = rec
      pump(owner)
      owner._busy = false
      if owner._missed then
        owner._missed = false
        post(owner)
      end
    end
  end
  rec.owner = nil
  first, last = 1, 0
end

--- Runs the callbacks of all owners that have events.
function workers.deliver()
  while first <= last do
    local rec = take()
    local ok, what = resume(rec.co, see_to_owners, rec)
    if what == DONE and ok and not rec.cancelled then
      pool_n = pool_n + 1
      pool[pool_n] = rec
    else
      settle(rec, ok, what)
    end
  end
end

--- True when owners have events that nobody has seen to.
function workers.has_due()
  return first <= last
end

--- Runs `fn(...)` (at most four arguments) as a callback of `owner`, now: in
-- a coroutine of its own, its error kept for the outermost pumping call.
function workers.call(owner, fn, ...)
  local rec = take()
  rec.owner = owner
  settle(rec, resume(rec.co, fn, ...))
end

--- Runs one item of the ready queue.
function workers.run(item)
  local co = item.co
  if not co then
    item.done = true
    return item.unpark(item)
  elseif by_co[co] ~= item then
    return -- it ended (cancelled, dropped) while it stood in the queue
  elseif item.start then
    local start = item.start
    item.start = nil
    return settle(item, resume(co, start, item))
  end
  return settle(item, resume(co, item.result))
end

return workers
