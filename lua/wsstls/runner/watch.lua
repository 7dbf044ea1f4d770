--- `wsstls test --watch`: runs again whenever a file changes.
--
-- What is watched: the files that are run, everything in their folders, and
-- what is in lua/ and src/ here. Each run is a process of its own, so that
-- nothing of the last one is left.
-- @module wsstls.runner.watch
local command = require "wsstls.runner.command"
local core = require "wsstls.core"
local discover = require "wsstls.runner.discover"
local terminal = require "wsstls.cli.terminal"

local watch = {}

local PERIOD = 0.3
local ALWAYS = { "lua", "src" }
local MAX_FILES = 20000

local function folders(units)
  local seen, list = {}, {}
  local function add(dir)
    if not seen[dir] and core.stat(dir) == "directory" then
      seen[dir] = true
      list[#list + 1] = dir
    end
  end
  for _, unit in ipairs(units) do
    add(unit.file:match "^(.*)/[^/]*$" or ".")
  end
  for _, dir in ipairs(ALWAYS) do add(dir) end
  return list
end

-- Names and times of all files, as one text: equal when nothing changed.
local function state(dirs)
  local list = {}
  for _, dir in ipairs(dirs) do
    discover.walk(dir, function(path, changed)
      if #list < MAX_FILES then
        list[#list + 1] = ("%s %.9f"):format(path, changed)
      end
    end)
  end
  return table.concat(list, "\n")
end

local function without_watch(words)
  local out = {}
  for _, word in ipairs(words) do
    if word ~= "--watch" then out[#out + 1] = word end
  end
  return out
end

local function quoted(words)
  local out = {}
  for i, word in ipairs(words) do
    out[i] = "'" .. word:gsub("'", "'\\''") .. "'"
  end
  return table.concat(out, " ")
end

-- Runs it on this terminal; false when it was interrupted.
local function run_once(words)
  local line = quoted(command.wsstls(without_watch(words)))
  local a, b, c = os.execute(line)
  local signal = a == nil and b == "signal" and c
    or type(a) == "number" and a % 256 ~= 0 and a % 128
  return signal ~= 2 and signal ~= 15
end

--- Runs until it is interrupted.
-- @tparam table words of the command line
-- @tparam table units of discover
-- @treturn number exit status
function watch.run(words, units)
  local wss = require "wsstls"
  local dirs = folders(units)
  while true do
    local before = state(dirs)
    if not run_once(words) then return 1 end
    terminal.say(terminal.paint("bold", "waiting for a change"))
    io.stdout:flush()
    while state(dirs) == before do wss.sleep(PERIOD) end
  end
end

return watch
