--- The scenarios that are installed with wsstls.
--
-- `wsstls.catalogue` is their index: `{ {group, name}, ... }`, in the order in
-- which they are told; tools/catalogue.lua writes it. Each one is the module
-- `wsstls.catalogue.<group>.<name>`.
-- @module wsstls.scenario.catalogue
local catalogue = {}

local function has_tags(scenario, wanted)
  local has = {}
  for _, tag in ipairs(scenario.tags or {}) do has[tag] = true end
  for _, tag in ipairs(wanted) do
    if not has[tag] then return false end
  end
  return true
end

--- Those of a group, and with all of the tags.
-- @tparam table o `group` (a name), `tags` (a list)
-- @treturn table list of scenarios
function catalogue.all(o)
  local list = {}
  for _, entry in ipairs(require "wsstls.catalogue") do
    if not o.group or o.group == entry[1] then
      local one = require(("wsstls.catalogue.%s.%s"):format(entry[1],
        entry[2]))
      if has_tags(one, o.tags or {}) then list[#list + 1] = one end
    end
  end
  return list
end

return catalogue
