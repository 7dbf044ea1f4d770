--- Where the fixtures are and what they are judged by: for make.lua, specs
-- and whoever loads them.
local recipes = require "wsstls.recipes"

local fixtures = {}

--- 2026-01-01T00:00:00Z: when everything in certs/fixtures is judged.
fixtures.now = 1767225600

local PLAIN = { "strict", "partial_chain", "verify_depth", "security_level",
  "crl_check" }

--- What a program needs to know of a case: the lines of index.json.
function fixtures.describe(case)
  local out = { slug = case.slug, row = case.row, code = case.code,
    title = case.title, certificate_of = case.owner, host = case.host,
    ip = case.ip, alert = case.alert, time = fixtures.now }
  if case.verify then
    out.errors = {}
    for code, depth in case.faults:gmatch("(%d+)@(%d+)") do
      out.errors[#out.errors + 1] = { code = tonumber(code),
        depth = tonumber(depth) }
    end
    for _, name in ipairs(PLAIN) do
      if case.verify[name] ~= nil then
        out.options = out.options or {}
        out.options[name] = case.verify[name]
      end
    end
  end
  return out
end

--- Every case in the order of the catalogue, made anew by `base`.
function fixtures.cases(base)
  local list = {}
  for _, slug in ipairs(select(2, recipes.all())) do
    list[#list + 1] = recipes.make(slug, { base = base })
  end
  table.sort(list, function(a, b)
    if a.row ~= b.row then return a.row < b.row end
    return a.slug < b.slug
  end)
  return list
end

return fixtures
