--- What a scenario is made of, checked when it is defined.
--
-- A scenario is data: a misspelt field is found here, at the caller's line,
-- and not when a connection fails for another reason than the one meant.
-- @module wsstls.scenario.definition
local expectation = require "wsstls.scenario.expectation"
local nearest = require "wsstls.nearest"
local options = require "wsstls.options"
local specs = require "wsstls.options_specs"
local types = require "wsstls.options_types"

local definition = {}

-- Fields of a side that are no options of listen or connect.
local OWN = {
  server = { run = "function", raw = "function", command = "table",
    ready = "string|function", env = "table", cwd = "string",
    stdin = "string" },
  client = { run = "function", raw = "function", command = "table",
    ready = "string|function", env = "table", cwd = "string",
    stdin = "string", host = "string", port = "number|string",
    path = "string", scheme = "string", url = "string", send = "any",
    receive = "any", tls = "boolean" },
}

local KIND = { server = "listen", client = "connect" }

local FIELDS = {
  name = "string", title = "string", tags = "table", slug = "string",
  group = "string", row = "any", fault = "string", versions = "table",
  text = "string", needs = "string", page = "string", pki = "function",
  server = "table|boolean", client = "table|boolean", relay = "table|boolean",
  proxy = "table|boolean", expect = "table", fixed = "table",
  timeout = "number",
}

-- What `fixed` may change.
local FIXED = { pki = "function", server = "table|boolean",
  client = "table|boolean", relay = "table|boolean", proxy = "table|boolean",
  expect = "table", title = "string", text = "string", timeout = "number",
  versions = "table" }

local function has_type(value, wanted)
  return wanted == "any"
    or ("|" .. wanted .. "|"):find("|" .. type(value) .. "|", 1, true) ~= nil
end

