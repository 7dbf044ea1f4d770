--- Words for people: escaping what a peer sent, hiding secrets, dates.
--
-- Everything that reaches a terminal or a report through the diagnosis goes
-- through `words.safe`: a certificate's subject or a close reason is chosen
-- by the peer and may hold control characters.
-- @module wsstls.diagnosis.words
local words = {}

local CUT = 300

-- The length of the valid UTF-8 sequence at `i` (RFC 3629), or nil.
local function sequence(s, i)
  local a, b, c, d = s:byte(i, i + 3)
  local function tail(x) return x and x >= 0x80 and x <= 0xBF end
  if a < 0x80 then return 1 end
  if a >= 0xC2 and a <= 0xDF then return tail(b) and 2 or nil end
  if a >= 0xE0 and a <= 0xEF then
    if not (tail(b) and tail(c)) then return nil end
    if a == 0xE0 and b < 0xA0 or a == 0xED and b > 0x9F then return nil end
    return 3
  end
  if a >= 0xF0 and a <= 0xF4 then
    if not (tail(b) and tail(c) and tail(d)) then return nil end
    if a == 0xF0 and b < 0x90 or a == 0xF4 and b > 0x8F then return nil end
    return 4
  end
  return nil
end

-- Controls, and the marks that turn the direction of text: both can make a
-- terminal show something else than what is there.
local function unprintable(s, i, len)
  local a, b, c = s:byte(i, i + 2)
  if len == 1 then return a < 0x20 or a == 0x7F end
  if len == 2 then return a == 0xC2 and b < 0xA0 end
  if len == 3 and a == 0xE2 then
    return b == 0x80 and (c >= 0x8B and c <= 0x8F or c >= 0xA8 and c <= 0xAE)
      or b == 0x81 and c >= 0xA6 and c <= 0xA9
  end
  return false
end

local function hex(s)
  return (s:gsub(".", function(c) return ("\\x%02X"):format(c:byte()) end))
end

