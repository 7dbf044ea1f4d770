--- Options of certificates, requests and CRLs -> the core's spec tables.
-- All defaults of docs/api.md, "pki", live here.
-- @module wsstls.pki.spec
local check = require "wsstls.pki.check"
local dates = require "wsstls.pki.dates"
local names = require "wsstls.pki.names"

local spec = {}

local USAGES = { "digitalSignature", "nonRepudiation", "contentCommitment",
  "keyEncipherment", "dataEncipherment", "keyAgreement", "keyCertSign",
  "cRLSign", "encipherOnly", "decipherOnly" }

local EXTENDED = { "serverAuth", "clientAuth", "codeSigning",
  "emailProtection", "timeStamping", "OCSPSigning", "anyExtendedKeyUsage" }

--- The options of everything that becomes a certificate.
spec.certificate = {
  cn = "string", subject = "string|table", dns = "string|table",
  ip = "string|table", email = "string|table", uri = "string|table",
  rid = "string|table", dirname = "string|table",
  othername = "string|table", san_critical = "boolean", days = "number",
  not_before = "number|string", not_after = "number|string",
  key = "string|table", key_password = "string", digest = "string",
  serial = "number|string", version = "number", ca = "boolean",
  path_length = "number", key_usage = "table|string|boolean",
  extended_key_usage = "table|string|boolean", name_constraints = "table",
  extensions = "table", basic_constraints = "boolean|table",
  ski = "boolean", aki = "boolean", tamper_signature = "boolean",
  unchecked = "boolean",
}

--- What a request can ask for.
spec.request = {
  cn = "string", subject = "string|table", dns = "string|table",
  ip = "string|table", email = "string|table", uri = "string|table",
  rid = "string|table", dirname = "string|table",
  othername = "string|table", san_critical = "boolean", key = "string|table",
  key_password = "string", digest = "string", ca = "boolean",
  path_length = "number", key_usage = "table|string|boolean",
  extended_key_usage = "table|string|boolean", extensions = "table",
  basic_constraints = "boolean|table", tamper_signature = "boolean",
  unchecked = "boolean",
}

spec.crl = {
  revoked = "table", this_update = "number|string",
  next_update = "number|string|boolean", days = "number",
  number = "number|string", delta = "number|string", digest = "string",
  aki = "boolean", extensions = "table", tamper_signature = "boolean",
  unchecked = "boolean",
}

--- Hexadecimal text of a serial: a whole number, or hex as tools print it.
function spec.serial(value, name)
  if type(value) == "number" then
    if value % 1 ~= 0 or value < 0 or value > 2 ^ 53 then
      return nil, ("option '%s': expected a whole number from 0, or hex text "
        .. "('-05' is negative)"):format(name)
    end
    return ("%x"):format(value)
  end
  local hex = value:gsub("^(%-?)0[xX]", "%1"):gsub("[:%s]", "")
  if not hex:find("^%-?%x+$") then
    return nil, ("option '%s': '%s' is no hexadecimal number"):format(name,
      value)
  end
  return hex
end

local function usage_list(value, known, name)
  local out = {}
  for i, usage in ipairs(value) do
    local oid = type(usage) == "string" and usage:find("^%d+%.[%d.]+$")
    if not oid or known == USAGES then
      local good, bad = check.member(usage, known,
        ("option '%s'"):format(name))
      if not good then return nil, bad end
    end
    out[i] = usage
  end
  return out
end

-- false: no extension; nil or true: the default; a list, perhaps with a
-- field `critical`: that.
local function set_usage(out, o, name, known, default)
  local value = o[name]
  if value == false then return nil end
  if value == nil or value == true then
    out[name] = default
    return nil
  end
  if type(value) == "string" then value = { value } end
  local list, bad = usage_list(value, known, name)
  if not list then return bad end
  out[name] = list
  if value.critical ~= nil then
    out[name .. "_critical"] = value.critical == true
  end
  return nil
end

