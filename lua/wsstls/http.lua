--- Heads of HTTP/1.1 messages: read strictly, written whole (RFC 9112).
--
-- Strict means: what could be read in two ways is refused, for two readings
-- of one head are how requests are smuggled.
-- @module wsstls.http

local core = require "wsstls.core"

local find, lower, match, sub = string.find, string.lower, string.match,
  string.sub

local http = {}

--- Bytes of a head that are still read; more is 431.
http.MAX_HEAD = 16384
--- Header lines of a head that are still read.
http.MAX_HEADERS = 100

--- Reason phrases (RFC 9110 15 and the IANA registry).
http.REASONS = {
  [100] = "Continue", [101] = "Switching Protocols", [200] = "OK",
  [201] = "Created", [202] = "Accepted", [204] = "No Content",
  [301] = "Moved Permanently", [302] = "Found", [303] = "See Other",
  [304] = "Not Modified", [307] = "Temporary Redirect",
  [308] = "Permanent Redirect", [400] = "Bad Request",
  [401] = "Unauthorized", [403] = "Forbidden", [404] = "Not Found",
  [405] = "Method Not Allowed", [406] = "Not Acceptable",
  [407] = "Proxy Authentication Required", [408] = "Request Timeout",
  [409] = "Conflict", [410] = "Gone", [413] = "Content Too Large",
  [414] = "URI Too Long", [418] = "I'm a teapot",
  [421] = "Misdirected Request", [426] = "Upgrade Required",
  [429] = "Too Many Requests", [431] = "Request Header Fields Too Large",
  [451] = "Unavailable For Legal Reasons", [500] = "Internal Server Error",
  [501] = "Not Implemented", [502] = "Bad Gateway",
  [503] = "Service Unavailable", [504] = "Gateway Timeout",
  [505] = "HTTP Version Not Supported",
}

local TOKEN = "^[%w%-!#$%%&'*+.^_`|~]+$"
local VALUE = "^[\32-\126\128-\255\t]*$"

--- True for a token (RFC 9110 5.6.2): header names, methods, subprotocols.
function http.is_token(text)
  return find(text, TOKEN) ~= nil
end

--- True for text that may stand in a header value.
function http.is_value(text)
  return find(text, VALUE) ~= nil
end

--- True when every % begins an escape (RFC 3986 2.1).
function http.is_escaped(text)
  return not find(text, "%", 1, true)
    or not find(text:gsub("%%%x%x", ""), "%", 1, true)
end

-- Why the text from `from` on is no header line.
local function complaint(text, from)
  local stop = find(text, "\r\n", from, true)
  if not stop then return "no empty line ends the headers" end
  local line = sub(text, from, stop - 1)
  if find(line, "^[ \t]") then
    return "a header line is folded over two lines"
  end
  local name = match(line, "^([^:]*):")
  if not name then return "a header line without a colon" end
  if not http.is_token(name) then
    return "a header name with a forbidden character"
  end
  return "a header value with a control character"
end

-- Reads everything but the first line into { headers, repeated }.
local function parse_fields(text)
  local stop = find(text, "\r\n", 1, true)
  if not stop then return nil, nil, "no line ends in CRLF" end
  local headers, repeated, from, lines = core.header_lines(text, stop + 2,
    http.MAX_HEADERS + 1)
  if lines > http.MAX_HEADERS then return nil, nil, "too many headers" end
  if sub(text, from, from + 1) ~= "\r\n" then
    return nil, nil, complaint(text, from)
  end
  return sub(text, 1, stop - 1), { headers = headers, repeated = repeated }
end

--- Reads a request head.
-- @tparam string text up to and including the empty line
-- @treturn table|nil `{ method, target, path, query, version, headers,
-- repeated }` (header names in lower case, repeats joined by ", "); nil and a
-- sentence
function http.parse_request(text)
  local first, head, bad = parse_fields(text)
  if not first then return nil, bad end
  local method, target, version =
    match(first, "^(%S+) (%S+) HTTP/(%d%.%d)$")
  if not method or not http.is_token(method)
     or target:find("[%z\1-\32\127-\255]") then
    return nil, "the request line is not one of HTTP/1.1"
  elseif not http.is_escaped(target) then
    return nil, "a % in the request's path is not followed by two hex digits"
  end
  head.method, head.target = method, target
  head.version = version
  -- absolute-form is for proxies, but a server has to take it (RFC 9112 3.2)
  local origin = target:match("^%a[%w+.-]*://[^/?]*(.*)$") or target
  if origin == "" then origin = "/" end
  local mark = find(origin, "?", 1, true)
  head.path = mark and sub(origin, 1, mark - 1) or origin
  head.query = mark and sub(origin, mark + 1) or nil
  if head.path == "" then head.path = "/" end
  return head