--- Text that a terminal shows as it is: one line, valid UTF-8, bounded.
-- @param s anything; nil gives ""
-- @tparam[opt=300] number max bytes kept; what is cut is marked "..."
function words.safe(s, max)
  s = type(s) == "string" and s or (s == nil and "" or tostring(s))
  max = max or CUT
  if #s <= max and not s:find("[^\32-\126]") then return s end
  local out, i, cut = {}, 1, #s > max
  if cut then s = s:sub(1, max) end
  while i <= #s do
    local len = sequence(s, i)
    if not len then
      -- a sequence that the cut went through is part of the mark
      if cut and i > #s - 3 and s:byte(i) >= 0xC2 then break end
      out[#out + 1] = hex(s:sub(i, i))
    elseif unprintable(s, i, len) then
      local c = s:sub(i, i + len - 1)
      out[#out + 1] = c == "\n" and "\\n" or c == "\r" and "\\r"
        or c == "\t" and "\\t" or hex(c)
    else
      out[#out + 1] = s:sub(i, i + len - 1)
    end
    i = i + (len or 1)
  end
  return table.concat(out) .. (cut and "..." or "")
end

--- The same bytes as valid UTF-8: what is not is written "\xNN". Controls
-- stay (a JSON writer escapes them itself).
function words.utf8(s)
  if not s:find("[\128-\255]") then return s end
  local out, i = {}, 1
  while i <= #s do
    local len = sequence(s, i)
    out[#out + 1] = len and s:sub(i, i + len - 1) or hex(s:sub(i, i))
    i = i + (len or 1)
  end
  return table.concat(out)
end

local SECRET = { ["authorization"] = true, ["proxy-authorization"] = true,
                 ["cookie"] = true, ["set-cookie"] = true,
                 ["x-api-key"] = true, ["x-auth-token"] = true }

-- `word` as a pattern that ignores the case of letters.
local function anycase(word)
  return (word:gsub("%a", function(c)
    return "[" .. c:lower() .. c:upper() .. "]"
  end))
end

local NAMED, HEADER = {}, {}
for _, word in ipairs { "password", "passwd", "passphrase", "secret",
                        "token", "api_key", "apikey" } do
  NAMED[#NAMED + 1] = "(" .. anycase(word) .. "=)[^%s&;,\"']+"
end
for name in pairs(SECRET) do
  HEADER[#HEADER + 1] = "(" .. anycase(name):gsub("%-", "%%-")
    .. ":[ \t]*)[^\r\n]+"
end

-- A key's lines go, also when the text was cut before their end. Plain
-- searches: each byte is looked at a bounded number of times, whatever a peer
-- made of the text.
local function redact_keys(s)
  local first = s:find("PRIVATE KEY-----", 1, true)
  if not first then return s end
  local out, at = {}, 1
  while first do
    local from = first + #"PRIVATE KEY-----"
    local to = s:find("-----END", from, true)
    out[#out + 1] = s:sub(at, from - 1) .. "[redacted]"
    at = to or #s + 1
    -- the key's END line says PRIVATE KEY as well
    local past = to and s:find("PRIVATE KEY-----", to, true)
    if past then
      past = past + #"PRIVATE KEY-----"
      out[#out + 1], at = s:sub(at, past - 1), past
    end
    first = s:find("PRIVATE KEY-----", at, true)
  end
  return table.concat(out) .. s:sub(at)
end

-- From each "://" on, as a pattern for the whole URL would try the letters
-- before it again at every one of them.
local function redact_urls(s)
  local at = s:find("://", 1, true)
  if not at then return s end
  local out, kept = {}, 1
  while at do
    local from, to = s:match("^[^%s/@:]*:()[^%s/@]*()@", at + 3)
    if from then
      out[#out + 1] = s:sub(kept, from - 1) .. "[redacted]"
      kept = to
    end
    at = s:find("://", at + 3, true)
  end
  return table.concat(out) .. s:sub(kept)
end

--- Text without the secrets that are known by their place: a password in a
-- URL, header lines that carry credentials, `password=`, `token=`.
function words.redact(s)
  if type(s) ~= "string" then return s end
  s = redact_urls(redact_keys(s))
  if s:find(":", 1, true) then
    for _, pattern in ipairs(HEADER) do s = s:gsub(pattern, "%1[redacted]") end
  end
  if s:find("=", 1, true) then
    for _, pattern in ipairs(NAMED) do s = s:gsub(pattern, "%1[redacted]") end
  end
  return s
end

--- `words.safe` of `words.redact`: for text that a peer or a user made.
function words.quote(s, max)
  max = max or CUT
  -- what will not be shown is not read; the mark of the cut stays
  if type(s) == "string" and #s > 4 * max + 1024 then
    s = s:sub(1, 4 * max + 1024)
  end
  return words.safe(words.redact(s), max)
end

--- Text without blanks at both ends.
function words.trim(s)
  local first = s:find("%S")
  if not first then return "" end
  local last = #s
  while s:find("^%s", last) do last = last - 1 end
  return s:sub(first, last)
end

-- The value of one attribute at `i` of a name in RFC 2253's form, and where
-- the next attribute begins.
local function dn_value(s, i)
  local out = {}
  while i <= #s do
    local c = s:sub(i, i)
    if c == "," or c == "+" then break end
    if c == "\\" then
      local code = s:match("^%x%x", i + 1)
      out[#out + 1] = code and string.char(tonumber(code, 16))
        or s:sub(i + 1, i + 1)
      i = i + (code and 3 or 2)
    else
      out[#out + 1], i = c, i + 1
    end
  end
  return table.concat(out), i + 1
end

--- A distinguished name as people say it: the common name, with the
-- organisation behind it; without a common name the organisation, else all.
-- @tparam string dn in the form of RFC 2253
function words.dn(dn)
  if type(dn) ~= "string" then return nil end
  if dn == "" then return "(empty subject)" end
  dn = dn:sub(1, 2048)
  local found, i = {}, 1
  while i <= #dn do
    local key, from = dn:match("^([%w.]+)=()", i)
    if not key then break end
    local value
    value, i = dn_value(dn, from)
    -- the last of several common names stands first in this form
    if value ~= "" and not found[key] then found[key] = value end
  end
  local cn, o = found.CN, found.O or found.OU
  if cn and o and cn ~= o then
    return ("%s (%s)"):format(words.safe(cn, 80), words.safe(o, 40))
  end
  return words.safe(cn or o or dn, 120)
end

-- Civil date of a day number since 1970-01-01 (proleptic Gregorian). Not
-- os.date: it fails on years before 1970 and after 2038 on some systems.
local function civil(days)
  local z = days + 719468
  local era = math.floor(z / 146097)
  local doe = z - era * 146097
  local yoe = math.floor((doe - math.floor(doe / 1460)
    + math.floor(doe / 36524) - math.floor(doe / 146096)) / 365)
  local doy = doe - (365 * yoe + math.floor(yoe / 4) - math.floor(yoe / 100))
  local mp = math.floor((5 * doy + 2) / 153)
  local day = doy - math.floor((153 * mp + 2) / 5) + 1
  local month = mp < 10 and mp + 3 or mp - 9
  return yoe + era * 400 + (month <= 2 and 1 or 0), month, day
end

--- Epoch seconds as "2026-01-31 12:00:00 UTC"; "?" for anything else.
-- @tparam number seconds
-- @tparam[opt] boolean day true: the date alone
function words.date(seconds, day)
  if type(seconds) ~= "number" or seconds ~= seconds
     or math.abs(seconds) > 4e11 then
    return "?"
  end
  local days = math.floor(seconds / 86400)
  local rest = math.floor(seconds - days * 86400)
  local y, m, d = civil(days)
  local text = ("%04d-%02d-%02d"):format(y, m, d)
  if day then return text end
  return ("%s %02d:%02d:%02d UTC"):format(text, math.floor(rest / 3600),
    math.floor(rest / 60) % 60, rest % 60)
end

local SPANS = { { 86400 * 365, "year" }, { 86400, "day" }, { 3600, "hour" },
                { 60, "minute" }, { 1, "second" } }

--- A length of time as one rounded-down unit: "3 days", "1 hour".
function words.span(seconds)
  seconds = math.abs(seconds)
  for _, span in ipairs(SPANS) do
    local n = math.floor(seconds / span[1])
    if n >= 1 then
      return ("%d %s%s"):format(n, span[2], n == 1 and "" or "s")
    end
  end
  return "less than a second"
end

--- A list as words: `a`, `a and b`, `a, b and c`; at most `max`, then how
-- many more.
function words.list(items, max)
  local shown, count = {}, #(items or {})
  for i = 1, math.min(count, max or 12) do
    shown[i] = words.safe(items[i], 80)
  end
  if count > #shown then
    return table.concat(shown, ", ")
      .. (" and %d more"):format(count - #shown)
  end
  if count < 2 then return shown[1] or "" end
  local last = table.remove(shown)
  return table.concat(shown, ", ") .. " and " .. last
end

--- A number without the ".0" that some Lua versions print.
function words.number(n)
  if type(n) ~= "number" then return tostring(n) end
  if n == math.floor(n) and math.abs(n) < 1e15 then
    return ("%d"):format(n)
  end
  return ("%.3g"):format(n)
end

return words
