--- A hostile network between a client and a server.
--
--     local relay = wss.relay { upstream = "127.0.0.1:" .. server.port,
--       rules = { { from = "server", record = "application", nth = 5,
--                   action = "flip" } } }
--     local conn, err = wss.connect(relay.url, { ca = ca })
--     for _, row in ipairs(relay:records()) do print(row.type, row.action) end
--     local _, unfired = relay:close()
--
-- It passes TCP bytes both ways in the one event loop and knows TLS records.
-- @module wsstls.relay

local core = require "wsstls.core"
local errors = require "wsstls.errors"
local log = require "wsstls.log"
local loop = require "wsstls.loop"
local options = require "wsstls.options"
local options_relay = require "wsstls.options_relay"
local start = require "wsstls.start"
local url = require "wsstls.url"

local relay = {}

-- Seconds that dialling upstream may take.
local CONNECT_TIMEOUT = 10
-- Chance is the same in every run, unless the caller says otherwise.
local SEED = 1
-- Messages that pass in clear in TLS 1.3, too.
local CLEAR = { client_hello = true, server_hello = true,
  hello_retry_request = true }

local Relay = {}
local mt = { __index = Relay, __name = "wsstls.Relay" }

mt.__tostring = function(self)
  return ("wsstls.Relay (%s)"):format(self.url)
end

-- -------------------------------------------------------------------- rules

-- The rule as the core reads it, or nil, code, message.
local function core_rule(rule)
  local out = {}
  for name, value in pairs(rule) do out[name] = value end
  out.with = nil
  if rule.record == "any" then out.record = nil end
  if type(rule.with) == "userdata" then
    out.material = rule.with
  elseif options_relay.is_certificate(rule.with) then
    local code, message
    out.material, code, message = core.load(rule.with)
    if not out.material then return nil, code, message end
  else
    out.bytes = rule.bytes or rule.with
  end
  return out
end

local function add(self, rule, given)
  local ready, code, message = core_rule(rule)
  if not ready then return nil, code, message end
  local id = self.handle:add(ready)
  self._rules[id] = { rule = rule, given = given }
  return id
end

--- Adds a rule to the end of the list: it counts what comes from now on.
-- @tparam table rule docs/relay.md, "A rule"; misuse raises
-- @treturn number|nil its number, as `records()` names it; or `nil, err, code`
-- for a certificate that cannot be read
function Relay:add(rule)
  local checked, bad = options_relay.rule(rule)
  if not checked then error("relay: " .. bad, 2) end
  if self._closed then
    return errors.fail { code = "closed", message = "the relay is closed" }
  end
  local id, code, message = add(self, checked, rule)
  if not id then return errors.fail { code = code, message = message } end
  return id
end

local function why_not(counts, rule)
  if counts.unfit > 0 then
    return ("%d matched, and the %s lay outside of each"):format(counts.unfit,
      rule.action == "flip" and "offset"
        or rule.action == "truncate" and "length" or "action")
  elseif counts.matched == 0 then
    local what = rule.handshake and rule.handshake .. " message in clear"
      or (not rule.record or rule.record == "any") and "record"
      or rule.record .. " record"
    if rule.action == "slow_close" or rule.action == "limit" then
      what = "such stream"
    end
    return ("no %s came from %s%s"):format(what,
      rule.from and "the " .. rule.from or "either side",
      rule.handshake and not CLEAR[rule.handshake]
        and " (in TLS 1.3 it is encrypted)" or "")
  elseif rule.action == "limit" then
    return ("no connection passed more than its %d bytes")
      :format(rule.length)
  elseif rule.nth and counts.matched < rule.nth then
    return ("%d matched, it waits for number %d"):format(counts.matched,
      rule.nth)
  elseif rule.nth then
    return ("%d matched, on no connection number %d"):format(counts.matched,
      rule.nth)
  end
  return ("%d matched, and chance took none of them"):format(counts.matched)
end

-- Rows for the rules that did nothing, of `only` or of all.
local function report(self, only)
  local list = {}
  for _, counts in ipairs(self.handle:rules()) do
    local known = self._rules[counts.rule]
    if counts.fired == 0 and (not only or only == counts.rule) then
      list[#list + 1] = { rule = counts.rule, action = known.rule.action,
        matched = counts.matched, why = why_not(counts, known.rule) }
    end
  end
  return list
end

