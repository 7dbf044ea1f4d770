--- The way through an HTTP proxy, up to the end of the proxy's answer.
--
-- CONNECT (RFC 9110 9.3.6) is spoken here, over a raw peer, and not by
-- libwebsockets: it would drop the proxy's status, headers and body. What
-- comes out is an open way to the destination, or the proxy's whole answer.
-- @module wsstls.connect_proxy

local core = require "wsstls.core"
local errors = require "wsstls.errors"
local http = require "wsstls.http"
local raw = require "wsstls.raw"
local upgrade = require "wsstls.upgrade"
local url = require "wsstls.url"

local connect_proxy = {}

local MAX_BODY = 65536
local MAX_LINE = http.MAX_HEAD

local DIGITS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
  .. "0123456789+/"

--- Base64 (RFC 4648 4).
function connect_proxy.base64(text)
  local out = {}
  for i = 1, #text, 3 do
    local a, b, c = text:byte(i, i + 2)
    local n = a * 65536 + (b or 0) * 256 + (c or 0)
    local group = {}
    for k = 4, 1, -1 do
      local digit = n % 64
      group[k] = DIGITS:sub(digit + 1, digit + 1)
      n = (n - digit) / 64
    end
    if not b then group[3] = "=" end
    if not c then group[4] = "=" end
    out[#out + 1] = table.concat(group)
  end
  return table.concat(out)
end

--- The head of a CONNECT request.
function connect_proxy.request(target, proxy)
  local where = url.format_authority(target.host, target.port)
  local lines = { "CONNECT " .. where .. " HTTP/1.1", "Host: " .. where }
  if proxy.user then
    lines[#lines + 1] = "Proxy-Authorization: Basic "
      .. connect_proxy.base64(proxy.user .. ":" .. (proxy.password or ""))
  end
  return table.concat(lines, "\r\n") .. "\r\n\r\n"
end

local CODES = { [403] = "proxy-forbidden", [502] = "proxy-bad-gateway",
  [503] = "proxy-bad-gateway", [504] = "proxy-bad-gateway" }

local function code_of(status, proxy)
  if status == 407 then
    return proxy.user and "proxy-auth-rejected" or "proxy-auth-required"
  end
  return CODES[status] or "proxy-failed"
end

-- One reader's state: what is left of the time, and how reading failed.
local function remaining(deadline)
  return deadline and math.max(deadline - core.now(), 0) or nil
end

-- The head, up to and including its empty line; nil, partial, code.
local function read_head(peer, deadline)
  local lines, size = {}, 0
  repeat
    local line, _, code = peer:read("line", remaining(deadline))
    if not line then return nil, table.concat(lines), code end
    size = size + #line + 2
    if size > MAX_LINE then return nil, table.concat(lines), "too-long" end
    lines[#lines + 1] = line .. "\r\n"
    if #lines == 1 and not line:find("^HTTP/%d%.%d %d%d%d") then
      return nil, lines[1], "not-http"
    end
  until line == ""
  return table.concat(lines)
end

-- Exactly `n` bytes, or what there is of them.
local function read_up_to(peer, n, deadline)
  local data = peer:read(n, remaining(deadline))
  return data or peer:read("all", 0) or "", data ~= nil
end

local function read_chunks(peer, deadline)
  local parts, size = {}, 0
  while size < MAX_BODY do
    local line = peer:read("line", remaining(deadline))
    local n = line and tonumber(line:match("^%x+") or "", 16)
    if not n or n == 0 then break end
    local data, whole = read_up_to(peer, math.min(n, MAX_BODY - size),
      deadline)
    parts[#parts + 1], size = data, size + #data
    if not whole or not peer:read("line", remaining(deadline)) then break end
  end
  return table.concat(parts)
end

local function read_body(peer, head, deadline)
  local length = upgrade.body_length(head)
  if length == 0 then return nil end
  if length == -2 then return read_chunks(peer, deadline) end
  if length == -1 then
    return (peer:read("all", remaining(deadline)) or ""):sub(1, MAX_BODY)
  end
  return (read_up_to(peer, math.min(length, MAX_BODY), deadline))
end

-- The record of an attempt that ended at the proxy: the raw peer's, told as
-- that of the connection that was wanted.
local function observe(attempt, answer, body)
  local o = attempt.observation or {}
  o.side, o.url, o.phase = "client", attempt.target.url, "proxy"
  o.error = nil -- the raw peer's: that of a stream, not of this connection
  o.proxy = { host = attempt.proxy.host, port = attempt.proxy.port }
  if answer then
    o.proxy.status, o.proxy.reason = answer.status, answer.reason
    o.proxy.headers = answer.headers
    o.http = { status = answer.status, reason = answer.reason,
      version = "HTTP/" .. answer.version, headers = answer.headers,
      body = body }
  end
  return o
end

local function fail(attempt, code, message, answer, body)
  local peer = attempt.peer
  if peer then
    attempt.observation = peer:observation()
    peer:close("reset")
  end
  -- an HTTP status would speak for the server
  local err = errors.from_core({ code = code, message = message,
    phase = "proxy", rejected_by = answer and "proxy" or nil },
    observe(attempt, answer, body))
  return nil, err, code
end

local function show(proxy)
  return url.format_authority(proxy.host, proxy.port)
end

-- What dialling the proxy ended with, in the words of this phase.
local DIALLED = { ["tcp-refused"] = "proxy-refused",
  ["timeout-connect"] = "timeout-proxy", cancelled = "cancelled",
  ["dns-not-found"] = "dns-not-found", ["dns-failed"] = "dns-failed" }

local function dial(attempt)
  local proxy = attempt.proxy
  local peer, err, code = raw.connect { host = proxy.host, port = proxy.port,
    tls = false, timeout = math.max(attempt.seconds, 0.001) }
  if peer then
    attempt.peer = peer
    return true
  end
  attempt.observation = err.observation
  local message = ("the proxy at %s: %s"):format(show(proxy),
    err.detail or err.message)
  return fail(attempt, DIALLED[code] or code:find("^limit%-") and code
    or "proxy-failed", message)
end

-- The end of the stream, silence, or something that is no answer.
local function no_answer(attempt, partial, code)
  if code == "timeout" then
    return fail(attempt, "timeout-proxy",
      ("the proxy at %s did not answer CONNECT"):format(show(attempt.proxy)))
  elseif code == "cancelled" then
    return fail(attempt, code)
  elseif code == "not-http" or code == "too-long"
         or (partial ~= "" and not partial:find("^HTTP/")) then
    return fail(attempt, "proxy-bad-response", code == "too-long"
      and "its head is longer than 16 KiB"
      or ("it begins with %q"):format(partial:sub(1, 40)
        :gsub("[^ -~]", ".")))
  end
  return fail(attempt, "proxy-closed")
end

local function judge(attempt, text)
  local answer, bad = http.parse_response(text)
  if not answer then return fail(attempt, "proxy-bad-response", bad) end
  if answer.status >= 200 and answer.status < 300 then return answer end
  local body = read_body(attempt.peer, text, attempt.deadline)
  return fail(attempt, code_of(answer.status, attempt.proxy),
    ("the proxy at %s answered %d %s"):format(show(attempt.proxy),
      answer.status, answer.reason), answer, body)
end

--- Opens a way through the proxy.
-- @tparam table proxy `url.proxy`'s `{ host, port, user, password }`
-- @tparam table target `url.parse`'s, or `{ host, port, url }`
-- @tparam[opt] number seconds for dialling the proxy and its answer
-- @treturn table|nil the raw peer behind which the destination is, and the
-- proxy's answer (`http.parse_response`); or `nil, err, code` with the
-- proxy's status, headers and body in `err.observation.http`
function connect_proxy.open(proxy, target, seconds)
  local attempt = { proxy = proxy, target = target, seconds = seconds or 3e6 }
  attempt.deadline = core.now() + attempt.seconds
  local ok, err, code = dial(attempt)
  if not ok then return nil, err, code end
  local peer = attempt.peer
  ok = peer:write(connect_proxy.request(target, proxy))
  local text, partial, why
  if ok then
    text, partial, why = read_head(peer, attempt.deadline)
  else
    partial, why = "", "closed"
  end
  if not text then return no_answer(attempt, partial, why) end
  local answer
  answer, err, code = judge(attempt, text)
  if not answer then return nil, err, code end
  return peer, answer
end

return connect_proxy
