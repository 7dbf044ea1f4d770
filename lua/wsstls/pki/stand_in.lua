--- Certificates like somebody else's, with keys of ours.
--
-- To replay a chain whose keys are not here: every field and extension stays
-- as it is, the keys are new ones of the same kind, and each is signed by the
-- stand-in of its issuer. What was wrong with the chain still is.
-- @module wsstls.pki.stand_in
local core = require "wsstls.core"
local keys = require "wsstls.pki.keys"
local object = require "wsstls.pki.object"

-- A key of the kind that `cert.key` describes.
local function key_like(info)
  local o = { type = info.type }
  if info.type == "ec" then o.curve = info.curve end
  if info.type == "rsa" then o.bits = info.bits end
  local key = keys.get(core, o)
  return key or assert(keys.get(core, { type = "ec" }))
end

-- A key that can have made a signature of that name, whoever's it was.
local function key_for(signature)
  local low = signature:lower()
  if low:find "ed25519" then return key_like { type = "ed25519" } end
  if low:find "ed448" then return key_like { type = "ed448" } end
  if low:find "rsa" then return key_like { type = "rsa", bits = 2048 } end
  return key_like { type = "ec", curve = "P-256" }
end

local function issuer_of(certs, i)
  if certs[i].self_signed then return i end
  for k, other in ipairs(certs) do
    if k ~= i and other.subject == certs[i].issuer then return k end
  end
  return nil
end

--- The stand-ins of a chain.
-- @tparam table certs `cert` tables (docs/api.md), each with its `pem`; in any
-- order
-- @tparam[opt] table tampered list of indices whose signature is to be wrong
-- @treturn table a pki object for each, with its key
return function(certs, tampered)
  local made, out, broken = {}, {}, {}
  for _, i in ipairs(tampered or {}) do broken[i] = true end
  for i, cert in ipairs(certs) do made[i] = key_like(cert.key) end
  for i, cert in ipairs(certs) do
    local k = issuer_of(certs, i)
    local signer = k and made[k] or key_for(cert.signature_algorithm)
    local model = assert(core.load(cert.pem))
    out[i] = object.new(assert(core.pki.stand_in(model, made[i], signer,
      broken[i] or false)))
  end
  return out
end
