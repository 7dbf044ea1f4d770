--- Which tests of a file are wanted: tags and a pattern.
-- @module wsstls.runner.selection
local selection = {}

local function any_of(list, has)
  for tag in list:gmatch "[^,]+" do
    if has[tag] then return true end
  end
  return false
end

--- True when each entry of `wanted` ("a" or "a,b": one of them) is among the
-- tags.
function selection.tagged(tags, wanted)
  local has = {}
  for _, tag in ipairs(tags or {}) do has[tag] = true end
  for _, list in ipairs(wanted or {}) do
    if not any_of(list, has) then return false end
  end
  return true
end

--- True when the name or the title contains the text, or matches it as a
-- Lua pattern ("cert-expired" is no good one: its "-" means something).
function selection.named(pattern, ...)
  if not pattern then return true end
  for i = 1, select("#", ...) do
    local text = select(i, ...)
    if text and (text:find(pattern, 1, true) or text:find(pattern)) then
      return true
    end
  end
  return false
end

--- The text as a pattern that matches nothing else.
function selection.literal(text)
  return (text:gsub("%W", "%%%0"))
end

--- nil, or why it is no Lua pattern.
function selection.bad_pattern(pattern)
  local ok, why = pcall(string.find, "", pattern)
  if ok then return nil end
  return (why:gsub("^.-:%d+: ", ""))
end

return selection
