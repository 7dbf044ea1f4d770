--- The words that stand in braces in the diagnosis texts: `{expected}`.
--
-- Each has a reader over the facts of one failure and general words for when
-- the record does not know it (that is how `explain` speaks of a code without
-- a failure at hand).
-- @module wsstls.diagnosis.vars
local certs = require "wsstls.diagnosis.vars_certs"
local general = require "wsstls.diagnosis.general"
local names = require "wsstls.names"
local words = require "wsstls.diagnosis.words"

local vars = {}
local get = {}

local function safe(s, max) return s and words.safe(s, max or 120) end

for name, reader in pairs(certs.readers) do get[name] = reader end

--- The names a certificate presents: the common name, and the rest.
vars.presented = certs.presented

function get.url(f) return f.o.url and words.quote(f.o.url, 200) end

-- The name that was looked up: connect_to, or a proxy, may have another.
function get.looked_up(f)
  local peer, proxy = f.o.peer, f.o.proxy
  local host = f.phase == "proxy" and proxy and proxy.host
    or peer and peer.host
  return host and safe(host) or get.host(f)
end

function get.host(f)
  local authority = type(f.o.url) == "string"
    and f.o.url:match("^%a[%w+.-]*://([^/?#]+)")
  if not authority then return nil end
  authority = authority:gsub("^.*@", "")
  return safe(authority:match("^%[[^%]]*%]") or authority:match("^[^:]+"))
end

function get.peer(f)
  local peer = f.o.peer
  if not peer or not peer.ip or peer.ip == "" then return nil end
  local ip = peer.ip:find(":") and "[" .. peer.ip .. "]" or peer.ip
  return safe(peer.port and ip .. ":" .. words.number(peer.port) or ip)
end

-- Where to dial: HOST:PORT for other programs.
function get.address(f)
  return f.side ~= "server" and vars.known(f, "peer") or nil
end

function get.path(f)
  local target = f.o.http and f.o.http.target
  local path = target or type(f.o.url) == "string"
    and f.o.url:match("^%a[%w+.-]*://[^/?#]*([^?#]*)")
  if not path then return nil end
  return words.quote(path ~= "" and path or "/", 100)
end

-- A request's first line, when it is one: at a port without TLS a
-- ClientHello arrives as "method" as well.
function get.request_line(f)
  local http = f.o.http
  local method = http and http.method
  if type(method) ~= "string" or not method:find("^%u+$") then return nil end
  return words.quote(("%s %s %s"):format(method, http.target
    or "/", http.version or ""), 160)
end

function get.ws_url(f)
  local url = type(f.o.url) == "string" and f.o.url:match("^wss(://.*)")
  return url and "`ws" .. words.quote(url, 200) .. "`"
end

function get.wss_url(f)
  local url = type(f.o.url) == "string" and f.o.url:match("^ws(://.*)")
  return url and "`wss" .. words.quote(url, 200) .. "`"
end

-- What a peer speaks that does not speak TLS, from its first bytes.
local GREETINGS = { { "^SSH%-", "SSH" }, { "^HTTP/", "HTTP without TLS" },
                    { "^220[ -]", "SMTP or FTP" }, { "^%* OK", "IMAP" },
                    { "^%+OK", "POP3" }, { "^RFB ", "VNC" } }

function get.spoken(f)
  local bytes = f.o.first_bytes
  for _, row in ipairs(type(bytes) == "string" and GREETINGS or {}) do
    if bytes:find(row[1]) then return row[2] end
  end
  return nil
end

function get.sni(f)
  local sni = f.o.hello and f.o.hello.sni or f.o.tls and f.o.tls.sni
  return sni and sni ~= "" and safe(sni) or nil
end

function get.alpn(f)
  local alpn = f.o.tls and f.o.tls.alpn
  return alpn and alpn ~= "" and safe(alpn) or nil
end

local function offered(key, max)
  return function(f)
    local list = f.o.hello and f.o.hello[key]
    return list and #list > 0 and words.list(list, max) or nil
  end
end

get.offered_alpn = offered("alpn", 6)
get.offered_versions = offered("versions", 6)

local VERSIONS = { [-1] = "SSL 3", [0] = "TLSv1", "TLSv1.1", "TLSv1.2",
                   "TLSv1.3" }