local function names_of(...)
  local list = {}
  for _, source in ipairs { ... } do
    for name in pairs(source) do list[#list + 1] = name end
  end
  table.sort(list)
  return list
end

local function unknown(where, name, known, aliases)
  if type(name) ~= "string" then
    return ("%s: fields have names, got %s"):format(where, tostring(name))
  end
  local near = aliases and aliases[name] or nearest(name, known, aliases)
  return ("%s: unknown field '%s'%s"):format(where, name,
    near and (" (did you mean '" .. near .. "'?)") or "")
end

local function check_fields(t, fields, where)
  for name, value in pairs(t) do
    local wanted = fields[name]
    if not wanted then return unknown(where, name, names_of(fields)) end
    if not has_type(value, wanted) then
      return ("%s: field '%s': expected a %s, got %s"):format(where,
        name, (wanted:gsub("|", " or ")), type(value))
    end
  end
  return nil
end

-- True when a value is filled in later: "$name" of what `pki` returns,
-- "{port}". Its type is not known yet.
local function is_open(value)
  if type(value) == "string" then
    return value:find("^%$") ~= nil or value:find("{[%l_]+}") ~= nil
  end
  if type(value) ~= "table" or value.material then return false end
  for _, item in pairs(value) do
    if is_open(item) then return true end
  end
  return false
end

-- The options of a side as far as they are known now.
local function check_options(side, t, where)
  local known = {}
  for _, name in ipairs(options.names(KIND[side])) do known[name] = true end
  local now = {}
  for name, value in pairs(t) do
    local own = OWN[side][name]
    if own and not has_type(value, own) and not is_open(value) then
      return ("%s: field '%s': expected a %s, got %s"):format(where, name,
        (own:gsub("|", " or ")), type(value))
    elseif not own and not known[name] then
      return unknown(where, name, names_of(OWN[side], known), specs.aliases)
    elseif not own and not is_open(value) then
      now[name] = value
    end
  end
  local _, bad = options.check(KIND[side], now, where .. ": ")
  return bad
end

local function check_one_way(t, where)
  local ways = {}
  for _, name in ipairs { "run", "raw", "command" } do
    if t[name] then ways[#ways + 1] = name end
  end
  if #ways > 1 then
    return ("%s: fields '%s' and '%s': give one of them"):format(where,
      ways[1], ways[2])
  end
  return nil
end

local function check_side(side, t, where)
  if t == nil or t == false then return nil end
  where = where .. side
  if t == true then
    return ("%s: expected a table or false, got true"):format(where)
  end
  return check_options(side, t, where) or check_one_way(t, where)
end

local function check_expect(expect, where)
  for side, value in pairs(expect or {}) do
    if side ~= "client" and side ~= "server" then
      return unknown(where .. "expect", side, { "client", "server" })
    end
    local bad = expectation.check(value, where .. "expect." .. side)
    if bad then return bad end
  end
  return nil
end

local function check_part(t, where)
  return check_side("server", t.server, where)
    or check_side("client", t.client, where) or check_expect(t.expect, where)
end

local function check_list(list, where)
  for i, item in ipairs(list or {}) do
    if type(item) ~= "string" then
      return ("%s[%d]: expected a string, got %s"):format(where, i,
        type(item))
    end
  end
  return nil
end

--- TLS versions, however they are written ("1.2"), in OpenSSL's way.
-- @tparam table|nil list
-- @tparam string where for the message
-- @treturn table|nil a new list; nil and what is wrong
function definition.versions(list, where)
  if list == nil then return nil end
  local out = {}
  for i, item in ipairs(list) do
    local version, bad = types.version(item, "")
    if not version then
      return nil, ("%s[%d]%s"):format(where, i, bad:match "^option ''(.*)")
    end
    out[i] = version
  end
  return out
end

-- The definition with its versions in one form; nil and what is wrong.
local function with_versions(t, where)
  if not t or t.versions == nil then return t end
  local versions, bad = definition.versions(t.versions, where .. "versions")
  if not versions then return nil, bad end
  local out = {}
  for name, value in pairs(t) do out[name] = value end
  out.versions = versions
  return out
end

--- Reads a definition that `check` has found good.
-- @tparam table t
-- @treturn table|nil the definition to keep; nil and what is wrong
function definition.read(t)
  local where = ("scenario '%s': "):format(t.name)
  local out, bad = with_versions(t, where)
  if not out then return nil, bad end
  local fixed
  fixed, bad = with_versions(t.fixed, where .. "fixed.")
  if bad then return nil, bad end
  if fixed == t.fixed then return out end
  local copy = {}
  for name, value in pairs(out) do copy[name] = value end
  copy.fixed = fixed
  return copy
end

--- Checks a definition.
-- @tparam table t
-- @treturn string|nil what is wrong with it
function definition.check(t)
  if type(t) ~= "table" then
    return "scenario: expected a table, got " .. type(t)
  elseif type(t.name) ~= "string" or t.name == "" then
    return "scenario: it needs a name: scenario { name = \"...\", ... }"
  end
  local where = ("scenario '%s'"):format(t.name)
  local bad = check_fields(t, FIELDS, where)
    or check_list(t.tags, where .. ": tags")
    or t.fixed and check_fields(t.fixed, FIXED, where .. ": fixed")
    or check_part(t, where .. ": ")
    or t.fixed and check_part(t.fixed, where .. ": fixed.")
  return bad or nil
end

-- ------------------------------------------------------------------- fixed

local function laid_over(old, new)
  if new == nil then return old end
  if new == false or type(old) ~= "table" then return new end
  local out = {}
  for name, value in pairs(old) do out[name] = value end
  for name, value in pairs(new) do
    if value == "$none" then value = nil end
    out[name] = value
  end
  return out
end

local function passes(t)
  return { client = t.client ~= false and { ok = true } or nil,
           server = t.server ~= false and { ok = true } or nil }
end

--- What is run: the definition itself, or its fixed twin.
--
-- `fixed.pki` replaces `pki`; `fixed.server`, `client`, `relay`, `proxy` are
-- laid over the broken ones key by key ("$none" removes a key, `false` the
-- whole part); `fixed.expect` replaces `expect`, and without it both sides
-- must be ok.
-- @tparam table t a checked definition
-- @tparam[opt] boolean fixed
-- @treturn table
function definition.effective(t, fixed)
  local out = {}
  for name, value in pairs(t) do out[name] = value end
  out.fixed = nil
  local change = fixed and t.fixed
  if change then
    out.name = t.name .. "/fixed"
    for name, value in pairs(change) do out[name] = value end
    for _, part in ipairs { "server", "client", "relay", "proxy" } do
      out[part] = laid_over(t[part], change[part])
    end
    out.expect = change.expect
  end
  if out.server == nil then out.server = {} end
  if out.client == nil then out.client = {} end
  out.expect = out.expect or passes(out)
  return out
end

definition.OWN = OWN

return definition
