--- A reproduction bundle for every test that failed with a client's record.
-- @module wsstls.report.bundles
local bundle = require "wsstls.bundle"
local results = require "wsstls.report.result"

local bundles = {}
bundles.__index = bundles

--- A reporter.
-- @tparam string dir where each gets a folder of its own
-- @tparam function make_folder takes a path
-- @tparam function say takes a line
function bundles.new(dir, make_folder, say)
  return setmetatable({ dir = dir, make_folder = make_folder, say = say },
    bundles)
end

-- Only what failed against its expectation, and has a failure to show.
local function wanted(result)
  local status = results.status(result)
  local record = result.client
  return (status == "failed" or status == "error") and type(record) == "table"
    and record.side == "client" and record.error ~= nil
end

function bundles:result(result)
  if not wanted(result) then return end
  local name = result.name:gsub("[^%w._-]", "_")
  local dir = self.dir .. "/" .. name
  self.make_folder(dir)
  local made, bad = bundle.write(dir, result.client)
  self.say(made and ("recorded: wsstls run %s%s"):format(made.script,
    made.why and " (not replayed: " .. made.why .. ")" or "")
    or ("%s could not be recorded: %s"):format(result.name, bad))
end

return bundles