-- The client's highest version, and the one above it: what a server that
-- finds it too old wants at the least.
function get.highest(f)
  local _, high = f:offered_range()
  return VERSIONS[high]
end

function get.newer(f)
  local _, high = f:offered_range()
  return VERSIONS[high and high + 1]
end

get.offered_ciphers = offered("ciphers", 4)
get.offered_groups = offered("groups", 6)
get.offered_sigalgs = offered("sigalgs", 6)

function get.version(f) return safe(f.o.tls and f.o.tls.version) end
function get.cipher(f) return safe(f.o.tls and f.o.tls.cipher) end

function get.other(f)
  if not f.side then return nil end
  return f.side == "server" and "client" or "server"
end

-- Who sent the alert that this side received.
function get.alerter(f) return f:alert("received") and get.other(f) end

local function alert(direction)
  return function(f)
    local row = f:alert(direction)
    return row and ("%s %s"):format(words.number(row.number), words.safe(
      names.alert(row.number) or row.name or "unknown", 60))
  end
end

get.received, get.sent = alert("received"), alert("sent")

function get.received_text(f)
  local row = f:alert("received")
  return row and names.alert_text(row.number)
end

function get.errno(f)
  local e = f.o.os_error
  if not e then return nil end
  return safe(e.name and e.errno
    and ("%s (%s)"):format(e.name, words.number(e.errno)) or e.name or e.text)
end

function get.status(f)
  local http = f.o.http
  if not http or not http.status then return nil end
  local reason = http.reason and http.reason ~= "" and http.reason
    or names.http(http.status)
  return words.number(http.status) .. (reason and " " .. safe(reason) or "")
end

function get.location(f)
  local location = f:header("location")
  return location and words.quote(location, 200)
end

function get.ws_location(f)
  local location = vars.known(f, "location")
  return location and (location:gsub("^http", "ws"))
end

function get.subprotocol(f) return safe(f:header("sec-websocket-protocol")) end
function get.accept(f) return safe(f:header("sec-websocket-accept")) end

function get.close_code(f)
  return f.o.close and f.o.close.code and words.number(f.o.close.code)
end

function get.close_meaning(f)
  return f.o.close and names.close(f.o.close.code)
end

function get.close_reason(f)
  local reason = f.o.close and f.o.close.reason
  return reason and reason ~= "" and '"' .. words.quote(reason, 123) .. '"'
end

function get.detail(f) return f.detail and words.quote(f.detail) end

-- The events of a timeline in words; %s is the detail.
local EVENTS = {
  ["resolving"] = "the name was being resolved",
  ["resolved"] = "the name was resolved", ["connecting"] = "TCP was dialled",
  ["tcp-connected"] = "TCP was connected", ["tcp-accepted"] = "TCP was "
    .. "accepted", ["tls-sent"] = "this side sent %s",
  ["tls-received"] = "%s arrived", ["http-request"] = "the HTTP request "
    .. "was sent", ["http-response"] = "an HTTP answer began (%s)",
}

local function last_step(f)
  local timeline = f.o.timeline or {}
  for i = #timeline, 1, -1 do
    local event = timeline[i].event
    if event ~= "ended" and event ~= "timeout" and event ~= "eof" then
      return timeline[i], timeline[#timeline]
    end
  end
  return nil
end

function get.last_event(f)
  local step = last_step(f)
  if not step then return nil end
  local detail = step.detail ~= nil and safe(tostring(step.detail), 60) or ""
  local text = EVENTS[step.event]
  if text then
    text = text:format(detail)
  else
    text = safe(step.event) .. (detail ~= "" and " " .. detail or "")
  end
  return ("last seen, at %.3f s: %s"):format(step.at or 0, text)
end

function get.waited(f)
  local step, last = last_step(f)
  if not step or step == last or not last.at then return nil end
  return ("then nothing, until %.3f s"):format(last.at)
end

--- One word, from the record or general; raises for a word nobody knows.
function vars.get(f, name)
  local reader = get[name]
  local value = reader and reader(f)
  if value then return value end
  return general[name] or error("no such word in a diagnosis: " .. name)
end

--- One word from the record only: nil when the record does not know it.
function vars.known(f, name)
  local reader = get[name]
  return reader and reader(f) or nil
end

return vars
