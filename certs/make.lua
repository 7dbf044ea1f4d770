--- make certs: the fixtures of certs/fixtures, from the recipes.
-- What is there stays; FORCE=1 makes all of it again, from the keys that
-- are there (certs/keys; delete a key to get another one).
local fixtures = dofile "certs/fixtures.lua"
local json = require "wsstls.json"
local pki = require "wsstls.pki"
local recipes = require "wsstls.recipes"

local force = os.getenv "FORCE" ~= nil and os.getenv "FORCE" ~= ""

local function read(path)
  local file = io.open(path, "rb")
  if not file then return nil end
  local text = file:read("*a")
  file:close()
  return text
end

local function write(path, text)
  local file = assert(io.open(path, "wb"))
  assert(file:write(text))
  assert(file:close())
end

-- Labels and slugs are ours: letters, digits and hyphens.
local function directory(path)
  assert(os.execute("mkdir -p " .. path))
end

local function key(label, spec)
  local path = "certs/keys/" .. label .. ".key"
  if read(path) then return assert(pki.load(path)) end
  local made = assert(pki.key(spec))
  directory "certs/keys"
  assert(made:save { key = path })
  return made
end

local function complete(dir, files)
  for name in pairs(files) do
    if not read(dir .. "/" .. name) then return false end
  end
  return true
end

local function save(case)
  local dir = "certs/fixtures/" .. case.slug
  local files = recipes.files(case)
  if not force and complete(dir, files) then return false end
  directory(dir)
  for name, text in pairs(files) do
    if name:find "%.key$" then
      assert(assert(pki.load(text)):save { key = dir .. "/" .. name })
    else
      write(dir .. "/" .. name, text)
    end
  end
  return true
end

local base = recipes.base(pki, { now = fixtures.now, key = key })
local lines, made = {}, 0
local cases = fixtures.cases(base)

for i, case in ipairs(cases) do
  if save(case) then made = made + 1 end
  lines[i] = "  " .. json.encode(fixtures.describe(case))
end
write("certs/fixtures/index.json",
  "[\n" .. table.concat(lines, ",\n") .. "\n]\n")
print(("certs: %d made, %d kept"):format(made, #cases - made))
