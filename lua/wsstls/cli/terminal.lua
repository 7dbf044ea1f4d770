--- What the commands share: saying things, colours, stopping, small readers.
-- @module wsstls.cli.terminal
local terminal = {}

local Stop = {}

--- What `stop` throws.
function terminal.stopped(message, exit)
  return setmetatable({ message = message, exit = exit or 1 }, Stop)
end

--- Ends the command with a sentence on standard error.
-- @tparam string message
-- @tparam[opt=1] number exit status
function terminal.stop(message, exit)
  error(terminal.stopped(message, exit), 0)
end

--- True for what `stop` throws.
function terminal.is_stop(x)
  return type(x) == "table" and getmetatable(x) == Stop
end

-- What a message calls by the name it has in Lua, and its flag.
local FLAGS = { { "with the option '[%w_]*password'", "with --pass" },
  { "with pki%.load%(x, password%)", "with --pass" },
  { "say custom = true", "give --custom" },
  { " %(unchecked = true makes it anyway%)", "" } }

--- A message of the library in the words of the command line.
-- @tparam string text
function terminal.spell(text)
  for _, row in ipairs(FLAGS) do text = text:gsub(row[1], row[2]) end
  return text
end

local function told_to_end() return require("wsstls.core").told_to_end() end

--- True for what the interpreter raises at Ctrl-C, and for whatever became of
-- it on the way.
function terminal.is_interrupt(x)
  return require("wsstls.workers").is_interrupt(x) or told_to_end()
end

--- Raises it where it was caught and forgotten.
function terminal.heed()
  if told_to_end() then error("interrupted!", 0) end
end

--- Calls a function of wsstls: what it raises (misuse) and what it returns as
-- an error both end the command with status 1.
function terminal.try(fn, ...)
  local ok, result, err = pcall(fn, ...)
  if not ok then
    if type(result) ~= "string" then error(result, 0) end
    terminal.stop(terminal.spell((result:gsub("^%S-%.lua:%d+: ", ""))))
  elseif result == nil then
    terminal.stop(terminal.spell(tostring(err)))
  end
  return result
end

--- A line on standard output.
function terminal.say(text)
  io.stdout:write(text, "\n")
end

--- A line on standard error.
function terminal.complain(text)
  io.stderr:write("wsstls: ", text, "\n")
end

--- Whether "stdout" or "stderr" is one, and can be written over.
function terminal.is_terminal(stream)
  if os.getenv "TERM" == "dumb" then return false end
  local a, _, b = os.execute(stream == "stdout" and "test -t 1"
    or "test -t 2")
  return a == 0 or (a == true and b == 0)
end

local CODES = { red = 31, green = 32, yellow = 33, bold = 1 }
local coloured

-- Colours are for people: a terminal, and nobody who said no (no-color.org).
local function wants_colour()
  if coloured == nil then
    local no = os.getenv "NO_COLOR"
    local term = os.getenv "TERM"
    coloured = not (no and no ~= "") and term ~= nil and term ~= "dumb"
      and terminal.is_terminal "stdout"
  end
  return coloured
end

--- The text in a colour, whoever may read it.
-- @tparam string colour "red" "green" "yellow" "bold"
-- @tparam string text
function terminal.colour(colour, text)
  return ("\27[%dm%s\27[0m"):format(CODES[colour], text)
end

--- The same where there are colours.
function terminal.paint(colour, text)
  if not wants_colour() then return text end
  return terminal.colour(colour, text)
end

--- A story with its head in red.
function terminal.story(text)
  return (text:gsub("^error%b[]", function(head)
    return terminal.paint("red", head)
  end))
end

--- JSON on standard output.
function terminal.json(x)
  local ok, text = pcall(require("wsstls.json").encode, x, { indent = true })
  if not ok then terminal.stop(tostring(text)) end
  terminal.say(text)
end

--- The bytes of a file; "-" is standard input.
function terminal.read(path)
  local file, problem = io.stdin, nil
  if path ~= "-" then file, problem = io.open(path, "rb") end
  if not file then terminal.stop(problem) end
  local text = file:read "*a"
  if path ~= "-" then file:close() end
  if not text then terminal.stop(path .. ": this is a folder") end
  return text
end

--- Writes files, whole or not at all.
-- @tparam table files path -> bytes; what ends in .key is nobody else's
function terminal.write(files)
  local list = {}
  for path, bytes in pairs(files) do
    list[#list + 1] = { path = path, bytes = bytes,
                        secret = path:find "%.key$" ~= nil }
  end
  local ok, _, message = require("wsstls.core").pki.write(list)
  if not ok then terminal.stop(message) end
end

--- True when something of that name can be read.
function terminal.exists(path)
  local file = io.open(path, "rb")
  if file then file:close() end
  return file ~= nil
end

--- A password as it is, or from elsewhere: "env:NAME", "file:PATH".
function terminal.password(word)
  if not word then return nil end
  local kind, rest = word:match "^(%l+):(.*)$"
  if kind == "env" then
    return os.getenv(rest)
      or terminal.stop("--pass: the variable " .. rest .. " is not set")
  elseif kind == "file" then
    return (terminal.read(rest):gsub("\r?\n.*$", ""))
  elseif kind == "pass" then
    return rest
  end
  return word
end

--- Epoch seconds from "2026-01-31", "2026-01-31T12:00:00Z" or a number.
function terminal.time(word, name)
  if not word then return nil end
  local dates = require "wsstls.pki.dates"
  local seconds, bad = dates.read(tonumber(word) or word, name)
  if not seconds then terminal.stop((bad:gsub("^option '(.-)'", "%1"))) end
  return seconds
end

--- Makes a folder where there is none.
function terminal.folder(dir)
  if dir == "." or terminal.exists(dir) then return end
  local ok = os.execute("mkdir -p -- '" .. dir:gsub("'", "'\\''") .. "'")
  if ok ~= true and ok ~= 0 then
    terminal.stop("the folder " .. dir .. " cannot be made")
  end
end

--- "dir/name", without a "./" in front.
function terminal.path(dir, name)
  if dir == "." or dir == nil then return name end
  return dir:gsub("/+$", "") .. "/" .. name
end

return terminal