local function set_constraints(out, o)
  local value = o.name_constraints
  if value == nil then return nil end
  local _, bad = check.options({ permitted = "table|string",
    excluded = "table|string", critical = "boolean" }, value,
    "option 'name_constraints'")
  if bad then return bad end
  for _, name in ipairs { "permitted", "excluded" } do
    if value[name] ~= nil then
      out[name], bad = names.constraints(value[name],
        ("option 'name_constraints.%s'"):format(name))
      if not out[name] then return bad end
    end
  end
  out.constraints_critical = value.critical ~= false
  return nil
end

local function set_extensions(out, o)
  if o.extensions == nil then return nil end
  local list = {}
  for i, e in ipairs(o.extensions) do
    local where = ("option 'extensions'[%d]"):format(i)
    local _, bad = check.options({ oid = "string", critical = "boolean",
      value = "string" }, e, where)
    if bad then return bad end
    if not e.oid or not e.value then
      return where .. ": an extension has an oid and a value (the DER "
        .. "inside its OCTET STRING)"
    end
    list[i] = { oid = e.oid, critical = e.critical == true, value = e.value }
  end
  out.extensions = list
  return nil
end

local function set_basic(out, o, is_ca)
  local value = o.basic_constraints
  out.ca = is_ca
  if value == false then
    out.basic_constraints = 0
  elseif type(value) == "table" and value.critical == false then
    out.basic_constraints = 2
  else
    out.basic_constraints = 1
  end
  if o.path_length ~= nil then
    if o.path_length < 0 or o.path_length % 1 ~= 0
       or o.path_length > 2 ^ 31 - 1 then
      return "option 'path_length': expected a whole number from 0, got "
        .. tostring(o.path_length)
    end
    out.path_length = o.path_length
  end
  return nil
end

local function set_names(out, o, from_request)
  local bad
  out.subject, bad = names.subject(o)
  if bad then return bad end
  out.names, bad = names.alternatives(o)
  if bad then return bad end
  if not from_request then out.subject = out.subject or {} end
  -- RFC 5280 4.2.1.6: the only name there is must not be overlooked
  out.names_critical = o.san_critical
  if o.san_critical == nil then
    out.names_critical = out.subject ~= nil and #out.subject == 0
  end
  return nil
end

-- What a leaf is for; RSA may also carry a key in TLS 1.2.
local function leaf_usage(key_type)
  if key_type == "rsa" then
    return { "digitalSignature", "keyEncipherment" }
  end
  return { "digitalSignature" }
end

local function set_purpose(out, o, is_ca, key_type)
  if is_ca then
    return set_usage(out, o, "key_usage", USAGES, { "keyCertSign", "cRLSign" })
      or set_usage(out, o, "extended_key_usage", EXTENDED, nil)
  end
  return set_usage(out, o, "key_usage", USAGES, leaf_usage(key_type))
    or set_usage(out, o, "extended_key_usage", EXTENDED,
      { "serverAuth", "clientAuth" })
end

local LEAF_DAYS, CA_DAYS = 397, 3650

--- A certificate's spec.
-- @tparam table o checked options
-- @tparam table how `ca` (default of o.ca), `key_type`, `request` (true when
-- a CSR gives subject and names)
-- @treturn table|nil the core's spec; or nil and a sentence
function spec.read_certificate(o, how)
  local is_ca = how.ca
  if o.ca ~= nil then is_ca = o.ca end
  local out = { digest = o.digest, ski = o.ski ~= false,
    aki = o.aki ~= false, tamper_signature = o.tamper_signature == true }
  local bad = set_names(out, o, how.request) or set_basic(out, o, is_ca)
    or set_purpose(out, o, is_ca, how.key_type) or set_constraints(out, o)
    or set_extensions(out, o)
  if bad then return nil, bad end
  out.not_before, out.not_after = dates.validity(o, how.ca and CA_DAYS
    or LEAF_DAYS)
  if not out.not_before then return nil, out.not_after end
  if o.serial ~= nil then
    out.serial, bad = spec.serial(o.serial, "serial")
    if not out.serial then return nil, bad end
  end
  if o.version ~= nil then
    if o.version ~= 1 and o.version ~= 2 and o.version ~= 3 then
      return nil, "option 'version': expected 1, 2 or 3, got "
        .. tostring(o.version)
    end
    out.version = o.version
  end
  return out
