--- A raw peer: what `wsstls.raw` dials and accepts.
-- @module wsstls.raw_peer

local core = require "wsstls.core"
local errors = require "wsstls.errors"
local loop = require "wsstls.loop"
local nearest = require "wsstls.nearest"
local options = require "wsstls.options"
local raw_upgrade = require "wsstls.raw_upgrade"
local tls_side = require "wsstls.tls_side"
local url = require "wsstls.url"

local error, type = error, type
local now, wait = core.now, loop.wait

local raw_peer = {}

-- A write above the core's high-water mark waits until this much is left.
local LOW_WATER = 262144
-- Seconds of a handshake that begins on an open stream.
local HANDSHAKE_TIMEOUT = 10

local Peer = {}
local peer_mt = { __name = "wsstls.RawPeer" }

peer_mt.__index = function(self, key)
  if key == "state" then return self.handle:state() end
  return Peer[key]
end

peer_mt.__tostring = function(self)
  local peer = self.peer
  return ("wsstls.RawPeer (%s, %s)"):format(self.state,
    peer and url.format_authority(peer.ip, peer.port) or "?")
end

--- A peer of a listener has come through its handshake, or not.
function raw_peer.settle(self)
  local listener = self._listener
  if not listener or self.state == "connecting" then return end
  self._listener = nil
  listener._pending[self] = nil
  if listener._closed then return self.handle:close() end
  local queue = listener._queue
  queue.last = queue.last + 1
  queue[queue.last] = self
  loop.fire(listener)
end

local function pump(self)
  local kind, data = self.handle:next()
  while kind do
    if kind == "verify" then
      tls_side.review(self, data)
    else
      self._context.keylog(data)
    end
    kind, data = self.handle:next()
  end
  raw_peer.settle(self)
end

--- A peer around a core handle (which may be set later).
-- @tparam userdata|nil handle
-- @tparam table context `verify` and `keylog`, the user's functions
function raw_peer.new(handle, context)
  return setmetatable({ handle = handle, _context = context, _pump = pump,
    _busy = false, _waiter = false }, peer_mt)
end

-- A callback of ours raised; the error itself reaches the pumping call.
function Peer:_failed()
  if self._reviewing then
    self.handle:verified(false, "the verify function raised an error")
  end
end

--- Why nothing more comes or goes: the same error every time once it is over.
-- @treturn nil
-- @treturn table err
-- @treturn string code
function raw_peer.ended(self)
  local err = self._error
  if not err then
    local handle = self.handle
    local outcome, observation = handle:outcome(), handle:observation()
    err = outcome and errors.from_core(outcome, observation)
      or errors.new { code = "closed", observation = observation }
    if handle:state() == "closed" then self._error = err end
  end
  return nil, err, err.code
end

local function cancelled(self)
  return errors.fail { code = "cancelled",
    observation = self.handle:observation() }
end

local AMOUNTS = { "line", "all", "some" }

-- The core's words for what `read` was asked for.
local function amount_of(what)
  if what == nil then return "some" end
  if type(what) == "number" and what >= 0 and what % 1 == 0
     and what < 2147483648 then
    return "exact", what
  end
  for _, word in ipairs(AMOUNTS) do
    if what == word then return word end
  end
  local near = type(what) == "string" and nearest(what, AMOUNTS)
  error(("read: expected a number of bytes, \"line\", \"all\" or \"some\", "
    .. "got %s%s"):format(tostring(what),
    near and (" (did you mean '" .. near .. "'?)") or ""), 3)
end

--- Reads.
-- @param[opt="some"] what a number of bytes; "line" (comes without its CRLF
-- or LF, and has at most 1 MiB); "all" to the end of the stream; "some":
-- whatever is there, at least one byte
-- @tparam[opt] number timeout seconds; nothing is lost when they pass
-- @treturn string|nil bytes, or `nil, err, code`: "timeout"; at the end of
-- the stream "closed", or why it was lost. What was left before the end is
-- returned first, even if it is less than was asked for.
function Peer:read(what, timeout)
  local amount, n = amount_of(what)
  loop.check_seconds("read", timeout)
  local handle, deadline, last = self.handle, nil, false
  while true do
    local got = handle:read(amount, n)
    if got then
      if got ~= true then return got end
      return errors.fail { code = "limit-memory", phase = "open",
        message = "no line ends within 1 MiB" }
    elseif got == false then
      return raw_peer.ended(self)
    elseif last then
      return errors.fail { code = "timeout", phase = "open",
        message = ("not there within %g s"):format(timeout) }
    end
    if timeout and not deadline then deadline = now() + timeout end
    local woken = wait(self, deadline)
    if woken == nil then return cancelled(self) end
    last = not woken
  end
end

local function check_bytes(name, bytes)
  if type(bytes) ~= "string" then
    error(name .. ": expected a string, got " .. type(bytes), 3)
  end
end

local function write(self, bytes, beneath)
  local handle = self.handle
  local sent = handle:write(bytes, beneath)
  if sent then return true end
  if sent == nil then return raw_peer.ended(self) end
  repeat
    if wait(self) == nil then return cancelled(self) end
    if handle:state() == "closed" then return raw_peer.ended(self) end
  until handle:buffered() <= LOW_WATER
  return true
end

