--- Where libwebsockets' lines and ours go; silent by default.
-- @module wsstls.log

local core = require "wsstls.core"
local nearest = require "wsstls.nearest"

local log = { chosen = false }

-- Our word for a level -> the core's.
local LEVELS = { silent = "none", none = "none", error = "error",
  warning = "warning", warn = "warning", notice = "notice", info = "info",
  debug = "debug" }
local NAMES = { "silent", "error", "warning", "notice", "info", "debug" }

-- A level shows what is as grave or graver.
local GRAVITY = { none = 0, error = 1, warning = 2, notice = 3, info = 4,
  debug = 5 }
local current, shown = nil, 0

local function bad_level(level)
  local near = type(level) == "string" and nearest(level, NAMES)
  return ("no level '%s'%s"):format(tostring(level),
    near and (", did you mean '" .. near .. "'?")
      or ", there are " .. table.concat(NAMES, ", "))
end

local function write_to(file)
  return function(level, text)
    file:write("wsstls ", level, ": ", text, "\n")
  end
end

local function sink_of(sink)
  if type(sink) == "function" then
    return function(level, text) sink(text, level) end
  elseif type(sink) == "string" then
    local file, bad = io.open(sink, "a")
    if not file then return nil, bad end
    file:setvbuf("line")
    return write_to(file)
  elseif io.type(sink) == "file" then
    return write_to(sink)
  end
  error("log: the sink is a function, a path or an open file", 0)
end

local function use(level, fn)
  current, shown = fn, GRAVITY[level]
  core.log(level, fn)
end

--- Sets level and sink.
-- @tparam string level "silent" "error" "warning" "notice" "info" "debug"
-- @param[opt] sink function(text, level), a path to append to, or an open
-- file; nil is standard error
-- @treturn boolean|nil true; nil and a sentence when a file does not open
function log.set(level, sink)
  if not LEVELS[level] then error("log: " .. bad_level(level), 0) end
  local fn, bad = sink_of(sink or io.stderr)
  if not fn then return nil, bad end
  log.chosen = true
  use(LEVELS[level], fn)
  return true
end

--- A line of ours. An error of the sink is its owner's: it is dropped, as
-- for libwebsockets' lines.
-- @tparam string level "error" "warning" "notice" "info" "debug"
-- @tparam string text
function log.say(level, text)
  if current and GRAVITY[level] <= shown then pcall(current, level, text) end
end

--- What WSSTLS_LOG says, unless `set` was called.
function log.from_environment()
  local level = os.getenv("WSSTLS_LOG")
  if log.chosen or not level or level == "" then return end
  if not LEVELS[level] then error("WSSTLS_LOG: " .. bad_level(level), 0) end
  use(LEVELS[level], write_to(io.stderr))
end

return log
