--- Making certificates, good and broken, and everything around them.
--
--    local ca = pki.ca{cn = "Test CA"}
--    local leaf = ca:issue{cn = "localhost", dns = "localhost",
--                          ip = "127.0.0.1"}
--    leaf:save{cert = "server.pem", key = "server.key", ca = "ca.pem"}
--
-- Everything is made in memory by OpenSSL. No SAN is invented from a CN.
-- Dates are epoch seconds or "2026-01-31"; not_after alone puts not_before
-- in front of it, so `not_after = "2020-01-01"` is an expired certificate.
-- @module wsstls.pki
local check = require "wsstls.pki.check"
local core = require "wsstls.core"
local keys = require "wsstls.pki.keys"
local object = require "wsstls.pki.object"
local spec = require "wsstls.pki.spec"

local pki = {}

local public, misuse, failed = object.public, object.misuse, object.failed

local function with(base, more)
  local out = {}
  for name, kinds in pairs(base) do out[name] = kinds end
  for name, kinds in pairs(more) do out[name] = kinds end
  return out
end

local AUTHORITY = with(spec.certificate, { cert = "string|table",
                                           chain = "string|table" })
local SIGN = with(spec.certificate, {})
SIGN.key, SIGN.key_password = nil, nil

-- Whatever a certificate can be given as -> material, or the failure.
local function load_material(x, password, where)
  if type(x) == "table" and type(x.material) == "userdata" then
    return x.material
  elseif type(x) == "userdata" then
    return x
  elseif type(x) ~= "string" then
    return nil, "misuse", ("%s: expected PEM, DER, a path or a pki object, "
      .. "got %s"):format(where, type(x)), "config"
  end
  local material, slug, message, phase = core.load(x, password)
  message = object.password_place(slug, message, "pki.load(x, password)")
  return material, slug, message, phase
end

-- A certificate from checked options; issuer nil: self-signed.
local function make(o, how, issuer, where)
  local key, slug, message, phase =
    keys.get(core, o.key, o.key_password)
  if not key then
    if slug == "misuse" then message = where .. ": " .. message end
    return failed(slug, message, phase)
  end
  how.key_type = key:key().type
  local read, bad = spec.read_certificate(o, how)
  if not read then return misuse(where .. ": " .. bad) end
  local material
  material, slug, message, phase = core.pki.cert(read, key, issuer)
  if not material then
    if slug == "misuse" then message = where .. ": " .. message end
    return failed(slug, message, phase)
  end
  return object.new(material, how.authority)
end

local function must_be_ca(self, where)
  if getmetatable(self) ~= object.ca_mt then
    return where .. ": call it on a CA, ca:" .. where:match("[%w_]+$")
      .. "{...}"
  end
  return nil
end

-- pki.ca{cert=, key=}: an authority from existing material.
local function existing(o)
  for name in pairs(o) do
    if name ~= "cert" and name ~= "key" and name ~= "key_password"
       and name ~= "chain" then
      return misuse(("pki.ca: option '%s' does not go with 'cert': the "
        .. "certificate exists already"):format(name))
    end
  end
  local cert, slug, message, phase =
    load_material(o.cert, o.key_password, "pki.ca: option 'cert'")
  if not cert then return failed(slug, message, phase) end
  if not cert:cert() then
    return failed("config-not-a-certificate", ("pki.ca: option 'cert': this "
      .. "is a %s, a certificate was expected"):format(cert:kind()), "config")
  end
  local key
  if o.key ~= nil then
    key, slug, message, phase = keys.get(core, o.key, o.key_password)
    if not key then return failed(slug, message, phase) end
  elseif not cert:key() then
    return failed("config-key-missing", "pki.ca: give the CA's private key "
      .. "with 'key'", "config")
  end
  local chain, list = {}, o.chain
  if type(list) == "string" or (list and list.material) then list = { list } end
  for i, x in ipairs(list or {}) do
    chain[i], slug, message, phase =
      load_material(x, nil, "pki.ca: option 'chain'")
    if not chain[i] then return failed(slug, message, phase) end
  end
  local joined = core.pki.join(cert, key, chain)
  if joined:is_foreign() then
    return failed("config-key-mismatch", "pki.ca: the private key does not "
      .. "belong to the certificate", "config")
  end
  return object.new(joined, true)
end

-- A CA without a name could issue nothing that verifies.
local function named(o, default)
  if o.cn ~= nil or o.subject ~= nil then return o end
  local copy = with(o, {})
  copy.cn = default
  return copy
end

--- A root certificate authority.
-- keyCertSign and cRLSign, CA:TRUE critical, 10 years, EC P-256; with
-- `cert` and `key` instead: an authority from existing material.
-- @tparam[opt] table o options of certificates, or cert, key, key_password,
-- chain
-- @treturn table|nil the CA: an object with :issue :intermediate :sign :crl;
-- nil, err, code
pki.ca = public(function(o)
  local bad
  o, bad = check.options(AUTHORITY, o, "pki.ca")
  if not o then return misuse(bad) end
  if o.cert ~= nil then return existing(o) end
  if o.chain ~= nil then
    return misuse "pki.ca: option 'chain' goes with 'cert'"
  end
  return make(named(o, "wsstls CA"), { ca = true, authority = true }, nil,
    "pki.ca")
end)

