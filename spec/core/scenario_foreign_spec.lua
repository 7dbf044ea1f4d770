-- Scenarios with a foreign program on one side: judged by its exit status,
-- its output, and what our side observed; nothing is left running.
local helper = require("helper")
local wss = require("wsstls")

local scenario = wss.scenario

local function made(pki)
  local ca = pki.ca { cn = "Test CA" }
  return { ca = ca, good = ca:issue { dns = "localhost" },
    old = ca:issue { dns = "localhost", not_after = "2020-01-01" } }
end

local S_CLIENT = { "sh", "-c", "exec openssl s_client -connect "
  .. "127.0.0.1:{port} -servername localhost -CAfile {ca} "
  .. "-verify_return_error -verify_hostname localhost </dev/null 2>&1" }

local S_SERVER = { "openssl", "s_server", "-accept", "{port}", "-cert",
  "{cert}", "-key", "{key}" }

describe("a scenario with a foreign client", function()
  it("judges its exit, its output, and what the server observed", function()
    local one = scenario { name = "s_client", pki = made,
      server = { cert = "$old" },
      client = { command = S_CLIENT, ca = "$ca" },
      expect = {
        client = { ok = false, exit = 1, output = "has expired" },
        server = { code = "cert-rejected", alert_received = 45 } },
      fixed = { server = { cert = "$good" },
        expect = { client = { ok = true, output = "Verify return code: 0" },
                   server = {} } } }
    for _, version in ipairs { "TLSv1.2", "TLSv1.3" } do
      local result = one:run { tls = version }
      assert.equal("ok s_client", tostring(result))
      assert.equal(1, result.client.exit)
      assert.is_nil(result.client.signal)
      assert.is_true(result.client.duration > 0)
      assert.matches("has expired", result.client.output)
      helper.validated(result.server)
      assert.equal("ok s_client/fixed", tostring(one:run { tls = version,
        fixed = true }))
    end
  end)

  it("says what it expected and what the program did", function()
    local result = scenario { name = "liar", pki = made,
      server = { cert = "$good" }, client = { command = { "sh", "-c",
        "echo rejected; exit 7" } },
      expect = { client = { ok = true, exit = 0, output = "accepted" } } }
      :run()
    assert.equal("FAILED liar\n"
      .. "  client.ok: expected true, got false\n"
      .. "  client.exit: expected 0, got 7\n"
      .. "  client.output: expected accepted, got rejected\n",
      tostring(result))
  end)

  it("tells a crash by its signal", function()
    local result = scenario { name = "crash", pki = made,
      server = { cert = "$good" }, client = { command = { "sh", "-c",
        "kill -ABRT $$" } },
      expect = { client = { ok = false } } }:run()
    assert.equal("ok crash", tostring(result))
    assert.equal(6, result.client.signal)
  end)

  it("ends one that hangs at its deadline, with all it started", function()
    local result = helper.within(10, function()
      return scenario { name = "hangs", timeout = 0.5, pki = made,
        server = { cert = "$good" }, client = { command = { "sh", "-c",
          helper.NAP .. " & " .. helper.NAP } },
        expect = { client = { ok = true } } }:run()
    end)
    assert.matches("timeout: expected done within 0.5 s", tostring(result),
      1, true)
    assert.is_true(result.client.stopped)
    assert.equal(0, helper.napping())
  end)

  it("says that it cannot be started", function()
    local result = scenario { name = "missing", pki = made,
      server = { cert = "$good" },
      client = { command = { "no-such-client", "{url}" } },
      expect = { client = { ok = true } } }:run()
    assert.matches("client.ok: expected true, got false", tostring(result),
      1, true)
    assert.equal("program-not-started", result.client.error.code)
    assert.matches("no%-such%-client: No such file", result:story())
  end)
end)

describe("a scenario with a foreign server", function()
  it("judges what our client observed of it", function()
    local one = scenario { name = "s_server", pki = made,
      server = { command = S_SERVER, ready = "ACCEPT",
        stdin = "", cert = "$old" },
      client = { ca = "$ca", timeout = 5 },
      expect = { client = { code = "cert-expired", alert_sent = 45 },
                 server = { ok = true, output = "certificate expired" } },
      fixed = { server = { cert = "$good", command = { "openssl",
        "s_server", "-accept", "{port}", "-cert", "{cert}", "-key", "{key}",
        "-www" } }, expect = { client = { code = "upgrade-rejected",
          http_status = 200 } } } }
    for _, version in ipairs { "TLSv1.2", "TLSv1.3" } do
      local result = one:run { tls = version }
      assert.equal("ok s_server", tostring(result))
      assert.equal("string", type(result.server.output))
      result = one:run { tls = version, fixed = true }
      assert.equal("ok s_server/fixed", tostring(result))
    end
  end)

  it("waits for its end, where that is expected beside its words", function()
    local one = scenario { name = "slow", client = false, server = {
      command = { "sh", "-c", "echo word; sleep 0.1; exit 3" } },
      expect = { server = { exit = 3, output = "word" } } }
    assert.equal("ok slow", tostring(one:run()))
  end)

  it("says what it wrote when it never was ready", function()
    local result = scenario { name = "dies", server = { command = { "sh",
      "-c", "echo cannot bind; exit 1" }, ready = "ACCEPT" },
      client = {} }:run()
    assert.matches("server: expected listening, got program%-not%-ready: sh "
      .. "ended with status 1; it wrote:[\\n]*cannot bind", tostring(result))
    assert.equal("server", result.server.error.fault)
  end)
end)

describe("the matrix with a foreign side", function()
  it("asks only whether it accepted", function()
    local results = scenario.matrix { versions = { "TLSv1.2", "TLSv1.3" },
      client = { command = S_CLIENT },
      scenarios = { scenario { name = "expired", pki = made,
        server = { cert = "$old" }, client = { ca = "$ca" },
        expect = { client = { code = "cert-expired", alert_sent = 45 },
                   server = { alert_received = 45 } },
        fixed = { server = { cert = "$good" } } } } }
    assert.equal(4, #results)
    for _, result in ipairs(results) do
      assert.equal("ok " .. result.name, tostring(result))
      assert.equal("number", type(result.client.exit))
    end
    assert.equal("expired/fixed", results[4].name)
  end)
end)
