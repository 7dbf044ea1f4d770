-- wss.check and `wsstls check`: a connection layer by layer.
local helper = require "helper"
local stress = require "core.stress"

describe("a check", function()
  local wss, ca, leaf, server

  setup(function()
    wss = require "wsstls"
    ca = wss.pki.ca { cn = "Check CA" }
    leaf = ca:issue { cn = "localhost", dns = { "localhost" } }
    server = assert(wss.listen { cert = leaf, protocols = { "chat" } })
  end)

  teardown(function()
    server:close()
    helper.cleanup()
  end)

  local function names(report)
    local list = {}
    for i, layer in ipairs(report.layers) do
      list[i] = layer.name .. (layer.ok and "" or "!")
      assert.is_true(layer.seconds >= 0)
      local before = report.layers[i - 1]
      assert.is_true(layer.at >= (before and before.at or 0))
    end
    return table.concat(list, " ")
  end

  local function here(path)
    return "wss://localhost:" .. server.port .. (path or "/")
  end

  it("says ok of every layer of a good server", function()
    local report = wss.check(here(), { ca = ca, protocols = "chat" })
    assert.is_true(report.ok)
    assert.equal("dns tcp tls verify upgrade echo", names(report))
    assert.same({}, report.findings)
    helper.validated(report.observation)
    assert.equal("OK for DNS:localhost", report.layers[4].detail)
    assert.equal("101 Switching Protocols, subprotocol chat",
      report.layers[5].detail)
    assert.equal(1000, report.observation.close.code)
    assert.matches('"name":"echo"', wss.json(report))
  end)

  it("ends at the layer that fails, with its error", function()
    local report = wss.check(server.url, { ca = ca })
    assert.is_false(report.ok)
    assert.equal("tcp tls verify!", names(report))
    local failing = report.layers[3]
    assert.equal("cert-ip-mismatch", failing.err.code)
    assert.equal("64 IP_ADDRESS_MISMATCH at depth 0 for IP:127.0.0.1",
      failing.detail)
    assert.equal("cert-ip-mismatch", report.findings[1].code)
  end)

  it("knows refused, unresolvable and misconfigured", function()
    local port = helper.free_port()
    local report = wss.check("ws://127.0.0.1:" .. port .. "/")
    assert.equal("tcp!", names(report))
    assert.equal("tcp-refused", report.layers[1].err.code)
    report = wss.check("wss://no-such-host.invalid/", { timeout = 10 })
    assert.equal("dns!", names(report))
    report = wss.check(here(), { ca = "/no/such/file.pem" })
    assert.equal("config!", names(report))
    assert.equal("config-file-missing", report.layers[1].err.code)
  end)

  it("tells a refused upgrade from an open one", function()
    local closed = assert(wss.listen { tls = false, paths = {
      ["/chat"] = {} } })
    local report = wss.check(closed.url .. "nowhere")
    assert.equal("tcp upgrade!", names(report))
    assert.equal("404 Not Found", report.layers[2].detail)
    assert.is_true(report.layers[2].err:matches "upgrade-not-found")
    closed:close()
  end)

  it("fails the TLS layer where the versions do not meet", function()
    local old = assert(wss.listen { cert = leaf, max_version = "TLSv1.2" })
    local report = wss.check("wss://localhost:" .. old.port .. "/",
      { ca = ca, min_version = "TLSv1.3" })
    assert.equal("dns tcp tls!", names(report))
    assert.equal("tls-version-mismatch", report.layers[3].err.code)
    old:close()
  end)

  it("raises for misuse, at its caller", function()
    local ok, err = pcall(wss.check, "https://x/")
    assert.is_false(ok)
    assert.matches("check: url: unknown scheme 'https://'", err)
    ok, err = pcall(wss.check, here(), { cafile = "x" })
    assert.is_false(ok)
    assert.matches("check: unknown option 'cafile'.-'ca_file'", err)
    ok, err = pcall(wss.check, here(), { verify_host = 5 })
    assert.is_false(ok)
    assert.matches("check: option 'verify_host'", err)
  end)

  describe("on the command line", function()
    local command, script

    setup(function()
      local dir = helper.dir()
      assert(ca:save { cert = dir .. "/ca.pem" })
      script = dir .. "/serve.lua"
      helper.write(dir .. "/server.pem", leaf:pem() .. leaf:key_pem())
      helper.write(script, ([[
        local wss = require "wsstls"
        local server = assert(wss.listen { cert = %q })
        print("port " .. server.port)
        io.stdout:flush()
        wss.run()
      ]]):format(dir .. "/server.pem"))
      local served = helper.spawn { ready = "port [0-9]+",
        command = { "sh", "-c", stress.lua .. " " .. script } }
      local port = served:output():match "port (%d+)"
      command = function(host, rest)
        return helper.shell(("NO_COLOR=1 %s %s check wss://%s:%s/ "
          .. "--cacert %s %s"):format(stress.lua,
          helper.path "lua/bin/wsstls.lua", host, port, dir .. "/ca.pem",
          rest or ""))
      end
    end)

    it("prints a line for each layer and leaves with 0", function()
      local out, status = command "localhost"
      assert.equal(0, status, out)
      assert.matches("ok    verify", out)
      assert.matches("ok    echo +[%d.]+ ms  pong", out)
    end)

    it("tells the whole story of a failure and leaves with 3", function()
      local out, status = command "127.0.0.1"
      assert.equal(3, status, out)
      assert.matches("FAIL  verify", out)
      assert.matches("error%[cert%-ip%-mismatch%]", out)
      assert.matches("presented    CN=localhost; DNS:localhost", out)
    end)

    it("prints JSON when asked", function()
      local out, status = command("127.0.0.1", "--json")
      assert.equal(3, status, out)
      assert.matches('"code": *"cert%-ip%-mismatch"', out)
    end)

    it("leaves with 1 when the command line is wrong", function()
      local out, status = command("localhost", "--header nonsense")
      assert.equal(1, status, out)
      assert.matches('%-%-header: \'nonsense\' is not "Name: value"', out)
    end)
  end)
end)
