--- The opening handshake judged, on both sides (RFC 6455 4).
--
-- Pure functions over heads of `wsstls.http`: no sockets, no clock. What the
-- judgement needs a digest for (the value of Sec-WebSocket-Accept) the core
-- does itself.
-- @module wsstls.upgrade

local http = require "wsstls.http"

local upgrade = {}

local REDIRECTS = { [301] = true, [302] = true, [303] = true, [307] = true,
                    [308] = true }

-- lws reads no more of them, and would end the connection without a word
-- (docs/limits.md, "Heads").
local MAX_EXTENSIONS, MAX_PROTOCOLS, MAX_PROTOCOL = 254, 126, 62
local MAX_ARGUMENTS = 60

local function refusal(status, slug, message, headers)
  return { status = status, slug = slug, message = message,
    headers = headers, body = message .. "\n" }
end

-- 16 bytes in base64 are 22 characters, of which the last carries two bits,
-- and two of padding (RFC 6455 4.1).
local function is_key(key)
  return #key == 24 and key:match("^[%w+/]+==$") ~= nil
    and key:sub(22, 22):match("[AQgw]") ~= nil
end

--- True when the request wants a WebSocket, well or badly.
function upgrade.is_attempt(head)
  local headers = head.headers
  return headers["sec-websocket-key"] ~= nil
    or headers["sec-websocket-version"] ~= nil
    or http.has_token(headers.upgrade, "websocket")
end

local function is_number(name)
  return name:find("^%d[%d.]*$") ~= nil
end

-- What is right, and too much for lws.
local function judge_limits(head)
  local headers, query = head.headers, head.query or ""
  local protocols = headers["sec-websocket-protocol"]
  local function too_long(what)
    return refusal(431, "upgrade-bad-request", what .. ", which libwebsockets "
      .. "does not read (docs/limits.md, Heads)")
  end
  if #(headers["sec-websocket-extensions"] or "") > MAX_EXTENSIONS then
    return too_long(("Sec-WebSocket-Extensions is longer than %d bytes")
      :format(MAX_EXTENSIONS))
  elseif #(protocols or "") > MAX_PROTOCOLS then
    return too_long(("Sec-WebSocket-Protocol is longer than %d bytes")
      :format(MAX_PROTOCOLS))
  elseif query:find("%00", 1, true) then
    return too_long("the query holds a zero byte")
  elseif select(2, query:gsub("&", "")) >= MAX_ARGUMENTS then
    return too_long(("the query has more than %d arguments")
      :format(MAX_ARGUMENTS))
  end
  for _, name in ipairs(http.list(protocols)) do
    if #name > MAX_PROTOCOL then
      return too_long(("a subprotocol is longer than %d bytes")
        :format(MAX_PROTOCOL))
    elseif is_number(name) then
      return too_long(("the subprotocol '%s' is a number"):format(name))
    end
  end
  return nil
end

local function judge_fields(head)
  local headers = head.headers
  if not headers.host or headers.host == "" or head.repeated.host then
    return refusal(400, "upgrade-bad-request", "the request needs exactly "
      .. "one Host header")
  elseif not http.has_token(headers.upgrade, "websocket") then
    return refusal(400, "upgrade-bad-request", "the Upgrade header does not "
      .. "say websocket")
  elseif not http.has_token(headers.connection, "upgrade") then
    return refusal(400, "upgrade-bad-request", "the Connection header does "
      .. "not say Upgrade")
  elseif headers["sec-websocket-version"] ~= "13" then
    return refusal(426, "upgrade-client-version", ("the client asks for "
      .. "WebSocket version %s; this server speaks 13")
      :format(headers["sec-websocket-version"] or "(none)"),
      { { "Sec-WebSocket-Version", "13" }, { "Upgrade", "websocket" } })
  elseif not headers["sec-websocket-key"] then
    return refusal(400, "upgrade-missing-key", "the request has no "
      .. "Sec-WebSocket-Key")
  elseif not is_key(headers["sec-websocket-key"]) then
    return refusal(400, "upgrade-missing-key", "Sec-WebSocket-Key is not "
      .. "the base64 of 16 bytes")
  end
  return judge_limits(head)
