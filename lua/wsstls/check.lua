--- `wss.check(url, opts)`: a connection examined layer by layer.
--
-- It connects as `connect` does, sees whether the peer answers a ping, and
-- closes. What every layer showed is read from the connection's own record.
-- @module wsstls.check

local connect = require "wsstls.connect"
local core = require "wsstls.core"
local diagnosis = require "wsstls.diagnosis"
local loop = require "wsstls.loop"
local options = require "wsstls.options"
local url = require "wsstls.url"

local ECHO_SECONDS = 5

-- Which layer a phase's failure belongs to; "open" and "close" are the echo's.
local LAYER_OF = { open = "echo", close = "echo" }

local function times_of(observation)
  local at = {}
  for _, row in ipairs(observation and observation.timeline or {}) do
    at[row.event] = at[row.event] or row.at
  end
  return at
end

local function tls_detail(o)
  local tls = o.tls or {}
  local parts = { tls.version, tls.cipher, tls.group }
  if tls.alpn then parts[#parts + 1] = "ALPN " .. tls.alpn end
  return table.concat(parts, ", ")
end

local function verify_detail(o)
  if o.verify_disabled then return "not verified (verify = false)" end
  local verdict = o.verify
  if not verdict then return nil end
  local expected = verdict.expected
  return ("%s%s"):format(verdict.ok and "OK"
    or ("%d %s at depth %d"):format(verdict.code, verdict.name,
      verdict.depth or 0),
    expected and (" for %s:%s"):format(expected.kind:upper(), expected.value)
      or ", the name was not checked")
end

local function upgrade_detail(o)
  local http = o.http
  if not http or not http.status then return nil end
  local chosen = http.headers and http.headers["sec-websocket-protocol"]
  return ("%d %s%s"):format(http.status, http.reason or "",
    chosen and ", subprotocol " .. chosen or "")
end

-- Every layer in order: when it began and ended (events of the timeline), and
-- what it showed.
local LAYERS = {
  { name = "dns", ends = { "resolved" },
    applies = function(_, o, at, failing)
      return not o.proxy and (at.resolved ~= nil or failing == "dns")
    end,
    detail = function(_, at) return at.resolved and "resolved" end },
  { name = "tcp", ends = { "tcp-connected" },
    applies = function(_, o) return not o.proxy end,
    detail = function(o) return o.peer and o.peer.ip
      and url.format_authority(o.peer.ip, o.peer.port) end },
  { name = "proxy", ends = { "proxy-connected" },
    applies = function(_, o) return o.proxy ~= nil end,
    detail = function(o) return o.proxy and ("%s answered %s"):format(
      url.format_authority(o.proxy.host, o.proxy.port),
      o.proxy.status or "nothing") end },
  { name = "tls", ends = { "tls-established", "verified" },
    applies = function(target) return target.secure end,
    detail = tls_detail },
  { name = "verify", ends = { "verified" },
    applies = function(target) return target.secure end,
    detail = verify_detail },
  { name = "upgrade", ends = { "open" },
    applies = function() return true end, detail = upgrade_detail },
}

local function layer_of(definition, o, at, began)
  local finished
  for _, event in ipairs(definition.ends) do
    finished = finished or at[event]
  end
  local detail = definition.detail(o, at)
  return { name = definition.name, at = began,
    seconds = finished and math.max(finished - began, 0) or 0,
    detail = detail ~= "" and detail or nil }, finished
end

-- The layers that were reached; the last one carries `err`.
local function examine(target, o, err)
  local layers, at, began = {}, times_of(o), 0
  local failing = err and (LAYER_OF[err.phase] or err.phase)
  if failing == "config" then
    return { { name = "config", ok = false, at = 0, seconds = 0,
               detail = err.message, err = err } }
  end
  for _, definition in ipairs(LAYERS) do
    if definition.applies(target, o, at, failing) then
      local layer, finished = layer_of(definition, o, at, began)
      layer.ok = definition.name ~= failing
      layers[#layers + 1] = layer
      if not layer.ok then
        layer.err = err
        return layers
      end
      began = math.max(finished or began, began)
    end
  end
  return layers
end

-- A ping, which every WebSocket peer has to answer (RFC 6455 5.5.2).
local function echo(conn, timeout)
  local began = core.now()
  local deadline = began + timeout
  local heard = false
  conn:on("pong", function() heard = true end)
  local sent, err = conn:ping("wsstls check")
  while sent and not heard do
    if conn.state == "closed" then
      err = conn:error()
      break
    end
    if not loop.wait(conn, deadline) then break end -- time over, cancelled
  end
  local layer = { name = "echo", ok = heard, at = 0,
                  seconds = core.now() - began, err = err or nil }
  layer.detail = heard and "pong" or err and err.message
    or ("no pong within %g s"):format(timeout)
  return layer
end

local function elapsed(layers)
  local last = layers[#layers]
  return last and last.at + last.seconds or 0
end

--- Examines a server layer by layer: dns, tcp, proxy, tls, verify, upgrade,
-- echo. A broken peer is a report, never an error; misuse raises.
-- @tparam string text "ws://..." or "wss://..."
-- @tparam[opt] table opts as for `connect`
-- @treturn table `{ ok, url, layers = { {name, ok, at, seconds, detail, err},
-- ... }, observation, findings }`: the layers that were reached, in
-- order; times in seconds since the beginning
local function check(text, opts)
  local target, bad = url.parse(text)
  if not target then error("check: " .. bad, 2) end
  local o
  o, bad = options.read("connect", opts, "check: ")
  if not o then error(bad, 2) end
  local called, conn, err = pcall(connect.connect, text, opts)
  if not called then
    if type(conn) == "string" then
      conn = conn:gsub("^connect: ", "check: ")
    end
    error(conn, 2)
  end
  local observation = (conn and conn:observation()) or err.observation or {}
  local layers = examine(target, observation, err)
  if conn then
    local layer = echo(conn, math.min(o.timeout.total or ECHO_SECONDS,
      ECHO_SECONDS))
    layer.at = elapsed(layers)
    layers[#layers + 1] = layer
    err = layer.err
    conn:close(1000, "", o.timeout.close)
    observation = conn:observation()
  end
  local ok = layers[#layers].ok
  return { ok = ok, url = text, layers = layers, observation = observation,
    findings = not ok and diagnosis.diagnose(err or observation)
      or {} }
end

return check
