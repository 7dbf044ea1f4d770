-- Every kind of subjectAltName: made, read again, shown, and read by openssl.
local helper = require("helper")
local pki = require("wsstls.pki")
local run = require("core.command")

local UPN = "1.3.6.1.4.1.311.20.2.3;UTF8:user@test"
local RAW = "1.2.3.4;DER:0403010203"
local LONG = "1.2.3.4;UTF8:" .. ("x"):rep(70000 - 5000)

describe("pki names beyond DNS and IP", function()
  local ca

  setup(function() ca = assert(pki.ca { cn = "Test CA" }) end)
  teardown(helper.cleanup)

  it("are in a certificate as they were given", function()
    local leaf = assert(ca:issue { cn = "x", dns = "a.test", rid = "1.2.3.4",
      dirname = { "CN=Dir\\, Name,O=Org", "/O=Org/CN=\195\164" },
      othername = { UPN, RAW } })
    for _, object in ipairs { leaf, assert(pki.load(leaf:pem())) } do
      local san = object:info().san
      assert.same({ "a.test" }, san.dns)
      assert.same({ "1.2.3.4" }, san.rid)
      assert.same({ "CN=Dir\\, Name,O=Org", "CN=\195\164,O=Org" },
        san.dirname)
      assert.same({ UPN, RAW }, san.othername)
    end
    local text = leaf:text()
    for _, part in ipairs { "DNS:a.test", "Registered ID:1.2.3.4",
        "DirName:/O=Org/CN=Dir, Name", "UPN::user@test" } do
      assert.is_truthy(text:find(part, 1, true), part)
    end
  end)

  it("are not there where nobody gave them", function()
    local san = assert(ca:issue { cn = "x", dns = "a.test" }):info().san
    assert.is_nil(san.rid or san.dirname or san.othername)
  end)

  it("go through a request, and through the shape of observations",
    function()
      local csr = assert(pki.csr { cn = "x", othername = UPN,
        dirname = "O=Org" })
      assert.same({ UPN }, csr:info().san.othername)
      local leaf = assert(ca:sign(csr))
      assert.same({ "O=Org" }, leaf:info().san.dirname)
      local wss = require("wsstls")
      local result = assert(wss.verify { chain = leaf, ca = ca })
      assert.same({ UPN }, result.chain[1].san.othername)
      local o = { schema = 1, side = "client", engine = "lws",
        phase = "verify", started = 0, alerts = {}, openssl = {},
        timeline = {}, verify = result }
      local _, problems = require("wsstls.observation").validate(o)
      for _, problem in ipairs(type(problems) == "table" and problems or {}) do
        assert.is_nil(problem:find("san", 1, true), problem)
      end
    end)

  it("keep text longer than a byte can count", function()
    local leaf = assert(ca:issue { cn = "x", othername = LONG })
    assert.same({ LONG }, leaf:info().san.othername)
    local middle = "1.2.3;UTF8:" .. ("y"):rep(200)
    assert.same({ middle },
      assert(ca:issue { cn = "x", othername = middle }):info().san.othername)
  end)

  it("are read alike by openssl", function()
    local path = helper.dir() .. "/leaf.pem"
    assert(assert(ca:issue { cn = "x", othername = UPN, rid = "1.2.3.4",
      dirname = "O=Org" }):save { cert = path })
    local text = helper.must("openssl x509 -noout -ext subjectAltName -in "
      .. path)
    for _, part in ipairs { "Registered ID:1.2.3.4", "DirName:/O=Org",
        "UPN::user@test" } do
      assert.is_truthy(text:find(part, 1, true), text)
    end
  end)

  it("are compared by name constraints", function()
    local wss = require("wsstls")
    local limited = assert(ca:intermediate { cn = "Limited",
      name_constraints = { permitted = { "dirName:O=Org" } } })
    local function verdict(dirname)
      local leaf = assert(limited:issue { subject = "CN=x,O=Org",
        dirname = dirname })
      return assert(wss.verify { chain = leaf, ca = ca }).code
    end
    assert.equal(0, verdict "CN=a,O=Org")
    assert.equal(47, verdict "CN=a,O=Other")
  end)

  it("are refused with a sentence when they are none", function()
    local cases = {
      { "dirname", "x", "is no name like 'CN=...,O=...'" },
      { "dirname", "", "a name cannot be empty" },
      { "dirname", "XX=1", "is not a name of that kind" },
      { "othername", "x", "is not 'OID;UTF8:text' or 'OID;DER:hex'" },
      { "othername", "1.2.3;DER:zz", "is not 'OID;UTF8:text'" },
      { "othername", "1.2.3;DER:0c", "is not a name of that kind" },
      { "othername", "9.2.3;UTF8:x", "is not a name of that kind" },
      { "rid", "x", "is no dotted OID" },
    }
    for _, case in ipairs(cases) do
      local ok, message = pcall(ca.issue, ca, { cn = "x",
        [case[1]] = case[2] })
      assert.is_false(ok)
      assert.is_truthy(message:find(case[3], 1, true), message)
    end
    local ok, message = pcall(ca.intermediate, ca, { name_constraints = {
      excluded = { "dirname:nonsense" } } })
    assert.is_false(ok)
    assert.is_truthy(message:find("is no name like", 1, true), message)
  end)
end)

describe("the pin", function()
  it("is the same of a key, its request and its certificate", function()
    for _, kind in ipairs { "ec", "rsa", "ed25519" } do
      local key = assert(pki.key(kind))
      local pin = key:info().spki_sha256
      assert.is_truthy(pin:find("^[%w+/]+=$"))
      assert.equal(44, #pin)
      assert.equal(pin, pki.csr { cn = "x", key = key }:info().spki_sha256)
      assert.equal(pin,
        pki.self_signed { cn = "x", key = key }:info().spki_sha256)
    end
  end)

  it("is shown by `wsstls pki show`, of keys as well", function()
    local dir = helper.dir()
    local leaf = assert(pki.self_signed { cn = "x", rid = "1.2.3",
      dirname = "O=Org", othername = UPN })
    assert(leaf:save { cert = dir .. "/a.pem", key = dir .. "/a.key" })
    local status, out = run("pki", "show", dir .. "/a.key", dir .. "/a.pem")
    assert.equal(0, status)
    local pin, pins = leaf:info().spki_sha256, 0
    for shown in out:gmatch("pin +(%S+)") do
      assert.equal(pin, shown)
      pins = pins + 1
    end
    assert.equal(2, pins)
    for _, name in ipairs { "dirName:O=Org", "RID:1.2.3",
        "otherName:" .. UPN } do
      assert.is_truthy(out:find(name, 1, true), out)
    end
    helper.cleanup()
  end)
end)

describe("cert.basic_constraints", function()
  it("tells CA:FALSE from no extension at all", function()
    local ca = assert(pki.ca { cn = "x" })
    local function read(o)
      o.cn = "y"
      local info = assert(ca:issue(o)):info()
      return info.basic_constraints, info.is_ca
    end
    assert.same({ true, false }, { read {} })
    assert.same({ true, true }, { read { ca = true } })
    assert.same({ false, false }, { read { basic_constraints = false } })
  end)
end)
