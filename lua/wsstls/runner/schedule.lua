--- The order of a run: rounds, and what runs where.
--
-- Scenarios run in this process unless there are more jobs; scripts and spec
-- files always have a process of their own.
-- @module wsstls.runner.schedule
local inside = require "wsstls.runner.inside"
local orphans = require "wsstls.runner.orphans"
local terminal = require "wsstls.cli.terminal"

local schedule = {}

local function round_options(o, round)
  local options = {}
  for name, value in pairs(o) do options[name] = value end
  options.seed = o.seed + round - 1
  return options
end

local function one_by_one(units, o, stream)
  for _, unit in ipairs(units) do
    terminal.heed()
    local go_on
    if unit.kind == "scenario" then
      go_on = inside.run(unit, o, stream)
      o.sweep()
    else
      go_on = require("wsstls.runner.outside").run({ unit }, o, stream)
    end
    if not go_on then return false end
  end
  return true
end

local function rounds(units, o, stream, sweep)
  for round = 1, o.rounds or 1 do
    local options = round_options(o, round)
    options.sweep = sweep -- ends what a file has left running
    local go_on
    if (o.jobs or 1) > 1 then
      go_on = require("wsstls.runner.outside").run(units, options, stream)
    else
      go_on = one_by_one(units, options, stream)
    end
    if not go_on then return end
  end
end

--- Runs the units, and tells the stream.
-- @tparam table units of discover
-- @tparam table o `jobs rounds seed tags filter retry fail_fast tls key
-- timeout`
-- @tparam table stream of report.stream
function schedule.run(units, o, stream)
  local sweep = orphans.adopt()
  local ok, problem = pcall(rounds, units, o, stream, sweep)
  sweep(true)
  if not ok then error(problem, 0) end
end

return schedule
