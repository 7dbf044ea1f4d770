-- One judgement of a chain, in the form the specs of core.verify compare.
local core = require "wsstls.core"
local mint = require "core.mint"
local judge = {}

--- Verifies with `localhost` at the fixed date unless `o` says otherwise.
function judge.verify(o)
  o.time = o.time or mint.now
  if not o.host and not o.ip and o.name ~= false then o.host = "localhost" end
  local result, slug, message = core.verify(o)
  assert(result, tostring(slug) .. ": " .. tostring(message))
  return result
end

function judge.faults(list)
  local out = {}
  for i, f in ipairs(list) do
    out[i] = f.code .. "@" .. f.depth .. (f.implied and "*" or "")
  end
  return table.concat(out, " ")
end

--- The certificate alone, without the chain its maker attached.
function judge.alone(material)
  return assert(core.load(material:pem()))
end

judge.OLD = { not_before = mint.now - 100 * mint.day,
  not_after = mint.now - mint.day }

return judge
