--- The connection object: the same for client and server, ws and wss.
-- @module wsstls.conn

local core = require "wsstls.core"
local errors = require "wsstls.errors"
local events = require "wsstls.conn_events"
local http = require "wsstls.http"
local loop = require "wsstls.loop"
local names = require "wsstls.names"
local task = require "wsstls.task"

local error, type = error, type
local wait, now = loop.wait, core.now
local check_seconds = loop.check_seconds

local conn = {}

-- Messages taken in while a close is under way, beyond which they stay in
-- the core: a peer that never stops must not fill the memory.
local CLOSING_MESSAGES = 1024

local methods = {}
conn.methods = methods

-- Fields that are looked up when somebody asks. Few ask for the latter two,
-- and an idle connection is small without them: then they are kept.
local getters = {}

function getters.state(self)
  return self.handle:state()
end

function getters.peer(self)
  local peer = self.handle and self.handle:peer()
  self.peer = peer
  return peer
end

function getters.headers(self)
  if not self._opened then return nil end
  local parse = self._context.server and http.parse_request
    or http.parse_response
  self.headers = parse(self.handle:head()).headers
  return self.headers
end

local mt = { __name = "wsstls.Conn" }
conn.mt = mt

mt.__index = function(self, key)
  local method = methods[key]
  if method ~= nil then return method end
  local getter = getters[key]
  if getter then return getter(self) end
  return nil
end

mt.__tostring = function(self)
  return ("wsstls.Conn (%s, %s)"):format(self.url or "?", self.state)
end

mt.__close = function(self)
  self:close(1000, "", 1)
end

local function misuse(message)
  error(message, 3)
end

methods._failed = events.callback_failed

local function failed(self, code, message, phase)
  if self._closed then return events.ended(self) end
  return errors.fail { code = code, message = message, phase = phase,
    observation = self.handle:observation() }
end

local function cancelled()
  return errors.fail { code = "cancelled" }
end

-- Of a message that left before the end, the end is no failure.
local function wait_drained(self)
  while self.handle:full() do
    if self._closed or self.handle:state() == "closed" then
      return events.ended(self)
    end
    if wait(self) == nil then return cancelled() end
  end
  return true
end

-- The core looks at them: whoever sends well has them looked at once.
local function bad_message(data, kind)
  if type(data) ~= "string" then
    error("send: expected a string, got " .. type(data), 3)
  elseif kind == nil or kind == "text" then
    error("send: text must be UTF-8 (RFC 6455 5.6); other bytes are sent as "
      .. "\"binary\"", 3)
  end
  error(("send: the kind is \"text\" or \"binary\", got %s")
    :format(tostring(kind)), 3)
end

--- Sends one message.
-- Above the send buffer's high-water mark it waits for the low one.
-- @tparam string data text must be UTF-8 (RFC 6455 5.6)
-- @tparam[opt="text"] string kind "text" or "binary"
-- @treturn boolean|nil true, or `nil, err, code`
function methods.send(self, data, kind)
  local sent, code, message, phase = self.handle:send(data, kind)
  if sent then return true end
  if sent == false then return wait_drained(self) end
  if not code then bad_message(data, kind) end
  return failed(self, code, message, phase)
end

--- The next message.
-- @tparam[opt] number timeout seconds; nil waits as long as it takes
-- @treturn string|nil data and kind ("text" | "binary"), or `nil, err, code`:
-- "timeout" (the connection stays usable), "closed" after a clean close of
-- either side (`err.observation.close`), else why it was lost. Messages that
-- arrived whole come before the end.
function methods:receive(timeout)
  check_seconds("receive", timeout)
  local handle, deadline, last = self.handle, nil, false
  while true do
    if self._inbox then return events.take(self) end
    if self._closed then return events.ended(self) end
    local kind, data, how = handle:next()
    if kind == "message" then
      return data, how
    elseif kind then
      loop.call(self, events.on_event, self, kind, data, how)
    elseif last then
      return errors.fail { code = "timeout", phase = "open",
        message = ("no message within %g s"):format(timeout) }
    else
      if timeout and not deadline then deadline = now() + timeout end
      local woken = wait(self, deadline)
      if woken == nil then return cancelled() end
      last = not woken
    end
  end
end

--- Iterates over messages until the connection ends: `for data, kind in
-- conn:messages() do`. Ask `conn:error()` why it ended.
function methods:messages()
  if not task.yields_anywhere and loop.current() then
    error("messages: this Lua cannot wait inside a for loop's iterator; "
      .. "call conn:receive() in a while loop instead", 2)
  end
  return function()
    local data, kind = self:receive()
    if data ~= nil then return data, kind end
    return nil
  end
end

methods.each = methods.messages