--- A certificate signed by its own key, otherwise as `ca:issue` makes them.
-- @tparam[opt] table o options of certificates
pki.self_signed = public(function(o)
  local bad
  o, bad = check.options(spec.certificate, o, "pki.self_signed")
  if not o then return misuse(bad) end
  return make(o, { ca = false }, nil, "pki.self_signed")
end)

--- An intermediate CA below this one.
-- @function ca:intermediate
-- @tparam[opt] table o options of certificates; no path_length unless given
object.ca_methods.intermediate = public(function(self, o)
  local bad = must_be_ca(self, "ca:intermediate")
  if bad then return misuse(bad) end
  o, bad = check.options(spec.certificate, o, "ca:intermediate")
  if not o then return misuse(bad) end
  return make(named(o, "wsstls intermediate CA"),
    { ca = true, authority = true }, self.material, "ca:intermediate")
end)

--- A leaf: CA:FALSE, digitalSignature (and keyEncipherment for RSA),
-- serverAuth and clientAuth, SKI, AKI, from one hour ago for 397 days.
-- @function ca:issue
-- @tparam[opt] table o options of certificates
object.ca_methods.issue = public(function(self, o)
  local bad = must_be_ca(self, "ca:issue")
  if bad then return misuse(bad) end
  o, bad = check.options(spec.certificate, o, "ca:issue")
  if not o then return misuse(bad) end
  return make(o, { ca = false }, self.material, "ca:issue")
end)

--- Signs a request. Subject and names are the request's unless `o` has
-- others; everything else it asks for is the CA's to decide, and is dropped.
-- @function ca:sign
-- @param csr object, PEM, DER or path
-- @tparam[opt] table o options of certificates without key
-- @treturn table|nil the certificate; its key only if the request object
-- has it. nil, err, code: the request's signature does not verify, ...
object.ca_methods.sign = public(function(self, csr, o)
  local bad = must_be_ca(self, "ca:sign")
  if bad then return misuse(bad) end
  o, bad = check.options(SIGN, o, "ca:sign")
  if not o then return misuse(bad) end
  local request, slug, message, phase =
    load_material(csr, nil, "ca:sign: argument 'csr'")
  local ok
  if request then ok, slug, message, phase = core.pki.check_csr(request) end
  if not ok then return failed(slug, message, phase) end
  local asked = request:csr()
  local read
  read, bad = spec.read_certificate(o, { ca = false, request = true,
    key_type = asked.key.type })
  if not read then return misuse("ca:sign: " .. bad) end
  if o.san_critical == nil then
    read.names_critical = asked.subject == "" and not read.subject
  end
  local material
  material, slug, message, phase =
    core.pki.cert(read, request, self.material)
  if not material then return failed(slug, message, phase) end
  return object.new(material)
end)

