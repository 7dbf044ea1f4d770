-- Loading: anything in, one object out, or a sentence that says what it is.
local core = require "wsstls.core"
local helper = require "helper"
local pki = require "wsstls.pki"

local dir, ca, int, leaf

setup(function()
  dir = helper.dir()
  ca = pki.ca { cn = "Load CA", not_before = "2024-01-01" }
  int = ca:intermediate { cn = "Load Intermediate" }
  leaf = int:issue { cn = "load.test", dns = "load.test" }
end)

teardown(function() helper.cleanup() end)

local function fails(code, pattern, ...)
  local object, err, got = pki.load(...)
  assert.is_nil(object)
  assert.equal(code, got)
  assert.equal("config", err.phase)
  assert.matches(pattern, err.message)
end

local function file(name, bytes)
  return helper.write(dir .. "/" .. name, bytes)
end

describe("pki.load", function()
  it("finds leaf, key and chain in any order", function()
    local parts = { leaf:pem(), leaf:key_pem(), int:pem(), ca:pem() }
    local orders = { { 1, 2, 3, 4 }, { 4, 3, 2, 1 }, { 2, 4, 1, 3 },
                     { 3, 1, 4, 2 } }
    for _, order in ipairs(orders) do
      local text = ""
      for _, i in ipairs(order) do text = text .. parts[i] end
      local object = assert(pki.load(text))
      assert.equal("certificate", object.kind)
      assert.equal("CN=load.test", object:info().subject)
      assert.truthy(object:key_pem())
      assert.equal(2, #object.material:chain())
      assert.is_false(object.material:is_foreign())
    end
  end)

  it("drops duplicates and notices a foreign key", function()
    local object = assert(pki.load(leaf:pem():rep(3) .. pki.key():pem()))
    assert.equal(0, #object.material:chain())
    assert.is_true(object.material:is_foreign())
    assert.matches("does not belong", object:info().warnings[1])
  end)

  it("tells the kinds apart, as PEM, DER and files", function()
    local things = { certificate = leaf, key = pki.key(),
      csr = pki.csr { cn = "x" }, crl = ca:crl() }
    for kind, object in pairs(things) do
      assert.equal(kind, assert(pki.load(object:pem())).kind)
      assert.equal(kind, assert(pki.load(object:der())).kind)
      assert.equal(kind, assert(pki.load(file("x", object:der()))).kind)
      assert.equal(kind, assert(pki.load(file("x", object:pem()))).kind)
      assert.equal(object:der(), pki.load(object:der()):der())
    end
    assert.equal("pkcs12", pki.load(leaf:pkcs12("pw"), "pw").kind)
  end)

  it("bears with indentation, CRLF, a BOM and text around", function()
    local pem = leaf:pem():gsub("\n", "\r\n"):gsub("([^\n]+)", "    %1")
    assert(pki.load("\239\187\191" .. leaf:pem()))
    assert(pki.load("subject=x\n" .. pem .. "trailing"))
    assert(pki.load(ca:der() .. leaf:der()))
  end)

  it("reads what openssl writes", function()
    helper.write(dir .. "/k.pem", leaf:key_pem())
    helper.write(dir .. "/c.pem", leaf:chain_pem())
    helper.must("cd " .. dir .. [[ &&
      openssl ec -in k.pem -aes128 -passout pass:pw -out trad.key &&
      openssl ec -in k.pem -outform DER -out k.der &&
      openssl pkcs12 -export -inkey k.pem -in c.pem -passout pass:pw -out a.p12
      openssl pkcs12 -export -inkey k.pem -in c.pem -passout pass: -out b.p12
      openssl pkcs12 -export -inkey k.pem -in c.pem -passout pass:pw -nomac \
        -out c.p12
      openssl pkcs12 -export -nokeys -in c.pem -passout pass:pw -out d.p12
      openssl crl2pkcs7 -nocrl -certfile c.pem -out p7.pem
      openssl x509 -in c.pem -trustout -addtrust serverAuth -out trusted.pem]])
    local cases = {
      { "trad.key", "pw", "key" }, { "k.der", nil, "key" },
      { "a.p12", "pw", "pkcs12" }, { "b.p12", nil, "pkcs12" },
      { "b.p12", "", "pkcs12" }, { "c.p12", "pw", "pkcs12" },
      { "d.p12", "pw", "pkcs12" }, { "p7.pem", nil, "certificate" },
      { "trusted.pem", nil, "certificate" },
    }
    for _, case in ipairs(cases) do
      local object, err = pki.load(dir .. "/" .. case[1], case[2])
      assert(object, case[1] .. ": " .. tostring(err))
      assert.equal(case[3], object.kind)
    end
    assert.equal("CN=load.test", pki.load(dir .. "/a.p12", "pw"):info()
      .subject)
    assert.equal(1, #pki.load(dir .. "/a.p12", "pw").material:chain())
  end)

  it("tells a missing password from a wrong one", function()
    for _, bytes in ipairs { leaf:key_pem("pw"), leaf:pkcs12("pw") } do
      fails("config-password-missing",
        "give its password with pki%.load%(x, password%)$", bytes)
      fails("config-password-wrong", "does not open", bytes, "no")
      fails("config-password-wrong", "does not open", bytes, "")
      assert(pki.load(bytes, "pw"))
    end
  end)

  it("says where a missing password goes", function()
    local wss, bytes = require "wsstls", leaf:pkcs12("pw")
    local function says(place, _, err, code)
      assert.equal("config-password-missing", code)
      assert.matches("PKCS#12 file; give its password with " .. place .. "$",
        err.message)
    end
    for name, place in pairs { cert = "the option 'key_password'",
        pkcs12 = "the option 'pkcs12_password'",
        ca = "pki%.load%(x, password%)" } do
      says(place, wss.connect("wss://127.0.0.1:1/", { [name] = bytes }))
    end
    says("the option 'key_password'", wss.verify { chain = bytes })
    says("pki%.load%(x, password%)", pki.store { ca = bytes })
  end)

  it("names the algorithm that only the legacy provider has", function()
    helper.write(dir .. "/k.pem", leaf:key_pem())
    helper.write(dir .. "/c.pem", leaf:pem())
    local _, status = helper.shell(("cd %s && openssl pkcs12 -export -legacy "
      .. "-inkey k.pem -in c.pem -passout pass:pw -out l.p12"):format(dir))
    if status ~= 0 then return pending("no legacy provider here") end
    fails("config-pkcs12-algorithm", "RC2.*openssl pkcs12 %-legacy",
      dir .. "/l.p12", "pw")
    fails("config-password-wrong", "does not open", dir .. "/l.p12", "no")
  end)

  it("says what a wrong thing is", function()
    local wrong = {
      ["hello\n"] = "text without a %-%-%-%-%-BEGIN",
      ["MIIB"] = "base64 without", ["ssh-rsa AAAA"] = "SSH public key",
      ["\254\237\254\237\0\0"] = "Java keystore",
      ["\255\254-\0"] = "UTF%-16", ["<html>"] = "HTML",
      ["\0\1\2"] = "neither PEM nor DER",
      ["-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----\n"] =
        "a public key",
      ["-----BEGIN X-----\nAAAA\n-----END X-----\n"] = 'named "X"',
      ["-----BEGIN CERTIFICATE-----\n!!!!\n-----END CERTIFICATE-----\n"] =
        "base64",
      ["-----BEGIN CERTIFICATE-----\nMAMCAQE=\n-----END CERTIFICATE-----\n"] =
        "does not decode",
      [pki.dhparam(1024)] = "DH parameters",
    }
    for bytes, pattern in pairs(wrong) do
      fails("config-not-a-certificate", pattern, file("wrong", bytes))
    end
  end)

  it("says why a file cannot be read", function()
    fails("config-file-missing", "No such file", dir .. "/none")
    fails("config-file-missing", "Not a directory", dir .. "/x/none")
    fails("config-file-unreadable", "folder", dir)
    fails("config-file-empty", "is empty", file("empty", ""))
    fails("config-file-empty", "is empty", "")
    helper.must("chmod 0 " .. file("secret", "x"))
    local open = io.open(dir .. "/secret")
    if open then
      open:close()             -- root reads everything
    else
      fails("config-file-unreadable", "denied", dir .. "/secret")
    end
  end)

  -- as NSS and some Windows versions export it
  it("reads PKCS#12 of indefinite length, says when it is cut #slow", function()
    local der = leaf:pkcs12("pw")
    assert.equal("\48\130", der:sub(1, 2))
    local ber = "\48\128" .. der:sub(5) .. "\0\0"
    assert.equal("pkcs12", core.load(ber, "pw"):kind())
    for n = 3, #ber - 3, 7 do
      local material, slug = core.load(ber:sub(1, n), "pw")
      assert.is_nil(material)
      assert.truthy(slug:find("^config%-"))
    end
  end)

  it("raises for what is no string", function()
    assert.has_error(function() pki.load(7) end,
      "pki.load: expected PEM, DER or a path, got number")
    assert.has_error(function() pki.load("x", 7) end)
  end)
end)

describe("pkcs12", function()
  it("is read by openssl, in modern and old dress", function()
    for _, algorithm in ipairs { "aes", "3des" } do
      local path = file("o.p12", leaf:pkcs12("pw", "my name", algorithm))
      local output, status = helper.shell(("openssl pkcs12 -in %s -passin "
        .. "pass:pw -nodes -info"):format(path))
      assert.equal(0, status, output)
      assert.matches("friendlyName: my name", output)
      assert.matches(algorithm == "aes" and "AES%-256" or "3DES",
        (output:gsub("TripleDES", "3DES")))
      assert.equal(3, select(2, output:gsub("BEGIN CERTIFICATE", "")))
      assert.equal(1, select(2, output:gsub("BEGIN PRIVATE KEY", "")))
    end
  end)

  it("names what this OpenSSL lacks, or makes it", function()
    local bytes, err, code = leaf:pkcs12("pw", nil, "rc2")
    assert.is_true(bytes ~= nil or code == "config-pkcs12-algorithm"
      and err.message:find("RC2-CBC, which only OpenSSL's legacy", 1, true)
        ~= nil)
    assert.has_error(function() leaf:pkcs12("pw", nil, "rot13") end)
  end)
end)

describe("pki.ca from existing material", function()
  it("goes on signing", function()
    local again = assert(pki.ca { cert = int:chain_pem(),
                                  key = int:key_pem("pw"),
                                  key_password = "pw", chain = ca })
    local made = assert(again:issue { cn = "y" })
    assert.equal("CN=Load Intermediate", made:info().issuer)
    assert.equal(ca:pem(), made:ca_pem())
  end)

  it("needs the right key", function()
    local _, _, code = pki.ca { cert = ca:pem() }
    assert.equal("config-key-missing", code)
    _, _, code = pki.ca { cert = ca:pem(), key = pki.key() }
    assert.equal("config-key-mismatch", code)
    _, _, code = pki.ca { cert = pki.key() }
    assert.equal("config-not-a-certificate", code)
    assert.has_error(function() pki.ca { cert = ca, cn = "x" } end)
  end)
end)

describe("pki.store", function()
  it("gathers trust from everything", function()
    local store = assert(pki.store { ca = { ca, int:pem() }, crl = ca:crl(),
                                     ca_path = dir })
    assert.equal("store", store.kind)
    assert.equal(2, #store.material:chain())
    assert.equal(1, #store.material:crls())
  end)

  it("says which source fails", function()
    local _, _, code = pki.store { ca_file = dir .. "/none" }
    assert.equal("config-file-missing", code)
    _, _, code = pki.store { ca_path = dir .. "/none" }
    assert.equal("config-file-missing", code)
  end)
end)
