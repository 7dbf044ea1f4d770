--- What the processes of a run leave behind when they die before their own
-- children: it becomes ours, and is killed.
-- @module wsstls.runner.orphans
local core = require "wsstls.core"

local orphans = {}

-- An orphan's death makes orphans of its children.
local MAX_ROUNDS = 100

--- From here on they are ours.
-- @treturn function kills those that have come since; called with true, it is
-- the last time
function orphans.adopt()
  local before = {}
  for _, pid in ipairs(core.orphans()) do before[pid] = true end
  core.adopt_orphans(true)
  return function(last)
    local rounds, found = 0, true
    while found and rounds < MAX_ROUNDS do
      rounds, found = rounds + 1, false
      for _, pid in ipairs(core.orphans()) do
        if not before[pid] then
          found = true
          core.kill_orphan(pid)
        end
      end
    end
    if last then core.adopt_orphans(false) end
  end
end

return orphans