--- A certificate revocation list.
-- @function ca:crl
-- @tparam[opt] table o `revoked` = { object | serial | {cert=|serial=,
-- date=, reason=} }, `this_update`, `next_update` (false: none), `days`
-- (30), `number`, `delta` (the base's number), `digest`, `aki`,
-- `extensions`, `tamper_signature`
object.ca_methods.crl = public(function(self, o)
  local bad = must_be_ca(self, "ca:crl")
  if bad then return misuse(bad) end
  o, bad = check.options(spec.crl, o, "ca:crl")
  if not o then return misuse(bad) end
  local read
  read, bad = spec.read_crl(o)
  if not read then return misuse("ca:crl: " .. bad) end
  local material, slug, message, phase = core.pki.crl(read, self.material)
  if not material then return failed(slug, message, phase) end
  return object.new(material)
end)

--- A private key.
-- @tparam[opt] table|string o {type="ec"|"rsa"|"ed25519"|"ed448", bits=,
-- primes=, curve=, pool=}, or a word: "rsa:3072", "P-384", "ed25519".
-- `primes`: a long RSA key of 3 to 5 is made in a tenth of the time, and
-- nobody can tell it by its public part. `pool = true`
-- reuses four keys of the kind over and over: for speed where nobody's
-- security depends on it
pki.key = public(function(o)
  if o ~= nil and type(o) ~= "table" and type(o) ~= "string" then
    return misuse("pki.key: expected a table or a word, got " .. type(o))
  end
  local material, slug, message, phase = keys.get(core, o)
  if not material then return failed(slug, message, phase) end
  return object.new(material)
end)

--- A certificate request, with its key.
-- @tparam[opt] table o cn subject dns ip email uri rid dirname othername key
-- digest key_usage extended_key_usage ca path_length extensions
-- tamper_signature
pki.csr = public(function(o)
  local bad
  o, bad = check.options(spec.request, o, "pki.csr")
  if not o then return misuse(bad) end
  local read
  read, bad = spec.read_request(o)
  if not read then return misuse("pki.csr: " .. bad) end
  local key, slug, message, phase = keys.get(core, o.key, o.key_password)
  if not key then return failed(slug, message, phase) end
  local material
  material, slug, message, phase = core.pki.csr(read, key)
  if not material then return failed(slug, message, phase) end
  return object.new(material)
end)

--- Loads anything: PEM text or DER bytes or a path; certificate, key,
-- request, CRL, PKCS#12; in any order, with chain and key.
-- @tparam string|table x
-- @tparam[opt] string password of an encrypted key or PKCS#12
-- @treturn table|nil one object; nil, err, code
pki.load = public(function(x, password)
  if object.is(x) then return x end
  if type(x) ~= "string" then
    return misuse("pki.load: expected PEM, DER or a path, got " .. type(x))
  end
  if password ~= nil and type(password) ~= "string" then
    return misuse("pki.load: password: expected a string, got "
      .. type(password))
  end
  local material, slug, message, phase = core.load(x, password)
  if not material then
    message = object.password_place(slug, message, "pki.load(x, password)")
    return failed(slug, message, phase)
  end
  return object.new(material)
end)

--- A certificate with a private key that is not its own and yet passes every
-- check at load time: the handshake then fails as with a mixed-up server.
-- @param cert the certificate to show; its chain is kept
-- @param[opt] other whose key signs; a new one of the same type if absent
pki.mismatched = public(function(cert, other)
  local first, slug, message, phase =
    load_material(cert, nil, "pki.mismatched: argument 'cert'")
  if not first then return failed(slug, message, phase) end
  local info = first:cert()
  if not info then
    return failed("config-not-a-certificate", ("pki.mismatched: this is a "
      .. "%s, a certificate was expected"):format(first:kind()), "config")
  end
  local second
  if other == nil then
    local same = { type = info.key.type }
    if same.type == "ec" then same.curve = info.key.curve end
    if same.type == "rsa" then same.bits = info.key.bits end
    second, slug, message, phase = keys.get(core, same)
  else
    second, slug, message, phase =
      load_material(other, nil, "pki.mismatched: argument 'other'")
  end
  if not second then return failed(slug, message, phase) end
  local material
  material, slug, message, phase = core.pki.mismatched(first, second)
  if not material then return failed(slug, message, phase) end
  return object.new(material)
end)

local STORE = { ca = "string|table", ca_file = "string", ca_path = "string",
  system_ca = "boolean", crl = "string|table", crl_file = "string" }

local function collect(out, x, where)
  if x == nil then return true end
  if type(x) == "string" or x.material then x = { x } end
  for _, item in ipairs(x) do
    local material, slug, message, phase = load_material(item, nil, where)
    if not material then return nil, slug, message, phase end
    out[#out + 1] = material
  end
  return true
end

--- Trust that is parsed once and used many times, accepted as `ca`.
-- @tparam table o ca, ca_file, ca_path, system_ca, crl, crl_file
pki.store = public(function(o)
  local bad
  o, bad = check.options(STORE, o, "pki.store")
  if not o then return misuse(bad) end
  local parts = {}
  for _, name in ipairs { "ca", "ca_file", "crl", "crl_file" } do
    local ok, slug, message, phase =
      collect(parts, o[name], ("pki.store: option '%s'"):format(name))
    if not ok then return failed(slug, message, phase) end
  end
  local material, slug, message, phase =
    core.pki.store(parts, o.ca_path, o.system_ca == true)
  if not material then return failed(slug, message, phase) end
  return object.new(material)
end)

--- Makes a folder what OpenSSL's ca_path wants: links named by subject hash.
-- @tparam string dir
-- @treturn table|nil list of {link=, file=}; nil, err, code
pki.rehash = public(function(dir)
  if type(dir) ~= "string" then
    return misuse("pki.rehash: expected a folder, got " .. type(dir))
  end
  local links, slug, message, phase = core.pki.rehash(dir)
  if not links then return failed(slug, message, phase) end
  return links
end)

local DH = { bits = "number", custom = "boolean", progress = "function" }

--- Diffie-Hellman parameters as PEM text, for `dh_file`.
-- A standard group (RFC 7919, 3526, 2409: 768, 1024, 1536, 2048, 3072, 4096,
-- 6144, 8192 bits) at once; `custom = true` searches for a prime of its own,
-- which takes minutes, and calls `progress(event)` as it goes (0 a candidate,
-- 1 a test passed, 2 and 3 found); it stops when that returns false.
-- @tparam[opt=2048] number|table o bits, or {bits=, custom=, progress=}
-- @treturn string|nil PEM; nil, err, code
pki.dhparam = public(function(o)
  if type(o) == "number" then o = { bits = o } end
  local bad
  o, bad = check.options(DH, o, "pki.dhparam")
  if not o then return misuse(bad) end
  local bits = o.bits or 2048
  if bits % 1 ~= 0 or bits < 1 or bits > 100000 then
    return misuse("pki.dhparam: option 'bits': expected a whole number, got "
      .. tostring(bits))
  end
  local pem, slug, message, phase =
    core.pki.dh(bits, o.custom == true, o.progress)
  if not pem then
    if slug == "misuse" then message = "pki.dhparam: " .. message end
    return failed(slug, message, phase)
  end
  return pem
end)

return pki
