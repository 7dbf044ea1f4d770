--- The zoo open to visitors: every animal at a port of its own, an index page
-- at the first.
-- @module wsstls.zoo.serve
local attempt = require "wsstls.scenario.attempt"
local definition = require "wsstls.scenario.definition"
local errors = require "wsstls.errors"
local keys = require "wsstls.pki.keys"
local pages = require "wsstls.zoo.pages"
local sides = require "wsstls.scenario.sides"
local task = require "wsstls.task"
local url = require "wsstls.url"

local OWN = definition.OWN.server

local function echo(conn, data, kind) conn:send(data, kind) end

-- A scenario's function, whose errors are the visitor's doing more often than
-- not (it left): they must not end the zoo.
local function tend(fn, ...)
  return task.background(function(...) task.pcall(fn, ...) end, ...)
end

-- What `pki` made of it, in an attempt that never ends.
local function settle_in(animal)
  local versions = animal.broken.versions
  local self = attempt.new(animal.broken, { tls = versions and versions[1] })
  self.deadline = math.huge
  if animal.broken.pki then
    self.names = keys.reusing({}, animal.broken.pki, require "wsstls.pki",
      self.ctx)
    self.ctx.pki = self.names
  end
  return self
end

local function listen(self, animal, host, port)
  local o, fn = self:options(OWN, "server"), animal.broken.server.run
  local on_open = o.on_open
  o.host, o.port, o.backlog = host, port, nil
  o.on_open = function(conn)
    if on_open then on_open(conn) end
    if fn then tend(fn, conn, self.ctx) end
  end
  if not fn and not o.on_message then o.on_message = echo end
  o.on_request = o.on_request or function()
    return pages.animal(animal)
  end
  return require("wsstls.server").listen(o)
end

local function listen_raw(self, animal, host, port)
  local o = sides.raw_options(self, OWN, "server")
  o.host, o.port = host, port
  local listener, err, code = require("wsstls.raw").listen(o)
  if not listener then return nil, err, code end
  task.background(function()
    repeat
      local peer, _, why = listener:accept()
      if peer then
        tend(function()
          animal.broken.server.raw(peer, self.ctx)
          peer:close()
        end)
      end
    until why == "closed"
  end)
  return listener
end

-- The server, and the relay before it where the network is what is wrong.
local function house(animal, host, port)
  local self = settle_in(animal)
  local between = animal.broken.relay
  local start = animal.broken.server.raw and listen_raw or listen
  local server, err, code = start(self, animal, between and "127.0.0.1"
    or host, between and 0 or port)
  if not server then return nil, err, code end
  local front = server
  if between then
    local o = self:fill(between)
    o.host, o.port = host, port
    o.upstream = url.format_authority("127.0.0.1", server.port)
    front, err, code = require "wsstls.relay"(o)
    if not front then return nil, err, code end
  end
  animal.port = front.port
  animal.ca_pem = pages.pem(self:fill(animal.broken.client.ca))
  local function close()
    front:close()
    server:close()
  end
  return close
end

local function scheme_of(animal)
  return animal.broken.server.tls == false and "ws" or "wss"
end

--- Opens the zoo.
-- @tparam table o `animals` (of `zoo.animals`; each gets `port`, `url` and
-- `ca_pem`), `host` ("127.0.0.1"), `port` of the index (0: any; the animals
-- then have any, too; else they follow one by one)
-- @treturn table|nil `{url, port, close()}`; or `nil, err, code`
return function(o)
  local host, base = o.host or "127.0.0.1", o.port or 0
  local closers = {}
  local function close()
    for _, fn in ipairs(closers) do fn() end
    closers = {}
  end
  for i, animal in ipairs(o.animals) do
    local closer, err, code = house(animal, host, base > 0 and base + i or 0)
    if not closer then
      close()
      return errors.fail { code = code, phase = "config",
        message = ("%s at port %d: %s"):format(animal.name,
          base > 0 and base + i or 0, err.detail or err.message) }
    end
    closers[#closers + 1] = closer
    animal.url = ("%s://%s/"):format(scheme_of(animal),
      url.format_authority(animal.host, animal.port))
  end
  local index, err, code = require("wsstls.server").listen { tls = false,
    host = host, port = base, on_request = pages.index(o.animals) }
  if not index then
    close()
    return nil, err, code
  end
  closers[#closers + 1] = function() index:close() end
  return { port = index.port, close = close,
    url = "http://" .. url.format_authority(host, index.port) .. "/" }
end
