-- Writes the index of the installed scenarios from what is on disk: plain Lua
-- cannot list a folder, and an installed rock has none to list.
--     lua tools/catalogue.lua            writes lua/wsstls/catalogue/init.lua
--     lua tools/catalogue.lua -          prints it
local DIR = "lua/wsstls/catalogue"

-- As a connection lives; a group that is not named here comes last.
local ORDER = { "certificate", "client-certificate", "negotiation", "config",
  "wire", "proxy", "upgrade", "frames", "close", "seeds", "badssl" }

local HEAD = [[
--- The installed scenarios: `{group, name}`, in the order in which they are
-- told. Written by `make catalogue`.
-- @module wsstls.catalogue
return {
]]

local groups, names = {}, {}
for _, group in ipairs(ORDER) do
  groups[#groups + 1], names[group] = group, {}
end

local pipe = io.popen(("find %s -mindepth 2 -name '*.lua' | LC_ALL=C sort")
  :format(DIR))
for path in pipe:lines() do
  local group, name = path:match("([^/]+)/([^/]+)%.lua$")
  if not names[group] then
    groups[#groups + 1], names[group] = group, {}
  end
  table.insert(names[group], name)
end
pipe:close()

local lines = {}
for _, group in ipairs(groups) do
  for _, name in ipairs(names[group]) do
    lines[#lines + 1] = ('  { "%s", "%s" },\n'):format(group, name)
  end
end
local text = HEAD .. table.concat(lines) .. "}\n"

if arg[1] == "-" then
  io.write(text)
else
  local file = assert(io.open(DIR .. "/init.lua", "w"))
  file:write(text)
  file:close()
end
