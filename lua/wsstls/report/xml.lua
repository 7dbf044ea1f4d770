--- Text for XML and HTML: whatever bytes a peer chose become characters that
-- both allow.
-- @module wsstls.report.xml
local words = require "wsstls.diagnosis.words"

local xml = {}

local ENTITY = { ["&"] = "&amp;", ["<"] = "&lt;", [">"] = "&gt;",
                 ['"'] = "&quot;", ["'"] = "&#39;",
                 ["\n"] = "&#10;", ["\t"] = "&#9;" }

local function escape_byte(c)
  return ("\\x%02X"):format(c:byte())
end

-- XML 1.0 has no way to write most controls, nor U+FFFE and U+FFFF, and
-- HTML forbids those of C1: all are written as \xNN. Marks that turn the
-- direction of text make it look like other text: they go the same way.
local function printable(s)
  s = words.utf8(s)
  s = s:gsub("[%z\1-\8\11\12\14-\31\127]", escape_byte)
  if not s:find("[\194\226\239]") then return s end
  s = s:gsub("\194[\128-\159]", function(c) return c:gsub(".", escape_byte) end)
  s = s:gsub("\226\128[\139-\143\168-\174]", function(c)
    return c:gsub(".", escape_byte)
  end)
  s = s:gsub("\226\129[\166-\169]", function(c)
    return c:gsub(".", escape_byte)
  end)
  return (s:gsub("\239\191[\190\191]", function(c)
    return c:gsub(".", escape_byte)
  end))
end

--- The text of an element; of an attribute: `attribute`.
-- @param s anything; nil is ""
function xml.text(s)
  if s == nil then return "" end
  s = printable(type(s) == "string" and s or tostring(s))
  -- a bare carriage return would come back as a newline
  return (s:gsub("[&<>]", ENTITY):gsub("\r", "\\r"))
end

--- The value of an attribute, in either kind of quotes, on one line.
function xml.attribute(s)
  return (xml.text(s):gsub("[\"'\n\t]", ENTITY))
end

return xml
