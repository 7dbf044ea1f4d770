--- Objects of wsstls.pki: certificates, keys, requests, CRLs, trust.
--
-- Plain tables with `kind` and `material` (the core's userdata, which every
-- other part of wsstls reads). Methods that can fail return nil, err, code;
-- misuse raises at the caller's level.
-- @module wsstls.pki.object
local check = require "wsstls.pki.check"
local core = require "wsstls.core"
local errors = require "wsstls.errors"
local warnings = require "wsstls.pki.warnings"

local object = {}

-- What an inner function returns instead of raising; public() raises it.
local MISUSE = {}

--- Makes the core's failure tuple the public one.
-- @treturn nil
-- @treturn table|MISUSE the error
-- @treturn string its code, or the sentence to raise
function object.failed(slug, message, phase)
  if slug == "misuse" then return nil, MISUSE, message end
  return errors.fail { code = slug, message = message, phase = phase }
end

--- A message that asks for a password says where to give it, too.
function object.password_place(slug, message, place)
  if slug == "config-password-missing" then
    return message .. " with " .. place
  end
  return message
end

--- nil, MISUSE, sentence: for inner functions.
function object.misuse(sentence)
  return nil, MISUSE, sentence
end

--- Wraps an inner function so that misuse is raised at its caller.
function object.public(fn)
  return function(...)
    local a, b, c = fn(...)
    if a ~= nil then return a end
    if b == MISUSE then error(c, 2) end
    return nil, b, c
  end
end

local methods, ca_methods = {}, {}

local function describe(self)
  local m = self.material
  local cert = m:cert()
  if cert then return ("%s: %s"):format(self.kind, cert.subject) end
  local csr = m:csr()
  if csr then return ("%s: %s"):format(self.kind, csr.subject) end
  return self.kind
end

object.mt = { __name = "wsstls.pki", __index = methods,
              __tostring = describe }
object.ca_mt = { __name = "wsstls.pki", __index = ca_methods,
                 __tostring = describe }
setmetatable(ca_methods, { __index = methods })

object.methods, object.ca_methods = methods, ca_methods

--- A new object around a material.
function object.new(material, is_ca)
  return setmetatable({ kind = material:kind(), material = material },
    is_ca and object.ca_mt or object.mt)
end

--- True for what object.new makes.
function object.is(x)
  local mt = type(x) == "table" and getmetatable(x)
  return mt == object.mt or mt == object.ca_mt
end

-- A method that passes strings through to the material's.
local function forward(name, parameters)
  return object.public(function(self, ...)
    if not object.is(self) then
      return object.misuse(("%s: call it with a colon, obj:%s()"):format(name,
        name))
    end
    for i, parameter in ipairs(parameters) do
      local value = select(i, ...)
      if value ~= nil and type(value) ~= "string" then
        return object.misuse(("%s: %s: expected a string, got %s"):format(
          name, parameter, type(value)))
      end
    end
    local result, slug, message, phase =
      self.material[name](self.material, ...)
    if result == nil and slug then
      return object.failed(slug, message, phase)
    end
    return result
  end)
end

--- This one certificate (or request, CRL, key) as PEM.
-- @function pem
-- @treturn string
methods.pem = forward("pem", { "part" })

--- The private key as PKCS#8 PEM, encrypted (AES-256-CBC) with a password.
-- @function key_pem
-- @tparam[opt] string password
-- @treturn string|nil nil, err, code when there is no key
methods.key_pem = forward("key_pem", { "password" })

--- The DER of what :pem() gives.
-- @function der
methods.der = forward("der", {})

--- PKCS#12 with key, certificate and chain.
-- @function pkcs12
-- @tparam[opt=""] string password
-- @tparam[opt] string name the friendly name
-- @tparam[opt="aes"] string algorithm "aes" | "3des" | "rc2"
methods.pkcs12 = forward("pkcs12", { "password", "name", "algorithm" })

--- Text as `openssl x509 -text` prints it.
-- @function text
methods.text = forward("text", {})

--- The name a CA folder knows it by: eight hex digits (X509_NAME_hash).
-- @function hash
methods.hash = forward("hash", {})

local function pem_part(name, part)
  return object.public(function(self)
    if not object.is(self) then
      return object.misuse(("%s: call it with a colon, obj:%s()"):format(name,
        name))
    end
    local result, slug, message, phase = self.material:pem(part)
    if not result then return object.failed(slug, message, phase) end
    return result
  end)
