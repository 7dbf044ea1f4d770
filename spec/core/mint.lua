--- Certificates for the core specs, straight from core.pki: no defaults of
-- the Lua layer stand between a spec and the bytes it is about.

local core = require "wsstls.core"

local mint = {}

--- 2024-01-01 00:00:00 UTC: when everything here is judged.
mint.now = 1704067200
mint.day = 86400

local function must(value, slug, message)
  if value == nil then
    error(tostring(slug) .. ": " .. tostring(message), 3)
  end
  return value
end

mint.must = must

local keys = {}

--- One key per label: a spec run makes few of them.
function mint.key(label, spec)
  label = label or "leaf"
  keys[label] = keys[label]
    or must(core.pki.key(spec or { type = "ec", curve = "P-256" }))
  return keys[label]
end

local function names(list)
  local out = {}
  for i, name in ipairs(list) do
    local kind, value = name:match("^(%a+):(.*)$")
    out[i] = { kind:lower(), value }
  end
  return out
end

local function spec_of(o, defaults)
  local function field(name)
    if o[name] ~= nil then return o[name] end
    return defaults[name]
  end
  local spec = {
    subject = o.subject or { { "CN", o.cn or "localhost" } },
    names = o.names and names(o.names) or nil,
    not_before = o.not_before or mint.now - 30 * mint.day,
    not_after = o.not_after or mint.now + 365 * mint.day,
    ca = field("ca"),
    basic_constraints = field("basic_constraints"),
    key_usage = field("key_usage") or nil,
    extended_key_usage = o.extended_key_usage,
    ski = field("ski"), aki = field("aki"),
    path_length = o.path_length, digest = o.digest, serial = o.serial,
    permitted = o.permitted and names(o.permitted) or nil,
    excluded = o.excluded and names(o.excluded) or nil,
    extensions = o.extensions, tamper_signature = o.tamper_signature,
    version = o.version,
  }
  return spec
end

--- A CA: self-signed without `o.issuer`.
function mint.ca(o)
  local spec = spec_of(o, { ca = true, basic_constraints = 1, ski = true,
    aki = o.issuer ~= nil, key_usage = { "keyCertSign", "cRLSign" } })
  return must(core.pki.cert(spec, o.key or mint.key(o.cn), o.issuer))
end

--- A leaf: DNS:localhost and IP:127.0.0.1 unless `o.names` says otherwise.
function mint.leaf(o)
  o.names = o.names or { "DNS:localhost", "IP:127.0.0.1" }
  if o.names == "none" then o.names = nil end
  local spec = spec_of(o, { ca = false, basic_constraints = 1, ski = true,
    aki = o.issuer ~= nil, key_usage = { "digitalSignature" } })
  return must(core.pki.cert(spec, o.key or mint.key("leaf"), o.issuer))
end

--- A CRL of `issuer` over the given materials.
function mint.crl(issuer, revoked, o)
  o = o or {}
  local list = {}
  for i, cert in ipairs(revoked or {}) do
    list[i] = { serial = cert:cert().serial, date = mint.now - mint.day }
  end
  return must(core.pki.crl({
    revoked = list, this_update = o.this_update or mint.now - mint.day,
    next_update = o.next_update or mint.now + mint.day, number = "01",
    tamper_signature = o.tamper_signature,
  }, issuer))
end

--- Root, intermediate and leaf, each changed by the table of that name.
function mint.chain(change)
  change = change or {}
  local function merged(base, extra)
    for k, v in pairs(extra or {}) do base[k] = v end
    return base
  end
  local root = mint.ca(merged({ cn = "Test Root" }, change.root))
  local inter = mint.ca(merged({ cn = "Test Intermediate", issuer = root },
    change.inter))
  local leaf = mint.leaf(merged({ issuer = inter }, change.leaf))
  return root, inter, leaf
end

return mint
