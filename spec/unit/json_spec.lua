local json = require("wsstls.json")
local errors = require("wsstls.errors")
local r = require("unit.records")

describe("JSON text", function()
  it("keeps empty lists as lists and empty maps as maps", function()
    assert.equal('{"alerts":[],"http":{"headers":{}}}',
      json.encode { alerts = {}, http = { headers = {} } })
  end)

  it("has its keys sorted", function()
    assert.equal('{"a":1,"b":{"c":2,"d":3},"z":4}',
      json.encode { z = 4, b = { d = 3, c = 2 }, a = 1 })
  end)

  it("has null for what JSON has no number for", function()
    assert.equal("[null,null]", json.encode { 0 / 0, 1 / 0 })
  end)

  it("is valid UTF-8 whatever a peer sent", function()
    assert.equal('["\\\\xFF\\u001bé"]', json.encode { "\255\27é" })
    assert.equal('["\\\\xC3"]', json.encode { "\195" })
  end)

  it("holds no credentials", function()
    local text = json.encode { http = { headers = {
      ["set-cookie"] = "sid=s3cret", authorization = "Basic s3cret" } },
      url = "wss://u:s3cret@h/?token=s3cret&a=1", key_password = "s3cret",
      key_pem = "-----BEGIN PRIVATE KEY-----\ns3cret\n-----END PRIVATE KEY" }
    assert.is_nil(text:find("s3cret", 1, true))
    assert.truthy(text:find("a=1", 1, true))
  end)

  it("of an error holds its fields and its record", function()
    local err = r.error("tcp-refused", { phase = "tcp" })
    local back = assert(json.decode(json.encode(err)))
    assert.equal("tcp-refused", back.code)
    assert.equal(err.message, back.message)
    assert.equal(1, back.observation.schema)
    assert.same({}, back.observation.alerts)
  end)

  it("comes back as the same record", function()
    local o = r.record { sent = 42, verify = r.verdict({ { 18 } },
      { r.cert("localhost") }) }
    local back = assert(json.decode(json.encode(o)))
    assert.is_true(require("wsstls.observation").validate(back))
    assert.equal(errors.from_core({ code = "cert-self-signed" }, o).message,
      errors.from_core({ code = "cert-self-signed" }, back).message)
  end)

  it("may be indented", function()
    assert.truthy(json.encode({ a = { 1 } }, { indent = true }):find("\n"))
  end)

  it("raises for what is no data", function()
    assert.has_error(function() json.encode { f = print } end,
      "json: cannot show a function (f)")
    local loop = {}
    loop.again = loop
    assert.has_error(function() json.encode(loop) end,
      "json: a table contains itself")
  end)

  it("takes the same table twice", function()
    local shared = { 1 }
    assert.equal('{"a":[1],"b":[1]}', json.encode { a = shared, b = shared })
  end)

  it("says what is wrong with a text", function()
    local value, message = json.decode("{")
    assert.is_nil(value)
    assert.truthy(message:find("^json: "))
  end)

  it("names the package when dkjson is not there", function()
    local loaded, preload = package.loaded.dkjson, package.preload.dkjson
    package.loaded.dkjson = nil
    package.preload.dkjson = function() error("not installed") end
    local ok, message = pcall(json.encode, {})
    package.loaded.dkjson, package.preload.dkjson = loaded, preload
    assert.is_false(ok)
    assert.truthy(message:find("luarocks install dkjson", 1, true))
  end)
end)
