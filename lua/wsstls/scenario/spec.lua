--- A scenario file as a spec of busted: `busted --pattern='%.lua$' folder`.
--
-- A file ends with `return wss.scenario {...}`, a tail call: whoever called
-- the file calls us. When that is busted loading a file (not a test that
-- builds a scenario), the scenario becomes a `describe` there. Nothing of
-- busted is loaded by this module.
-- @module wsstls.scenario.spec
local spec = {}

local VERSIONS = { "TLSv1.2", "TLSv1.3" }

-- busted's API while its runner is at work, or nil.
local function running()
  local busted = package.loaded["busted"]
  if type(busted) ~= "table" then return nil end
  return busted.describe and busted.it and busted
end

-- True when the next function below us (tail calls and C left out) is
-- busted's, running a file.
local function called_by_file()
  local level = 4 -- this function, register, wss.scenario, its caller
  local info = debug.getinfo(level, "S")
  while info and (info.what == "C" or info.what == "tail") do
    level = level + 1
    info = debug.getinfo(level, "S")
  end
  if not info or not info.source:find("busted[/\\]core%.lua$") then
    return false
  end
  local name, value = debug.getlocal(level, 1)
  return name == "descriptor" and value == "file"
end

local function test(busted, scenario, version, fixed)
  local title = fixed and "passes once it is fixed, over " .. version
    or "is as expected over " .. version
  busted.it(title, function()
    local result = scenario:run { tls = version, fixed = fixed }
    require("luassert")(result.ok, result.ok or result:story())
  end)
end

--- Makes a spec of the scenario if busted is loading its file. Only for
-- wss.scenario itself, which counts the calls between.
-- @tparam table scenario
function spec.register(scenario)
  local busted = running()
  if not busted or not called_by_file() then return end
  busted.describe(scenario.title or scenario.name, function()
    for _, version in ipairs(scenario.versions or VERSIONS) do
      test(busted, scenario, version, false)
      if scenario.fixed then test(busted, scenario, version, true) end
    end
  end)
end

return spec
