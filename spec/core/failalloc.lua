-- The child of allocation_spec.lua: every allocation of an operation fails
-- once, alone and with all that come after it. Of the many thousands that
-- OpenSSL makes to read a key, those at both ends, next to our own, each get
-- their turn, and one in so many of the others.
local core = require "wsstls.core"
local helper = require "helper"
local pki = require "wsstls.pki"
local shim = require "failalloc"
local wss = require "wsstls"

local ends = tonumber(arg[1])      -- allocations that each get their turn
local stride = tonumber(arg[2])    -- of the others one in so many

local dir = helper.dir()
local ca = assert(pki.ca { cn = "CA" })
local int = assert(ca:intermediate { cn = "Int" })
local leaf = assert(int:issue { cn = "localhost", dns = "localhost" })
local key, csr = assert(pki.key()), assert(pki.csr { cn = "x", dns = "x.test" })
local crl = assert(ca:crl { revoked = { 1, { serial = 2,
  reason = "superseded" } } })
local pem = leaf:chain_pem() .. leaf:key_pem()
local sealed, p12 = leaf:key_pem("pw"), leaf:pkcs12("pw")
local int_pem, int_key, ca_pem = int:pem(), int:key_pem(), ca:pem()
local leaf_der, crl_der, csr_der = leaf:der(), crl:der(), csr:der()
local stranger = assert(pki.ca { cn = "CA" })
assert(ca:save { cert = dir .. "/ca.pem" })

-- What is made twice from the same is the same, whole.
local function json(x) return assert(wss.json(x)) end
local function whole(object)
  return object:chain_pem() .. tostring(object:key_pem())
end
local function pem_of(object) return object:pem() end
local function text(x) return x end

-- A signature that OpenSSL had no memory to check counts as a bad one: what
-- must not happen is that something bad is accepted.
local function request(info)
  info.signature_ok = nil
  return json(info)
end
local function verdict(o)
  o.chain, o.time = leaf, os.time()
  local accepts = assert(wss.verify(o)).ok
  return function() return wss.verify(o) end, function(result)
    return result.ok and "accepted" or not accepts and "refused"
  end
end

local operations = {
  { "pki.key", function() return pki.key() end },
  { "pki.ca", function() return pki.ca { cn = "x" } end },
  { "issue", function()
      return int:issue { cn = "a", dns = "a.test", ip = "::1",
        email = "a@a.test", uri = "u:x", rid = "1.2.3", dirname = "O=x",
        othername = "1.2.3;UTF8:x", key = key,
        extensions = { { oid = "1.2.3", value = "\5\0" } },
        name_constraints = { permitted = { "a.test" } } }
    end, function(made) return json(made:info().san) end },
  { "csr", function() return pki.csr { cn = "x", dns = "x.test" } end },
  { "sign", function() return ca:sign(csr) end },
  { "crl", function() return ca:crl { revoked = { 1, leaf } } end },
  { "mismatched", function() return pki.mismatched(leaf, key) end, pem_of },
  { "existing ca", function()
      return pki.ca { cert = int_pem, key = int_key, chain = ca_pem }
    end, whole },
  { "load PEM", function() return pki.load(pem) end, whole },
  { "load DER", function() return pki.load(leaf_der) end, pem_of },
  { "load CRL", function() return pki.load(crl_der) end, pem_of },
  { "load CSR", function() return pki.load(csr_der) end, pem_of },
  { "load a sealed key", function() return pki.load(sealed, "pw") end,
    pem_of },
  { "load PKCS#12", function() return pki.load(p12, "pw") end, whole },
  { "make PKCS#12", function() return leaf:pkcs12("pw") end },
  { "make a sealed key", function() return leaf:key_pem("pw") end },
  { "info", function() return leaf:info() end, json },
  { "info of a key", function() return key:info() end, json },
  { "info of a request", function() return csr:info() end, request },
  { "info of a CRL", function() return crl:info() end, json },
  -- OpenSSL's printing leaves out what it has no memory for
  { "text", function() return leaf:text() end },
  { "store", function() return pki.store { ca = { ca, int }, crl = crl } end,
    function(store)
      return #store.material:chain() .. " " .. #store.material:crls()
    end },
  { "rehash", function() return pki.rehash(dir) end, json },
  { "dhparam", function() return pki.dhparam(2048) end, text },
  { "save", function()
      return leaf:save { cert = dir .. "/leaf.pem", key = dir .. "/leaf.key" }
    end, tostring },
  { "verify", verdict { ca = ca, host = "localhost" } },
  { "verify a wrong name", verdict { ca = ca, host = "other.test" } },
  { "verify a stranger", verdict { ca = stranger } },
  { "verify with CRLs", verdict { ca = ca, crl = crl } },
  { "verify as browsers do", verdict { ca = ca, host = "localhost",
      policy = "webpki" } },
}

-- What one try may come to: the result, an error with a code, or a raise.
-- True when it failed.
local function judge(name, ok, result, err, code)
  if ok and result ~= nil then return false end
  if ok then
    assert(type(err) == "table" and err.code == code
      and type(code) == "string", name .. ": no error: " .. tostring(err))
    assert(code ~= "config-password-wrong", name .. ": " .. tostring(err))
    return true
  end
  assert(type(result) == "string", name .. ": " .. tostring(result))
  -- not everything in OpenSSL says that memory was what it lacked
  assert(result:find("memory", 1, true) or result:find("cannot be ", 1,
    true) or result:find("OpenSSL refused", 1, true), name .. ": " .. result)
  return true
end

-- How many allocations a call makes.
local function count(fn)
  shim.arm(2 ^ 30)
  local ok = fn()
  local _, made = shim.disarm()
  assert(ok)
  return made
end

local function try(name, fn, show, forever)
  local n, failed, expected = 0, 0, show and show(assert(fn()))
  local last = count(fn) - ends
  while true do
    local step = (n < ends or n >= last) and 1 or math.min(stride, last - n)
    n = n + step
    shim.arm(n, forever)
    local ok, result, err, code = pcall(fn)
    local hits = shim.disarm()
    if hits == 0 then
      assert(ok and result, ("%s: %s"):format(name, tostring(err or result)))
      return n, failed
    elseif judge(name, ok, result, err, code) then
      failed = failed + 1
    elseif show then
      local made = show(result)
      assert(not made or made == expected, ("%s, %d: not the same:\n%s\n%s")
        :format(name, n, expected, tostring(made)))
    end
  end
end

for _, row in ipairs(operations) do
  local name, fn, show = row[1], row[2], row[3]
  for _, forever in ipairs { false, true } do
    local n, failed = try(name, fn, show, forever)
    print(("%s: %d allocations, %d tries failed"):format(name, n, failed))
  end
end
for name in helper.must("ls " .. dir):gmatch("[^\n]+") do
  assert(not name:find("%.pem%.") and not name:find("%.key%."),
    "half a file is left: " .. name)
end
assert(core.now() > 0)
helper.cleanup()
print "done"
