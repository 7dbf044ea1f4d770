--- Reads text that was pasted from another client: which numbers, names and
-- phrases in it mean something here.
-- @module wsstls.explain.pasted
local clients = require "wsstls.explain.clients"
local names = require "wsstls.names"

local pasted = {}

local MAX_TEXT = 65536
local MAX_FOUND = 8

-- Patterns that carry an X509 number.
local NUMBERED = {
  "preverify_ok=%d+;%s*err=(%d+)", "x509_v_err = %(?(%d+)",
  "verify error:num=(%d+)", "verify return code: (%d+)",
  "verify error %(?(%d+)", "x509 (%d+)", "verification error: (%d+)",
}

-- Go's words for alerts ("remote error: tls: ...") where they are not the
-- alert's name with spaces.
local GO_ALERTS = {
  ["unknown certificate authority"] = 48, ["bad certificate"] = 42,
  ["expired certificate"] = 45, ["revoked certificate"] = 44,
  ["unknown certificate"] = 46, ["unsupported certificate"] = 43,
  ["error decrypting message"] = 51, ["protocol version not supported"] = 70,
  ["handshake failure"] = 40, ["bad record mac"] = 20,
  ["internal error"] = 80, ["unrecognized name"] = 112,
  ["certificate required"] = 116, ["no application protocol"] = 120,
  ["insufficient security level"] = 71, ["unexpected message"] = 10,
}

local function x509_numbers(low, put)
  for _, pattern in ipairs(NUMBERED) do
    for digits in low:gmatch(pattern) do
      local number = tonumber(digits)
      if number ~= 0 and names.x509(number) then put("x509", number) end
    end
  end
end

local function alerts(low, put)
  for digits in low:gmatch("alert number (%d+)") do
    put("alert", tonumber(digits))
  end
  for digits in low:gmatch("alert (%d+)") do put("alert", tonumber(digits)) end
  -- "tlsv1 alert unknown ca", "SSLV3_ALERT_BAD_CERTIFICATE"; the longest
  -- name that fits, as "certificate" alone begins several
  local spaced = low:gsub("[_%-]", " ")
  for rest in spaced:gmatch("alert:? ([%a ]+)") do
    local found
    for _, row in ipairs(names.alert_rows()) do
      local name = row.name:gsub("_", " ")
      if rest:sub(1, #name) == name and (not found or #name > #found) then
        found = name
      end
    end
    if found then put("alert", names.alert_number(found)) end
  end
  for rest in low:gmatch("remote error: tls: ([%a ]+)") do
    local number = GO_ALERTS[(rest:match("^(.-)%s*$"))]
    if number then put("alert", number) end
  end
end

-- "error:0A000086:", and OpenSSL 1.1's "error:1416F086:" where the library
-- is the first byte, a function follows and the reason is the last 3 digits.
local function openssl(low, put)
  for code in low:gmatch("error:0?x?(%x%x%x%x%x%x%x%x)") do
    local known = names.openssl(code)
    if not known and code:sub(1, 2) == "14" then
      known = names.openssl("0A000" .. code:sub(6, 8))
    end
    if known and known.alert then
      put("alert", known.alert)
    elseif known and known.code ~= "0A000086" then
      put("openssl", known.code)
    end
  end
end

-- X509 names ("CERT_HAS_EXPIRED") and OpenSSL's sentences for them.
local function x509_words(s, low, put)
  for word in s:gmatch("[%u][%u%d_]+[%u%d]") do
    local row = word:find("_", 1, true) and names.x509(word)
    if row and row.code ~= 0 then put("x509", row.code) end
  end
  local plain = low:gsub("self signed", "self-signed")
  local best, length
  for _, row in ipairs(names.x509_rows()) do
    -- "certificate rejected" and the like are too common as words, and Go
    -- has one sentence for expired and not yet valid
    local vague = row.code < 2 or row.code == 27 or row.code == 28
      or row.code == 10 and plain:find("or is not yet valid", 1, true)
    if not vague then
      local phrase = row.text:lower()
      if plain:find(phrase, 1, true) and (not length or #phrase > length) then
        best, length = row.code, #phrase
      end
    end
  end
  if best then put("x509", best) end
end

local function escape(s) return (s:gsub("%p", "%%%0")) end

-- One row for each client; the system's words only when no client's fit.
local function phrases(low, put_client, already)
  local seen, count = {}, 0
  for _, row in ipairs(clients) do
    local client, fragment = row[1], row[2]:lower()
    if row.pattern then fragment = fragment:gsub("%%s%+", "%%S+") end
    local fits = low:find(row.pattern and fragment or escape(fragment))
    -- an exit code of curl, or the system's words, only when there is nothing
    -- better
    local weak = client == "the system" or fragment:find("^curl: ")
    if fits and not seen[client]
       and not (weak and (count > 0 or already())) then
      seen[client], count = true, count + 1
      put_client { kind = "client", client = client, fragment = row[2],
                   slug = row[3], remark = row[4] }
    end
  end
end

local function statuses(low, put)
  local patterns = { "unexpected server response: (%d%d%d)",
    "unexpected response code: (%d%d%d)", "http (%d%d%d)",
    "http/1%.%d (%d%d%d)", "status code:? (%d%d%d)" }
  for _, pattern in ipairs(patterns) do
    local number = tonumber(low:match(pattern))
    if number and number ~= 101 and names.http(number) then
      put("http", number)
    end
  end
  for _, pattern in ipairs { "close[d]? %(?(%d%d%d%d)", "code[:=]? ?(%d%d%d%d)",
                             "received (%d%d%d%d) %(" } do
    local number = tonumber(low:match(pattern))
    if number and names.close(number) then put("close", number) end
  end
end

--- What a pasted text says.
-- @tparam string s at most 64 KiB of it are read
-- @treturn table a list of `{kind, value}` or, for phrases of a client,
-- `{kind = "client", client, fragment, slug, remark}`; the most exact first
function pasted.read(s)
  s = s:sub(1, MAX_TEXT)
  local low, list, seen = s:lower(), {}, {}
  local function put(kind, value)
    local key = kind .. tostring(value)
    if seen[key] or #list >= MAX_FOUND then return end
    seen[key] = true
    list[#list + 1] = { kind = kind, value = value }
  end
  local function already() return #list > 0 end
  local function put_client(found)
    if #list < MAX_FOUND then list[#list + 1] = found end
  end
  x509_numbers(low, put)
  -- a client's own name for a fault before OpenSSL's, the general ones after
  phrases(low, put_client, function()
    local found = {}
    x509_words(s, low, function() found[1] = true end)
    return already() or found[1]
  end)
  x509_words(s, low, put)
  alerts(low, put)
  openssl(low, put)
  statuses(low, put)
  if not already() and (low:find("certificate verify failed", 1, true)
     or low:find("certificate_verify_failed", 1, true)
     or low:find(":1416f086:", 1, true)) then
    put("openssl", "0A000086")
  end
  return list
end

return pasted
