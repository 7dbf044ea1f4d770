--- `wsstls test`: scenarios, scripts and spec files, and reports on them.
-- @module wsstls.cli.test
local terminal = require "wsstls.cli.terminal"

local test = {}

local DESCRIPTION = "Run scenario files, plain Lua scripts and busted spec "
  .. "files: files, folders, or tags. Without any: what is in spec/ and "
  .. "scenarios/ here. Tags without files: those, and the installed "
  .. "catalogue; with the tag catalogue it alone."

local function number_of(name, least)
  return function(word)
    local n = tonumber(word)
    if n and n >= least and n % 1 == 0 then return n end
    return nil, ("%s: a whole number from %d on is wanted, not %s"):format(
      name, least, word)
  end
end

local function seconds(word)
  local n = tonumber(word)
  if n and n > 0 then return n end
  return nil, "--timeout: seconds are wanted, not " .. word
end

function test.define(parser)
  local command = parser:command("test")
    :summary "Run scenarios, scripts and spec files; write reports."
    :description(DESCRIPTION)
  command:argument("what", "Files, folders or tags."):args "*"
  command:option("--tags", "Only tests with this tag; a,b: one of them. "
    .. "Repeat for more that must be there."):argname "TAGS":count "*"
  command:option("--filter", "Only tests whose name or title has this in it; "
    .. "a Lua pattern will do."):argname "PATTERN"
  command:option("--jobs -j", "So many processes at a time (1).")
    :argname "N":convert(number_of("--jobs", 1))
  command:option("--seed", "For everything that is left to chance (1).")
    :argname "N":convert(number_of("--seed", 0))
  command:option("--repeat", "Run all of it N times, each with another seed.")
    :argname "N":convert(number_of("--repeat", 1)):target "rounds"
  command:option("--retry", "Try what fails up to N times more.")
    :argname "N":convert(number_of("--retry", 0))
  command:option("--tls", "Run scenarios with this TLS version: 1.2, 1.3. "
    .. "Repeat for both."):argname "VERSION":count "*"
  command:option("--key", "Type of the keys that scenarios leave open.")
    :choices { "ec", "rsa", "ed25519", "ed448" }
  command:option("--timeout", "Seconds after which a script, a spec file or "
    .. "a worker that says nothing is stopped (60)."):argname "S"
    :convert(seconds)
  command:flag("--fail-fast", "Stop at the first that does not pass.")
  command:flag("--watch", "Run again whenever a file changes.")
  command:flag("--verbose -v", "List what passed on a terminal, too.")
  for _, kind in ipairs { "junit", "tap", "json", "html" } do
    command:option("--report-" .. kind, ("Write a report; - is standard "
      .. "output (%s)."):format(kind == "json" and "JSON lines"
      or kind == "tap" and "TAP" or kind == "junit" and "JUnit XML"
      or "one HTML file")):argname "FILE"
  end
  command:option("--record", "For each test that fails, write what "
    .. "reproduces it offline to a folder in this one."):argname "DIR"
  command:option("--tap-version", "13 (default) or 14.")
    :choices { "13", "14" }
end

local function versions_of(list)
  local out = {}
  for i, word in ipairs(list) do
    local version, bad = require("wsstls.options_types").version(word,
      "--tls")
    if not version then
      terminal.stop("test: " .. bad:gsub("^option '(.-)'", "%1"))
    end
    out[i] = version
  end
  return out[1] and out or nil
end

local function options_of(args)
  local selection = require "wsstls.runner.selection"
  local bad = args.filter and selection.bad_pattern(args.filter)
  if bad then terminal.stop("test: --filter: " .. bad) end
  return { filter = args.filter, retry = args.retry or 0,
    seed = args.seed or 1, rounds = args.rounds or 1, jobs = args.jobs or 1,
    fail_fast = args.fail_fast or nil, tls = versions_of(args.tls),
    key = args.key, timeout = args.timeout or 60 }
end

local function found(args)
  local discover = require "wsstls.runner.discover"
  local plan, bad = discover.units(args.what, args.tags)
  if not plan then terminal.stop("test: " .. bad) end
  if #plan.units == 0 then
    terminal.stop("test: there is nothing to run"
      .. (#args.what == 0 and #args.tags == 0
        and ": no scenario and no spec in spec/ and scenarios/ here"
        or ": no file of these is a scenario, a spec or a script"))
  end
  return plan
end

-- What was asked for, and is nowhere.
local function nothing_chosen(plan, filter)
  local parts = {}
  if plan.tags[1] then
    parts[1] = (plan.tags[2] and "the tags " or "the tag ")
      .. table.concat(plan.tags, " and ")
  end
  if filter then parts[#parts + 1] = ("'%s' in its name"):format(filter) end
  local more = plan.named[1] and (" (nor is there a file or folder %s)")
    :format(table.concat(plan.named, ", ")) or ""
  return parts[1] and "no test has " .. table.concat(parts, " and ") .. more
    or "these files have no test in them"
end

local function exit_status(summary, plan, filter)
  if summary.total == 0 then
    terminal.complain("test: " .. nothing_chosen(plan, filter))
    return 1
  end
  if summary.error > 0 then return 2 end
  return summary.failed > 0 and 4 or 0
end

function test.run(args, words)
  local o, plan = options_of(args), found(args)
  if args.watch then
    return require("wsstls.runner.watch").run(words, plan.units)
  end
  o.tags = plan.tags
  args.tap_version = tonumber(args.tap_version)
  local core = require "wsstls.core"
  local stream = require("wsstls.report.stream").new(core.now)
  require("wsstls.runner.reports").subscribe(stream, args)
  stream:run_start { seed = o.seed, jobs = o.jobs,
    files = #plan.units * o.rounds,
    versions = require("wsstls").versions() }
  core.obey_termination()
  local ok, problem = pcall(require("wsstls.runner.schedule").run, plan.units,
    o, stream)
  -- what there is by then is worth a report
  local summary = stream:run_end()
  if not ok then error(problem, 0) end
  return exit_status(summary, plan, args.filter)
end

return test
