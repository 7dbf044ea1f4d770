--- Scenarios crossed with TLS versions, key types and foreign sides.
-- @module wsstls.scenario.matrix
local expectation = require "wsstls.scenario.expectation"

local matrix = {}

local VERSIONS = { "TLSv1", "TLSv1.1", "TLSv1.2", "TLSv1.3" }

-- A foreign side is judged by what it did: whether it accepted. What it sent
-- the other side is its own way of saying so.
local function with_foreign(t, o, expectation_of)
  local out = {}
  for name, value in pairs(t) do out[name] = value end
  for _, side in ipairs { "client", "server" } do
    if o[side] then
      local base = {}
      for name, value in pairs(t[side] or {}) do base[name] = value end
      base.run, base.raw, base.send, base.receive = nil, nil, nil, nil
      for name, value in pairs(o[side]) do base[name] = value end
      out[side] = base
      out.expect = expectation_of(t.expect, side)
    end
  end
  return out
end

-- Whether that side is expected to get its connection, and nothing else.
local function coarse(expect, side)
  local ok = {}
  for _, version in ipairs(VERSIONS) do
    ok[version] = expectation.accepts(expect and expect[side], version)
  end
  return { [side] = { ok = ok } }
end

local function foreign_definition(t, o)
  local out = with_foreign(t, o, coarse)
  if t.fixed then
    local fixed = {}
    for name, value in pairs(t.fixed) do fixed[name] = value end
    for _, side in ipairs { "client", "server" } do
      if o[side] then fixed.expect = coarse(t.fixed.expect, side) end
    end
    out.fixed = fixed
  end
  return out
end

local function member(list, value)
  for _, item in ipairs(list) do
    if item == value then return true end
  end
  return false
end

--- Runs them all, in order: scenario, twin, version, key.
-- @tparam table list of scenarios
-- @tparam table o `versions`, `keys` (lists), `client`, `server` (fields of a
-- foreign side), `fixed` (false: no twins), `seed`, `on_event`
-- @tparam function make turns a definition into a scenario
-- @treturn table list of results; versions that a scenario does not know are
-- left out
function matrix.run(list, o, make)
  local results = {}
  local function play(one, fixed)
    for _, version in ipairs(o.versions or { false }) do
      if not version or not one.versions or member(one.versions, version) then
        for _, key in ipairs(o.keys or { false }) do
          results[#results + 1] = one:run { tls = version or nil,
            key = key or nil, fixed = fixed, seed = o.seed,
            on_event = o.on_event }
        end
      end
    end
  end
  for _, one in ipairs(list) do
    if o.client or o.server then
      one = make(foreign_definition(one.definition, o))
    end
    play(one, false)
    if one.fixed and o.fixed ~= false then play(one, true) end
  end
  return results
end

return matrix