end

--- Leaf and intermediates as PEM, no root.
-- @function chain_pem
methods.chain_pem = pem_part("chain_pem", "chain")

--- The self-signed end of the chain as PEM.
-- @function ca_pem
methods.ca_pem = pem_part("ca_pem", "root")

local function key_info(m)
  return { key = m:key(), spki_sha256 = m:pin(), warnings = {} }
end

--- What it is, as plain data: the `cert` table of the API plus `warnings`,
-- a list of sentences: what will be rejected, and by whom.
function methods:info()
  local m = self.material
  local info = m:cert() or m:csr()
  if info then
    info.warnings = info.serial and warnings.of(info, os.time()) or {}
    if m:is_foreign() then
      table.insert(info.warnings, 1, "the private key beside it does not "
        .. "belong to it: no server can use the two (config-key-mismatch)")
    end
  elseif self.kind == "crl" then
    info = m:crls()[1]
    info.warnings = {}
    if info.next_update and info.next_update < os.time() then
      info.warnings[1] = "the CRL has expired: whoever checks it rejects "
        .. "every certificate of this issuer (crl-expired)"
    end
  else
    info = key_info(m)
  end
  info.kind = self.kind
  return info
end

local SAVE = { cert = "string", key = "string", chain = "string",
  ca = "string", pkcs12 = "string", pem = "string", der = "string",
  csr = "string", crl = "string", password = "string", name = "string",
  algorithm = "string" }

-- file name -> which bytes, in the order they stand in a shared file.
local WRITERS = {
  { "key", function(m, o) return m:key_pem(o.password) end, true },
  { "cert", function(m) return m:pem("chain") end },
  { "chain", function(m) return m:pem("chain") end },
  { "ca", function(m) return m:pem("root") end },
  { "csr", function(m) return m:pem() end },
  { "crl", function(m) return m:pem() end },
  { "pem", function(m) return m:pem() end },
  { "der", function(m) return m:der() end },
  { "pkcs12", function(m, o)
      return m:pkcs12(o.password, o.name, o.algorithm)
    end, true },
}

local KIND_OF = { csr = "csr", crl = "crl" }

-- A key's own PEM is secret under any name.
local function is_secret(self, name, secret)
  return secret or (self.kind == "key" and (name == "pem" or name == "der"))
end

local function collect(self, o)
  local files, by_path = {}, {}
  for _, writer in ipairs(WRITERS) do
    local name, write, secret = writer[1], writer[2], writer[3]
    local path = o[name]
    if path then
      if KIND_OF[name] and KIND_OF[name] ~= self.kind then
        return object.failed("config-not-a-certificate",
          ("save: this is a %s, not a %s"):format(self.kind, name), "config")
      end
      local bytes, slug, message, phase = write(self.material, o)
      if not bytes then return object.failed(slug, message, phase) end
      local file = by_path[path]
      if file and (name == "der" or name == "pkcs12") then
        return object.misuse(("save: '%s' is given for two things that "
          .. "cannot share a file"):format(path))
      elseif file then
        file.bytes = file.bytes .. bytes
      else
        file = { path = path, bytes = bytes, secret = false }
        by_path[path] = file
        files[#files + 1] = file
      end
      file.secret = file.secret or is_secret(self, name, secret) or false
    end
  end
  return files
end

--- Writes files: all of them or none, beside and then renamed; whatever
-- holds a private key has mode 0600. One path may be given for several PEM
-- parts, which then share the file.
-- @tparam table o paths: `cert` (leaf and intermediates), `key`, `chain`
-- (as cert), `ca` (the root), `pkcs12`, `pem` (this one object), `der`,
-- `csr`, `crl`; `password` encrypts key and PKCS#12, `name` and `algorithm`
-- are the latter's
-- @treturn boolean|nil true; nil, err, code
methods.save = object.public(function(self, o)
  if not object.is(self) then
    return object.misuse "save: call it with a colon, obj:save{...}"
  end
  local _, bad = check.options(SAVE, o, "save")
  if bad then return object.misuse(bad) end
  local files, err, code = collect(self, o or {})
  if not files then return nil, err, code end
  if #files == 0 then
    return object.misuse "save: say where: save{cert = ..., key = ...}"
  end
  local ok, slug, message, phase = core.pki.write(files)
  if not ok then return object.failed(slug, message, phase) end
  return true
end)

return object
