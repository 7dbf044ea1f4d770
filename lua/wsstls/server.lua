--- Listening: the server object.
-- @module wsstls.server

local conn = require "wsstls.conn"
local core = require "wsstls.core"
local errors = require "wsstls.errors"
local events = require "wsstls.conn_events"
local loop = require "wsstls.loop"
local options = require "wsstls.options"
local server_upgrade = require "wsstls.server_upgrade"
local start = require "wsstls.start"
local tls_side = require "wsstls.tls_side"
local url = require "wsstls.url"

local now = core.now

local server = {}

-- Failures that `failures()` still remembers.
local REMEMBERED = 256
-- Seconds that a closing server gives its connections.
local CLOSE_TIMEOUT = 5
-- Until its request is read nobody knows whose connection it is.
local NO_HANDLERS = {}

local Server = {}
local mt = { __index = Server, __name = "wsstls.Server" }

mt.__tostring = function(self)
  return ("wsstls.Server (%s)"):format(self.url)
end

local function config_fail(code, message, phase)
  return errors.fail { code = code, message = message,
    phase = phase or "config", side = "server" }
end

-- A service: what happens to the connections of one path. What `own` lacks
-- comes from the top level.
local function make_service(o, own)
  local function pick(name)
    if own and own[name] ~= nil then return own[name] end
    return o[name]
  end
  local service = {
    protocols = pick("protocols"), on_upgrade = pick("on_upgrade"),
    on_request = o.on_request,
    handlers = { open = pick("on_open"), message = pick("on_message"),
                 close = pick("on_close"), error = o.on_error },
  }
  -- nobody takes it: it waits for accept
  service.takes = (service.handlers.open or service.handlers.message) ~= nil
  return service
end

-- ------------------------------------------------------- its connections

local function remember(self, observation)
  local list = self._failures
  if list.n == REMEMBERED then
    list.first = list.first + 1
    list.dropped = list.dropped + 1
    list[list.first - 1] = nil
  else
    list.n = list.n + 1
  end
  list[list.first + list.n - 1] = observation
end

-- Called once when a connection of ours is over.
local function leave(self)
  local owner = self._context.server
  owner._conns[self] = nil
  if self._reserved then
    self._reserved = nil
    owner._reservations = owner._reservations - 1
  end
  if self._opened or not self.handle:outcome() then return end
  -- with its verdict in it: nobody else will ever ask this connection
  local err = events.error(self)
  remember(owner, err.observation)
  if owner._on_tls_error and owner._scheme == "wss"
     and err.phase ~= "upgrade" then
    loop.call(nil, owner._on_tls_error, err.observation)
  end
end

local function adopt(self, handle)
  local one = conn.new(handle, NO_HANDLERS, server_upgrade.pump,
    self._context)
  self._conns[one] = true
  if handle:set_owner(one) then loop.post(one) end
  handle:anchor(true)
  loop.fire(self)
end

local function pump(self)
  local kind, handle = self.handle:next()
  while kind do
    if kind == "accepted" then adopt(self, handle) end
    kind, handle = self.handle:next()
  end
end

--- A place in the backlog of accept, or false.
function Server:_reserve()
  if self._reservations >= self._backlog then return false end
  self._reservations = self._reservations + 1
  return true
end

--- The reserved connection is open now: accept may have it.
function Server:_offer(one)
  local queue = self._queue
  queue.last = queue.last + 1
  queue[queue.last] = one
  loop.fire(self)
end

local function next_accepted(self)
  local queue = self._queue
  if queue.first > queue.last then return nil end
  local one = queue[queue.first]
  queue[queue.first] = nil
  queue.first = queue.first + 1
  self._reservations = self._reservations - 1
  return one
end

-- ---------------------------------------------------------------- methods

--- The next connection that no callback takes.
-- @tparam[opt] number timeout seconds
-- @treturn table|nil conn, or `nil, err, code` ("timeout", "closed")
function Server:accept(timeout)
  loop.check_seconds("accept", timeout)
  local deadline, last = timeout and now() + timeout, false
  while true do
    local one = next_accepted(self)
    if one then return one end
    if self._closed then
      return errors.fail { code = "closed",
        message = "the server is closed", side = "server" }
    elseif last then
      return errors.fail { code = "timeout", side = "server",
        message = ("no connection within %g s"):format(timeout) }
    end
    local woken = loop.wait(self, deadline)
    if woken == nil then return errors.fail { code = "cancelled" } end
    last = not woken
  end
end

