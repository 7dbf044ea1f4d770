--- Dialling: from a URL and options to an open connection.
-- @module wsstls.connect

local conn = require "wsstls.conn"
local events = require "wsstls.conn_events"
local core = require "wsstls.core"
local errors = require "wsstls.errors"
local http = require "wsstls.http"
local loop = require "wsstls.loop"
local options = require "wsstls.options"
local start = require "wsstls.start"
local tls_side = require "wsstls.tls_side"
local upgrade = require "wsstls.upgrade"
local url = require "wsstls.url"

local connect = {}

local function on_response(self, text, accept)
  local head, slug, message = upgrade.judge_response(text,
    self._context.offer, accept)
  if not head then
    self.handle:refuse(slug, message, upgrade.body_length(text))
    return
  end
  self.protocol = head.headers["sec-websocket-protocol"]
  self.handle:accept()
end

local function pump_dialling(self)
  local handle = self.handle
  local kind, data, how = handle:next()
  while kind do
    if kind == "response" then
      on_response(self, data, how)
    elseif kind == "verify" then
      tls_side.review(self, data)
    elseif kind == "open" then
      return events.opened(self)
    else
      events.on_event(self, kind, data, how)
    end
    kind, data, how = handle:next()
  end
end

-- The head that is not path, host, subprotocols and headers.
local REST_OF_HEAD = 320

-- A head that no server of ours would read (and lws has no room for) is not
-- sent at all; nil, or a sentence.
local function judge_head(o, target)
  local size = REST_OF_HEAD + #target.path + #target.authority
  for _, name in ipairs(o.protocols or {}) do size = size + #name + 2 end
  for _, pair in ipairs(o.headers or {}) do
    size = size + #pair[1] + #pair[2] + 4
  end
  if size <= http.MAX_HEAD then return nil end
  return ("path, protocols and headers would make a request head of %d "
    .. "bytes, at most %d are sent"):format(size, http.MAX_HEAD)
end

-- `origin` is one header more.
local function add_origin(o)
  if not o.origin then return nil end
  o.headers = o.headers or {}
  for _, pair in ipairs(o.headers) do
    if pair[1]:lower() == "origin" then
      return "option 'origin': the option 'headers' has an Origin already"
    end
  end
  table.insert(o.headers, { "Origin", o.origin })
  return nil
end

local function core_options(o, target, tls, way)
  return {
    host = way.host, port = way.port, proxy = way.proxy, tls = tls,
    authority = target.authority, path = target.path,
    url = target.url, headers = o.headers,
    protocols = o.protocols and #o.protocols > 0
      and table.concat(o.protocols, ", ") or nil,
    max_message = o.max_message, compress = o.compress,
    ping_interval = o.ping_interval, ping_timeout = o.ping_timeout,
    timeout = o.timeout, verify_callback = o.verify_function ~= nil,
    keylog_callback = o.keylog_function ~= nil,
  }
end

-- Where libwebsockets shall connect to: the server itself, or the near end of
-- a tunnel through the proxy.
local function find_way(o, target)
  local way = { url = target.url,
    host = o.connect_to and o.connect_to.host or target.host,
    port = o.connect_to and o.connect_to.port or target.port }
  if not o.proxy then return way end
  local limits, began = o.timeout, core.now()
  local seconds = math.min(limits.proxy or math.huge,
    limits.total or math.huge)
  local connect_proxy = require "wsstls.connect_proxy"
  local peer, answer, code = connect_proxy.open(o.proxy, way,
    seconds < math.huge and seconds or nil)
  if not peer then return nil, answer, code end
  if limits.total then -- a copy: it may be everybody's default
    o.timeout = {}
    for name, seconds_of in pairs(limits) do o.timeout[name] = seconds_of end
    o.timeout.total = math.max(limits.total - (core.now() - began), 0.001)
  end
  local behind = peer.peer
  local tunnel, err
  tunnel, err, code = require("wsstls.raw_splice").tunnel(peer)
  if not tunnel then return nil, err, code end
  return { host = "127.0.0.1", port = tunnel.port, tunnel = tunnel,
    proxy = { host = o.proxy.host, port = o.proxy.port,
              ip = behind.ip, status = answer.status } }
end

local function handlers_of(o)
  return { open = o.on_open, message = o.on_message, close = o.on_close,
           error = o.on_error }
end

local function dial(target, o)
  local ok, code, message, phase = start.core()
  local tls
  if ok and target.secure then
    tls, code, message, phase = core.tlsconf(o, "client")
    ok = tls
  end
  if not ok then
    return errors.fail { code = code, message = message,
      phase = phase or "config", side = "client" }
  end
  local way, err, err_code = find_way(o, target)
  if not way then return nil, err, err_code end
  local self = conn.new(nil, handlers_of(o), pump_dialling, {
    close_timeout = o.timeout.close, failed_early = events.failed_early,
    verify = o.verify_function, keylog = o.keylog_function,
    offer = { protocols = o.protocols,
      extensions = o.compress and { ["permessage-deflate"] = true } or nil },
  })
  self.url = target.url
  self.handle, code, message, phase =
    core.connect(core_options(o, target, tls, way), self)
  if not self.handle then
    return errors.fail { code = code, message = message, phase = phase,
      side = "client" }
  end
  if way.tunnel then way.tunnel.owner = self.handle end
  if next(self._on) then self.handle:anchor(true) end
  return self
end

--- Connects to a WebSocket server and waits until it is open.
-- @tparam string text "ws://..." or "wss://..."
-- @tparam[opt] table opts docs/api.md, "Options"; misuse raises
-- @treturn table|nil conn, or `nil, err, code`
function connect.connect(text, opts)
  local target, bad = url.parse(text)
  if not target then error("connect: " .. bad, 2) end
  local o
  o, bad = options.read("connect", opts, "connect: ")
  if not o then error(bad, 2) end
  bad = tls_side.expect(o, target) or add_origin(o) or judge_head(o, target)
  if not bad and o.proxy == "env" then
    o.proxy, bad = start.env_proxy(target)
  end
  if bad then error("connect: " .. bad, 2) end
  local self, err, code = dial(target, o)
  if not self then return nil, err, code end
  while not self._opened and not self._closed do
    if loop.wait(self) == nil then
      self.handle:abort()
      return errors.fail { code = "cancelled",
        observation = self.handle:observation() }
    end
  end
  if self._opened then return self end
  err = self:error() or errors.new { code = "unknown",
    observation = self.handle:observation() }
  return nil, err, err.code
end

return connect