end

--- A request's spec: it asks only for what was said.
function spec.read_request(o)
  local out = { digest = o.digest, ski = false, aki = false,
    tamper_signature = o.tamper_signature == true }
  local bad = set_names(out, o)
  if not bad and (o.ca ~= nil or o.path_length ~= nil
                  or o.basic_constraints) then
    bad = set_basic(out, o, o.ca == true)
  end
  bad = bad or set_usage(out, o, "key_usage", USAGES, nil)
    or set_usage(out, o, "extended_key_usage", EXTENDED, nil)
    or set_extensions(out, o)
  if bad then return nil, bad end
  return out
end

local function serial_of(entry)
  if type(entry) == "table" and entry.material then
    local cert = entry.material:cert()
    return cert and cert.serial, "option 'revoked': an object without a "
      .. "certificate cannot be revoked"
  elseif type(entry) == "table" and type(entry.serial) == "string"
         and entry.subject then
    return entry.serial   -- a `cert` table, as verify results have them
  elseif type(entry) == "number" or type(entry) == "string" then
    return spec.serial(entry, "revoked")
  end
  return nil, "option 'revoked': expected certificates, serials or "
    .. "{cert=|serial=, date=, reason=}, got " .. type(entry)
end

local REASONS = { "unspecified", "keyCompromise", "cACompromise",
  "affiliationChanged", "superseded", "cessationOfOperation",
  "certificateHold", "removeFromCRL", "privilegeWithdrawn", "aACompromise" }
local NUMBER = { unspecified = 0, keyCompromise = 1, cACompromise = 2,
  affiliationChanged = 3, superseded = 4, cessationOfOperation = 5,
  certificateHold = 6, removeFromCRL = 8, privilegeWithdrawn = 9,
  aACompromise = 10 }

local function revocation(entry)
  local plain = type(entry) ~= "table" or entry.material
    or (entry.subject and entry.serial)
  if plain then
    local serial, bad = serial_of(entry)
    if not serial then return nil, bad end
    return { serial = serial }
  end
  local _, bad = check.options({ cert = "table", serial = "number|string",
    date = "number|string", reason = "string" }, entry, "option 'revoked'")
  if bad then return nil, bad end
  local out = {}
  out.serial, bad = serial_of(entry.cert or entry.serial)
  if not out.serial then return nil, bad end
  if entry.date ~= nil then
    out.date, bad = dates.read(entry.date, "revoked.date")
    if not out.date then return nil, bad end
  end
  if entry.reason ~= nil then
    local good
    good, bad = check.member(entry.reason, REASONS, "option 'revoked.reason'")
    if not good then return nil, bad end
    out.reason = NUMBER[entry.reason]
  end
  return out
end

local CRL_DAYS = 30

--- A CRL's spec.
function spec.read_crl(o)
  local out = { digest = o.digest, aki = o.aki ~= false, revoked = {},
    tamper_signature = o.tamper_signature == true }
  local bad = set_extensions(out, o)
  if bad then return nil, bad end
  out.this_update, out.next_update = dates.validity({
    not_before = o.this_update, not_after = o.next_update or nil,
    days = o.days, unchecked = o.unchecked,
    names = { "this_update", "next_update" } }, CRL_DAYS)
  if not out.this_update then return nil, out.next_update end
  if o.next_update == false then out.next_update = nil end
  for _, name in ipairs { "number", "delta" } do
    if o[name] ~= nil then
      out[name], bad = spec.serial(o[name], name)
      if not out[name] then return nil, bad end
    end
  end
  -- a number that grows with time, as RFC 5280 5.2.3 wants
  out.number = out.number or ("%x"):format(math.max(out.this_update, 1))
  for i, entry in ipairs(o.revoked or {}) do
    out.revoked[i], bad = revocation(entry)
    if not out.revoked[i] then return nil, bad end
  end
  return out
end

return spec