end

--- Judges a request head as a WebSocket server.
-- @tparam table head of `http.parse_request`
-- @treturn table|nil nil when it is a good upgrade, else the answer `{ status,
-- headers, body, slug, message }`
-- Source: RFC 6455 4.2.1, 4.2.2 and 4.4.
function upgrade.judge_request(head)
  if head.version ~= "1.1" then
    return refusal(505, "upgrade-http-version", ("the request is HTTP/%s; "
      .. "an upgrade needs HTTP/1.1"):format(head.version))
  elseif head.method ~= "GET" then
    return refusal(405, "upgrade-bad-method", ("the method is %s; an "
      .. "upgrade is a GET"):format(head.method), { { "Allow", "GET" } })
  elseif head.headers["transfer-encoding"]
         or (head.headers["content-length"] or "0") ~= "0" then
    return refusal(400, "upgrade-bad-request", "an upgrade request has "
      .. "no body")
  end
  return judge_fields(head)
end

--- The answer to a head that could not be read at all.
function upgrade.unreadable(message)
  return refusal(400, "upgrade-bad-request",
    "the request cannot be read: " .. message)
end

--- The answer to a head beyond `http.MAX_HEAD` bytes.
function upgrade.too_large()
  return refusal(431, "upgrade-bad-request", ("the request's headers are "
    .. "longer than %d bytes"):format(http.MAX_HEAD))
end

--- Any other refusal, in the same shape.
upgrade.refusal = refusal

--- Subprotocols a client offers, in its order of preference.
-- @treturn table|nil list; nil and a refusal when the header is malformed
function upgrade.offered(head)
  local list, seen = http.list(head.headers["sec-websocket-protocol"]), {}
  for _, name in ipairs(list) do
    if not http.is_token(name) or seen[name] then
      return nil, refusal(400, "upgrade-bad-request", "Sec-WebSocket-"
        .. "Protocol is not a list of different tokens")
    end
    seen[name] = true
  end
  return list
end

--- Chooses a subprotocol: the client's first that the server has.
-- A server without a list of its own takes the client's first, as Node's ws
-- does: it has said that it does not care.
-- @tparam table offered list of the client, may be empty
-- @tparam table|nil supported list of the server
-- @treturn string|nil the choice; nil without refusal means none
-- @treturn table|nil a refusal when nothing matches
function upgrade.choose(offered, supported)
  if #offered == 0 then return nil end
  if not supported then return offered[1] end
  for _, name in ipairs(offered) do
    for _, mine in ipairs(supported) do
      if name == mine then return name end
    end
  end
  return nil, refusal(400, "upgrade-no-subprotocol", ("the client offers "
    .. "the subprotocols %s; this server has %s")
    :format(table.concat(offered, ", "), #supported > 0
      and table.concat(supported, ", ") or "none"))
end

local function judge_status(head)
  local status = head.status
  local said = ("%d%s"):format(status,
    head.reason ~= "" and " " .. head.reason or "")
  if status == 401 then
    return "upgrade-unauthorized", ("the server answered %s"):format(said)
  elseif REDIRECTS[status] then
    local location = head.headers.location
    if not location or location == "" then
      return "upgrade-redirect-no-location",
        ("the server answered %s without a Location"):format(said)
    end
    return "upgrade-redirect", ("the server answered %s to %s; redirects "
      .. "are not followed"):format(said, location)
  end
  return "upgrade-rejected",
    ("the server answered %s instead of 101"):format(said)
end

