--- Starting the core, once, as late as possible.
-- @module wsstls.start

local core = require "wsstls.core"
local log = require "wsstls.log"
local nearest = require "wsstls.nearest"
local url = require "wsstls.url"

local start = { backend = nil, started = false }

local BACKENDS = { "auto", "epoll", "libev", "libuv", "poll" }

local function check_backend(name, where)
  for _, known in ipairs(BACKENDS) do
    if name == known then return name end
  end
  local near = type(name) == "string" and nearest(name, BACKENDS)
  error(("%s: no event loop '%s'%s"):format(where, tostring(name),
    near and (", did you mean '" .. near .. "'?")
      or ", there are " .. table.concat(BACKENDS, ", ")), 0)
end

--- Starts the loop if it does not run yet.
-- @treturn boolean|nil true, or nil, code, message, phase
function start.core()
  if start.started then return true end
  local backend = start.backend
  if not backend then
    backend = os.getenv("WSSTLS_EVENT_LOOP")
    backend = check_backend(backend and backend ~= "" and backend or "auto",
      "WSSTLS_EVENT_LOOP")
  end
  log.from_environment()
  local name, code, message, phase = core.start(backend)
  if not name then return nil, code, message, phase end
  start.started, start.event_loop = true, name
  return true
end

--- The same for calls that have no other way to fail: raises.
function start.must()
  local ok, code, message = start.core()
  if not ok then error(("%s: %s"):format(code, message), 0) end
end

--- `wss.configure{ event_loop = ... }`.
function start.configure(o)
  if type(o) ~= "table" then
    error("configure: expected a table, got " .. type(o), 2)
  end
  for name in pairs(o) do
    if name ~= "event_loop" then
      error(("configure: unknown option '%s' (did you mean 'event_loop'?)")
        :format(tostring(name)), 2)
    end
  end
  if o.event_loop == nil then return true end
  local ok, bad = pcall(check_backend, o.event_loop, "configure")
  if not ok then error(bad, 2) end
  if start.started then
    error("configure: the event loop runs already; configure before the "
      .. "first connect or listen", 2)
  end
  start.backend = o.event_loop
  return true
end

local function excluded(target, list)
  for pattern in (list or ""):gmatch("[^,%s]+") do
    local suffix = pattern:gsub("^%.", ""):lower()
    local host = target.host:lower()
    if pattern == "*" or host == suffix
       or host:sub(-#suffix - 1) == "." .. suffix then
      return true
    end
  end
  return false
end

--- The proxy that the environment names for a target (`url.proxy`'s table),
-- or nil; nil and a sentence when it names something else.
function start.env_proxy(target)
  local get = os.getenv
  if excluded(target, get("no_proxy") or get("NO_PROXY")) then return nil end
  -- HTTP_PROXY in capitals is a CGI request's header (httpoxy)
  local names = target.secure
    and { "https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY" }
    or { "http_proxy", "all_proxy", "ALL_PROXY" }
  for _, name in ipairs(names) do
    local value = get(name)
    if value == "" then return nil end
    if value then return url.proxy(value, "environment variable " .. name) end
  end
  return nil
end

return start
