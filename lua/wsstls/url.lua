--- ws:// and wss:// URLs (RFC 6455 3, RFC 3986).
-- @module wsstls.url

local http = require "wsstls.http"

local url = {}

local PORTS = { ws = 80, wss = 443 }

local function is_byte(digits)
  -- a leading zero is octal to some resolvers: not an address to anybody
  return #digits == 1 or (digits:byte() ~= 48 and tonumber(digits) <= 255)
end

local function ipv4(text)
  local a, b, c, d =
    text:match("^(%d%d?%d?)%.(%d%d?%d?)%.(%d%d?%d?)%.(%d%d?%d?)$")
  return a ~= nil and is_byte(a) and is_byte(b) and is_byte(c) and is_byte(d)
end

-- Counts the 16-bit groups of one side of "::"; an embedded IPv4 may end it.
local function groups(text, last)
  if text == "" then return 0 end
  local count, rest = 0, text
  while true do
    local group, after = rest:match("^([^:]*):(.*)$")
    if not group then break end
    if not group:match("^%x%x?%x?%x?$") then return nil end
    count, rest = count + 1, after
  end
  if rest:match("^%x%x?%x?%x?$") then return count + 1 end
  if last and ipv4(rest) then return count + 2 end
  return nil
end

local function ipv6(text)
  local address = text:match("^(.-)%%[%w._~-]+$") or text
  local left, right = address:match("^(.-)::(.*)$")
  if not left then return groups(address, true) == 8 end
  if right:find("::", 1, true) then return false end
  local a, b = groups(left, false), groups(right, true)
  return a ~= nil and b ~= nil and a + b <= 7
end

--- 4 or 6 for an IP literal (without brackets), nil for anything else.
function url.ip_version(text)
  if ipv4(text) then return 4 end
  if text:find(":", 1, true) and ipv6(text) then return 6 end
  return nil
end

--- The address to dial for a listener's: a wildcard is nothing to dial.
function url.dialled(host)
  return host == "0.0.0.0" and "127.0.0.1" or host == "::" and "::1" or host
end

local function parse_port(text, what)
  local port = text:match("^%d+$") and tonumber(text)
  if not port or port < 1 or port > 65535 then
    return nil, ("%s: '%s' is not a port (1-65535)"):format(what, text)
  end
  return port
end