--- Sends a ping (RFC 6455 5.5.2); the answer is the event "pong".
-- @tparam[opt=""] string data at most 125 bytes
function methods:ping(data)
  if data ~= nil and type(data) ~= "string" then
    misuse("ping: expected a string, got " .. type(data))
  elseif data and #data > 125 then
    misuse("ping: a ping carries at most 125 bytes, got " .. #data)
  end
  local sent, code, message, phase = self.handle:ping(data or "")
  if sent ~= nil then return true end
  return failed(self, code, message, phase)
end

local function check_close(code, reason)
  if type(code) ~= "number" or code % 1 ~= 0 then
    error("close: expected a close code, got " .. tostring(code), 3)
  elseif not names.close_sendable(code) then
    error(("close: %d is not a code that may be sent (1000-1003, 1007-1014, "
      .. "3000-4999)"):format(code), 3)
  elseif type(reason) ~= "string" then
    error("close: expected a reason as a string, got " .. type(reason), 3)
  elseif #reason > 123 then
    error("close: a reason has at most 123 bytes, got " .. #reason, 3)
  end
end

-- Quiet connections: what still arrives is kept for receive.
local function take_in(self)
  if self._on.message then return end
  local handle, inbox = self.handle, self._inbox
  while not inbox or inbox.last - inbox.first < 2 * CLOSING_MESSAGES do
    local kind, data, how = handle:next()
    if not kind then return end
    loop.call(self, events.on_event, self, kind, data, how)
    inbox = self._inbox
  end
end

--- Closes with the closing handshake (RFC 6455 7.1.2) and waits for it; in
-- a callback of the same connection it only begins it.
-- @tparam[opt=1000] number code
-- @tparam[opt=""] string reason at most 123 bytes of UTF-8
-- @tparam[opt] number timeout seconds until it is closed by force
-- @treturn boolean|nil true, or `nil, err, code` ("timeout-close")
function methods:close(code, reason, timeout)
  local given = code or reason
  code, reason = code or 1000, reason or ""
  if given then check_close(code, reason) end
  check_seconds("close", timeout)
  if self._closed then return true end
  timeout = timeout or self._context.close_timeout or events.CLOSE_TIMEOUT
  local rec = loop.current()
  local inside = rec and self._busy == rec
  if self.handle:close(code, reason, timeout) == false then
    misuse("close: the reason must be UTF-8 (RFC 6455 5.5.1)")
  end
  if inside then return true end
  while not self._closed do
    take_in(self)
    if self._closed then break end
    if wait(self) == nil then return cancelled() end
  end
  local err = events.error(self)
  if err and err.code == "timeout-close" then return nil, err, err.code end
  return true
end

local EVENTS = { open = true, message = true, close = true, error = true,
                 alert = true, pong = true }

local function both(first, second)
  return function(...)
    first(...)
    return second(...)
  end
end

--- Adds a callback: "open"(conn) "message"(conn, data, kind) "close"(conn,
-- close) "error"(conn, err) "alert"(conn, alert) "pong"(conn, data).
-- Callbacks of one event run in the order they were added.
-- @treturn table the connection
function methods:on(event, fn)
  if not EVENTS[event] then
    local near = type(event) == "string" and require("wsstls.nearest")(event,
      { "open", "message", "close", "error", "alert", "pong" })
    misuse(("on: no event '%s'%s"):format(tostring(event),
      near and (", did you mean '" .. near .. "'?") or ""))
  elseif type(fn) ~= "function" then
    misuse("on: expected a function, got " .. type(fn))
  end
  local handlers = {} -- the table may belong to a whole server
  for name, old in pairs(self._on) do handlers[name] = old end
  handlers[event] = handlers[event] and both(handlers[event], fn) or fn
  self._on = handlers
  if not self._closed then
    self.handle:anchor(true)
    events.choose_pump(self)
    if event == "message" and self._opened then
      loop.post(self)
      core.wake()
    end
  end
  return self
end

--- Why it ended: an error, or nil while it lives and after a clean close.
function methods:error()
  if not self._closed and self.handle:state() ~= "closed" then return nil end
  return events.error(self) or nil
end

--- The record of the connection so far (docs/api.md, "Observation").
function methods:observation()
  local observation = self.handle:observation()
  local err = self:error()
  if err and err.observation then
    observation.error = observation.error or err.observation.error
  end
  return observation
end

--- What verification found, or nil (ws://, or not there yet).
function methods:verify_result()
  return self.handle:verify_result()
end

--- `{version, cipher, group, sigalg, alpn, sni, resumed}`, nil for ws://.
function methods:tls()
  return self.handle:tls()
end

--- A connection object around a core handle.
-- @tparam userdata handle may be set later
-- @tparam table handlers event -> function, not changed
-- @tparam function pump what drives it until it is open
-- @tparam table context see `wsstls.conn_events`
function conn.new(handle, handlers, pump, context)
  -- What every message looks at is there from the start, even if false: a
  -- miss would call __index.
  return setmetatable({
    handle = handle, send = methods.send, _on = handlers, _pump = pump,
    _context = context, _busy = false, _waiter = false, _inbox = false,
    _missed = false, _opened = false, _closed = false,
  }, mt)
end

return conn
