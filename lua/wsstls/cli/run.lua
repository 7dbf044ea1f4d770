--- `wsstls run script.lua ...`: a script with wsstls at hand.
-- @module wsstls.cli.run
local terminal = require "wsstls.cli.terminal"

local run = {}

local DESCRIPTION = "Run a Lua script with the modules of wsstls. Its "
  .. "arguments are in arg and in `...`. Exit status 3 and the story when it "
  .. "ends with an error of wsstls, 2 and the traceback for any other."

function run.define(parser)
  local command = parser:command("run")
    :summary "Run a Lua script."
    :description(DESCRIPTION)
    -- what begins with a dash belongs to the script
    :handle_options(false)
  command:argument("script", "The file; - is standard input.")
  command:argument("arguments", "Its arguments."):args "*"
end

local function is_error(x)
  return type(x) == "table" and type(x.story) == "function"
    and type(x.code) == "string"
end

local function load_script(path)
  local text = terminal.read(path):gsub("^#[^\n]*", "")
  local name = path == "-" and "=stdin" or "@" .. path
  -- a function that gives text: the one form that every Lua has
  return load(function()
    local piece = text
    text = nil
    return piece
  end, name)
end

-- The script's own words, without this program's at the end.
local function traceback(problem)
  if is_error(problem) or terminal.is_stop(problem) then return problem end
  local text = debug.traceback(tostring(problem), 2)
  return (text:gsub("\n%s*%[C%]: in function 'xpcall'.*$", ""))
end

-- A script that gives a scenario is that scenario's run.
local function play(x)
  if not require("wsstls.scenario").is(x) then return 0 end
  local result = x:run()
  terminal.say(tostring(result))
  return result.ok and 0 or 4
end

function run.run(args)
  if args.script == "--help" or args.script == "-h" then
    terminal.say("Usage: wsstls run SCRIPT [ARGUMENTS]\n\n" .. DESCRIPTION)
    return 0
  end
  local chunk, bad = load_script(args.script)
  if not chunk then
    terminal.complain(bad)
    return 2
  end
  local words = { [0] = args.script }
  for i, word in ipairs(args.arguments) do words[i] = word end
  rawset(_G, "arg", words)
  local unpack = table.unpack or unpack
  local ok, problem = xpcall(function()
    return chunk(unpack(words))
  end, traceback)
  if ok then return play(problem) end
  if terminal.is_stop(problem) then error(problem, 0) end
  if is_error(problem) then
    io.stderr:write(terminal.story(problem:story()), "\n")
    return 3
  end
  terminal.complain(problem)
  return 2
end

return run
