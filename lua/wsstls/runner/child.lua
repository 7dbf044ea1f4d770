--- A process that works for us and tells what happens through a file: a line
-- of JSON for each event. (Its output would not do: anybody prints there,
-- and what we keep of it is bounded.)
-- @module wsstls.runner.child
local core = require "wsstls.core"
local json = require "wsstls.json"

-- Seconds that one who is asked to go may take.
local GRACE = 1

local child = {}
child.__index = child

--- Starts it.
-- @tparam function command_for given the path of the file of events; gives
-- the list of words
-- @tparam function on_event is called with each event
-- @treturn table|nil child; nil and an error
function child.start(command_for, on_event)
  local path = os.tmpname()
  local self = setmetatable({ path = path, on_event = on_event, rest = "",
    active = core.now() }, child)
  local program, err = require("wsstls.program").start {
    command = command_for(path), env = { WSSTLS_EVENTS = path } }
  if not program then
    os.remove(path)
    return nil, err
  end
  self.program = program
  self.file = assert(io.open(path, "rb"))
  return self
end

--- Reads what has been told since the last time.
function child:poll()
  -- a file that was read to its end must be told that there may be more
  self.file:seek "cur"
  local text = self.file:read "*a"
  if not text or text == "" then return end
  self.active = core.now()
  text = self.rest .. text
  local at = 1
  for line, after in text:gmatch "([^\n]*)\n()" do
    at = after
    local event = json.decode(line)
    if type(event) == "table" then self.on_event(event) end
  end
  self.rest = text:sub(at)
end

--- Exit status and signal once it has ended; nil before.
function child:ended()
  local status = self.program:status()
  if not status then return nil end
  self:poll()
  return status.exit or false, status.signal
end

--- Seconds since it last said something.
function child:silence()
  return core.now() - self.active
end

--- What it printed, as much of it as is kept.
function child:output()
  return self.program:output()
end

--- Ends it, and everything that it started: it is asked first, so that it
-- can take away what it has on disk.
function child:halt()
  if not self.program:status() then
    self.program.handle:ask()
    self.program:wait(GRACE)
  end
  self.program:stop()
end

--- Ends it, and forgets it.
function child:stop()
  self:halt()
  self.file:close()
  os.remove(self.path)
end

return child
