--- The WebSocket handshake of a raw peer (RFC 6455 4), right but for what it
-- is told to do wrong.
--
--     peer:upgrade()                                     -- a good one
--     peer:upgrade { ["Sec-WebSocket-Version"] = "8" }   -- another value
--     peer:upgrade { Connection = false }                -- without it
--     peer:upgrade({ "X: y" }, "HTTP/1.0 101 Nearly")    -- as it stands
-- @module wsstls.raw_upgrade

local core = require "wsstls.core"
local errors = require "wsstls.errors"
local http = require "wsstls.http"
local loop = require "wsstls.loop"

-- Of RFC 6455 1.2; a peer that is told to misbehave needs no random one.
local KEY = "dGhlIHNhbXBsZSBub25jZQ=="

local REQUEST = { { "Host", "localhost" }, { "Upgrade", "websocket" },
  { "Connection", "Upgrade" }, { "Sec-WebSocket-Key", KEY },
  { "Sec-WebSocket-Version", "13" } }

local function answer_to(request)
  return { { "Upgrade", "websocket" }, { "Connection", "Upgrade" },
    { "Sec-WebSocket-Accept",
      core.accept_key(request.headers["sec-websocket-key"] or "") } }
end

-- Lines that the change has and the good handshake has not, sorted: what is
-- sent must not depend on the order of a table.
local function added(change, known)
  local lines = {}
  for name, value in pairs(change) do
    if type(name) == "string" and not known[name] and value then
      lines[#lines + 1] = name .. ": " .. value
    end
  end
  table.sort(lines)
  for _, line in ipairs(change) do lines[#lines + 1] = line end
  return lines
end

local function head_of(first, fields, change)
  local lines, known = { first }, {}
  for _, field in ipairs(fields) do
    local name, value = field[1], field[2]
    known[name] = true
    if change[name] ~= nil then value = change[name] end
    if value then lines[#lines + 1] = name .. ": " .. value end
  end
  for _, line in ipairs(added(change, known)) do lines[#lines + 1] = line end
  return table.concat(lines, "\r\n") .. "\r\n\r\n"
end

local function read_head(self, timeout)
  local deadline, lines = core.now() + timeout, {}
  repeat
    local line, err, code = self:read("line",
      math.max(0, deadline - core.now()))
    if not line then return nil, err, code end
    lines[#lines + 1] = line
  until line == ""
  return table.concat(lines, "\r\n") .. "\r\n"
end

local function check(change, first)
  if change ~= nil and type(change) ~= "table" then
    error("upgrade: expected a table of headers, got " .. type(change), 3)
  elseif first ~= nil and type(first) ~= "string" then
    error("upgrade: expected the first line as a string, got " .. type(first),
      3)
  end
end

local function unreadable(self, bad)
  return errors.fail { code = self.side == "server" and "upgrade-bad-request"
    or "upgrade-bad-response", phase = "upgrade", message = bad,
    observation = self:observation() }
end

--- Sends a request and reads the answer's head (a client), or reads the
-- request's head and answers it (a server).
-- @tparam[opt] table change headers by name: another value, or false for
-- none; whole lines at the integers, which come last
-- @tparam[opt] string first the first line: "GET / HTTP/1.1", "HTTP/1.1 101
-- Switching Protocols"
-- @tparam[opt=5] number timeout seconds to read the other's head in
-- @treturn table|nil what the other side sent, as wsstls.http reads it
-- (`status`, `headers`, ...; `method`, `path`, `headers`, ...); `nil, err,
-- code` when it ended, was late or is no HTTP
return function(self, change, first, timeout)
  check(change, first)
  loop.check_seconds("upgrade", timeout)
  change, timeout = change or {}, timeout or 5
  local server = self.side == "server"
  local ok, err, code, text, head
  if not server then
    ok, err, code = self:write(head_of(first or "GET / HTTP/1.1", REQUEST,
      change))
    if not ok then return nil, err, code end
  end
  text, err, code = read_head(self, timeout)
  if not text then return nil, err, code end
  head, err = (server and http.parse_request or http.parse_response)(text)
  if not head then return unreadable(self, err) end
  if server then
    ok, err, code = self:write(head_of(first
      or "HTTP/1.1 101 Switching Protocols", answer_to(head), change))
    if not ok then return nil, err, code end
  end
  return head
end
