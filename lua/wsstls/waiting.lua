--- Who waits for what, and what is ready to go on.
--
-- A *record* stands for one waiting party: a coroutine of ours, a coroutine
-- of an attached loop library, or a pumping call. It waits for one object at
-- most, in the list that begins at `object._waiter`, and for one time at
-- most, in the heap. No wait allocates anything.
-- @module wsstls.waiting

local core = require "wsstls.core"
local timers = require "wsstls.timers"

local now = core.now
local push_timer, remove_timer = timers.push, timers.remove

local waiting = {}

local parked = {} -- strong: an owner alone does not keep its waiter alive
local heap = timers.new()
local ready, head, tail = {}, 1, 0

--- Puts a record at the end of the queue.
local function enqueue(item)
  tail = tail + 1
  ready[tail] = item
end

waiting.enqueue = enqueue

--- Begins the wait of `rec` for `object` (or nil) until `deadline` (or nil).
function waiting.park(rec, object, deadline)
  if object then
    rec.object, rec.next, object._waiter = object, object._waiter, rec
  end
  if deadline then
    rec.at = deadline
    push_timer(heap, rec)
  end
  parked[rec] = true
end

local function unlink(rec)
  local object = rec.object
  if not object then return end
  if object._waiter == rec then
    object._waiter = rec.next
  else
    local before = object._waiter
    while before and before.next ~= rec do before = before.next end
    if before then before.next = rec.next end
  end
  rec.object, rec.next = nil, nil
end

--- Takes `rec` out of its wait without telling it.
function waiting.leave(rec)
  unlink(rec)
  if rec.slot then remove_timer(heap, rec) end
  parked[rec] = nil
end

-- Ends the wait of a record that no list holds any more. `result`: true it
-- was fired, false its time was over, nil it was cancelled.
local function wake(rec, result)
  if rec.slot then remove_timer(heap, rec) end
  parked[rec] = nil
  rec.object, rec.next, rec.result = nil, nil, result
  if rec.pumping then
    rec.done = true
  else
    enqueue(rec)
  end
end

--- Wakes everybody who waits for `object`.
function waiting.fire(object)
  local rec = object._waiter
  object._waiter = false
  while rec do
    local following = rec.next
    wake(rec, true)
    rec = following
  end
end

--- Ends the wait of `rec`, if it is waiting, with nil.
function waiting.cancel(rec)
  rec.cancelled = true
  if parked[rec] then
    unlink(rec)
    wake(rec, nil)
  end
end

--- Cancels every wait there is.
function waiting.cancel_all()
  local all = {}
  for rec in pairs(parked) do all[#all + 1] = rec end
  for i = 1, #all do waiting.cancel(all[i]) end
end

--- Ends the waits whose time is over.
function waiting.expire()
  local rec = heap[1]
  if not rec then return end
  local time = now()
  while rec and rec.at <= time do
    unlink(rec)
    wake(rec, false)
    rec = heap[1]
  end
end

--- Calls run(item) for what is ready now, not for what becomes ready
-- meanwhile: a task that never rests must not starve the sockets. The indices
-- are shared, so that a nested call goes on where its caller stopped.
function waiting.drain(run)
  local rest = tail - head + 1
  while rest > 0 and head <= tail do
    local item = ready[head]
    ready[head] = nil
    head, rest = head + 1, rest - 1
    if head > tail then head, tail = 1, 0 end
    run(item)
  end
end

--- Seconds until something is due here: 0 when something is ready, nil for
-- nothing at all.
function waiting.due()
  if head <= tail then return 0 end
  local first = heap[1]
  if not first then return nil end
  local rest = first.at - now()
  return rest > 0 and rest or 0
end

return waiting
