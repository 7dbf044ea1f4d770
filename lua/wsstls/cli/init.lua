--- The command `wsstls`.
--
-- Exit status: 0 all is well; 1 the command line, or a file it names, is
-- wrong; 2 a script failed (or this program did); 3 a connection or a
-- verification failed; 4 an expectation was not met. Results go to standard
-- output, complaints to standard error.
-- @module wsstls.cli
local terminal = require "wsstls.cli.terminal"

local cli = {}

-- In the order of the help. Each module is {define(parser), run(args)}.
local COMMANDS = { "check", "relay", "test", "run", "explain", "verify",
  "pki", "zoo" }

local DESCRIPTION = "WebSocket over TLS, and why it failed."
local EPILOG = "Exit status: 0 ok, 1 usage, 2 script error, 3 connection or "
  .. "verification failure, 4 expectation not met."

local function build(argparse)
  local parser = argparse("wsstls", DESCRIPTION, EPILOG)
  parser:help_max_width(80):usage_max_width(80)
  parser:require_command(false):command_target("command")
  parser:flag("--version", "Print the versions of all parts and leave.")
  for _, name in ipairs(COMMANDS) do
    require("wsstls.cli." .. name).define(parser)
  end
  return parser
end

local function print_versions()
  local versions = require("wsstls").versions()
  for _, name in ipairs { "wsstls", "openssl", "libwebsockets", "lua" } do
    terminal.say(("%-14s %s"):format(name, versions[name]))
  end
  return 0
end

-- Which help to read: that of the command the line begins with.
local function complain(parser, message, argv)
  local path = parser._name
  for _, name in ipairs(COMMANDS) do
    if argv[1] == name then path = path .. " " .. name end
  end
  if argv[1] == "pki" and (argv[2] or "-"):find "^%l" then
    path = path .. " " .. argv[2]
  end
  terminal.complain(message:gsub("\n", "; ") .. " (see: " .. path .. " --help)")
  return 1
end

local function run(argv)
  local found, argparse = pcall(require, "argparse")
  if not found then
    terminal.complain("the command needs the Lua module argparse: `luarocks "
      .. "install argparse`, or the Debian package lua-argparse")
    return 1
  end
  local parser = build(argparse)
  local ok, args = parser:pparse(argv)
  if not ok then return complain(parser, args, argv) end
  if args.version then return print_versions() end
  if not args.command then
    terminal.say(parser:get_help())
    return 1
  end
  return require("wsstls.cli." .. args.command).run(args, argv)
end

--- Runs the command.
-- @tparam table argv its arguments
-- @treturn number the exit status
function cli.main(argv)
  local words = {}
  for _, word in ipairs(argv) do
    local last = words[#words]
    -- a negative number is a value, whatever argparse makes of its sign
    if word:find "^%-%d" and last and last:find "^%-%-%a[%w-]*$" then
      words[#words] = last .. "=" .. word
    else
      words[#words + 1] = word
    end
  end
  local ok, status = xpcall(function() return run(words) end,
    function(problem)
      if terminal.is_stop(problem) then return problem end
      if terminal.is_interrupt(problem) then
        return terminal.stopped("interrupted", 2)
      end
      return debug.traceback(tostring(problem), 2)
    end)
  if ok then return status end
  if terminal.is_stop(status) then
    terminal.complain(status.message)
    return status.exit
  end
  terminal.complain("this is a mistake of the program: " .. status)
  return 2
end

return cli
