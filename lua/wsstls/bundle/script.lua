--- The scenario of a bundle as Lua text.
-- @module wsstls.bundle.script
local script = {}

local function sorted(t)
  local names = {}
  for name in pairs(t) do names[#names + 1] = name end
  table.sort(names, function(a, b) return tostring(a) < tostring(b) end)
  return names
end

local function quoted(s)
  return (("%q"):format(s):gsub("\\\n", "\\n"):gsub("\r", "\\r")
    :gsub("%z", "\\0"))
end

local function number(n)
  return n % 1 == 0 and ("%d"):format(n) or ("%.17g"):format(n)
end

-- A value as Lua text; {file = name} is the file beside the script.
local function literal(value, indent)
  if type(value) == "number" then return number(value) end
  if type(value) == "string" then return quoted(value) end
  if type(value) ~= "table" then return tostring(value) end
  if type(value.file) == "string" then
    return "here .. " .. quoted("/" .. value.file)
  end
  local parts, inner = {}, indent .. "  "
  for i, item in ipairs(value) do parts[i] = literal(item, inner) end
  if parts[1] then return "{ " .. table.concat(parts, ", ") .. " }" end
  for _, name in ipairs(sorted(value)) do
    local key = name:find "^[%a_][%w_]*$" and name
      or "[" .. quoted(name) .. "]"
    parts[#parts + 1] = ("%s%s = %s,\n"):format(inner, key,
      literal(value[name], inner))
  end
  if not parts[1] then return "{}" end
  return "{\n" .. table.concat(parts) .. indent .. "}"
end

local function comment(text)
  return "-- " .. text:gsub("[%c]+", " ") .. "\n"
end

local HEAD = [[
local here = debug.getinfo(1, "S").source:match "^@(.*)/[^/]*$" or "."

]]

-- Functions of the server, which no literal can be.
local function behaviour(plan)
  if plan.answer then
    return ("    on_upgrade = function()\n      return %s\n    end,\n")
      :format(literal(plan.answer, "      "))
  elseif plan.close then
    return ("    run = function(conn) conn:close(%s, %s) end,\n"):format(
      number(plan.close.code), quoted(plan.close.reason))
  end
  return ""
end

local function server_text(plan)
  if plan.server == false then return "false" end
  local text = literal(plan.server, "  ")
  local more = behaviour(plan)
  if more == "" then return text end
  if text == "{}" then return "{\n" .. more .. "  }" end
  return (text:gsub("\n  }$", function() return "\n" .. more .. "  }" end))
end

local function instead(plan)
  local text = comment("It cannot be staged from the record alone: "
    .. plan.why .. ".")
  if plan.instead then
    return text .. comment "This scenario of the catalogue shows the like."
      .. ("return require %s\n"):format(quoted(plan.instead))
  end
  return text .. ("error(%s, 0)\n"):format(quoted("nothing to replay: "
    .. plan.why))
end

--- @tparam table plan of `wsstls.bundle.replay`
-- @tparam table err
-- @treturn string Lua text
function script.text(plan, err)
  local text = comment(("A reproduction of %s: %s"):format(err.code,
      err.message))
    .. comment "Run it: wsstls run repro.lua (or wsstls test, or busted)"
  if plan.note then text = text .. comment("Differs: " .. plan.note .. ".") end
  if plan.why then return text .. instead(plan) end
  return text .. HEAD .. ([[
return require "wsstls".scenario {
  name = %s,
  title = %s,
  tags = { "reproduction" },
  server = %s,
  client = %s,
  expect = { client = %s },
}
]]):format(quoted(plan.name), quoted(err.message), server_text(plan),
    literal(plan.client, "  "), literal(plan.expect, "  "))
end

return script
