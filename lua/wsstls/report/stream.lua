--- The one stream of events that every report listens to.
--
-- A run says what happens, in this order, and each subscriber hears all of
-- it: `run_start(info)`, then for each file `file_start(unit)` and for each
-- of its tests `scenario_start(test)` and `result(result)`, then
-- `run_end(summary)`. With several workers the tests
-- overlap; a result always comes after its own start. Subscribers are tables
-- that have the handlers they want, called as methods.
-- @module wsstls.report.stream
local results = require "wsstls.report.result"

local stream = {}
stream.__index = stream

--- A stream without subscribers.
-- @tparam[opt] function now a clock in seconds, for the run's duration
function stream.new(now)
  return setmetatable({ subscribers = {}, now = now or os.time,
    counts = { total = 0, passed = 0, failed = 0, error = 0, skipped = 0 } },
    stream)
end

--- Adds a report.
-- @tparam table subscriber any of the handlers named above
-- @treturn table the stream
function stream:subscribe(subscriber)
  self.subscribers[#self.subscribers + 1] = subscriber
  return self
end

local function publish(self, event, value)
  for _, subscriber in ipairs(self.subscribers) do
    local handler = subscriber[event]
    if handler then handler(subscriber, value) end
  end
end

--- The run begins.
-- @tparam table info `files` (how many there are to run), `seed`, `jobs`,
-- `started` (epoch seconds); kept as it is
function stream:run_start(info)
  info.started = info.started or os.time()
  self.info, self.began = info, self.now()
  publish(self, "run_start", info)
end

--- A file is about to be loaded: `{file, kind}`. Before its tests have
-- names this is all that is known.
function stream:file_start(unit)
  publish(self, "file_start", unit)
end

--- A test begins: `{name, file, kind}`.
function stream:scenario_start(test)
  publish(self, "scenario_start", test)
end

--- A test has ended. Its fields: report/result.lua.
function stream:result(result)
  local status = results.status(result)
  self.counts.total = self.counts.total + 1
  self.counts[status] = self.counts[status] + 1
  publish(self, "result", result)
end

--- The run is over.
-- @tparam[opt] table more fields to add to the summary
-- @treturn table the summary: `{total, passed, failed, error, skipped,
-- duration, started}`
function stream:run_end(more)
  local summary = { started = self.info.started,
    duration = math.max(0, self.now() - self.began) }
  for name, count in pairs(self.counts) do summary[name] = count end
  for name, value in pairs(more or {}) do summary[name] = value end
  publish(self, "run_end", summary)
  return summary
end

return stream