--- Takes a rule away; what its stall held back goes on.
-- @tparam number|table rule its number, or the table that was given
-- @treturn boolean whether there was such a rule
function Relay:remove(rule)
  local id = rule
  if type(rule) == "table" then
    id = nil
    for number, known in pairs(self._rules) do
      if known.given == rule and (not id or number < id) then id = number end
    end
  elseif type(rule) ~= "number" then
    error("relay: remove: expected a rule or its number, got " .. type(rule),
      2)
  end
  if not self._rules[id] or self._closed then return false end
  for _, row in ipairs(report(self, id)) do
    self._removed[#self._removed + 1] = row
  end
  self._rules[id] = nil
  return self.handle:remove(id)
end

-- ------------------------------------------------------------------ records

--- What passed: the last 10,000 records, oldest first.
-- @treturn table rows `{at, connection, from, type, version, handshake,
-- length, nth, action, rule}`; `.dropped` counts those before them
function Relay:records()
  local rows, first = self.handle:records()
  rows.dropped = first
  return rows
end

--- The connections: the last 1,000 that are over, then those that are open.
-- @treturn table rows `{connection, client, began, over, ended_by, code,
-- bytes, records, lost_bytes, lost_records}`, the last four by direction
function Relay:connections()
  return self.handle:connections()
end

local function pump(self)
  if not self._on_record then return end
  local rows, _, last = self.handle:records(self._seen)
  self._seen = last
  for _, row in ipairs(rows) do self._on_record(row) end
end

--- Makes one relayed connection of two raw peers that are connected and
-- speak no TLS of ours (a proxy's two legs, say): what they have not read yet
-- goes first. They are the relay's from then on.
-- @tparam table client a peer of `wsstls.raw`
-- @tparam table server another
-- @treturn boolean|nil true, or `nil, err, code` ("closed")
function Relay:join(client, server)
  for _, peer in ipairs { client or false, server or false } do
    if type(peer) ~= "table" or type(peer.handle) ~= "userdata" then
      error("relay: join: expected two raw peers, got " .. type(peer), 2)
    end
  end
  if not self._closed and self.handle:join(client.handle, server.handle) then
    return true
  end
  return errors.fail { code = "closed",
    message = "the relay or a peer is closed, or the peer speaks TLS" }
end

-- -------------------------------------------------------------- its own life

--- Refuses new connections, and ends the present ones with a FIN; the port
-- stays ours.
-- @treturn boolean true
function Relay:down()
  self.handle:down(true, true)
  return true
end

--- Accepts connections again.
function Relay:up()
  self.handle:down(false, false)
  return true
end

--- Stops listening and ends every connection with a FIN. What never fired is
-- reported: in the result, as `relay.unfired`, and as a warning in the log.
-- @treturn boolean true
-- @treturn table list of `{rule, action, matched, why}`
function Relay:close()
  if self._closed then return true, self.unfired end
  self._closed = true
  self.handle:close()
  pump(self)
  self._pump = nil
  self.unfired = report(self)
  for _, row in ipairs(self._removed) do
    self.unfired[#self.unfired + 1] = row
  end
  table.sort(self.unfired, function(a, b) return a.rule < b.rule end)
  for _, row in ipairs(self.unfired) do
    log.say("warning", ("relay: rule %d (%s) never fired: %s"):format(
      row.rule, row.action, row.why))
  end
  self.handle:anchor(false)
  loop.fire(self)
  return true, self.unfired
end

mt.__close = function(self) self:close() end

function Relay:_failed() end

local function fail(code, message, phase)
  return errors.fail { code = code, message = message,
    phase = phase or "config" }
end

local function open(o, given)
  local ok, code, message, phase = start.core()
  if not ok then return fail(code, message, phase) end
  local self = setmetatable({ _busy = false, _rules = {}, _removed = {},
    _seen = 0, _pump = pump, _on_record = o.on_record }, mt)
  local to = o.upstream or {}
  self.handle, code, message, phase = core.relay({ host = o.host,
    port = o.port, upstream = to.host, upstream_port = to.port,
    accept = o.accept ~= false, deaf = o.accept == "never",
    refuse_after = o.refuse_after, seed = o.seed or SEED,
    connect_timeout = o.timeout or CONNECT_TIMEOUT }, self)
  if not self.handle then return fail(code, message, phase) end
  for i, rule in ipairs(o.rules or {}) do
    ok, code, message = add(self, rule, given[i])
    if not ok then
      self.handle:close()
      return fail(code, message)
    end
  end
  self.port = self.handle:port()
  self.url = ("%s://%s/"):format(to.scheme or "wss", url.format_authority(
    url.dialled(o.host), self.port, to.scheme or "wss"))
  self.handle:watch(o.on_record ~= nil)
  self.handle:anchor(true)
  return self
end

--- Opens a relay; `wss.relay{...}` is the same.
-- @tparam table opts `upstream` ("host:port" or a URL), `host`, `port`,
-- `rules`, `accept` (false: nothing that is sent is ever answered; "never":
-- not even the connecting itself), `refuse_after`,
-- `seed`, `timeout` (of dialling), `on_record(row)`; misuse raises
-- @treturn table|nil relay, or `nil, err, code`
function relay.open(opts)
  local o, bad = options.read("relay", opts, "relay: ")
  if not o then error(bad, 2) end
  return open(o, opts.rules or {})
end

local TYPES = { change_cipher_spec = 20, alert = 21, handshake = 22,
  application = 23, heartbeat = 24 }
local VERSIONS = { ["TLSv1"] = 1, ["TLSv1.1"] = 2, ["TLSv1.2"] = 3,
  ["TLSv1.3"] = 4 }

--- A TLS record for `inject` (RFC 8446 5.1).
-- @tparam table o `type` (or a number), `fragment`, `version` ("TLSv1.2")
-- @treturn string its bytes
function relay.record(o)
  local kind = type(o) == "table" and (TYPES[o.type] or o.type)
  if type(kind) ~= "number" or type(o.fragment) ~= "string"
     or #o.fragment > 65535 then
    error("relay.record: expected { type = \"alert\", fragment = bytes }", 2)
  end
  local n = #o.fragment
  return string.char(kind, 3, VERSIONS[o.version or "TLSv1.2"] or 3,
    math.floor(n / 256), n % 256) .. o.fragment
end

return setmetatable(relay, {
  __call = function(_, opts)
    local o, bad = options.read("relay", opts, "relay: ")
    if not o then error(bad, 2) end
    return open(o, opts.rules or {})
  end,
})
