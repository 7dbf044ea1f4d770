--- One side's TLS: from checked options to the core's settings, and what is
-- asked of the application on the way.
-- @module wsstls.tls_side

local core = require "wsstls.core"
local url = require "wsstls.url"

local tls_side = {}

--- The name to expect, and the SNI to send (docs/api.md, "Expected name").
-- @tparam table o options of a client, completed in place
-- @tparam table target `{ host, ip }`, `ip` true for an address
-- @treturn string|nil a sentence on misuse
function tls_side.expect(o, target)
  if o.verify_host == nil and o.verify_ip == nil then
    if target.ip then
      o.verify_ip = target.host
    else
      o.verify_host = target.host:gsub("%.$", "")
    end
  end
  if o.sni == nil then
    local name = o.verify_host or target.host
    local is_ip = target.ip
    if name ~= target.host then is_ip = url.ip_version(name) end
    if not is_ip then o.sni = name:gsub("%.$", "") end
  elseif o.sni and url.ip_version(o.sni) then
    return "option 'sni': a server name is a DNS name, not an IP address "
      .. "(RFC 6066 3)"
  end
  o.sni = o.sni or nil
  o.verify_host = o.verify_host or nil
  o.verify_ip = o.verify_ip or nil
  return nil
end

-- Options that belong together: a new one of a set replaces the whole set.
local IDENTITY = { "cert", "key", "pkcs12", "chain", "key_password",
                   "pkcs12_password" }

--- `old` with what `new` replaces.
function tls_side.merge(old, new)
  local merged = {}
  for name, value in pairs(old) do merged[name] = value end
  if new.cert or new.pkcs12 then
    for _, name in ipairs(IDENTITY) do merged[name] = nil end
  end
  for name, value in pairs(new) do merged[name] = value end
  return merged
end

--- A server's settings, with those of each name of its `sni`.
-- @treturn userdata|nil tlsconf; nil, code, message, phase
function tls_side.server(o)
  -- the core knows a client's `sni` only: ours is added name by name
  local merge = tls_side.merge
  local base = merge(o, {})
  base.sni = nil
  local tls, code, message, phase = core.tlsconf(base, "server")
  if not tls then return nil, code, message, phase end
  for name, identity in pairs(o.sni or {}) do
    local other
    other, code, message, phase = core.tlsconf(merge(base, identity), "server")
    if not other then return nil, code, message, phase end
    tls:add_sni(name, other)
  end
  return tls
end

--- Asks the user's verify function, which may only add a rejection.
-- @tparam table self with `handle`, and the function in `_context.verify`
-- @tparam table result the verify-result
function tls_side.review(self, result)
  self._reviewing = true
  local verdict, reason = self._context.verify(result)
  self._reviewing = nil
  if verdict == false then
    reason = reason ~= nil and tostring(reason)
      or "the verify function said no"
    self._review_failed = reason
    self.handle:verified(false, reason)
  else
    self.handle:verified(true)
  end
end

return tls_side