local function check_name(host, what)
  if #host <= 254 and host:find("^[%w._~%-]+$") then return host end
  if host == "" then return nil, what .. ": the host is missing" end
  if #host > 254 then -- with a dot at its end (RFC 1035 3.1)
    return nil, ("%s: a host name has at most 253 characters, this one has "
      .. "%d"):format(what, #host)
  end
  if host:find("[\128-\255]") then
    return nil, ("%s: write the host '%s' in its ASCII form (xn--...)")
      :format(what, host)
  end
  return nil, ("%s: '%s' is not a host name"):format(what, host)
end

--- Splits "host", "host:port", "[v6]" or "[v6]:port".
-- @tparam string text
-- @tparam string what names the thing in messages
-- @treturn string|nil host without brackets; nil and a sentence
-- @treturn number|nil port
function url.authority(text, what)
  local literal, rest = text:match("^%[(.-)%](.*)$")
  local host
  if literal then
    literal = literal:gsub("%%25", "%%", 1) -- a zone (RFC 6874 2)
    if url.ip_version(literal) ~= 6 then
      return nil, ("%s: '[%s]' is not an IPv6 address"):format(what, literal)
    end
    host = literal
  else
    host, rest = text:match("^([^:]*)(.*)$")
    if rest:match("^:.*:") then
      return nil, ("%s: an IPv6 address stands in brackets: [%s]")
        :format(what, text)
    end
    local ok, bad = check_name(host, what)
    if not ok then return nil, bad end
  end
  if rest == "" then return host, nil end
  if rest:sub(1, 1) ~= ":" then
    return nil, ("%s: '%s' after the host is not a port"):format(what, rest)
  end
  if rest == ":" then return host, nil end
  local port, bad = parse_port(rest:sub(2), what)
  if not port then return nil, bad end
  return host, port
end

--- "host:port" with brackets round an IPv6 address; a default port is left
-- out.
function url.format_authority(host, port, scheme)
  local shown = host:find(":", 1, true) and "[" .. host .. "]" or host
  if not port or port == PORTS[scheme] then return shown end
  return ("%s:%d"):format(shown, port)
end

local function parse_path(text)
  local path = text == "" and "/" or text
  if path:sub(1, 1) == "?" then path = "/" .. path end
  if path:find("[%z\1-\32\127-\255]") then
    return nil, "url: the path holds a character that must be written "
      .. "as %XX"
  elseif not http.is_escaped(path) then
    return nil, "url: a % in the path is not followed by two hex digits; a "
      .. "% itself is written %25"
  end
  return path
end

local function take_apart(text)
  if type(text) ~= "string" then
    return nil, "url: expected a string, got " .. type(text)
  end
  local scheme, rest = text:match("^(%a[%w+.-]*)://(.*)$")
  if not scheme then
    return nil, ("url: '%s' does not begin with ws:// or wss://"):format(text)
  end
  scheme = scheme:lower()
  if not PORTS[scheme] then
    local near = ({ http = "ws", https = "wss" })[scheme]
    return nil, ("url: unknown scheme '%s://'%s"):format(scheme, near
      and (" (did you mean '" .. near .. "://'?)") or ", use ws or wss")
  end
  if rest:find("#", 1, true) then
    return nil, "url: a WebSocket URL has no fragment ('#...', RFC 6455 3)"
  end
  local authority, tail = rest:match("^([^/?]*)(.*)$")
  if authority:find("@", 1, true) then
    return nil, "url: no user or password in the URL; use headers = "
      .. "{ Authorization = ... }"
  end
  local host, port = url.authority(authority, "url")
  if not host then return nil, port end
  local path, bad = parse_path(tail)
  if not path then return nil, bad end
  port = port or PORTS[scheme]
  return { url = text, scheme = scheme, secure = scheme == "wss",
    host = host, ip = url.ip_version(host), port = port, path = path,
    -- for the Host header: a zone means something on this machine only
    authority = url.format_authority((host:gsub("%%.*$", "")), port, scheme) }
end

-- Whoever dials a URL dials it again: the last one is remembered.
local latest = { url = false }

--- Takes a WebSocket URL apart.
-- @tparam string text "wss://host:port/path?query"
-- @treturn table|nil `{ url, scheme, secure, host (no brackets), ip (4, 6 or
-- nil), port, path (with the query), authority }`, not to be changed; nil and
-- a sentence that says what is wrong (userinfo, a fragment and other schemes
-- are refused)
function url.parse(text)
  if latest.url == text then return latest end
  local target, bad = take_apart(text)
  latest = target or latest
  return target, bad
end

local function decode(text)
  return text and (text:gsub("%%(%x%x)", function(hex)
    return string.char(tonumber(hex, 16))
  end))
end

--- Takes the address of an HTTP proxy apart: "http://user:pass@host:port".
-- The port is 80 when none is given; user and password are percent-decoded.
-- @treturn table|nil `{ host, port, user, password }`; nil and a sentence
function url.proxy(text, what)
  local scheme, rest = text:match("^(%a[%w+.-]*)://(.*)$")
  if (scheme or "http"):lower() ~= "http" then
    return nil, ("%s: no proxies of scheme '%s://', an HTTP proxy is written "
      .. "http://HOST:PORT"):format(what, scheme)
  end
  rest = (rest or text):gsub("/$", "")
  local userinfo, authority = rest:match("^(.*)@([^@]*)$")
  local host, port = url.authority(authority or rest, what)
  if not host then return nil, port end
  local user, password
  if userinfo then
    user, password = userinfo:match("^([^:]*):?(.*)$")
    user, password = decode(user), decode(password)
    if (user .. password):find("[%z\1-\31\127]") or user:find(":", 1, true) then
      return nil, what .. ": user and password hold a control character, or "
        .. "the user a colon (RFC 7617 2)"
    end
  end
  return { host = host, port = port or 80, user = user, password = password }
end

return url
