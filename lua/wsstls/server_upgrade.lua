--- A server's side of the opening handshake: from the request head to an
-- open connection, or to an answer that says why not.
-- @module wsstls.server_upgrade

local events = require "wsstls.conn_events"
local http = require "wsstls.http"
local tls_side = require "wsstls.tls_side"
local upgrade = require "wsstls.upgrade"

local server_upgrade = {}

-- Sends an answer and ends the connection. `slug` nil: nothing went wrong.
local function respond(self, answer)
  local bytes, bad = http.answer(answer.status, answer.headers, answer.body)
  if not bytes then
    bytes = http.answer(500)
    self._answered = true
    self.handle:respond(bytes, "upgrade-refused", bad)
    error("the answer of a callback cannot be sent: " .. bad, 0)
  end
  self._answered = true
  self.handle:respond(bytes, answer.slug, answer.message)
end

local function request_of(self, head)
  return {
    method = head.method, path = head.path, query = head.query,
    target = head.target, headers = head.headers, version = head.version,
    host = head.headers.host, origin = head.headers.origin,
    protocols = http.list(head.headers["sec-websocket-protocol"]),
    peer = self.peer, url = self.url,
  }
end

-- What a callback may answer with: a table { status, headers, body }, with
-- names or in that order.
local function answer_of(value, name, fallback)
  if type(value) ~= "table" then
    error(("%s: expected %s, got %s"):format(name, fallback,
      type(value)), 0)
  end
  local status = value.status or value[1]
  if type(status) ~= "number" or status % 1 ~= 0 or status < 200
     or status > 599 then
    error(("%s: expected a status from 200 to 599, got %s"):format(name,
      tostring(status)), 0)
  end
  local headers, body = value.headers or value[2], value.body or value[3]
  if headers ~= nil and type(headers) ~= "table" then
    error(name .. ": headers must be a table, got " .. type(headers), 0)
  elseif body ~= nil and type(body) ~= "string" then
    error(name .. ": the body must be a string, got " .. type(body), 0)
  end
  return { status = status, headers = headers, body = body }
end

-- A request that wants no WebSocket.
local function serve_plain(self, head)
  local on_request = self._context.server._service.on_request
  if not on_request then
    return respond(self, upgrade.refusal(404, "upgrade-bad-request",
      "this is a WebSocket server; the request is not an upgrade"))
  end
  respond(self, answer_of(on_request(request_of(self, head)), "on_request",
    "a table { status, headers, body }"))
end

local function refused_by_callback(verdict)
  if verdict == false or verdict == nil then
    return upgrade.refusal(403, "upgrade-refused",
      ("on_upgrade returned %s"):format(tostring(verdict)))
  end
  local answer = answer_of(verdict, "on_upgrade",
    "true or a table { status, headers, body }")
  answer.slug = "upgrade-refused"
  answer.message = ("on_upgrade answered %d"):format(answer.status)
  return answer
end

local function find_service(server, path)
  local paths = server._paths
  if not paths then return server._service end
  return paths[path]
end

-- Reads and judges; the service that takes it, or nil and a refusal.
local function judge(self, head)
  local refusal = upgrade.judge_request(head)
  if refusal then return nil, refusal end
  local offered
  offered, refusal = upgrade.offered(head)
  if not offered then return nil, refusal end
  local service = find_service(self._context.server, head.path)
  if not service then
    return nil, upgrade.refusal(404, "upgrade-refused",
      ("no service at the path '%s'"):format(head.path))
  end
  local protocol
  protocol, refusal = upgrade.choose(offered, service.protocols)
  if refusal then return nil, refusal end
  return service, nil, protocol
end

local function on_request(self, text)
  local server = self._context.server
  local handle = self.handle
  if self._review_failed then
    -- OpenSSL 3.0 servers cannot pause for it: the handshake is over
    return respond(self, upgrade.refusal(403, "client-cert-verify-callback",
      self._review_failed))
  end
  if #text > http.MAX_HEAD then return respond(self, upgrade.too_large()) end
  local head, bad = http.parse_request(text)
  if not head then return respond(self, upgrade.unreadable(bad)) end
  self.url = server._scheme .. "://" .. (head.headers.host or "")
    .. head.target
  if not upgrade.is_attempt(head) then return serve_plain(self, head) end
  local service, refusal, protocol = judge(self, head)
  if not service then return respond(self, refusal) end
  if service.on_upgrade then
    local verdict = service.on_upgrade(request_of(self, head))
    if verdict ~= true then
      return respond(self, refused_by_callback(verdict))
    end
  end
  if not service.takes and not server:_reserve() then
    return respond(self, upgrade.refusal(503, "limit-connections",
      "too many connections wait to be accepted"))
  end
  self._reserved = not service.takes or nil
  self.protocol = protocol
  self._on = service.handlers
  self._answered = true
  handle:accept(protocol)
end

local function opened(self)
  local server = self._context.server
  self.protocol = self.handle:protocol() or self.protocol
  if self._reserved then
    self._reserved = nil
    server:_offer(self)
  end
  return events.opened(self)
end

--- Drives a connection of a server until it is open.
function server_upgrade.pump(self)
  local handle = self.handle
  local kind, data, how = handle:next()
  while kind do
    if kind == "request" then
      on_request(self, data)
    elseif kind == "verify" then
      tls_side.review(self, data)
    elseif kind == "open" then
      return opened(self)
    else
      events.on_event(self, kind, data, how)
    end
    kind, data, how = handle:next()
  end
end

--- A callback raised before the connection was open.
function server_upgrade.failed_early(self)
  if self._reviewing then
    self._review_failed = "the verify function raised an error"
    self.handle:verified(false, self._review_failed)
  elseif not self._answered then
    self._answered = true
    self.handle:respond(http.answer(500), "upgrade-refused",
      "a callback raised an error")
  end
end

return server_upgrade
