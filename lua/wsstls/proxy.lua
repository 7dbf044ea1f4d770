--- `wss.proxy{...}`: an HTTP CONNECT proxy (RFC 9110 9.3.6), good or bad.
--
--     local proxy = assert(wss.proxy { auth = "user:secret" })
--     wss.connect(url, { proxy = proxy.url })      -- 407
--
-- It lives in the one loop, beside the client that uses it and the server
-- behind it. `answer` makes it refuse or misbehave, `intercept` makes it open
-- TLS with a certificate of its own making, as many companies' proxies do.
-- @module wsstls.proxy

local core = require "wsstls.core"
local connect_proxy = require "wsstls.connect_proxy"
local http = require "wsstls.http"
local intercept = require "wsstls.proxy_intercept"
local nearest = require "wsstls.nearest"
local raw = require "wsstls.raw"
local splice = require "wsstls.raw_splice"
local task = require "wsstls.task"
local url = require "wsstls.url"

local HEAD_SECONDS, DIAL_SECONDS = 10, 10
local KEPT = 1000 -- requests that are remembered

local Proxy = {}
local mt = { __name = "wsstls.Proxy", __index = Proxy }

mt.__tostring = function(self)
  return ("wsstls.Proxy (%s)"):format(self._closed and "closed" or self.url)
end

-- ------------------------------------------------------------------- options

local WORDS = { garbage = true, hang = true, close = true }

local CHECKS = {
  host = function(v) return type(v) == "string", "an address" end,
  port = function(v)
    return type(v) == "number" and v % 1 == 0 and v >= 0 and v <= 65535,
      "0-65535"
  end,
  auth = function(v)
    return type(v) == "string" and v:find("^[^:]+:") ~= nil,
      "'user:password'"
  end,
  answer = function(v)
    return WORDS[v] or type(v) == "number" and v % 1 == 0 and v >= 300
      and v <= 599, "a status from 300 to 599, \"garbage\", \"hang\" or "
      .. "\"close\""
  end,
  intercept = function(v)
    return type(v) == "table" and type(v.issue) == "function",
      "a CA (wss.pki.ca{...})"
  end,
}

