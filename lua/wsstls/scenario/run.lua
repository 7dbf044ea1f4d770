--- Running a scenario: makes its certificates, starts its sides, waits until
-- both records are complete, and judges them.
-- @module wsstls.scenario.run
local attempt = require "wsstls.scenario.attempt"
local clients = require "wsstls.scenario.clients"
local core = require "wsstls.core"
local expectation = require "wsstls.scenario.expectation"
local keys = require "wsstls.pki.keys"
local servers = require "wsstls.scenario.servers"
local sides = require "wsstls.scenario.sides"

local run = {}

local now = core.now

-- Seconds that a server gets to see the end of a connection whose client is
-- done, before the relay between them is taken away.
local SETTLE = 2

-- ------------------------------------------------------------ preparation

local function make_material(self)
  local pki = self.def.pki
  if not pki then return true end
  local ok, names = self:ask("pki", keys.reusing, { type = self.o.key }, pki,
    self.o.pki or require "wsstls.pki", self.ctx)
  if not ok then return false end
  if type(names) ~= "table" then
    self:mismatch("pki", "a table of what it made", type(names))
    return false
  end
  self.names, self.ctx.pki = names, names
  -- a large RSA key may take longer than any connection
  self.deadline = now() + self.seconds
  return true
end

local function module(self, name)
  local ok, found = pcall(require, "wsstls." .. name)
  if ok then return found end
  self:mismatch(name, "wsstls." .. name, "this build has none")
  return nil
end

-- A relay or a proxy: both are made by calling their module.
local function start_between(self, name, upstream)
  local t = self.def[name]
  if not t then return true end
  local make = module(self, name)
  if not make then return false end
  local o = self:fill(t)
  if name == "relay" then
    o.upstream = o.upstream or upstream
    if o.seed == nil then o.seed = self.o.seed end
  end
  local ok, made, err = self:call(name, make, o)
  if ok and not made then self:mismatch(name, "started", tostring(err)) end
  if not ok or not made then return false end
  self:at_end(function()
    local _, unfired = made:close()
    if name == "relay" then self.unfired = unfired end
  end)
  self[name], self.ctx[name] = made, made
  return true
end

local function start_server(self)
  if not self.def.server then return true end
  local ok, driver, err = self:call("server", servers.start, self)
  if not ok then return false end
  if driver then
    self.server = driver
    self.place = { port = driver.port, host = driver.host,
                   scheme = driver.scheme }
    if self.place.host == "0.0.0.0" then self.place.host = "127.0.0.1" end
    if self.place.host == "::" then self.place.host = "::1" end
    return true
  end
  self.server_failed = sides.of_error(err, "server")
  return false
end

local function upstream_of(place)
  if not place.port then return nil end
  return require("wsstls.url").format_authority(place.host, place.port)
end

local function prepare(self)
  self.place = {}
  if not make_material(self) then return false end
  self:own_tasks()
  if not start_server(self) then return false end
  local upstream = upstream_of(self.place)
  if not start_between(self, "relay", upstream) then return false end
  if self.relay then
    self.place.port, self.place.host = self.relay.port, "127.0.0.1"
  end
  if not start_between(self, "proxy") then return false end
  self.ctx.port, self.ctx.host = self.place.port, self.place.host
  return true
end

-- ---------------------------------------------------------------- the run

-- What a relay holds back for good nobody waits for.
local function stalls(relay)
  for _, rule in ipairs(relay and relay.rules or {}) do
    if rule.action == "stall" and not rule.seconds then return true end
  end
  return false
end

-- The server's record of this connection must be complete. What the kernel
-- holds for it is there after a turn; behind a relay or a proxy the
-- connection may still be on its way.
local function await_server(self)
  local server = self.server
  if not server then return end
  self:turn()
  self:turn()
  local grace = stalls(self.def.relay) and 0 or SETTLE
  local limit = math.min(self.deadline, now() + grace)
  local expected = self.def.expect.server
  if not server.seen() and (self.relay or self.proxy) and expected
     and next(expected) then
    server.wait_seen(limit)
  end
  if not server.seen() then return end
  if server.settle(limit) then return end
  if self.relay then self.relay:close() end
  server.settle(self.deadline)
end

local function play(self)
  if not prepare(self) then return end
  self.prepared = true
  if self.def.client then
    self.client = clients.start(self)
    self.late = not self:wait(self.client.task) and not self.cancelled
    if self.cancelled then self:mismatch("run", "done", "cancelled") end
  end
  await_server(self)
end

-- A server that cannot start is a failure unless it was expected to be one.
local function judge_start(self)
  local side, expect = self.server_failed, self.def.expect
  if side and not (expect.server and expect.server.code) then
    self:mismatch("server", "listening", tostring(side.err))
  end
end

local function records_of(self)
  local relay = self.relay
  if not relay or not relay.records then return nil end
  return relay:records()
end

local function judge(self)
  local none = {}
  local server = self.server_failed or self.server and self.server.side()
    or none
  local client = self.client and self.client.side() or none
  local records = records_of(self)
  self:close()
  local expect = self.def.expect
  local version = self.version
    or client.record and client.record.tls and client.record.tls.version
    or server.record and server.record.tls and server.record.tls.version
    or "TLSv1.3"
  judge_start(self)
  -- what never ran is no news beside the reason why
  if self.prepared then
    expectation.judge(expect.client, client, "client", version,
      self.mismatches)
  end
  if self.prepared or self.server_failed then
    expectation.judge(expect.server, server, "server", version,
      self.mismatches)
  end
  -- what was seen until then says more
  if self.late then
    self:mismatch("timeout", ("done within %g s"):format(self.seconds),
      "the client was still at it")
  end
  return client, server, records
end

--- Runs what `definition.effective` gave.
-- @tparam table effective
-- @tparam table o `tls key seed pki`
-- @treturn table the result (docs/scenarios.md); raises at Ctrl-C only
function run.play(effective, o)
  local self = attempt.new(effective, o)
  self:call("run", play, self)
  local client, server, records = judge(self)
  if self.interrupted then error(self.interrupted, 0) end
  return {
    ok = #self.mismatches == 0, name = effective.name,
    title = effective.title, slug = effective.slug, tags = effective.tags,
    tls = o.tls, key = o.key, seed = o.seed,
    text = effective.text, fault = effective.fault, expect = effective.expect,
    client = client.record, server = server.record, records = records,
    unfired = self.unfired,
    mismatches = self.mismatches, duration = now() - self.started,
  }
end

return run
