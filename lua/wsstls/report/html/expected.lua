--- What a scenario expected of both sides, as a table: a row for each field,
-- the wrong ones marked.
-- @module wsstls.report.html.expected
local names = require "wsstls.names"
local results = require "wsstls.report.result"
local words = require "wsstls.diagnosis.words"
local xml = require "wsstls.report.xml"

local expected = {}

local SIDES = { "client", "server" }

-- In the order in which a reader asks; others follow by name.
local ORDER = { "ok", "code", "slug", "phase", "fault", "rejected_by",
  "verify", "depth", "errors", "alert_sent", "alert_received", "openssl",
  "http_status", "close_code", "exit", "output" }

local function alert(number) return names.alert(number) end

-- Numbers that have names.
local NAMES = { alert_sent = alert, alert_received = alert,
  verify = function(number)
    local row = names.x509(number)
    return row and row.name
  end,
  http_status = function(status) return names.http(status) end }

local function fields_of(expect)
  local used, known, list = {}, {}, {}
  for _, side in ipairs(SIDES) do
    for name in pairs(type(expect[side]) == "table" and expect[side] or {}) do
      used[tostring(name)] = true
    end
  end
  for _, name in ipairs(ORDER) do
    known[name] = true
    if used[name] then list[#list + 1] = name end
  end
  local others = {}
  for name in pairs(used) do
    if not known[name] then others[#others + 1] = name end
  end
  table.sort(others)
  for _, name in ipairs(others) do list[#list + 1] = name end
  return list
end

-- A value that depends on the TLS version is that of the version spoken.
local function value_of(name, value, version)
  if type(value) == "table" and #value == 0 and next(value) ~= nil then
    local chosen = value[version]
    if chosen ~= nil then return value_of(name, chosen) end
    local out = {}
    for key, one in pairs(value) do
      out[#out + 1] = ("%s: %s"):format(tostring(key), results.value(one))
    end
    table.sort(out)
    return table.concat(out, "; ")
  end
  if value == false then return name == "ok" and "no" or "none" end
  if value == true then return "yes" end
  local known = type(value) == "number" and NAMES[name]
  known = known and known(value)
  return known and ("%d %s"):format(value, known) or results.value(value)
end

--- A value as text, with the name that its number has.
-- @tparam string|nil field "client.verify"
-- @param value
function expected.value(field, value)
  return value == nil and "nothing"
    or value_of(tostring(field):match "[%w_]+$", value)
end

local function version_of(r)
  for _, side in ipairs(SIDES) do
    local record = r[side]
    if type(record) == "table" and record.tls and record.tls.version then
      return record.tls.version
    end
  end
  return r.tls
end

local function cell(r, side, name, version, wrong)
  local of_side = r.expect[side]
  local value = type(of_side) == "table" and of_side[name]
  if value == nil or type(of_side) ~= "table" then return "<td></td>" end
  return ("<td%s>%s</td>"):format(
    wrong[side .. "." .. name] and ' class="no"' or "",
    xml.text(words.quote(value_of(name, value, version), 200)))
end

--- The table.
-- @tparam table r a result; its `expect` is used
-- @treturn string HTML; "" when nothing was expected
function expected.html(r)
  if type(r.expect) ~= "table" then return "" end
  local list = fields_of(r.expect)
  if #list == 0 then return "" end
  local wrong, version = {}, version_of(r)
  for _, m in ipairs(r.mismatches or {}) do wrong[tostring(m.field)] = true end
  local out = { "<section><h4>what had to happen</h4>"
    .. '<table class="ex"><thead><tr><th></th><th>client</th><th>server</th>'
    .. "</tr></thead><tbody>" }
  for _, name in ipairs(list) do
    out[#out + 1] = ('<tr><th scope="row">%s</th>%s%s</tr>'):format(
      xml.text(words.safe(name, 40):gsub("_", " ")),
      cell(r, "client", name, version, wrong),
      cell(r, "server", name, version, wrong))
  end
  out[#out + 1] = "</tbody></table></section>"
  return table.concat(out)
end

return expected