end

--- Reads a response head.
-- @treturn table|nil `{ version, status, reason, headers, repeated }`; nil
-- and a sentence
function http.parse_response(text)
  local version, status, reason =
    match(text, "^HTTP/(%d%.%d) (%d%d%d) ?([^\r\n]*)\r\n")
  if not version then
    return nil, "it does not begin with an HTTP/1.1 status"
  end
  local first, head, bad = parse_fields(text)
  if not first then return nil, bad end
  head.version, head.status = version, tonumber(status)
  head.reason = reason
  return head
end

--- Splits a comma-separated header value; empty members are dropped.
function http.list(value)
  local items = {}
  if not value then return items end
  for item in (value .. ","):gmatch("%s*(.-)%s*,") do
    if item ~= "" then items[#items + 1] = item end
  end
  return items
end

--- True when the comma-separated `value` holds `token`, in any case.
function http.has_token(value, token)
  if not value then return false end
  if lower(value) == token then return true end -- as nearly everybody has it
  for _, item in ipairs(http.list(value)) do
    if item:lower() == token then return true end
  end
  return false
end

--- Puts `{ ["X-A"] = "v" | {"v", "w"} }` or a list of pairs into one form.
-- @treturn table|nil list of `{name, value}`, names of a map in order; nil
-- and a sentence
function http.header_list(headers)
  local list, names = {}, {}
  for key in pairs(headers) do
    if type(key) == "string" then names[#names + 1] = key end
  end
  table.sort(names)
  for _, name in ipairs(names) do
    local value = headers[name]
    for _, item in ipairs(type(value) == "table" and value or { value }) do
      list[#list + 1] = { name, item }
    end
  end
  for _, pair in ipairs(headers) do
    if type(pair) ~= "table" then
      return nil, "a list of headers has {name, value} pairs, got "
        .. type(pair)
    end
    list[#list + 1] = { pair[1], pair[2] }
  end
  for _, pair in ipairs(list) do
    local name, value = pair[1], pair[2]
    if type(value) == "number" then value = tostring(value) end
    if type(name) ~= "string" or not http.is_token(name) then
      return nil, ("'%s' is not a header name"):format(tostring(name))
    elseif type(value) ~= "string" or not http.is_value(value) then
      return nil, ("the value of header '%s' is not one line of text")
        :format(name)
    end
    pair[2] = value
  end
  return list
end

local FRAMING = { ["content-length"] = true, ["connection"] = true,
                  ["transfer-encoding"] = true }

--- The bytes of a whole answer that ends its connection.
-- @tparam number status
-- @tparam[opt] table headers as for `header_list`; Content-Length,
-- Connection and Transfer-Encoding are ours
-- @tparam[opt] string body
-- @treturn string|nil bytes; nil and a sentence
function http.answer(status, headers, body)
  local list, bad = http.header_list(headers or {})
  if not list then return nil, bad end
  body = body or ""
  local lines = { ("HTTP/1.1 %d %s"):format(status,
    http.REASONS[status] or "Unknown") }
  local typed = body == ""
  for _, pair in ipairs(list) do
    local name = pair[1]:lower()
    if not FRAMING[name] then
      lines[#lines + 1] = pair[1] .. ": " .. pair[2]
      typed = typed or name == "content-type"
    end
  end
  if not typed then
    lines[#lines + 1] = "Content-Type: text/plain; charset=utf-8"
  end
  lines[#lines + 1] = ("Content-Length: %d"):format(#body)
  lines[#lines + 1] = "Connection: close"
  return table.concat(lines, "\r\n") .. "\r\n\r\n" .. body
end

return http
