--- One run under way: its deadline, its tasks, what must be closed at its
-- end, and what went wrong besides the expectations.
-- @module wsstls.scenario.attempt
local core = require "wsstls.core"
local expectation = require "wsstls.scenario.expectation"
local loop = require "wsstls.loop"
local nearest = require "wsstls.nearest"
local task = require "wsstls.task"
local watchdog = require "wsstls.scenario.watchdog"
local workers = require "wsstls.workers"

local attempt = {}

local unpack = table.unpack or unpack
local now = core.now

-- Turns that cancelled tasks get to end in.
local WIND_UP_TURNS = 1000

local methods = {}
local mt = { __index = methods }

local function pack(...)
  return { n = select("#", ...), ... }
end

-- ctx.dir(): the path of an empty directory that goes with the run.
local function directory(self)
  local path
  return function()
    if not path then
      local handle, code, message = core.tempdir()
      if not handle then error(code .. ": " .. message, 2) end
      self:at_end(function() handle:remove() end)
      path = handle:path()
    end
    return path
  end
end

--- A new attempt.
-- @tparam table effective what is run (definition.effective)
-- @tparam table o options of scenario:run
function attempt.new(effective, o)
  local seconds = effective.timeout or 10
  local self = setmetatable({
    def = effective, o = o, version = o.tls, names = {}, tasks = {},
    closers = {}, mismatches = {}, started = now(), seconds = seconds,
    deadline = now() + seconds,
    ctx = { name = effective.name, tls = o.tls, key = o.key, seed = o.seed },
  }, mt)
  self.ctx.dir = directory(self)
  self.ctx.at_end = function(fn)
    self:at_end(function() self:ask("at_end", fn) end)
  end
  return self
end

--- Seconds left, never less than 0.
function methods:remaining()
  return math.max(0, self.deadline - now())
end

--- Notes that something was not as it had to be.
function methods:mismatch(field, expected, got)
  self.mismatches[#self.mismatches + 1] =
    expectation.mismatch(field, expected, got)
end

--- What a function of the scenario's raised; an end of waiting that we
-- ordered ourselves is no news. Ctrl-C ends the run, and is raised again when
-- everything is closed.
function methods:raised(where, err)
  if workers.is_interrupt(err) then
    self.interrupted, self.cancelled, self.deadline = err, true, now()
    return
  end
  if self.cancelling and workers.is_cancellation(err) then return end
  self:mismatch(where, "no error", tostring(err))
end

--- Calls a function; what it raises becomes a mismatch.
-- @treturn boolean whether it returned
-- @return what it returned
function methods:call(where, fn, ...)
  local results = pack(task.pcall(fn, ...))
  if not results[1] then self:raised(where, results[2]) end
  return unpack(results, 1, results.n)
end

--- As `call`, for a function of the scenario's: it ends with the run, whether
-- it waits for anything or not.
function methods:ask(where, fn, ...)
  local guard = watchdog.new(function() return self.deadline end)
  local results = pack(self:call(where, guard.run, fn, ...))
  guard.done()
  return unpack(results, 1, results.n)
end

--- As `ask`; when it raises, `closable` is closed at once: the other side
-- must not wait for somebody who has given up.
function methods:act(where, closable, fn, ...)
  if self:ask(where, fn, ...) then return end
  -- closing waits for the peer: beside everything else
  self:spawn(where, closable.close, closable)
end

--- Starts fn(...) beside the others.
function methods:spawn(where, fn, ...)
  local arguments = pack(...)
  local one = task.spawn(function()
    self:call(where, fn, unpack(arguments, 1, arguments.n))
  end)
  self.tasks[#self.tasks + 1] = one
  return one
end

--- Has `fn` called when the run is over; the last one first.
function methods:at_end(fn)
  self.closers[#self.closers + 1] = fn
end

local function ended(one)
  return one.state ~= "pending" and one.state ~= "running"
end

--- Waits for a task until the deadline (or `limit` seconds).
-- @treturn boolean whether it has ended
function methods:wait(one, limit)
  local deadline = limit and math.min(self.deadline, now() + limit)
    or self.deadline
  while not ended(one) and now() < deadline do
    -- a callback elsewhere may raise out of this wait
    local ok, woken = task.pcall(loop.wait, one, deadline)
    if not ok then self:raised("run", woken) end
    if ok and woken == nil then self.cancelled = true end
    if self.cancelled then break end
  end
  return ended(one)
end

--- Lets the loop turn once; nothing is waited for.
function methods:turn()
  local ok, err = task.pcall(loop.wait, nil, now())
  if not ok then self:raised("run", err) end
end

--- From here on what the scenario's functions spawn is of this run, and ends
-- with it; not where the caller's own `run` has it.
function methods:own_tasks()
  if loop.active or loop.current() then return end
  self.group = task.group()
  loop.active = self.group
end

-- Ends what they have left behind.
local function end_group(self)
  local group = self.group
  if not group then return end
  loop.active = nil
  for member in pairs(group.tasks) do member:cancel() end
  local turns = 0
  while group.count > 0 and turns < WIND_UP_TURNS do
    turns = turns + 1
    self:turn()
  end
end

--- Ends whatever is left of it.
function methods:close()
  self.cancelling = true
  end_group(self)
  for _, one in ipairs(self.tasks) do
    if not ended(one) then one:cancel() end
  end
  local turns = 0
  for _, one in ipairs(self.tasks) do
    while not ended(one) and turns < WIND_UP_TURNS do
      turns = turns + 1
      self:turn()
    end
  end
  for i = #self.closers, 1, -1 do
    self:call("close", self.closers[i])
    self.closers[i] = nil
  end
end

-- ------------------------------------------------------------------ names

local function unknown_name(self, name)
  local known = {}
  for one in pairs(self.names) do known[#known + 1] = tostring(one) end
  table.sort(known)
  local near = nearest(name, known)
  return ("$%s: pki returned no '%s'%s"):format(name, name,
    near and (", did you mean '$" .. near .. "'?")
    or #known > 0 and (", only " .. table.concat(known, ", ")) or "")
end

--- Puts what `pki` returned in the place of "$name", however deep.
-- Raises when a name is not among it.
function methods:fill(value)
  if type(value) == "string" then
    local name = value:match("^%$([%a_][%w_]*)$")
    if not name then return value end
    local found = self.names[name]
    if found == nil then error(unknown_name(self, name), 0) end
    return found
  elseif type(value) ~= "table" or getmetatable(value) then
    return value
  end
  local out = {}
  for key, item in pairs(value) do out[key] = self:fill(item) end
  return out
end

--- The options of a side, filled in, without the fields that are ours.
-- @tparam table own names to leave out
-- @tparam string side its name in ctx
function methods:options(own, side)
  local out = {}
  for name, value in pairs(self.def[side]) do
    if not own[name] then out[name] = self:fill(value) end
  end
  -- a side that names its versions has a reason
  if self.version and out.min_version == nil and out.max_version == nil then
    out.min_version, out.max_version = self.version, self.version
  end
  return out
end

return attempt
