--- Raw peers: byte streams over TCP or TLS, for peers that misbehave.
--
--     local peer = assert(raw.connect { port = 8443, tls = { ca = ca } })
--     peer:write("GET / HTTP/1.0\r\n\r\n")
--     print(peer:read("line", 5))
--
-- Nothing is answered by itself: what is written is what the peer gets.
-- What arrives is read ahead up to 256 KiB, then the peer is held back.
-- @module wsstls.raw

local core = require "wsstls.core"
local errors = require "wsstls.errors"
local loop = require "wsstls.loop"
local options = require "wsstls.options"
local raw_peer = require "wsstls.raw_peer"
local start = require "wsstls.start"
local tls_side = require "wsstls.tls_side"
local url = require "wsstls.url"

local now, wait = core.now, loop.wait

local raw = {}

--- Dials, and begins TLS if asked to.
-- @tparam table opts `port`, `host` ("127.0.0.1"), `tls` (false, true, or a
-- client's TLS options), `timeout` (as for connect), `read_ahead` (false:
-- nothing is read before somebody asks)
-- @treturn table|nil peer, or `nil, err, code`
function raw.connect(opts)
  local o, bad = options.read("raw_connect", opts, "raw.connect: ")
  if not o then error(bad, 2) end
  local target = { host = o.host, ip = url.ip_version(o.host) ~= nil }
  if o.tls then bad = tls_side.expect(o.tls, target) end
  if bad then error("raw.connect: " .. bad, 2) end
  local tls
  local ok, code, message, phase = start.core()
  if ok and o.tls then
    tls, code, message, phase = raw_peer.settings(o.tls, false)
    ok = tls
  end
  if not ok then return raw_peer.config_fail("client", code, message, phase) end
  local self = raw_peer.new(nil, raw_peer.context_of(o.tls))
  self.side, self._target = "client", target
  local c, limits = raw_peer.core_options(o.tls, tls, false), o.timeout
  c.host, c.port, c.read_ahead = o.host, o.port, o.read_ahead
  c.tls_timeout, c.total_timeout = limits.tls, limits.total
  c.connect_timeout = math.min(limits.connect or math.huge,
    limits.total or math.huge)
  if c.connect_timeout == math.huge then c.connect_timeout = 0 end
  self.handle = core.raw_connect(c, self)
  local err
  ok, err, code = raw_peer.wait_settled(self)
  self.peer = self.handle:peer()
  if not ok then return nil, err, code end
  return self
end

-- -------------------------------------------------------------- listeners

local Listener = {}
local listener_mt = { __index = Listener, __name = "wsstls.RawListener" }

listener_mt.__tostring = function(self)
  return ("wsstls.RawListener (%s)"):format(self._closed and "closed"
    or url.format_authority(self.host, self.port))
end

local function pump_listener(self)
  local handle = self.handle:next()
  while handle do
    local peer = raw_peer.new(handle, self._context)
    peer.side, peer.peer, peer._listener = "server", handle:peer(), self
    self._pending[peer] = true
    handle:set_owner(peer)
    raw_peer.settle(peer)
    handle = self.handle:next()
  end
end

function Listener:_failed() end -- nothing of the user's runs in its pump

local function next_settled(self)
  local queue = self._queue
  local peer = queue[queue.first]
  if peer then
    queue[queue.first] = nil
    queue.first = queue.first + 1
  end
  return peer
end

--- The next peer; with TLS, after its handshake.
-- @tparam[opt] number timeout seconds
-- @treturn table|nil peer, or `nil, err, code`: also why a handshake failed
-- (`err.observation`), "timeout", "closed"
function Listener:accept(timeout)
  loop.check_seconds("accept", timeout)
  local deadline, last = timeout and now() + timeout, false
  while true do
    local peer = next_settled(self)
    if peer then
      if peer.handle:opened() then return peer end
      return raw_peer.ended(peer)
    elseif self._closed then
      return errors.fail { code = "closed", side = "server",
        message = "the raw listener is closed" }
    elseif last then
      return errors.fail { code = "timeout", side = "server",
        message = ("no connection within %g s"):format(timeout) }
    end
    local woken = wait(self, deadline)
    if woken == nil then return errors.fail { code = "cancelled" } end
    last = not woken
  end
end

--- Stops listening; peers that were accepted live on, others are closed.
-- @treturn boolean true
function Listener:close()
  if self._closed then return true end
  self._closed = true
  self.handle:close()
  for peer in pairs(self._pending) do peer.handle:close() end
  local peer = next_settled(self)
  while peer do
    peer.handle:close()
    peer = next_settled(self)
  end
  self._pending = {}
  loop.fire(self)
  return true
end

listener_mt.__close = Listener.close

--- Listens.
-- @tparam[opt] table opts `host` ("127.0.0.1"), `port` (0), `tls` (false, or
-- a server's TLS options), `backlog` (128), `handshake_timeout` (10),
-- `read_ahead`
-- @treturn table|nil listener with `.port`, or `nil, err, code`
function raw.listen(opts)
  local o, bad = options.read("raw_listen", opts, "raw.listen: ")
  if not o then error(bad, 2) end
  local tls
  local ok, code, message, phase = start.core()
  if ok and o.tls then
    tls, code, message, phase = raw_peer.settings(o.tls, true)
    ok = tls
  end
  if not ok then return raw_peer.config_fail("server", code, message, phase) end
  local self = setmetatable({ _busy = false, _waiter = false, _pending = {},
    _queue = { first = 1, last = 0 }, _pump = pump_listener,
    _context = raw_peer.context_of(o.tls), host = o.host }, listener_mt)
  local c = raw_peer.core_options(o.tls, tls, true)
  c.host, c.port, c.backlog = o.host, o.port, o.backlog
  c.read_ahead, c.tls_timeout = o.read_ahead, o.handshake_timeout
  self.handle, code, message, phase = core.raw_listen(c, self)
  if not self.handle then
    return raw_peer.config_fail("server", code, message, phase)
  end
  self.port = self.handle:port()
  return self
end

return raw
