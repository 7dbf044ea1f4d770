--- Scenario files run in this process.
-- @module wsstls.runner.inside
local core = require "wsstls.core"
local results = require "wsstls.report.result"
local selection = require "wsstls.runner.selection"
local terminal = require "wsstls.cli.terminal"

local inside = {}

-- The sentence alone: its code says no more, and the path once is enough.
local function sentence(why, path)
  local text = type(why) == "table" and why.detail or tostring(why)
  local doubled = path .. ": " .. path .. ":"
  if text:sub(1, #doubled) == doubled then text = text:sub(#path + 3) end
  return text
end

local function unusable(unit, why)
  return { name = unit.file, file = unit.file, kind = "scenario", ok = false,
    group = unit.group, tags = {}, duration = 0, mismatches = {},
    error = sentence(why, unit.file) }
end

-- What a foreign program on either side said.
local function output_of(result)
  local parts = {}
  for _, side in ipairs { "client", "server" } do
    local record = result[side]
    if type(record) == "table" and type(record.output) == "string"
       and record.output ~= "" then
      parts[#parts + 1] = record.output
    end
  end
  return #parts > 0 and table.concat(parts, "\n") or nil
end

-- A plain list: the count of those that were not kept stands beside it.
local function list_of(records)
  if type(records) ~= "table" then return nil, nil end
  local list = {}
  for i, record in ipairs(records) do list[i] = record end
  return list, (records.dropped or 0) > 0 and records.dropped or nil
end

local function copy(result, unit, tries)
  local r = {}
  for key, value in pairs(result) do r[key] = value end
  r.file, r.kind = unit.file, "scenario"
  r.group, r.retries = unit.group or result.group, tries
  r.output = r.output or output_of(result)
  r.records, r.records_dropped = list_of(result.records)
  return r
end

local function run_once(scenario, name, unit, options, tries)
  local began = core.now()
  local ok, result = pcall(scenario.run, scenario, options)
  if ok then return copy(result, unit, tries) end
  if terminal.is_interrupt(result) then error(result, 0) end
  local r = unusable(unit, result)
  r.name, r.tags, r.retries = name, scenario.tags, tries
  r.title, r.duration = scenario.title, core.now() - began
  return r
end

local function is_bad(r)
  local status = results.status(r)
  return status == "failed" or status == "error"
end

local function play(scenario, unit, o, stream, options, several)
  local name = scenario.name .. (options.fixed and "/fixed" or "")
  if not selection.named(o.filter, name, scenario.title) then return true end
  stream:scenario_start { name = name, file = unit.file, kind = "scenario" }
  local r
  for try = 0, o.retry or 0 do
    r = run_once(scenario, name, unit, options, try)
    if not is_bad(r) then break end
  end
  if several and r.tls then r.name = ("%s [%s]"):format(r.name, r.tls) end
  stream:result(r)
  return not (o.fail_fast and is_bad(r))
end

-- Those that are asked for, those that the scenario is about, or whatever
-- the two sides agree on.
local function versions_of(scenario, o, fixed)
  return o.tls or fixed and scenario.fixed.versions or scenario.versions
    or { false }
end

local function run_file(unit, o, stream)
  stream:file_start(unit)
  local module = require "wsstls.scenario"
  local scenario, err = module.load(unit.file, o.timeout)
  if not scenario then
    stream:scenario_start { name = unit.file, file = unit.file,
                            kind = "scenario" }
    stream:result(unusable(unit, err))
    return not o.fail_fast
  end
  if not selection.tagged(scenario.tags, o.tags) then return true end
  local twins = scenario.fixed and { false, true } or { false }
  for _, fixed in ipairs(twins) do
    local versions = versions_of(scenario, o, fixed)
    for _, version in ipairs(versions) do
      local options = { fixed = fixed, seed = o.seed, key = o.key,
                        tls = version or nil }
      if not play(scenario, unit, o, stream, options, #versions > 1) then
        return false
      end
    end
  end
  return true
end

-- A scenario that leaves would take the run, and its verdict, with it.
local function refuse_exit(status)
  error(("it called os.exit(%s)"):format(status == nil and ""
    or tostring(status)), 2)
end

--- Runs one file.
-- @tparam table unit of discover
-- @tparam table o `tags filter retry seed tls key fail_fast timeout`
-- @tparam table stream of report.stream
-- @treturn boolean whether to go on
function inside.run(unit, o, stream)
  local exit = os.exit
  os.exit = refuse_exit -- luacheck: ignore 122
  local ok, go_on = pcall(run_file, unit, o, stream)
  os.exit = exit -- luacheck: ignore 122
  if not ok then error(go_on, 0) end
  return go_on
end

return inside
