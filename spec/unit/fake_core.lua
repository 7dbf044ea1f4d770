-- A core without sockets: handles are scripts, time is a number that step()
-- moves. Specs of the scheduler and of the objects above it run on it, in
-- every Lua; of the C module only a pure function is in it.
local busted = require "busted"
local header_lines = require("wsstls.core").header_lines

local fake = {}

local KINDS = { text = true, binary = true }

local Handle = {}
Handle.__index = Handle

function Handle:next()
  local item = table.remove(self.items, 1)
  if not item then return nil end
  return item[1], item[2], item[3], self.items[1] ~= nil
end

local function notify(self)
  local owner = self.owner[1]
  if owner == nil then return end
  if not self.noted then
    self.noted = true
    table.insert(self.core.noted, self)
  end
end

--- Puts an item in the handle's queue; the next step dispatches its owner.
function Handle:push(kind, ...)
  if kind == "open" then self.state_now = "open" end
  if kind == "request" or kind == "response" then self.head_now = (...) end
  if kind == "closed" then self.state_now = "closed" end
  self.items[#self.items + 1] = { kind, ... }
  notify(self)
end

local function log(name)
  return function(self, ...)
    self.calls[#self.calls + 1] = { name, ... }
    local answer = self.answers[name]
    if answer then return answer(self, ...) end
    return true
  end
end

for _, name in ipairs { "accept", "respond", "refuse", "verified", "abort",
                        "set_tls" } do
  Handle[name] = log(name)
end

function Handle:ping(data)
  if self.state_now ~= "open" then
    return nil, "closed", "the connection is closed", "open"
  end
  self.calls[#self.calls + 1] = { "ping", data }
  return true
end

function Handle:close(...)
  self.calls[#self.calls + 1] = { "close", ... }
  if self.state_now == "open" then self.state_now = "closing" end
  local answer = self.answers.close
  if answer then return answer(self, ...) end
  return true
end

function Handle:send(data, kind)
  if type(data) ~= "string" or not KINDS[kind or "text"] then return end
  if self.state_now ~= "open" then
    return nil, "closed", "the connection is closed", "open"
  end
  self.calls[#self.calls + 1] = { "send", data, kind }
  local answer = self.answers.send
  if answer then return answer(self, data, kind) end
  return true
end

function Handle:set_owner(owner)
  self.owner[1] = owner
  return self.items[1] ~= nil
end

function Handle:anchor(on) self.anchored = on and self.owner[1] or nil end
function Handle:state() return self.state_now end
function Handle:outcome() return self.outcome_now end
function Handle:observation() return self.record end
function Handle:verify_result() return self.record.verify end
function Handle:tls() return self.record.tls end
function Handle:head() return self.head_now end
function Handle:protocol() return self.protocol_now end
function Handle:peer() return { ip = "192.0.2.1", port = 4711 } end
function Handle:full() return self.full_now end
function Handle:port() return 8443 end
function Handle:count() return 0 end

--- Everything a handle was told, as "name arg arg".
function Handle:told()
  local out = {}
  for i, call in ipairs(self.calls) do
    local words = {}
    for k = 1, #call do words[k] = tostring(call[k]) end
    out[i] = table.concat(words, " ")
  end
  return out
end

function fake.handle(core, owner)
  local h = setmetatable({
    core = core, items = {}, calls = {}, answers = {}, state_now = "connecting",
    record = { schema = 1, close = { code = 1000, reason = "", clean = true,
      initiated_by = "peer" }, alerts = {} },
    full_now = false, owner = setmetatable({ owner }, { __mode = "v" }),
  }, Handle)
  return h
end

--- A fresh core. `core.script` is called at every step with the time.
function fake.new()
  local core = { clock = 100, noted = {}, steps = 0, waits = {},
    header_lines = header_lines }
  function core.now() return core.clock end
  function core.time() return 1700000000 + core.clock end
  function core.start(name) return name == "auto" and "fake" or name end
  function core.timeout() return nil end
  function core.wake() core.woken = true end
  function core.pollfd() return 3 end
  function core.log() end
  function core.versions() return { wsstls = "0", openssl = "0",
    libwebsockets = "0", event_loop = "fake" } end
  function core.x509()
    return {
      { code = 0, name = "OK", slug = "ok", client_slug = "ok" },
      { code = 10, name = "CERT_HAS_EXPIRED", slug = "cert-expired",
        client_slug = "client-cert-expired" },
      { code = 18, name = "DEPTH_ZERO_SELF_SIGNED_CERT",
        slug = "cert-self-signed", client_slug = "client-cert-self-signed" },
      { code = 19, name = "SELF_SIGNED_CERT_IN_CHAIN",
        slug = "cert-untrusted", client_slug = "client-cert-untrusted" },
      { code = 20, name = "UNABLE_TO_GET_ISSUER_CERT_LOCALLY",
        slug = "cert-untrusted", client_slug = "client-cert-untrusted" },
    }
  end
  function core.tlsconf(o, side)
    if o.cert == "missing.pem" then
      return nil, "config-file-missing", "missing.pem: no such file", "config"
    end
    return { side = side, opts = o, sni = {},
      add_sni = function(self, name, conf) self.sni[name] = conf end }
  end
  function core.verify(o) return { ok = true, code = 0, opts = o } end
  function core.connect(opts, owner)
    core.handle = fake.handle(core, owner)
    core.connected = opts
    if core.on_connect then core.on_connect(core.handle, opts) end
    return core.handle
  end
  function core.listen(opts, owner)
    core.listener = fake.handle(core, owner)
    core.listened = opts
    return core.listener
  end
  --- Time passes only when nobody has anything to do.
  function core.step(timeout, list)
    core.steps = core.steps + 1
    core.waits[#core.waits + 1] = timeout
    if core.steps > 100000 then error("the fake core was stepped for ever") end
    if core.script then core.script(core.clock) end
    if core.woken then timeout = 0 end
    core.woken = nil
    if #core.noted == 0 then
      if timeout >= 3600 then error("the fake core would wait for ever") end
      core.clock = core.clock + timeout
    end
    local noted = core.noted
    core.noted = {}
    for _, handle in ipairs(noted) do
      handle.noted = false
      list[#list + 1] = handle.owner[1]
    end
  end
  return core
end

local OURS = { "^wsstls$", "^wsstls%." }

--- A fresh wsstls on a fresh fake core; returns both and a function that
-- puts back what was loaded before.
function fake.load()
  local before = {}
  for name, module in pairs(package.loaded) do
    for _, pattern in ipairs(OURS) do
      if name:match(pattern) then before[name] = module end
    end
  end
  for name in pairs(before) do package.loaded[name] = nil end
  local core = fake.new()
  package.loaded["wsstls.core"] = core
  local wss = require "wsstls"
  local function restore()
    for name in pairs(package.loaded) do
      for _, pattern in ipairs(OURS) do
        if name:match(pattern) then package.loaded[name] = nil end
      end
    end
    for name, module in pairs(before) do package.loaded[name] = module end
  end
  return wss, core, restore
end

--- For a `describe`: fn(wss, core) before each of its tests, with a fresh
-- wsstls on a fresh fake core.
function fake.each(fn)
  local restore
  busted.before_each(function()
    local wss, core
    wss, core, restore = fake.load()
    fn(wss, core)
  end)
  busted.after_each(function() restore() end)
end

return fake
