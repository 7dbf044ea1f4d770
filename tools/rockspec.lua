-- Writes the file lists of the rockspec from what is on disk. The Makefile
-- takes its sources from there; tidy_spec compares the two with the disk.
local PATH = "wsstls-scm-1.rockspec"

local function find(where, pattern)
  local list = {}
  local pipe = io.popen(("find %s -name '%s' | LC_ALL=C sort"):format(where,
    pattern))
  for path in pipe:lines() do list[#list + 1] = path end
  pipe:close()
  return list
end

local function module_name(path)
  return (path:gsub("^lua/", ""):gsub("^certs/", "wsstls/")
    :gsub("%.lua$", ""):gsub("/", "."):gsub("%.init$", ""))
end

local function module_line(path)
  local name = module_name(path)
  local key = name:find("[^%w_]") and ('["%s"]'):format(name) or name
  local line = ('    %s = "%s",'):format(key, path)
  if #line > 80 then line = ('    %s =\n      "%s",'):format(key, path) end
  return line
end

local sources, modules = {}, {}
for _, path in ipairs(find("src", "*.c")) do
  sources[#sources + 1] = ('        "%s",'):format(path)
end
for _, path in ipairs(find("lua/wsstls certs/recipes", "*.lua")) do
  modules[#modules + 1] = module_line(path)
end

local file = assert(io.open(PATH))
local text = file:read("*a")
file:close()
local head = assert(text:match("^.-\n      sources = {\n"))
local cut = assert(text:find("\n  },\n", #head, true))
local tail = text:sub(cut)
text = head .. table.concat(sources, "\n") .. "\n      },\n    },\n" ..
  table.concat(modules, "\n") .. tail
file = assert(io.open(PATH, "w"))
file:write(text)
file:close()