--- Writes; waits while the send buffer is above its high-water mark.
-- @tparam string bytes
-- @treturn boolean|nil true, or `nil, err, code`
function Peer:write(bytes)
  check_bytes("write", bytes)
  return write(self, bytes, false)
end

--- Writes beneath TLS: bytes that are no record, or half of one.
function Peer:write_raw(bytes)
  check_bytes("write_raw", bytes)
  return write(self, bytes, true)
end

local function check_way(name, how, ways)
  if how == nil then return end
  for _, way in ipairs(ways) do
    if how == way then return end
  end
  local near = type(how) == "string" and nearest(how, ways)
  error(("%s: expected %s or nothing, got %s%s"):format(name,
    table.concat(ways, ", "), tostring(how),
    near and (" (did you mean '" .. near .. "'?)") or ""), 3)
end

--- Ends our direction only; what the peer sends can still be read.
-- @tparam[opt] string how nothing: close_notify (TLS), then a FIN; "abrupt":
-- a FIN alone; "notify": a close_notify alone
function Peer:shutdown(how)
  check_way("shutdown", how, { "abrupt", "notify" })
  if self.handle:shutdown(how ~= "abrupt", how ~= "notify") then
    return true
  end
  return raw_peer.ended(self)
end

--- Closes; what was written is still sent, in the background.
-- @tparam[opt] string how nothing: close_notify (TLS), then a FIN; "abrupt":
-- a FIN without close_notify; "reset": a RST, and what waits is lost
-- @treturn boolean true
function Peer:close(how)
  check_way("close", how, { "abrupt", "reset" })
  self.handle:close(how)
  loop.fire(self)
  return true
end

peer_mt.__close = function(self) self:close() end

--- Waits until a handshake is over.
-- @treturn boolean|nil true, or `nil, err, code`
function raw_peer.wait_settled(self)
  while self.handle:state() == "connecting" do
    if wait(self) == nil then
      self.handle:close()
      return cancelled(self)
    end
  end
  if self.handle:state() == "open" or self.handle:opened() then return true end
  return raw_peer.ended(self)
end

--- The core's settings; nil, code, message, phase.
function raw_peer.settings(o, server)
  if server then return tls_side.server(o) end
  return core.tlsconf(o, "client")
end

--- The user's functions among checked TLS options.
function raw_peer.context_of(o)
  o = o or {}
  return { verify = o.verify_function, keylog = o.keylog_function }
end

--- What the core is told of one side's TLS.
function raw_peer.core_options(o, tls, server)
  o = o or {}
  return { tls = tls, server = server, tls_timeout = HANDSHAKE_TIMEOUT,
           verify_callback = o.verify_function ~= nil,
           keylog_callback = o.keylog_function ~= nil }
end

--- A failure before any byte was sent.
function raw_peer.config_fail(side, code, message, phase)
  return errors.fail { code = code, message = message,
    phase = phase or "config", side = side }
end

local function start_tls_options(self, opts, side)
  local o, bad = options.read(side == "server" and "tls_server" or "tls",
    opts, "start_tls: ")
  if bad or side == "server" then return o, bad end
  if not self._target and o.verify
     and o.verify_host == nil and o.verify_ip == nil then
    return nil, "start_tls: this peer was not dialled: whom does it expect? "
      .. "Give 'verify_host' or 'verify_ip' (verify_host = false: anybody)"
  end
  bad = tls_side.expect(o, self._target or { host = "", ip = false })
  return o, bad and "start_tls: " .. bad
end

--- Begins TLS on an open plain stream, and waits for the handshake. What the
-- peer sent before and nobody has read is taken for its beginning.
-- @tparam[opt] table opts TLS options; a client's or a server's
-- @tparam[opt] string side "client" | "server": as it was dialled or accepted
-- @treturn boolean|nil true, or `nil, err, code`
function Peer:start_tls(opts, side)
  side = side or self.side
  if side ~= "client" and side ~= "server" then
    error("start_tls: the side is \"client\" or \"server\", got "
      .. tostring(side), 2)
  end
  local o, bad = start_tls_options(self, opts or {}, side)
  if bad then error(bad, 2) end
  local server = side == "server"
  local tls, code, message, phase = raw_peer.settings(o, server)
  if not tls then return raw_peer.config_fail(side, code, message, phase) end
  self._context = raw_peer.context_of(o)
  if not self.handle:start_tls(raw_peer.core_options(o, tls, server)) then
    return raw_peer.ended(self)
  end
  self.side = side
  return raw_peer.wait_settled(self)
end

--- Goes through the WebSocket handshake, with what is to be wrong with it.
-- @function upgrade
-- @see wsstls.raw_upgrade
Peer.upgrade = raw_upgrade

--- Why it ended: an error, or nil while it lives and after a clean close.
function Peer:error()
  if self.handle:state() ~= "closed" or not self.handle:outcome() then
    return nil
  end
  local _, err = raw_peer.ended(self)
  return err
end

--- The record of the connection so far (docs/api.md, "Observation").
function Peer:observation()
  local observation = self.handle:observation()
  local err = self:error()
  if err then observation.error = err.observation.error end
  return observation
end

--- What verification found, or nil.
function Peer:verify_result()
  return self.handle:verify_result()
end

--- `{version, cipher, group, sigalg, alpn, sni, resumed}`, nil when plain.
function Peer:tls()
  return self.handle:tls()
end

return raw_peer
