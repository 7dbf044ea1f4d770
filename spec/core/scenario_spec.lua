-- Scenarios that are run: both sides, both versions, the twin, and what is
-- said when it goes wrong.
local helper = require("helper")
local wss = require("wsstls")

local scenario = wss.scenario

local function made(pki)
  local ca = pki.ca { cn = "Test CA" }
  return { ca = ca, good = ca:issue { dns = "localhost" },
    old = ca:issue { dns = "localhost", not_after = "2020-01-01" } }
end

local function expired(change)
  local t = { name = "expired", title = "An expired certificate", pki = made,
    tags = { "certificate" }, server = { cert = "$old" },
    client = { host = "localhost", ca = "$ca" },
    expect = { client = { code = "cert-expired", verify = 10, depth = 0,
                          alert_sent = 45 },
               server = { code = "cert-rejected", alert_received = 45 } },
    fixed = { server = { cert = "$good" } } }
  for name, value in pairs(change or {}) do t[name] = value end
  return scenario(t)
end

local function passes(result)
  assert.equal("", table.concat((function()
    local list = {}
    for i, row in ipairs(result.mismatches) do list[i] = row.text end
    return list
  end)(), "\n"))
  assert.is_true(result.ok)
  return result
end

describe("a scenario", function()
  after_each(helper.cleanup)

  for _, version in ipairs { "TLSv1.2", "TLSv1.3" } do
    it("shows both sides' records over " .. version, function()
      local result = passes(expired():run { tls = version })
      assert.equal("expired", result.name)
      helper.validated(result.client)
      helper.validated(result.server)
      assert.equal(version, result.client.tls.version)
      assert.equal("client", result.client.side)
      assert.equal("server", result.server.side)
      assert.equal("string", type(wss.json(result)))
    end)

    it("passes as its fixed twin over " .. version, function()
      local result = passes(expired():run { tls = version, fixed = true })
      assert.equal("expired/fixed", result.name)
      assert.equal(version, result.server.tls.version)
      assert.equal(1000, result.client.close.code)
    end)
  end

  it("fails field by field, with what was seen", function()
    local result = expired({ expect = { client = { code = "cert-revoked",
      alert_sent = 44 }, server = { ok = true } } }):run()
    assert.is_false(result.ok)
    assert.equal("FAILED expired\n"
      .. "  client.code: expected cert-revoked, got cert-expired\n"
      .. "  client.alert_sent: expected 44 certificate_revoked, got 45 "
      .. "certificate_expired\n"
      .. "  server.ok: expected true, got false", tostring(result))
  end)

  it("speaks and listens as it is told", function()
    passes(scenario { name = "echo", pki = made,
      server = { cert = "$good" },
      client = { ca = "$ca", send = { "one", { "\0two", "binary" } },
        receive = { "one", "\0two" } } }:run())
    local result = scenario { name = "wrong", pki = made,
      server = { cert = "$good" },
      client = { ca = "$ca", send = "one", receive = "two" } }:run()
    assert.equal("client.receive: expected two, got one",
      result.mismatches[1].text)
  end)

  it("runs the functions of both sides beside each other", function()
    local seen = {}
    passes(scenario { name = "both", pki = made,
      server = { cert = "$good", run = function(conn, ctx)
        seen.server = conn:receive(5)
        seen.port = ctx.port
        conn:send("you said " .. seen.server)
      end },
      client = { ca = "$ca", run = function(conn)
        conn:send("hello")
        seen.client = conn:receive(5)
      end } }:run())
    assert.equal("hello", seen.server)
    assert.equal("you said hello", seen.client)
    assert.is_true(seen.port > 0)
  end)

  it("says what a function of it raised, and goes on", function()
    local result = scenario { name = "raises", pki = made,
      server = { cert = "$good", on_open = function() error("oh") end },
      client = { ca = "$ca", run = function() error("dear") end },
      expect = {} }:run()
    assert.is_false(result.ok)
    assert.matches("client.run: expected no error, got .*: dear",
      tostring(result))
    assert.matches("server.on_open: expected no error, got .*: oh",
      tostring(result))
    result = scenario { name = "pki", pki = function() error("no") end,
      server = { cert = "$x" } }:run()
    assert.matches("^FAILED pki\n  pki: expected no error, got [^\n]*: no$",
      tostring(result))
    passes(expired():run())
  end)

  it("names what pki did not return", function()
    local result = scenario { name = "typo", pki = made,
      server = { cert = "$goood" } }:run()
    assert.matches("$goood: pki returned no 'goood', did you mean '$good'?",
      tostring(result), 1, true)
  end)

  it("expects a server that cannot start, or says that it did not",
    function()
      local function broken(expect)
        return scenario { name = "mismatched", pki = function(pki)
          return { cert = pki.self_signed { cn = "a" },
                   key = pki.key() }
        end, server = { cert = "$cert", key = "$key" }, client = false,
        expect = expect }:run()
      end
      passes(broken { server = { code = "config-key-mismatch",
        phase = "config" } })
      assert.matches("server: expected listening, got config-key-mismatch",
        tostring(broken { client = { ok = true } }), 1, true)
    end)

  it("dials nobody when there is no server", function()
    passes(scenario { name = "refused", server = false,
      client = { url = "wss://127.0.0.1:{free_port}/" },
      expect = { client = { code = "tcp-refused", phase = "tcp" } } }:run())
  end)

  it("is bounded by its timeout, and leaves nothing running", function()
    local handle
    local result = helper.within(5, function()
      return scenario { name = "hangs", timeout = 0.3, pki = made,
        server = { cert = "$good", run = function(conn)
          handle = conn.handle
          conn:receive()
        end },
        client = { ca = "$ca", run = function(conn) conn:receive() end },
        expect = {} }:run()
    end)
    assert.equal("timeout: expected done within 0.3 s, got the client was "
      .. "still at it", result.mismatches[1].text)
    assert.equal("closed", handle:state())
  end)

  it("ends what its functions have spawned", function()
    local one
    local t = { name = "spawns", server = { tls = false }, client = {
      run = function() one = wss.spawn(wss.sleep, 60) end } }
    passes(scenario(t):run())
    assert.is_true(one.state == "cancelled" or one.state == "done", one.state)
    assert.is_false(wss.stop())
    -- within somebody's run they are that run's
    wss.run(function()
      passes(scenario(t):run())
      assert.equal("running", one.state)
      one:cancel()
    end)
  end)

  it("interrupts a function that never waits, whatever that one catches",
    function()
      local began
      local function busy()
        began = true
        while true do pcall(function() while true do end end) end
      end
      local base = { name = "busy", timeout = 0.05, pki = made, expect = {},
        server = { cert = "$good" }, client = { ca = "$ca" } }
      for _, case in ipairs {
        { "pki", { pki = busy } },
        { "client.run", { client = { ca = "$ca", run = busy } } },
        { "server.on_message", { server = { cert = "$good",
          on_message = busy }, client = { ca = "$ca", send = "x" } } },
      } do
        local t = {}
        for name, value in pairs(base) do t[name] = value end
        for name, value in pairs(case[2]) do t[name] = value end
        began = false
        local result = scenario(t):run()
        while not began and t.timeout < 5 do -- where others are busy, too
          t.timeout = t.timeout * 2
          result = scenario(t):run()
        end
        assert.equal(case[1], result.mismatches[1].field)
        assert.matches("scenario_spec.lua:%d+: it ran on when its time was "
          .. "over, and was interrupted", result.mismatches[1].got)
        assert.is_nil(debug.gethook())
      end
    end)

  it("has its whole time for the connection, however long keys take",
    function()
      passes(scenario { name = "slow keys", timeout = 0.3,
        pki = function(pki)
          helper.must("sleep 0.4") -- blocks us, as keys do
          return made(pki)
        end,
        server = { cert = "$good" }, client = { ca = "$ca" } }:run())
    end)

  it("is left out where its versions do not fit", function()
    local result = expired({ versions = { "TLSv1.2" } }):run {
      tls = "TLSv1.3" }
    assert.is_true(result.ok)
    assert.equal("it is about TLSv1.2 only", result.skipped)
    assert.is_nil(expired({ versions = { "TLSv1.2" } }):run {
      tls = "1.2" }.skipped)
  end)

  it("uses the asked type of key where it names none", function()
    for _, kind in ipairs { "ec", "rsa", "ed25519" } do
      local result = passes(expired():run { key = kind, fixed = true })
      assert.equal(kind, result.client.verify.chain[1].key.type)
    end
  end)

  it("reuses keys from run to run, and none twice in one", function()
    local function keys()
      local chain = expired():run({ fixed = true }).client.verify.chain
      return chain[1].spki_sha256, chain[2].spki_sha256
    end
    local leaf, root = keys()
    local again, root_again = keys()
    assert.equal(leaf, again)
    assert.equal(root, root_again)
    assert.not_equal(leaf, root)
  end)

  it("tells its events to whoever asks", function()
    local events = {}
    local result = expired():run { on_event = function(event)
      events[#events + 1] = event
    end }
    assert.equal("start", events[1].type)
    assert.equal("expired", events[1].name)
    assert.equal("result", events[2].type)
    assert.equal(result, events[2].result)
  end)

  it("runs inside of wss.run beside others", function()
    local results = {}
    wss.run(function()
      for i = 1, 3 do
        wss.spawn(function() results[i] = expired():run() end)
      end
    end)
    for i = 1, 3 do passes(results[i]) end
  end)

  it("raises for misuse of run at its caller", function()
    for message, o in pairs {
      ["unknown option 'tsl' (did you mean 'tls'?)"] = { tsl = "1.2" },
      ["has no fixed twin"] = { fixed = true },
      ["there is no 'dsa'"] = { key = "dsa" },
    } do
      local ok, err = pcall(function()
        local result = scenario { name = "x" }:run(o)
        return result
      end)
      assert.is_false(ok)
      assert.matches("scenario_spec.lua", err, 1, true)
      assert.matches(message, err, 1, true)
    end
  end)
end)

describe("a scenario file", function()
  after_each(helper.cleanup)

  local function load(text, seconds)
    local path = helper.write(helper.dir() .. "/x.lua", text)
    return path, scenario.load(path, seconds)
  end

  it("is loaded", function()
    local _, one = load('return require("wsstls").scenario { name = "x" }')
    assert.equal("x", one.name)
  end)

  it("that cannot be used is told with its path", function()
    for text, why in pairs {
      ["return {"] = "near",
      ["error('no')"] = "no",
      ["return 1"] = "it returns no scenario",
      ['return require("wsstls").scenario { name = "x", clinet = {} }'] =
        "did you mean 'client'",
    } do
      local path, one, err, code = load(text)
      assert.is_nil(one)
      assert.equal("config-scenario-unusable", code)
      assert.matches(path, tostring(err), 1, true)
      assert.matches(why, tostring(err), 1, true)
      assert.equal("string", type(err:story()))
    end
    assert.matches("interrupted", tostring(select(3,
      load("while true do end", 0.05))))
    local one, _, code = scenario.load("/nonexistent/x.lua")
    assert.is_nil(one)
    assert.equal("config-file-missing", code)
  end)
end)

describe("a run", function()
  it("tells itself in words, also when the scenario has a text", function()
    local one = expired { text = "The leaf is past its notAfter." }
    assert.equal("ok expired", tostring(one:run()))
    one = expired { text = "-", expect = { client = { verify = 9 } } }
    local told = tostring(one:run())
    assert.matches("^FAILED expired\n  client.verify: expected 9", told)
    assert.matches("server: ", one:run():story(), 1, true)
  end)

  it("has a directory of its own, that goes when it is over", function()
    local path
    local result = expired { pki = function(pki, ctx)
      path = ctx.dir()
      assert(ctx.dir() == path)
      local names = made(pki)
      assert(names.ca:save { ca = path .. "/ca.pem" })
      return { old = names.old, ca = path .. "/ca.pem" }
    end }:run()
    passes(result)
    assert.is_nil(helper.read(path .. "/ca.pem"))
  end)

  it("calls at its end what it was told to, the last first", function()
    local called = {}
    passes(expired { pki = function(pki, ctx)
      for i = 1, 2 do
        ctx.at_end(function() called[#called + 1] = i end)
      end
      return made(pki)
    end }:run())
    assert.same({ 2, 1 }, called)
  end)

  it("is skipped where a program is missing that it needs", function()
    assert.is_nil(expired { needs = "true" }:run().skipped)
    local result = expired { needs = "exit 3" }:run()
    assert.is_true(result.ok)
    assert.matches("needs what is not here: exit 3", result.skipped)
  end)
end)

describe("the matrix", function()
  it("crosses scenarios with versions, keys and the twin", function()
    local results = scenario.matrix { scenarios = { expired(),
      expired { name = "only 1.2", versions = { "1.2" } } },
      versions = { "1.2", "TLSv1.3" }, keys = { "ec", "ed25519" } }
    local names = {}
    for i, result in ipairs(results) do
      passes(result)
      names[i] = ("%s %s %s"):format(result.name, result.tls, result.key)
    end
    assert.equal(12, #names)
    assert.equal("expired TLSv1.2 ec", names[1])
    assert.equal("expired/fixed TLSv1.3 ed25519", names[8])
    assert.equal("only 1.2 TLSv1.2 ec", names[9])
    for text, o in pairs {
      ["matrix: versions[1]: expected TLSv1,"] = { versions = { "9" } },
      ["matrix: keys[1]: there is no 'dsa'"] = { keys = { "dsa" } },
    } do
      local ok, err = pcall(scenario.matrix, o)
      assert.is_false(ok)
      assert.matches(text, err, 1, true)
    end
    assert.has_error(function() expired { versions = { "1.4" } } end)
  end)
end)
