--- Command lines that run Lua code with this interpreter and this wsstls.
-- @module wsstls.runner.command
local selection = require "wsstls.runner.selection"

local command = {}

--- The program that runs us.
function command.interpreter()
  local words = rawget(_G, "arg")
  local first = 0
  while words and words[first - 1] do first = first - 1 end
  if first < 0 and not words[first]:find "%s" then return words[first] end
  if type(jit) == "table" then return "luajit" end
  return "lua" .. _VERSION:match "%d+%.%d+"
end

local function quoted(list)
  local out = {}
  for i, word in ipairs(list) do out[i] = ("%q"):format(word) end
  return table.concat(out, ",")
end

-- The same modules are found there, however this process came by its paths.
-- Several lines in one would not survive -e's error messages.
local function paths()
  return ("package.path=%q package.cpath=%q "):format(package.path,
    package.cpath)
end

--- `wsstls` with these arguments.
function command.wsstls(words)
  return { command.interpreter(), "-e", paths()
    .. ("os.exit(require('wsstls.cli').main({%s}))"):format(quoted(words)) }
end

--- A script.
function command.script(path)
  return { command.interpreter(), "-e", paths(), path }
end

--- busted over one file, telling us what happens through the file that
-- $WSSTLS_EVENTS names.
function command.busted(path, o)
  local words = { "-o", "wsstls.runner.busted_output" }
  for _, tags in ipairs(o.tags or {}) do
    words[#words + 1] = "--tags=" .. tags
  end
  if o.filter then
    -- either of them, as everywhere
    words[#words + 1] = "--filter=" .. o.filter
    words[#words + 1] = "--filter=" .. selection.literal(o.filter)
  end
  if o.seed then words[#words + 1] = ("--seed=%d"):format(o.seed) end
  words[#words + 1] = path
  return { command.interpreter(), "-e", paths()
    .. ("arg={[0]='busted',%s} "):format(quoted(words))
    .. "require('busted.runner')({standalone=false})" }
end

return command