local NAMES = {}
for name in pairs(CHECKS) do NAMES[#NAMES + 1] = name end
table.sort(NAMES)

local function check(o)
  if o == nil then return {} end
  if type(o) ~= "table" then
    return nil, "expected a table of options, got " .. type(o)
  end
  local out = {}
  for name, value in pairs(o) do
    local test = CHECKS[name]
    if not test then
      local near = type(name) == "string" and nearest(name, NAMES)
      return nil, ("unknown option '%s'%s"):format(tostring(name), near
        and (" (did you mean '" .. near .. "'?)")
        or ", there are " .. table.concat(NAMES, ", "))
    end
    local ok, wanted = test(value)
    if not ok then
      return nil, ("option '%s': expected %s, got %s"):format(name, wanted,
        type(value) == "string" and "'" .. value .. "'" or tostring(value))
    end
    out[name] = value
  end
  return out
end

-- ---------------------------------------------------------------- a request

local function read_request(peer)
  local deadline, lines, size = core.now() + HEAD_SECONDS, {}, 0
  repeat
    local line = peer:read("line", math.max(deadline - core.now(), 0))
    if not line then return nil end
    size = size + #line + 2
    if size > http.MAX_HEAD then return nil end
    lines[#lines + 1] = line
  until line == ""
  return http.parse_request(table.concat(lines, "\r\n") .. "\r\n")
end

local function remember(self, request)
  local list = self._requests
  list[#list + 1] = { at = core.now() - self._began, method = request.method,
    target = request.target, headers = request.headers }
  if #list > KEPT then
    table.remove(list, 1)
    list.dropped = (list.dropped or 0) + 1
  end
  return list[#list]
end

local function answer(peer, row, status, headers, body)
  row.status = status
  peer:write((http.answer(status, headers, body)))
  peer:close()
end

local function authorized(self, request)
  local given = request.headers["proxy-authorization"]
  return not self._auth
    or given == "Basic " .. connect_proxy.base64(self._auth)
end

-- What a proxy says to a request that it will not serve; true: it did.
local function refuse(self, peer, request, row)
  local how = self._answer
  if how == "hang" then
    peer:read("all") -- until the client gives up
    peer:close()
  elseif how == "close" then
    peer:close()
  elseif how == "garbage" then
    peer:write("\21\3\1\0\2\2\70 this is not HTTP\r\n\r\n")
    peer:close()
  elseif how and how ~= 407 then
    answer(peer, row, how, nil, ("the proxy answers %d to everything\n")
      :format(how))
  elseif how == 407 or not authorized(self, request) then
    answer(peer, row, 407, { ["Proxy-Authenticate"] =
      'Basic realm="wsstls proxy"' }, "this proxy wants to know you\n")
  elseif request.method ~= "CONNECT" then
    answer(peer, row, 405, { Allow = "CONNECT" },
      "this proxy takes CONNECT only\n")
  else
    return false
  end
  return true
end

local function reach(self, peer, request, row)
  local host, port = url.authority(request.target, "target")
  if not host or not port then
    return answer(peer, row, 400, nil, "CONNECT wants HOST:PORT\n")
  end
  local far, err, code = raw.connect { host = host, port = port, tls = false,
    timeout = DIAL_SECONDS }
  if not far then
    return answer(peer, row, code:find("^timeout") and 504 or 502, nil,
      ("%s:%d: %s\n"):format(host, port, err.message))
  end
  row.status = 200
  if not peer:write("HTTP/1.1 200 Connection established\r\n\r\n") then
    return far:close("reset")
  end
  if self._intercept then
    intercept.serve(self._minted, self._intercept, peer, far, host)
  else
    splice.run(peer, far)
  end
end

local function serve(self, peer)
  self._peers[peer] = true
  local request, bad = read_request(peer)
  if request then
    local row = remember(self, request)
    if not refuse(self, peer, request, row) then
      reach(self, peer, request, row)
    end
  elseif bad then
    peer:write((http.answer(400, nil, bad .. "\n")))
    peer:close()
  else
    peer:close()
  end
  self._peers[peer] = nil
end

local function accept(self)
  while not self._closed do
    local peer = self._listener:accept()
    if peer then task.background(serve, self, peer) end
  end
end

-- ---------------------------------------------------------------- the object

--- What was asked of it: a list of `{ at, method, target, headers, status }`,
-- oldest first, the last 1,000; `.dropped` counts the others.
function Proxy:requests()
  local copy = { dropped = self._requests.dropped or 0 }
  for i, row in ipairs(self._requests) do copy[i] = row end
  return copy
end

--- Stops listening and cuts what goes through it. Idempotent.
function Proxy:close()
  if self._closed then return true end
  self._closed = true
  self._listener:close()
  for peer in pairs(self._peers) do peer:close("reset") end
  return true
end

mt.__close = Proxy.close

--- Starts a proxy.
-- @tparam[opt] table o `host` ("127.0.0.1") `port` (0 = any) `auth`
-- ("user:password") `answer` (a status, "garbage", "hang", "close")
-- `intercept` (a CA); misuse raises
-- @treturn table|nil proxy with `.port`, `.url`, `:requests()`, `:close()`;
-- or `nil, err, code`
local function listen(o)
  local checked, bad = check(o)
  if not checked then error("proxy: " .. bad, 2) end
  local host = checked.host or "127.0.0.1"
  local listener, err, code = raw.listen { host = host,
    port = checked.port or 0, tls = false }
  if not listener then return nil, err, code end
  local self = setmetatable({ _listener = listener, _requests = {},
    _peers = {}, _minted = {}, _began = core.now(), _auth = checked.auth,
    _answer = checked.answer, _intercept = checked.intercept,
    port = listener.port }, mt)
  self.url = "http://" .. url.format_authority(host, self.port)
  task.background(accept, self)
  return self
end

return listen
