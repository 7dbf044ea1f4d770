local scenario = require("wsstls.scenario")
local definition = require("wsstls.scenario.definition")

local function refuses(message, t)
  local ok, err = pcall(function()
    local one = scenario(t) -- a tail call would have no caller to name
    return one
  end)
  assert.is_false(ok, "it was taken")
  assert.matches("scenario_definition_spec.lua", err, 1, true)
  assert.matches(message, err, 1, true)
end

describe("a scenario's definition", function()
  it("needs a name", function()
    refuses('it needs a name', { title = "x" })
    refuses("expected a table, got string", "x")
  end)

  it("names an unknown field and the nearest one", function()
    refuses("scenario 'x': unknown field 'sever' (did you mean 'server'?)",
      { name = "x", sever = {} })
    refuses("scenario 'x': field 'timeout': expected a number, got string",
      { name = "x", timeout = "10" })
  end)

  it("names an unknown option of a side and the nearest one", function()
    refuses("scenario 'x': client: unknown field 'verify_hots' (did you "
      .. "mean 'verify_host'?)", { name = "x", client = {
        verify_hots = "a" } })
    refuses("scenario 'x': client: unknown field 'servername' (did you mean "
      .. "'sni'?)", { name = "x", client = { servername = "a" } })
    refuses("scenario 'x': client: unknown field 'recieve' (did you mean "
      .. "'receive'?)", { name = "x", client = { recieve = "a" } })
    refuses("scenario 'x': fixed.server: unknown field 'crt' (did you mean",
      { name = "x", fixed = { server = { crt = "$a" } } })
  end)

  it("checks the type of an option that is known already", function()
    refuses("scenario 'x': client: option 'verify_depth'",
      { name = "x", client = { verify_depth = "deep" } })
    refuses("scenario 'x': server: field 'run': expected a function, got "
      .. "string", { name = "x", server = { run = "x" } })
  end)

  it("takes any type for a name that pki will fill in", function()
    local one = scenario { name = "x", client = { verify_depth = "$depth",
      ca = { "$a", "$b" } } }
    assert.equal("x", one.name)
    assert.equal("$depth", one.client.verify_depth)
  end)

  it("takes one way for a side to act", function()
    refuses("scenario 'x': client: fields 'run' and 'command': give one",
      { name = "x", client = { run = print, command = { "true" } } })
  end)

  it("names an expectation of no known code, and the nearest", function()
    refuses("scenario 'x': expect.client.code: no code is called "
      .. "'cert-expred', did you mean 'cert-expired'?",
      { name = "x", expect = { client = { code = "cert-expred" } } })
    refuses("fixed.expect.server.code: no code is called 'nothing-like-it'",
      { name = "x", fixed = { expect = { server = {
        code = "nothing-like-it" } } } })
  end)

  it("takes refinements as codes, and one value for each version", function()
    local one = scenario { name = "x", expect = { server = {
      code = "cert-chain-incomplete",
      alert_sent = { ["TLSv1.2"] = 40, ["TLSv1.3"] = "unknown_ca" } } } }
    assert.is_true(scenario.is(one))
    refuses("expect.server.alert_sent: expected an alert's number or name",
      { name = "x", expect = { server = {
        alert_sent = { ["TLSv1.2"] = 41000 } } } })
  end)

  it("names an unknown expectation and the nearest", function()
    refuses("expect.client: unknown field 'alert_send' (did you mean "
      .. "'alert_sent'?)", { name = "x", expect = { client = {
        alert_send = 42 } } })
    refuses("expect: unknown field 'clinet' (did you mean 'client'?)",
      { name = "x", expect = { clinet = {} } })
  end)
end)

describe("the fixed twin", function()
  local function broken() return 1 end
  local function mended() return 2 end

  it("lays its sides over the broken ones, and replaces the rest", function()
    local twin = definition.effective({ name = "x", pki = broken,
      server = { cert = "$a", min_version = "TLSv1.2", strict = true },
      client = { ca = "$ca" }, relay = { rules = {} },
      expect = { client = { code = "cert-expired" } },
      fixed = { pki = mended, server = { cert = "$b", strict = "$none" },
        relay = false } }, true)
    assert.equal("x/fixed", twin.name)
    assert.equal(mended, twin.pki)
    assert.same({ cert = "$b", min_version = "TLSv1.2" }, twin.server)
    assert.same({ ca = "$ca" }, twin.client)
    assert.is_false(twin.relay)
    assert.same({ client = { ok = true }, server = { ok = true } },
      twin.expect)
  end)

  it("is judged by its own expectation when it has one", function()
    local twin = definition.effective({ name = "x", fixed = {
      expect = { client = { code = "closed" } } } }, true)
    assert.same({ client = { code = "closed" } }, twin.expect)
  end)

  it("leaves the broken one as it was", function()
    local t = { name = "x", server = { cert = "$a" },
      fixed = { server = { cert = "$b" } } }
    definition.effective(t, true)
    assert.equal("$a", definition.effective(t).server.cert)
    assert.equal("x", definition.effective(t).name)
  end)

  it("expects nothing of a side that is not there", function()
    assert.same({ client = { ok = true } }, definition.effective({
      name = "x", server = false }).expect)
  end)
end)
