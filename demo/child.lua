-- A foreign server: started in a process group of its own, and always gone
-- afterwards, however the demo ends.
--
-- A shell starts it and then reads a pipe that nothing is written to. When we
-- close our end of that pipe, or die, the read ends and the shell kills the
-- whole group.
local child = {}

local methods = {}
local mt = { __index = methods }

local WRAPPER = [[
exec 3<&0
{ %s </dev/null 3<&- >%s 2>&1; echo "@exit $?" >>%s; } &
read -r never <&3
kill -KILL 0
]]

local function quote(s)
  return "'" .. tostring(s):gsub("'", "'\\''") .. "'"
end

--- True when the shell finds a program of that name.
function child.installed(program)
  local pipe = io.popen("command -v " .. quote(program) .. " 2>/dev/null")
  local found = pipe:read("*l")
  pipe:close()
  return found ~= nil
end

function child.read(path)
  local file = io.open(path, "rb")
  if not file then return nil end
  local bytes = file:read("*a")
  file:close()
  return bytes
end

function child.write(path, bytes)
  local file = assert(io.open(path, "wb"))
  assert(file:write(bytes))
  assert(file:close())
  return path
end

--- A new directory; `child.remove` removes it.
function child.dir()
  local pipe = assert(io.popen("mktemp -d"))
  local dir = pipe:read("*l")
  pipe:close()
  return assert(dir, "mktemp -d made no directory")
end

function child.remove(dir)
  os.execute("rm -rf " .. quote(dir))
end

--- Starts a program.
-- @tparam table command its words
-- @tparam table env variables added to our own
-- @tparam string log file for both of its output streams
function child.start(command, env, log)
  local words = { "env" }
  for name, value in pairs(env) do
    words[#words + 1] = quote(name .. "=" .. value)
  end
  for _, word in ipairs(command) do words[#words + 1] = quote(word) end
  child.write(log, "")
  local shell = WRAPPER:format(table.concat(words, " "), quote(log),
    quote(log))
  -- an address sanitizer that is preloaded here is none of its business
  local pipe = assert(io.popen(
    "unset LD_PRELOAD; exec setsid sh -c " .. quote(shell), "w"))
  return setmetatable({ pipe = pipe, log = log }, mt)
end

--- What it has printed so far, and its exit status once it has ended.
function methods:output()
  local output = child.read(self.log) or ""
  local before, status = output:match("^(.*)@exit (%d+)\n$")
  return before or output, tonumber(status)
end

--- Kills it and all that it started, and waits until they are gone.
function methods:stop()
  if not self.pipe then return end
  self.pipe:close()
  self.pipe = nil
end

return child
