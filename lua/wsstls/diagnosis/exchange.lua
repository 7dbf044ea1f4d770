--- What the two sides said to each other, as lines of a story: the request,
-- the answer, what the client offered in its hello, what was agreed.
-- @module wsstls.diagnosis.exchange
local vars = require "wsstls.diagnosis.vars"
local words = require "wsstls.diagnosis.words"

local exchange = {}

local HEADERS = { "location", "www-authenticate", "proxy-authenticate",
                  "upgrade", "connection", "sec-websocket-accept",
                  "sec-websocket-protocol", "sec-websocket-version",
                  "sec-websocket-extensions", "allow", "retry-after",
                  "content-type", "server", "via" }

local ASKED = { "host", "origin", "upgrade", "connection",
                "sec-websocket-version", "sec-websocket-protocol",
                "user-agent" }

--- A server's view of the request: its first line and the headers that
-- matter.
function exchange.request(f)
  local http, lines = f.o.http, {}
  if f.side ~= "server" or not http or not vars.known(f, "request_line") then
    return lines
  end
  lines[1] = vars.known(f, "request_line")
  for _, name in ipairs(ASKED) do
    local value = http.headers and http.headers[name]
    if value then
      lines[#lines + 1] = ("%s: %s"):format(name, words.quote(value, 160))
    end
  end
  return lines
end

--- The HTTP answer: the status, the headers that matter, some of the body.
-- An accepted upgrade is told only where its headers are the fault. (The
-- headers in a server's record are the request's.)
function exchange.answer(f)
  local http, lines = f.o.http, {}
  if not http or not http.status or http.status == 101
     and not f:about():find("^upgrade") then
    return lines
  end
  lines[1] = "HTTP " .. vars.known(f, "status")
  if f.side == "server" then return lines end
  for _, name in ipairs(HEADERS) do
    local value = http.headers and http.headers[name]
    if value then
      lines[#lines + 1] = ("%s: %s"):format(name, words.quote(value, 160))
    end
  end
  if type(http.body) == "string" and http.body ~= "" then
    local body = words.trim(http.body)
    if body ~= "" then
      lines[#lines + 1] = "body: " .. words.quote(body, 200)
    end
  end
  return lines
end

local LISTS = { versions = "versions ", ciphers = "ciphers ",
                groups = "groups ", sigalgs = "signature algorithms ",
                alpn = "ALPN " }

-- Not a cipher suite: TLS_EMPTY_RENEGOTIATION_INFO_SCSV, TLS_FALLBACK_SCSV.
local function real(list)
  local kept = {}
  for _, item in ipairs(list) do
    if type(item) ~= "string" or not item:find("_SCSV$") then
      kept[#kept + 1] = item
    end
  end
  return kept
end

-- Long lists are a library's own default: the first few tell which.
local function offered_list(list)
  list = real(list)
  return words.list(list, #list > 6 and 3 or 6)
end

--- What the client offered in its hello, for the named lists.
-- @tparam table f
-- @tparam table which names of lists of `observation.hello`, or "sni"
function exchange.offered(f, which)
  local hello, lines = f.o.hello, {}
  if not hello then return lines end
  for _, key in ipairs(which or {}) do
    local list = hello[key]
    if key == "sni" then
      lines[#lines + 1] = hello.sni and hello.sni ~= ""
        and "SNI " .. words.safe(hello.sni, 120) or "no SNI"
    elseif list and #list > 0 then
      lines[#lines + 1] = LISTS[key] .. offered_list(list)
    elseif key == "alpn" then
      lines[#lines + 1] = "no ALPN"
    end
  end
  return lines
end

--- "TLSv1.2, ECDHE-RSA-AES128-GCM-SHA256, x25519", or nil.
function exchange.negotiated(f)
  local tls, parts = f.o.tls, {}
  if not tls or not tls.version then return nil end
  for _, key in ipairs { "version", "cipher", "group", "sigalg" } do
    if type(tls[key]) == "string" and tls[key] ~= "" then
      parts[#parts + 1] = words.safe(tls[key], 60)
    end
  end
  if type(tls.alpn) == "string" and tls.alpn ~= "" then
    parts[#parts + 1] = "ALPN " .. words.safe(tls.alpn, 40)
  end
  return table.concat(parts, ", ")
end

return exchange
