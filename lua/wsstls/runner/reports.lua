--- The reports that a command line asks for, each into its file.
-- @module wsstls.runner.reports
local terminal = require "wsstls.cli.terminal"

local reports = {}

-- In the order in which they are opened: the option, the module, its options.
local KINDS = {
  { "report_junit", "junit" }, { "report_tap", "tap" },
  { "report_json", "jsonlines" }, { "report_html", "html" },
}

-- A report that is cut short is worse than none: it says so. Unbuffered, so
-- that it is the write that fails: a flush that fails in code LuaJIT has
-- compiled is done again by its interpreter, and succeeds.
local function checked(path, file)
  file:setvbuf("no")
  return function(text)
    local ok, problem = file:write(text)
    if not ok then terminal.stop(("%s: %s"):format(path, problem)) end
  end
end

local function open(path)
  if path == "-" then
    return function(text) io.stdout:write(text) io.stdout:flush() end
  end
  local file, problem = io.open(path, "wb")
  if not file then terminal.stop(problem) end
  return checked(path, file)
end

--- Subscribes them to the stream. When one goes to standard output, the
-- lines for people go to standard error.
-- @tparam table stream
-- @tparam table args of the command line
function reports.subscribe(stream, args)
  local taken = 0
  for _, kind in ipairs(KINDS) do
    local path = args[kind[1]]
    if path == "-" then taken = taken + 1 end
    if taken > 1 then
      terminal.stop "test: only one report can go to standard output"
    end
    if path then
      local reporter = require("wsstls.report." .. kind[2])
      stream:subscribe(reporter.new(open(path),
        { version = args.tap_version }))
    end
  end
  if args.record then
    stream:subscribe(require("wsstls.report.bundles").new(args.record,
      terminal.folder, terminal.complain))
  end
  -- nobody reads the lines of a worker
  if args.report_json
     and args.report_json == os.getenv "WSSTLS_EVENTS" then return end
  local name = taken > 0 and "stderr" or "stdout"
  local no_colour = os.getenv "NO_COLOR"
  local on_terminal = terminal.is_terminal(name)
  stream:subscribe(require("wsstls.report.plain").new(function(text)
    -- asked for each time: a spec may replace the stream
    io[name]:write(text)
    io[name]:flush()
  end, { terminal = on_terminal, verbose = args.verbose or nil,
    paint = on_terminal and not (no_colour and no_colour ~= "")
      and terminal.colour or nil }))
end

return reports
