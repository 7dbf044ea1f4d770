--- Subjects and subject alternative names: what people write, as the pairs
-- the core takes. Every reader returns its value, or nil and a sentence.
-- @module wsstls.pki.names
local idn = require "wsstls.pki.idn"

local names = {}

-- The order of a table without one: from the country down to the name.
local ORDER = { "DC", "C", "ST", "L", "street", "O", "OU", "CN" }

-- "CN=a\,b,O=c" or "/O=c/CN=a" into pieces at an unescaped separator.
local function split(text, separator)
  local pieces, piece, i = {}, {}, 1
  while i <= #text do
    local char = text:sub(i, i)
    if char == "\\" and i < #text then
      local hex = text:match("^%x%x", i + 1)
      piece[#piece + 1] = hex and string.char(tonumber(hex, 16))
        or text:sub(i + 1, i + 1)
      i = i + (hex and 3 or 2)
    elseif char == separator then
      pieces[#pieces + 1] = table.concat(piece)
      piece, i = {}, i + 1
    else
      piece[#piece + 1] = char
      i = i + 1
    end
  end
  pieces[#pieces + 1] = table.concat(piece)
  return pieces
end

local function from_text(text)
  local slashes = text:sub(1, 1) == "/"
  local pieces = split(slashes and text:sub(2) or text, slashes and "/" or ",")
  local pairs_, reversed = {}, {}
  for _, piece in ipairs(pieces) do
    local name, value = piece:match("^%s*([%w.]+)%s*=%s*(.-)%s*$")
    if not name then
      return nil, ("option 'subject': expected 'CN=...,O=...', got '%s'")
        :format(piece)
    end
    pairs_[#pairs_ + 1] = { name, value }
  end
  if slashes then return pairs_ end
  -- RFC 2253 writes the last part first
  for i = #pairs_, 1, -1 do reversed[#reversed + 1] = pairs_[i] end
  return reversed
end

local function from_list(list)
  local out = {}
  for i, entry in ipairs(list) do
    local name, value
    if type(entry) == "table" then name, value = entry[1], entry[2] end
    if type(name) ~= "string" or type(value) ~= "string" then
      return nil, ("option 'subject'[%d]: expected {name, value}, got %s")
        :format(i, type(entry))
    end
    out[i] = { name, value }
  end
  return out
end

local function from_table(map)
  local out, done, rest = {}, {}, {}
  for name, value in pairs(map) do
    if type(name) ~= "string" or type(value) ~= "string" then
      return nil, ("option 'subject': expected names with strings, got %s = %s")
        :format(tostring(name), type(value))
    end
  end
  for _, name in ipairs(ORDER) do
    if map[name] then
      out[#out + 1] = { name, map[name] }
      done[name] = true
    end
  end
  for name in pairs(map) do
    if not done[name] then rest[#rest + 1] = name end
  end
  table.sort(rest)
  -- what is rarer stands before the common name, which comes last
  for i, name in ipairs(rest) do
    table.insert(out, map.CN and #out or #out + 1, { name, map[name] })
    rest[i] = nil
  end
  return out
end

--- The subject from `subject` and `cn`; nil when neither is given.
-- @tparam table o
-- @treturn table|nil list of {attribute, value}; or nil and a sentence
function names.subject(o)
  local subject, bad = o.subject, nil
  if subject == nil and o.cn == nil then return nil end
  if subject == nil or subject == "" then
    subject = {}
  elseif type(subject) == "string" then
    subject, bad = from_text(subject)
  elseif subject[1] ~= nil or next(subject) == nil then
    subject, bad = from_list(subject)
  else
    subject, bad = from_table(subject)
  end
  if not subject then return nil, bad end
  if o.cn ~= nil then subject[#subject + 1] = { "CN", o.cn } end
  return subject
end

local check = {}

function check.dns(name)
  local ascii = idn.to_ascii(name)
  if not ascii then return nil, "is not UTF-8" end
  if name:find("://", 1, true) then
    return nil, "is a URL; a name has no scheme"
  end
  if ascii:find("[%s%c]") then return nil, "has a blank in it" end
  if ascii:find(":", 1, true) and not ascii:find(":.*:") then
    return nil, "has a port; a certificate names hosts only"
  end
  if ascii:sub(-1) == "." then return nil, "ends in a dot" end
  if #ascii > 253 then return nil, "is longer than 253 bytes" end
  for label in (ascii .. "."):gmatch("([^.]*)%.") do
    if #label == 0 then return nil, "has an empty label" end
    if #label > 63 then return nil, "has a label longer than 63 bytes" end
  end
  local rest = ascii:gsub("^%*%.", "")
  if rest:find("*", 1, true) then
    return nil, "has a wildcard that is not the whole left-most label"
  end
  return ascii
end

function check.ip(name)
  return (name:gsub("^%[(.*)%]$", "%1"))
end

function check.email(name)
  local mailbox, host = name:match("^(.+)@([^@]+)$")
  if not mailbox then return nil, "has no @" end
  -- a local part beyond ASCII keeps its host as it is (RFC 8398)
  if mailbox:find("[\128-\255]") then return name end
  host = idn.to_ascii(host)
  return host and mailbox .. "@" .. host, "is not UTF-8"
end

function check.uri(name)
  if not name:find("^%a[%w+.-]*:") then return nil, "has no scheme" end
  if name:find("[%s%c\128-\255]") then
    return nil, "has a character that must be percent-encoded"
  end
  return name
end

function check.rid(name)
  if not name:find("^%d+%.[%d.]*%d$") then return nil, "is no dotted OID" end
  return name
end

-- "CN=a,O=b" -> what the core takes: attribute, zero byte, value, zero byte.
function check.dirname(name)
  local pairs_ = from_text(name)
  if not pairs_ then return nil, "is no name like 'CN=...,O=...'" end
  local out = {}
  for i, pair in ipairs(pairs_) do out[i] = table.concat(pair, "\0") .. "\0" end
  return table.concat(out)
end

local function der_length(n)
  if n < 128 then return string.char(n) end
  if n < 256 then return string.char(129, n) end
  return string.char(130, math.floor(n / 256), n % 256)
end

-- "OID;UTF8:text" or "OID;DER:hex", as pki.load shows them.
function check.othername(name)
  local oid, kind, value = name:match("^(%d+%.[%d.]*%d);(%u+%d?):(.*)$")
  if kind == "UTF8" and #value < 65536 then
    return oid .. "\0\12" .. der_length(#value) .. value
  elseif kind == "DER" and #value % 2 == 0 and value:find("^%x+$") then
    return oid .. "\0" .. value:gsub("%x%x", function(hex)
      return string.char(tonumber(hex, 16))
    end)
  end
  return nil, "is not 'OID;UTF8:text' or 'OID;DER:hex'"
end

--- The kinds of names, in the order they are written.
names.kinds = { "dns", "ip", "email", "uri", "rid", "dirname", "othername" }

-- These two are text for people only: the core takes them taken apart.
local STRUCTURED = { dirname = true, othername = true }

local function add(out, kind, value, unchecked)
  if type(value) ~= "string" then
    return ("option '%s': expected a string or a list of strings, got %s")
      :format(kind, type(value))
  end
  if value == "" and not unchecked then
    return ("option '%s': a name cannot be empty"):format(kind)
  end
  if not unchecked or STRUCTURED[kind] then
    local good, why = check[kind](value)
    if not good then
      return ("option '%s': '%s' %s%s"):format(kind, value, why,
        STRUCTURED[kind] and "" or " (unchecked = true makes it anyway)")
    end
    value = good
  end
  out[#out + 1] = { kind, value }
  return nil
end

--- All names of `o` as {kind, value}; nil when no kind of name is given.
-- @tparam table o
-- @treturn table|nil the list; or nil and a sentence
function names.alternatives(o)
  local out, given = {}, false
  for _, kind in ipairs(names.kinds) do
    local value = o[kind]
    if value ~= nil then
      given = true
      local list = type(value) == "table" and value or { value }
      for _, name in ipairs(list) do
        local bad = add(out, kind, name, o.unchecked)
        if bad then return nil, bad end
      end
    end
  end
  if not given then return nil end
  return out
end

local PREFIX = { dns = "dns", ip = "ip", email = "email", uri = "uri",
                 dirname = "dirname" }

--- The names of a constraint list: "ok.test", "IP:10.0.0.0/8", "email:...",
-- "dirName:O=Example".
-- @tparam table|string list
-- @tparam string where for the sentence
-- @treturn table|nil list of {kind, value}; or nil and a sentence
function names.constraints(list, where)
  if type(list) == "string" then list = { list } end
  if type(list) ~= "table" then
    return nil, ("%s: expected a list of names, got %s"):format(where,
      type(list))
  end
  local out = {}
  for i, text in ipairs(list) do
    if type(text) ~= "string" then
      return nil, ("%s[%d]: expected a string, got %s"):format(where, i,
        type(text))
    end
    local prefix, value = text:match("^(%a+):(.*)$")
    local kind = prefix and PREFIX[prefix:lower()]
    if not kind then kind, value = "dns", text end
    if kind == "dns" then value = idn.to_ascii(value) or value end
    if kind == "dirname" then
      local good, why = check.dirname(value)
      if not good then
        return nil, ("%s[%d]: '%s' %s"):format(where, i, value, why)
      end
      value = good
    end
    out[i] = { kind, value }
  end
  return out
end

return names
