--- The life of a connection after its handle exists: what its events do, who
-- drives it when, and how it ends.
--
-- Fields of a connection that only these modules touch: `handle`, `_on`
-- (event -> function; the table may belong to a whole server, it is replaced,
-- never changed), `_inbox` (messages taken from the core before anybody asked
-- for them), `_opened`, `_closed`, `_deaf` (a callback raised), `_error` and
-- `_closed_error` (why it ended), `_context`, and the owner's fields of
-- `wsstls.workers`.
-- A context belongs to one dialled connection, or to all of a server: `verify`
-- and `keylog` (the user's functions), `close_timeout`, `leave(conn)` (told
-- once when it is over), `failed_early(conn)`, `server`, `offer`.
-- @module wsstls.conn_events

local errors = require "wsstls.errors"
local loop = require "wsstls.loop"

local conn_events = {}

-- Seconds that the peer has to answer the close of a failed callback.
conn_events.CLOSE_TIMEOUT = 5

--- Why it ended: an error, or false after a clean close.
function conn_events.error(self)
  local err = self._error
  if err == nil then
    local outcome = self.handle:outcome()
    err = outcome
      and errors.from_core(outcome, self.handle:observation()) or false
    self._error = err
  end
  return err
end

-- What receive and send say once it is over: the same error every time.
function conn_events.ended(self)
  local err = conn_events.error(self)
  if not err then
    err = self._closed_error
    if not err then
      err = errors.new { code = "closed",
        observation = self.handle:observation() }
      self._closed_error = err
    end
  end
  return nil, err, err.code
end

-- Each callback by itself: one that raises or waits keeps no other back.
local function closed(self)
  if self._closed then return end
  self._closed = true
  self._pump = nil
  local handlers = self._on
  local leave = self._context.leave
  if leave then leave(self) end
  loop.fire(self)
  local close, alert, failure = handlers.close, handlers.alert, handlers.error
  local err = failure and conn_events.error(self)
  close = self._opened and close
  local observation = (alert or close) and self.handle:observation()
  if alert then
    for _, item in ipairs(observation.alerts or {}) do
      loop.call(self, alert, self, item)
    end
  end
  if err then loop.call(self, failure, self, err) end
  if close then loop.call(self, close, self, observation.close or {}) end
  self.handle:anchor(false)
end

local function keep(self, data, how)
  local inbox = self._inbox
  if not inbox then
    inbox = { first = 1, last = 0 }
    self._inbox = inbox
  end
  local last = inbox.last + 2
  inbox.last = last
  inbox[last - 1], inbox[last] = data, how
end

--- The oldest message of the inbox, which must exist.
local function take(self)
  local inbox = self._inbox
  local first = inbox.first
  local data, how = inbox[first], inbox[first + 1]
  inbox[first], inbox[first + 1] = nil, nil
  if first + 1 >= inbox.last then
    self._inbox = false
  else
    inbox.first = first + 2
  end
  return data, how
end

--- Everything but a message and the opening.
local function on_event(self, kind, data, how)
  if kind == "closed" then
    closed(self)
  elseif kind == "pong" then
    local pong = self._on.pong
    if pong and not self._deaf then pong(self, data) end
  elseif kind == "keylog" then
    local keylog = self._context.keylog
    if keylog and not self._deaf then keylog(data) end
  elseif kind == "message" then
    keep(self, data, how)
  end -- "drained": whoever waits was woken by the dispatch
end

conn_events.on_event = on_event

-- With an on_message: the hot path, one call per message.
local function pump_messages(self)
  while self._inbox do
    local fn = self._on.message
    if not fn then return end
    fn(self, take(self))
  end
  local handle, more = self.handle, true
  while more do -- what comes while a callback waits is another post
    local kind, data, how
    kind, data, how, more = handle:next()
    if kind == "message" then
      local fn = self._on.message
      if fn then
        fn(self, data, how)
      else
        keep(self, data, how)
      end
    elseif kind then
      on_event(self, kind, data, how)
      more = true -- only messages say
    end
  end
end

-- Without one: messages stay in the core, where they hold the peer back,
-- until receive asks for them. At the end they are a bounded rest.
local function pump_quietly(self)
  local handle = self.handle
  local all = handle:state() == "closed"
  -- Whoever wants pongs need not read messages: one of them is taken out of
  -- the way, no more.
  if not all and not self._on.pong then return end
  while all or not self._inbox do
    local kind, data, how = handle:next()
    if not kind then return end
    on_event(self, kind, data, how)
  end
end

--- Chooses what drives an open connection; after each change of `_on`.
local function choose_pump(self)
  if self._closed or not self._opened then return end
  self._pump = self._on.message and pump_messages or pump_quietly
end

--- Called by connect and server when the "open" event came.
function conn_events.opened(self)
  self._opened = true
  choose_pump(self)
  loop.fire(self)
  local open = self._on.open
  if open then open(self) end
  local pump = self._pump
  if pump then return pump(self) end
end

local function ignore() end

-- A callback of ours raised: the peer gets 1011, the callbacks no more
-- messages; the error itself is on its way to the pumping call.
function conn_events.callback_failed(self)
  if self._closed then return end
  self._deaf = true
  local handlers = {}
  for name, fn in pairs(self._on) do handlers[name] = fn end
  handlers.message = ignore
  self._on = handlers
  choose_pump(self)
  if self._opened then
    self.handle:close(1011, "", conn_events.CLOSE_TIMEOUT)
  else
    self._context.failed_early(self)
  end
end

--- The same before it was open: no close frame can be sent yet.
function conn_events.failed_early(self)
  if self._reviewing then
    self.handle:verified(false, "the verify function raised an error")
  else
    self.handle:abort()
  end
end

conn_events.take, conn_events.choose_pump = take, choose_pump

return conn_events
