--- One JSON object for each event, each on a line of its own.
--
-- `{"event":"result", ...}` has the whole result with both observations; it
-- is also what a worker tells its parent.
-- @module wsstls.report.jsonlines
local json = require "wsstls.json"
local results = require "wsstls.report.result"

local jsonlines = {}
jsonlines.__index = jsonlines

--- A reporter.
-- @tparam function write takes text
function jsonlines.new(write)
  return setmetatable({ write = write }, jsonlines)
end

local function put(self, event, value, status)
  local line = { event = event, status = status }
  for key, field in pairs(value) do line[key] = field end
  self.write(json.encode(line) .. "\n")
end

function jsonlines:run_start(info) put(self, "run-start", info) end

function jsonlines:file_start(unit) put(self, "file-start", unit) end

function jsonlines:scenario_start(test) put(self, "scenario-start", test) end

function jsonlines:result(r) put(self, "result", r, results.status(r)) end

function jsonlines:run_end(summary) put(self, "run-end", summary) end

return jsonlines
