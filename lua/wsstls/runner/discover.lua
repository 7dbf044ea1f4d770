--- What there is to run: scenario files, busted spec files, plain scripts.
--
-- A file says what it is: it calls `describe` (a spec), it calls `scenario`,
-- or it is a script. In a folder scripts are left alone, as most Lua files
-- are modules; a script runs when it is named.
-- @module wsstls.runner.discover
local core = require "wsstls.core"

local discover = {}

local DEFAULTS = { "spec", "scenarios" }

local function read(path)
  local file = io.open(path, "rb")
  if not file then return "" end
  local text = file:read "*a"
  file:close()
  return text or ""
end

-- Without what is only talked about.
local function code_of(text)
  return (text:gsub("%-%-%[(=*)%[.-%]%1%]", ""):gsub("%-%-[^\n]*", ""))
end

--- "spec", "scenario" or "script".
function discover.kind(path)
  local code = code_of(read(path))
  if code:find "%f[%w_]describe%s*[(\"']" then return "spec" end
  if code:find "%f[%w_]scenario%s*[({]" then return "scenario" end
  return path:find "_spec%.lua$" and "spec" or "script"
end

local function join(dir, name)
  if dir == "." then return name end
  return (dir:gsub("/+$", "")) .. "/" .. name
end

local function walk(dir, visit, seen)
  for _, name in ipairs(core.list(dir) or {}) do
    local path = join(dir, name)
    local kind, changed, id = core.stat(path)
    if kind == "directory" then
      -- a link may lead back
      if name:sub(1, 1) ~= "." and not seen[id] then
        seen[id] = true
        walk(path, visit, seen)
      end
    elseif kind == "file" then
      visit(path, changed)
    end
  end
end

--- Calls visit(path, changed) for every file below a folder, in the order of
-- names; folders whose name begins with a dot are left out, and no folder is
-- entered twice.
function discover.walk(dir, visit)
  local _, _, id = core.stat(dir)
  walk(dir, visit, { [id or ""] = true })
end

local function add_folder(units, dir)
  discover.walk(dir, function(path)
    if not path:find "%.lua$" then return end
    local kind = discover.kind(path)
    if kind ~= "script" then
      units[#units + 1] = { kind = kind, file = path }
    end
  end)
end

-- package.searchpath, which Lua 5.1 lacks.
local function find_module(name)
  local file = name:gsub("%.", "/")
  for template in package.path:gmatch "[^;]+" do
    local path = template:gsub("%?", (file:gsub("%%", "%%%%")))
    if core.stat(path) == "file" then return path end
  end
  return nil
end

--- The path of a Lua module's file, or nil.
discover.module = find_module

--- The installed scenarios.
function discover.catalogue()
  local units = {}
  local found, index = pcall(require, "wsstls.catalogue")
  if not found then return units end
  for _, entry in ipairs(index) do
    local group, name = entry[1] or entry.group, entry[2] or entry.name
    local path = find_module(("wsstls.catalogue.%s.%s"):format(group, name))
    if path then
      units[#units + 1] = { kind = "scenario", file = path, group = group }
    end
  end
  return units
end

local function is_tag(word)
  return word:find "^[%w_-]+$" ~= nil
end

local function add_word(units, tags, word)
  local kind = core.stat(word)
  if kind == "directory" then
    add_folder(units, word)
  elseif kind then
    units[#units + 1] = { kind = discover.kind(word), file = word }
  elseif is_tag(word) then
    tags[#tags + 1] = word
  else
    return ("there is no file or folder %s"):format(word)
  end
  return nil
end

local function asks_for_catalogue(tags)
  for _, tag in ipairs(tags) do
    if ("," .. tag .. ","):find(",catalogue,", 1, true) then return true end
  end
  return false
end

--- The units that a command line asks for. Tags without places are looked
-- for here and in the catalogue.
-- @tparam table words files, folders, and what is neither: tags
-- @tparam table tags those of --tags
-- @treturn table|nil `{units={ {kind, file, group}, ... }, tags, named}`
-- (`named`: those of `words`); nil and what is wrong
function discover.units(words, tags)
  local units, all, named = {}, {}, {}
  for _, tag in ipairs(tags) do all[#all + 1] = tag end
  for _, word in ipairs(words) do
    local bad = add_word(units, named, word)
    if bad then return nil, bad end
  end
  local places = #words - #named
  for _, tag in ipairs(named) do all[#all + 1] = tag end
  local plan = { units = units, tags = all, named = named }
  if places > 0 then return plan end
  if not asks_for_catalogue(all) then
    for _, dir in ipairs(DEFAULTS) do
      if core.stat(dir) == "directory" then add_folder(units, dir) end
    end
  end
  if #all > 0 then
    for _, unit in ipairs(discover.catalogue()) do units[#units + 1] = unit end
  end
  return plan
end

return discover
