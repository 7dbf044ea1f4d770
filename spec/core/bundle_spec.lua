-- Reproduction bundles: a failure as files that show it again.
local helper = require "helper"
local stress = require "core.stress"

describe("a reproduction bundle", function()
  local wss, bundle

  setup(function()
    wss = require "wsstls"
    bundle = require "wsstls.bundle"
  end)

  teardown(helper.cleanup)

  local function write(x, o)
    local dir = helper.dir()
    local made = assert(bundle.write(dir, x, o))
    return made, dir
  end

  local function replay(made)
    local scenario = assert(wss.scenario.load(made.script))
    return scenario:run()
  end

  -- Every scenario of the catalogue that fails at our client: what a record
  -- holds is enough to see it again, or the bundle says why not.
  for _, group in ipairs { "certificate", "upgrade", "close" } do
    it("shows again what the catalogue's group " .. group .. " shows #slow",
      function()
        local replayed = 0
        for _, one in ipairs(wss.scenario.all { group = group }) do
          local record = one:run().client
          if record and record.error then
            local made = write(record, one.client)
            if made.replays then
              local again = replay(made)
              assert.is_true(again.ok, tostring(again))
              assert.equal(record.error.code, again.client.error.code)
              replayed = replayed + 1
            else
              assert.is_string(made.why)
              assert.is_truthy(helper.read(made.script):find(made.why, 1,
                true))
            end
          end
        end
        assert.is_true(replayed >= (group == "certificate" and 40 or 1))
      end)
  end

  it("has the peer's chain, and keys only of its own making", function()
    local ca = wss.pki.ca { cn = "Real CA" }
    local leaf = ca:issue { cn = "real.test", dns = { "real.test" },
                            key = "rsa:2048" }
    local server = assert(wss.listen { cert = leaf })
    local _, err = wss.connect(server.url, { ca = ca })
    server:close()
    assert.equal("cert-ip-mismatch", err.code)
    local made, dir = write(err)
    assert.is_true(made.replays)
    assert.equal(leaf:pem(), helper.read(dir .. "/peer-chain.pem"))
    local key = helper.read(dir .. "/server.key")
    assert.not_equal(leaf:key_pem(), key)
    assert.matches("^%-%-%-%-%-BEGIN PRIVATE KEY", key)
    local stand_in = assert(wss.pki.load(dir .. "/server.pem")):info()
    local real = leaf:info()
    for _, field in ipairs { "subject", "issuer", "serial", "not_before",
        "not_after", "signature_algorithm", "subject_key_id" } do
      assert.equal(real[field], stand_in[field])
    end
    assert.same(real.san, stand_in.san)
    assert.equal(2048, stand_in.key.bits)
    assert.not_equal(real.spki_sha256, stand_in.spki_sha256)
    local again = replay(made)
    assert.is_true(again.ok, tostring(again))
    assert.same(err.observation.verify.compared, again.client.verify.compared)
    local _, status = helper.shell("test $(stat -c %a " .. dir
      .. "/server.key) = 600")
    assert.equal(0, status)
  end)

  it("replays a refusal at the address and with the answer", function()
    local server = assert(wss.listen { tls = false,
      on_upgrade = function()
        return { status = 403, headers = { ["X-Why"] = 'so "there"' },
                 body = "no\r\nnever" }
      end })
    local _, err = wss.connect(server.url)
    server:close()
    local made = write(err)
    local again = replay(made)
    assert.is_true(again.ok, tostring(again))
    assert.equal("no\r\nnever", again.client.http.body)
    assert.equal('so "there"', again.client.http.headers["x-why"])
  end)

  it("is nothing for what did not fail", function()
    local made, why = bundle.write(helper.dir(), { side = "client",
      timeline = {} })
    assert.is_nil(made)
    assert.matches("no failure", why)
  end)

  it("says which folder cannot be written", function()
    local _, err = wss.connect("ws://127.0.0.1:" .. helper.free_port())
    local made, why = bundle.write("/no/such/folder", err)
    assert.is_nil(made)
    assert.matches("/no/such/folder", why)
  end)

  describe("on the command line", function()
    local function wsstls(words)
      return helper.shell(("NO_COLOR=1 %s %s %s"):format(stress.lua,
        helper.path "lua/bin/wsstls.lua", words))
    end

    it("is written by a check that fails, and run", function()
      local dir = helper.dir() .. "/new"
      local out, status = wsstls(("check ws://127.0.0.1:%d/ --record %s")
        :format(helper.free_port(), dir))
      assert.equal(3, status, out)
      assert.matches("reproduced by: wsstls run " .. dir .. "/repro.lua", out,
        1, true)
      out, status = wsstls("run " .. dir .. "/repro.lua")
      assert.equal(0, status, out)
      assert.matches("ok repro%-tcp%-refused", out)
    end)

    it("is written by a test that fails", function()
      local dir = helper.dir()
      helper.write(dir .. "/bad.lua", [[
        local scenario = require "wsstls.catalogue.certificate.cert-expired"
        local t = {}
        for k, v in pairs(scenario.definition) do t[k] = v end
        t.name, t.expect, t.fixed = "bad", { client = { ok = true } }, nil
        return require "wsstls".scenario(t)
      ]])
      local out, status = wsstls(("test %s/bad.lua --record %s/out"):format(
        dir, dir))
      assert.equal(4, status, out)
      out, status = wsstls(("run %s/out/bad/repro.lua"):format(dir))
      assert.equal(0, status, out)
      assert.matches("ok repro%-cert%-expired", out)
    end)
  end)
end)