--- Observations of failed handshakes and refused upgrades, oldest first.
-- @tparam[opt] table o `{clear = true}` forgets them afterwards
-- @treturn table list of at most 256; `.dropped` counts those before it
function Server:failures(o)
  if o ~= nil and type(o) ~= "table" then
    error("failures: expected a table, got " .. type(o), 2)
  end
  local list, out = self._failures, {}
  for i = list.first, list.first + list.n - 1 do out[#out + 1] = list[i] end
  out.dropped = list.dropped
  if o and o.clear then
    self._failures = { first = 1, n = 0, dropped = 0 }
  end
  return out
end

--- The connections that are open or opening now, in no order.
function Server:connections()
  local list = {}
  for one in pairs(self._conns) do list[#list + 1] = one end
  return list
end

--- Replaces certificates and TLS options for connections to come; what is
-- not named stays. Running connections keep theirs. On failure nothing
-- changes.
-- @tparam table opts certificate, trust and TLS options of `listen`
-- @treturn boolean|nil true, or `nil, err, code`
function Server:reload(opts)
  local o, bad = options.read("reload", opts, "reload: ")
  if not o then error(bad, 2) end
  if self._closed then
    return config_fail("closed", "the server is closed")
  elseif self._scheme == "ws" then
    error("reload: this server speaks ws://, it has no certificate", 2)
  end
  local merged = tls_side.merge(self._options, o)
  if o.client_verify then merged.client_verify_implied = nil end
  options.default_client_verify(merged)
  local tls, code, message, phase = tls_side.server(merged)
  if not tls then return config_fail(code, message, phase) end
  self.handle:set_tls(tls)
  self._options = merged
  return true
end

--- Stops listening and closes its connections with 1001 (RFC 6455 7.4.1);
-- it does not wait for them.
-- @treturn boolean true
function Server:close()
  if self._closed then return true end
  self._closed, self._pump = true, nil
  self.handle:anchor(false)
  self.handle:close()
  for one in pairs(self._conns) do
    if one._opened then
      one.handle:close(1001, "", CLOSE_TIMEOUT)
    else
      one.handle:abort()
    end
  end
  loop.fire(self)
  core.wake()
  return true
end

mt.__close = Server.close

-- An error of the server's own pump is a bug of ours; it reaches the user
-- through the pumping call, the server goes on.
function Server:_failed() end

-- -------------------------------------------------------------------- listen

local function core_options(o, tls)
  return {
    host = o.host, port = o.port, tls = tls, backlog = o.backlog,
    max_connections = o.max_connections,
    handshake_timeout = o.handshake_timeout, max_message = o.max_message,
    compress = o.compress, ping_interval = o.ping_interval,
    ping_timeout = o.ping_timeout, close_timeout = o.timeout.close,
    timeout = o.timeout, verify_callback = o.verify_function ~= nil,
    keylog_callback = o.keylog_function ~= nil,
  }
end

local function new_server(o)
  local self = setmetatable({
    _busy = false, _conns = {}, _backlog = o.backlog, _reservations = 0,
    _queue = { first = 1, last = 0 }, _options = o, _pump = pump,
    _failures = { first = 1, n = 0, dropped = 0 },
    _scheme = o.tls and "wss" or "ws", _on_tls_error = o.on_tls_error,
  }, mt)
  self._context = { server = self, leave = leave,
    failed_early = server_upgrade.failed_early, verify = o.verify_function,
    keylog = o.keylog_function, close_timeout = o.timeout.close }
  self._service = make_service(o)
  if o.paths then
    self._paths = {}
    for path, own in pairs(o.paths) do
      self._paths[path] = make_service(o, own)
    end
  end
  return self
end

--- Listens for WebSocket connections.
-- @tparam[opt] table opts docs/api.md, "Options"; misuse raises
-- @treturn table|nil server, or `nil, err, code` (phase "config")
function server.listen(opts)
  local o, bad = options.read("listen", opts, "listen: ")
  if not o then error(bad, 2) end
  local ok, code, message, phase = start.core()
  if not ok then return config_fail(code, message, phase) end
  local tls
  if o.tls then
    tls, code, message, phase = tls_side.server(o)
    if not tls then return config_fail(code, message, phase) end
  end
  local self = new_server(o)
  self.handle, code, message, phase = core.listen(core_options(o, tls), self)
  if not self.handle then return config_fail(code, message, phase) end
  self.port = self.handle:port()
  self.url = ("%s://%s/"):format(self._scheme,
    url.format_authority(url.dialled(o.host), self.port, self._scheme))
  self.handle:anchor(true) -- until it is closed, whoever holds it or not
  return self
end

return server
