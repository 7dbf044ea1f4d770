local errors = require("wsstls.errors")
local codes = require("wsstls.codes")
local r = require("unit.records")

local function ip_mismatch()
  local chain = { r.cert("localhost") }
  return r.error("cert-ip-mismatch", { sent = 42, phase = "verify",
    verify = r.verdict({ { 64 } }, chain, { expected = r.ip("127.0.0.1"),
      presented = r.presented("localhost") }) },
    { phase = "verify", fault = "server", rejected_by = "client" })
end

describe("an error", function()
  it("prints one line that a person can act on", function()
    assert.equal("cert-ip-mismatch: the certificate does not cover "
      .. "127.0.0.1: X509 64 IP_ADDRESS_MISMATCH at depth 0, presented "
      .. "CN=localhost and no subjectAltName (alert 42 bad_certificate sent)",
      tostring(ip_mismatch()))
  end)

  it("joins with text on either side", function()
    local err = errors.new { code = "tcp-refused" }
    assert.equal("! " .. tostring(err), "! " .. err)
    assert.equal(tostring(err) .. " !", err .. " !")
    assert.equal(tostring(err) .. tostring(err), err .. err)
  end)

  it("is what assert raises when a call failed", function()
    -- before 5.3, Lua's own assert takes strings only
    local old = _VERSION == "Lua 5.1" or _VERSION == "Lua 5.2"
    local raise = old and errors.assert or r.assert
    local ok, thrown = pcall(function()
      return raise(errors.fail { code = "tcp-refused" })
    end)
    assert.is_false(ok)
    assert.is_true(errors.is(thrown))
    assert.truthy(tostring(thrown):find("^tcp%-refused: "))
  end)

  it("has an assert for every Lua, which passes results on", function()
    assert.same({ 1, nil, 3 }, { errors.assert(1, nil, 3) })
    local ok, thrown = pcall(errors.assert, nil)
    assert.is_false(ok)
    assert.equal("assertion failed!", thrown)
  end)

  it("has the fields of docs/api.md and the type's name", function()
    local err = ip_mismatch()
    assert.equal("cert-ip-mismatch", err.code)
    assert.equal("verify", err.phase)
    assert.equal("server", err.fault)
    assert.equal("client", err.rejected_by)
    assert.is_string(err.message)
    assert.is_false(err.temporary)
    assert.equal(1, err.observation.schema)
    assert.equal("wsstls.Error", getmetatable(err).__name)
    assert.equal(errors.mt, getmetatable(err))
  end)

  it("of every code has a sentence, a phase and a party", function()
    for _, code in ipairs(codes.list()) do
      if code ~= "ok" then
        local err = errors.new { code = code }
        assert.equal(code .. ": ", tostring(err):sub(1, #code + 2))
        assert.is_true(#err.message > 5, code)
        assert.is_nil(tostring(err):find("[{}\n]"), code)
        assert.truthy(err.phase and err.fault and err.rejected_by, code)
        assert.truthy(err:story():find("error[" .. code .. "]", 1, true))
      end
    end
  end)

  it("keeps the core's words where they say more", function()
    local err = errors.new { code = "config-file-empty",
                             message = "cert: a.pem: the file is empty" }
    assert.equal("config-file-empty: cert: a.pem: the file is empty",
      tostring(err))
    err = errors.new { code = "config-file-empty",
                       message = "the file is empty" }
    assert.equal("config-file-empty: the file is empty", tostring(err))
  end)

  it("is temporary where another try may succeed", function()
    assert.is_true(errors.new { code = "tcp-refused" }.temporary)
    assert.is_false(errors.new { code = "cert-expired" }.temporary)
    local function rejected(status)
      return errors.new { code = "upgrade-rejected",
        observation = r.record { http = { status = status } } }.temporary
    end
    assert.is_true(rejected(503))
    assert.is_true(rejected(504))
    assert.is_false(rejected(404))
  end)

  it("blames the configured side of a configuration", function()
    local function fault(side)
      return errors.new { code = "config-key-mismatch", side = side }.fault
    end
    assert.equal("client", fault())
    assert.equal("server", fault("server"))
  end)

  it("from the core leaves out what is not known", function()
    local err = errors.from_core { code = "tcp-refused", phase = "none",
      fault = "unknown", rejected_by = "unknown", message = "" }
    assert.equal("tcp", err.phase)
    assert.equal("server", err.fault)
    assert.equal("unknown", err.rejected_by)
  end)

  it("from the core is written into the record", function()
    local err = ip_mismatch()
    local own = err.observation.error
    assert.equal(err.code, own.code)
    assert.equal(err.message, own.message)
    assert.equal("server", own.fault)
  end)

  it("of a code that nobody knows is unknown from the core", function()
    assert.equal("unknown", errors.from_core { code = "new-thing" }.code)
  end)

  it("of a code that nobody knows raises in a script", function()
    local ok, message = pcall(errors.new, { code = "no-such" })
    assert.is_false(ok)
    assert.truthy(tostring(message):find("no such error code: no-such", 1,
      true))
  end)

  it("is told from other tables", function()
    assert.is_true(errors.is(ip_mismatch()))
    assert.is_false(errors.is({ code = "timeout" }))
    assert.is_false(errors.is("timeout"))
    assert.is_false(errors.is(nil))
  end)

  it("matches its code and the refinements that apply", function()
    local err = ip_mismatch()
    assert.is_true(errors.matches("cert-ip-mismatch", err))
    assert.is_true(errors.matches("cert-self-signed-no-san", err))
    assert.is_false(errors.matches("cert-ip-as-dns", err))
    assert.is_false(errors.matches("cert-host-mismatch", err))
    assert.is_false(errors.matches("no-such", err))
    assert.is_true(err:matches("cert-ip-mismatch"))
  end)

  it("makes its sentence when it is asked for it, once", function()
    local err = ip_mismatch()
    assert.is_nil(rawget(err, "message"))
    assert.is_nil(rawget(err.observation.error, "message"))
    local said = err.message
    assert.equal(said, rawget(err, "message"))
    assert.equal(said, err.observation.error.message)
    assert.equal(said, rawget(err.observation.error, "message"))
    assert.is_nil(getmetatable(err.observation.error))
    assert.is_nil(err.no_such_field)
  end)

  it("has its sentence in JSON, and so has its record", function()
    local err = ip_mismatch()
    local json = require("wsstls.json")
    local back = json.decode(json.encode(err))
    assert.truthy(back.message:find("^the certificate does not cover"))
    assert.equal(back.message, back.observation.error.message)
  end)

  it("costs little where nobody asks", function()
    local o = ip_mismatch().observation
    local outcome = { code = "cert-ip-mismatch", phase = "verify" }
    local before = os.clock()
    for _ = 1, 2000 do
      o.error = nil
      errors.from_core(outcome, o)
    end
    assert.is_true((os.clock() - before) / 2000 < 60e-6)
  end)

  it("tells its findings", function()
    assert.equal("cert-ip-mismatch", ip_mismatch():findings()[1].slug)
  end)
end)
