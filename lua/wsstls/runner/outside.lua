--- Units run in processes of their own, several at a time.
--
-- A script and a spec file have a process each; scenarios share one, a batch
-- of files for each worker. A process that dies or falls silent costs the
-- test it was at: that one gets a result that says so, and what it had not
-- begun goes to another.
-- @module wsstls.runner.outside
local child = require "wsstls.runner.child"
local command = require "wsstls.runner.command"
local core = require "wsstls.core"
local loop = require "wsstls.loop"
local results = require "wsstls.report.result"
local terminal = require "wsstls.cli.terminal"

local outside = {}

-- How often the files of events are read, in seconds.
local TURN = 0.02
-- Batches for each worker: few enough to start few, many enough that one
-- with slow scenarios does not make the others wait.
local BATCHES = 3

-- ------------------------------------------------------------------- jobs

local function batches(units, count)
  local list = {}
  for i = 1, math.min(count, #units) do
    list[i] = { kind = "scenario", units = {} }
  end
  for i, unit in ipairs(units) do
    table.insert(list[(i - 1) % #list + 1].units, unit)
  end
  return list
end

local function jobs_of(units, o)
  local scenarios, list = {}, {}
  for _, unit in ipairs(units) do
    if unit.kind == "scenario" then
      scenarios[#scenarios + 1] = unit
    elseif unit.kind == "spec" or not (o.tags and o.tags[1] or o.filter) then
      -- a script has neither tags nor a title
      list[#list + 1] = { kind = unit.kind, units = { unit } }
    end
  end
  for _, job in ipairs(batches(scenarios, (o.jobs or 1) * BATCHES)) do
    list[#list + 1] = job
  end
  return list
end

local function worker_words(job, o, events)
  local words = { "test", "--report-json", events, "--seed",
    ("%d"):format(o.seed), "--retry", ("%d"):format(o.retry or 0) }
  local function add(name, value)
    words[#words + 1] = name
    words[#words + 1] = value
  end
  for _, tag in ipairs(o.tags or {}) do add("--tags", tag) end
  for _, version in ipairs(o.tls or {}) do add("--tls", version) end
  if o.filter then add("--filter", o.filter) end
  if o.key then add("--key", o.key) end
  if o.fail_fast then words[#words + 1] = "--fail-fast" end
  words[#words + 1] = "--"
  for _, unit in ipairs(job.units) do words[#words + 1] = unit.file end
  return words
end

local function command_of(job, o)
  local file = job.units[1].file
  return function(events)
    if job.kind == "spec" then return command.busted(file, o) end
    if job.kind == "script" then return command.script(file) end
    return command.wsstls(worker_words(job, o, events))
  end
end

-- ----------------------------------------------------------------- events

local function unit_of(job, file)
  for _, unit in ipairs(job.units) do
    if unit.file == file then return unit end
  end
  return job.units[1]
end

local function is_bad(r)
  local status = results.status(r)
  return status == "failed" or status == "error"
end

-- What a process says of a test, in our stream. Of a spec file that may be
-- tried again, nothing is said before it is certain.
local function on_event(run, job, event)
  local file = job.kind == "scenario" and event.file or job.units[1].file
  if event.event == "file-start" then
    job.file, job.at, job.begun = file, nil, core.now()
    job.began[file] = true
    run.stream:file_start(unit_of(job, file))
  elseif event.event == "scenario-start" then
    job.at, job.begun = event, core.now()
    run.stream:scenario_start { name = event.name, file = file,
                                kind = job.kind }
  elseif event.event == "result" then
    event.event, event.status, event.parent = nil, nil, nil
    event.file, event.kind = file, job.kind
    event.group = event.group or unit_of(job, file).group
    job.at = nil
    job.count = job.count + 1
    if is_bad(event) then job.bad = true end
    if job.kind == "spec" and (run.o.retry or 0) > 0 then
      job.held[#job.held + 1] = event
    else
      run.report(event)
    end
  end
end

-- ---------------------------------------------------------------- endings

local function why_it_ended(job, exit, signal, o)
  if job.silent then
    return ("it said nothing for %g s and was stopped"):format(o.timeout)
  elseif signal then
    return ("it was ended by signal %s"):format(tostring(signal))
  end
  return ("it ended with status %s"):format(tostring(exit))
end

local function result_of(job, file, fields)
  local r = { name = file, file = file, kind = job.kind, tags = {},
    mismatches = {}, ok = false, group = unit_of(job, file).group,
    duration = core.now() - job.begun }
  for key, value in pairs(fields) do r[key] = value end
  return r
end

local function finish_script(run, job, exit, signal)
  local file = job.units[1].file
  local ok = exit == 0 and not job.silent
  if not ok and job.try < (run.o.retry or 0) then
    job.again = true
    return
  end
  local output = job.child:output()
  run.report(result_of(job, file, { ok = ok, retries = job.try,
    output = output ~= "" and output or nil,
    error = not ok and why_it_ended(job, exit, signal, run.o) or nil }))
end

-- A result without a start of its own: of a file nothing in which began.
local function report_file(run, job, file, fields)
  run.stream:scenario_start { name = file, file = file, kind = job.kind }
  run.report(result_of(job, file, fields))
end

-- The test that was under way when the process went away.
local function lost_one(run, job, exit, signal)
  local why = why_it_ended(job, exit, signal, run.o)
  local at = job.at
  local file = job.kind == "scenario" and job.file or job.units[1].file
  local output = job.child:output()
  if job.kind == "spec" and output:find("module 'busted", 1, true)
     and job.count == 0 then
    report_file(run, job, file, { skipped = "busted is not installed" })
    return
  end
  local fields = { error = why, retries = job.try,
    output = output ~= "" and output or nil }
  if not at then return report_file(run, job, file, fields) end
  fields.name = at.name
  if job.kind == "spec" then
    fields.error = why .. "; what comes after it in its file was not run"
  end
  run.report(result_of(job, file, fields))
end

-- Files that the worker had not begun.
local function leftover(job)
  local rest = {}
  for _, unit in ipairs(job.units) do
    if not job.began[unit.file] then rest[#rest + 1] = unit end
  end
  return rest
end

local function finish(run, job, exit, signal)
  if job.kind == "script" then return finish_script(run, job, exit, signal) end
  local broken = not job.told_end or job.silent
  if job.kind == "spec" and (job.bad or broken)
     and job.try < (run.o.retry or 0) then
    job.again = true
    return
  end
  for _, r in ipairs(job.held) do
    r.retries = job.try
    run.report(r)
  end
  if not broken then return end
  lost_one(run, job, exit, signal)
  local rest = job.kind == "scenario" and leftover(job) or {}
  -- nothing begun: the next one would fare no better
  if #rest > 0 and next(job.began) then
    table.insert(run.waiting, 1, { kind = "scenario", units = rest })
  end
end

-- ---------------------------------------------------------------- running

local function start(run, job)
  job.try = job.again and job.try + 1 or 0
  job.again, job.silent, job.told_end, job.bad = nil, nil, nil, nil
  job.at, job.file = nil, nil
  job.began, job.held, job.count, job.begun = {}, {}, 0, core.now()
  if job.kind ~= "scenario" and job.try == 0 then
    run.stream:file_start(job.units[1])
  end
  if job.kind == "script" and job.try == 0 then
    run.stream:scenario_start { name = job.units[1].file,
      file = job.units[1].file, kind = "script" }
  end
  local err
  job.child, err = child.start(command_of(job, run.o), function(event)
    if event.event == "run-end" then
      job.told_end = true
    else
      on_event(run, job, event)
    end
  end)
  if job.child then
    run.running[#run.running + 1] = job
    return
  end
  run.report(result_of(job, job.units[1].file, { error = tostring(err) }))
end

-- Looks after one process; true when it has ended.
local function tend(run, job)
  job.child:poll()
  local exit, signal = job.child:ended()
  if exit == nil then
    if job.child:silence() < run.o.timeout then return false end
    job.silent = true
    job.child:halt()
    job.child:poll()
  end
  finish(run, job, exit, signal)
  job.child:stop()
  run.o.sweep()
  job.child = nil
  if job.again then table.insert(run.waiting, 1, job) end
  return true
end

local function turn(run)
  while #run.running < run.slots and #run.waiting > 0 and not run.stopped do
    start(run, table.remove(run.waiting, 1))
  end
  for i = #run.running, 1, -1 do
    if tend(run, run.running[i]) then table.remove(run.running, i) end
    if run.stopped then return end
  end
  if #run.running > 0 then loop.wait(nil, core.now() + TURN) end
end

local function stop_all(run)
  for _, job in ipairs(run.running) do
    if job.child then job.child:stop() end
  end
end

--- Runs the units.
-- @tparam table units of discover
-- @tparam table o as for schedule.run
-- @tparam table stream of report.stream
-- @treturn boolean whether to go on
function outside.run(units, o, stream)
  local run = { o = o, stream = stream, slots = o.jobs or 1, running = {},
    waiting = jobs_of(units, o) }
  function run.report(r)
    if run.stopped then return end
    stream:result(r)
    if o.fail_fast and is_bad(r) then run.stopped = true end
  end
  local ok, problem = pcall(function()
    while (#run.waiting > 0 or #run.running > 0) and not run.stopped do
      terminal.heed()
      turn(run)
    end
  end)
  stop_all(run)
  if not ok then error(problem, 0) end
  return not run.stopped
end

return outside