local function judge_protocol(head, protocols)
  local chosen = head.headers["sec-websocket-protocol"]
  if not chosen then return nil end
  for _, name in ipairs(protocols or {}) do
    if name == chosen and not head.repeated["sec-websocket-protocol"] then
      return nil
    end
  end
  return "upgrade-bad-subprotocol", ("the server chose the subprotocol '%s'; "
    .. "offered: %s"):format(chosen, protocols and #protocols > 0
      and table.concat(protocols, ", ") or "none")
end

local function judge_extensions(head, offered)
  for _, item in ipairs(http.list(head.headers["sec-websocket-extensions"])) do
    local name = item:match("^([^;%s]*)"):lower()
    if not (offered and offered[name]) then
      return "upgrade-bad-extension",
        ("the server chose the extension '%s', which was not offered")
        :format(name)
    end
  end
  return nil
end

-- The 101 itself (RFC 6455 4.1).
local function judge_101(head, accept)
  local headers = head.headers
  if head.version ~= "1.1" then
    return "upgrade-http-version",
      ("the answer is HTTP/%s 101; an upgrade needs HTTP/1.1")
      :format(head.version)
  elseif (headers.upgrade or ""):lower() ~= "websocket" then
    return "upgrade-bad-upgrade-header", headers.upgrade
      and ("the Upgrade header says '%s', not websocket")
        :format(headers.upgrade)
      or "the 101 has no Upgrade header"
  elseif not http.has_token(headers.connection, "upgrade") then
    return "upgrade-bad-connection-header", headers.connection
      and ("the Connection header says '%s', not Upgrade")
        :format(headers.connection)
      or "the 101 has no Connection header"
  elseif not headers["sec-websocket-accept"] then
    return "upgrade-bad-accept", "the 101 has no Sec-WebSocket-Accept"
  elseif head.repeated["sec-websocket-accept"] then
    return "upgrade-bad-accept", "the 101 has Sec-WebSocket-Accept twice"
  elseif accept and headers["sec-websocket-accept"] ~= accept then
    return "upgrade-bad-accept", ("Sec-WebSocket-Accept is '%s'; for the key "
      .. "that was sent it is '%s'"):format(headers["sec-websocket-accept"],
        accept)
  end
  return nil
end

--- Judges a response head as a WebSocket client.
-- @tparam string text the raw head
-- @tparam table offer `{ protocols = list|nil, extensions = set of names|nil }`
-- @tparam[opt] string accept what Sec-WebSocket-Accept has to be
-- @treturn table|nil the parsed head when the upgrade stands; else nil
-- @treturn string|nil slug
-- @treturn string|nil sentence
-- Source: RFC 6455 4.1 (the list after "validate the server's response").
function upgrade.judge_response(text, offer, accept)
  if #text > http.MAX_HEAD then
    return nil, "upgrade-bad-response", ("the answer's headers are longer "
      .. "than %d bytes"):format(http.MAX_HEAD)
  end
  local head, bad = http.parse_response(text)
  if not head then
    return nil, "upgrade-bad-response", "the answer is not HTTP: " .. bad
  end
  if head.status ~= 101 then return nil, judge_status(head) end
  local slug, message = judge_101(head, accept)
  if not slug then slug, message = judge_extensions(head, offer.extensions) end
  if not slug then slug, message = judge_protocol(head, offer.protocols) end
  if slug then return nil, slug, message end
  return head
end

--- How long the body of an answer is that does not upgrade (RFC 9112 6.3).
-- @tparam string text the head
-- @treturn number bytes; -1: to the end of the stream; -2: chunked
function upgrade.body_length(text)
  local head = http.parse_response(text)
  if not head then return 0 end -- what is not HTTP has no body
  local status = head.status
  if status < 200 or status == 204 or status == 304 then return 0 end
  local headers = head.headers
  if http.has_token(headers["transfer-encoding"], "chunked") then return -2 end
  return tonumber((headers["content-length"] or ""):match("^%d+$")) or -1
end

return upgrade
