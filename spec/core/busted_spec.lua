-- wsstls.busted and scenario files, run by a real busted in the project of a
-- stranger who has nothing of ours but the installed module.
local helper = require("helper")
local stress = require("core.stress")

-- make install, as far as a Lua needs it.
local function installed(dir)
  local module = package.searchpath and package.searchpath("wsstls.core",
    package.cpath)
  if not module then -- Lua 5.1
    for template in package.cpath:gmatch("[^;]+") do
      local path = template:gsub("%?", "wsstls/core")
      if helper.read(path) then
        module = path
        break
      end
    end
  end
  helper.must(("mkdir -p %s/lib && cp -r lua/wsstls %s/lib && "
    .. "cp %s %s/lib/wsstls/core.so"):format(dir, dir, module, dir))
  return dir .. "/lib"
end

-- Runs busted on files (name -> text) in a new directory; its output and its
-- exit status.
local function busted(files, arguments)
  local dir = helper.dir()
  local lib = installed(dir)
  helper.must("mkdir -p " .. dir .. "/project/scenarios")
  for name, text in pairs(files) do
    helper.write(dir .. "/project/" .. name, text)
  end
  return helper.shell(("cd %s/project && env LUA_PATH='%s/?.lua;"
    .. "%s/?/init.lua;;' LUA_CPATH='%s/?.so;;' timeout -k 1 100 %s %s %s")
    :format(dir, lib, lib, lib, stress.lua, helper.path("tools/busted.lua"),
    arguments))
end

local SERVER = [[
local wss = require "wsstls"
require "wsstls.busted"

describe("my server", function()
  local ca, server

  before_each(function()
    ca = wss.pki.ca { cn = "My CA" }
    server = assert(wss.listen { cert = ca:issue { dns = "localhost" } })
  end)

  after_each(function() server:close() end)

  local function url() return "wss://localhost:" .. server.port .. "/" end
  local function o(more)
    local opts = { ca = ca, connect_to = "127.0.0.1:" .. server.port }
    for name, value in pairs(more or {}) do opts[name] = value end
    return opts
  end
]]

describe("wsstls.busted", function()
  after_each(helper.cleanup)

  it("passes what is as it should be", function()
    local output, status = busted({ ["my_spec.lua"] = SERVER .. [[
  it("connects", function()
    local conn = assert.connects(url(), o())
    assert.equal("open", conn.state)
    _G.left_open = conn
  end)

  it("closes what a test left open", function()
    assert.equal("closed", left_open.state)
    assert.equal(1000, left_open:observation().close.code)
  end)

  it("fails as it should", function()
    local err = assert.fails_with("cert-host-mismatch", url(),
      o { verify_host = "other.test" })
    assert.verify_error(62, err.observation.verify)
    assert.verify_error("HOSTNAME_MISMATCH", err)
    assert.alert(42, err.observation, "sent")
    assert.alert("bad_certificate", err)
    assert.fails_with("cert-chain-incomplete", url(), o { ca = wss.pki.ca {} })
  end)

  it("is not as it should not be", function()
    assert.is_not.connects(url(), o { verify_host = "other.test" })
    local err = select(2, wss.connect(url(), o { verify_host = "x.test" }))
    assert.is_not.alert(48, err)
    assert.is_not.verify_error(10, err)
  end)

  it("learns late what TLS 1.3 says late", function()
    local asking = assert(wss.listen { ca = ca, client_verify = "required",
      cert = ca:issue { dns = "localhost" } })
    assert.fails_with("client-cert-missing",
      "wss://localhost:" .. asking.port .. "/",
      { ca = ca, connect_to = "127.0.0.1:" .. asking.port })
    asking:close()
  end)

  it("runs scenarios", function()
    assert.scenario { name = "mine", server = { tls = false } }
    assert.scenario "scenarios/plain.lua"
  end)
end)
]], ["scenarios/plain.lua"] =
      'return require("wsstls").scenario { name = "plain", '
      .. 'server = { tls = false }, client = { send = "a", receive = "a" } }'
    }, "my_spec.lua")
    assert.matches("6 successes / 0 failures / 0 errors", output, 1, true)
    assert.equal(0, status)
  end)

  it("tells a story when it is not", function()
    local output, status = busted({ ["my_spec.lua"] = SERVER .. [[
  it("connects", function()
    assert.connects(url(), o { verify_host = "other.test" })
  end)
  it("fails", function() assert.fails_with("cert-expired", url(), o()) end)
  it("fails otherwise", function()
    assert.fails_with("cert-expired", url(), o { verify_host = "x.test" })
  end)
  it("has an alert", function()
    local conn = assert.connects(url(), o())
    assert.alert(48, conn:observation(), "received")
  end)
  it("has a fault", function()
    assert.verify_error("CERT_HAS_EXPIRED", assert.connects(url(), o()))
  end)
  it("is a scenario", function()
    assert.scenario { name = "mine", server = { tls = false },
      expect = { client = { code = "tcp-refused" } } }
  end)
  it("misspells a code", function()
    assert.fails_with("cert-expred", url(), o())
  end)
end)
]] }, "my_spec.lua")
    assert.is_true(status > 0)
    for line in output:gmatch "[^\n]+" do
      assert.is_true(#line < 132, line) -- 78, and the place in front
    end
    output = output:gsub("\n +", " ")
    for _, text in ipairs {
      "0 successes / 6 failures / 1 error",
      "/ does not connect: cert-host-mismatch: the certificate does not "
        .. "cover other.test",
      "Fix: ",
      "expected cert-expired of wss://localhost:",
      "and it connected",
      ", got cert-host-mismatch: the certificate does not cover x.test",
      "expected alert 48 unknown_ca received, got none",
      "expected X509 10 CERT_HAS_EXPIRED, got no fault",
      "client.code: expected tcp-refused, got ok",
      "no code is called 'cert-expred', did you mean 'cert-expired'?",
      "my_spec.lua:",
    } do
      assert.matches(text, output, 1, true)
    end
    assert.is_nil(output:find("(table", 1, true), "a table was dumped")
  end)

  it("runs a folder of scenario files, as they are", function()
    local file = [[
return require "wsstls".scenario {
  name = "expired", title = "An expired certificate",
  pki = function(pki)
    local ca = pki.ca { cn = "CA" }
    return { ca = ca, good = ca:issue { dns = "localhost" },
      old = ca:issue { dns = "localhost", not_after = "2020-01-01" } }
  end,
  server = { cert = "$old" }, client = { ca = "$ca" },
  expect = { client = { code = "%s" } },
  fixed = { server = { cert = "$good" } },
}]]
    local output, status = busted({
      ["scenarios/right.lua"] = file:format("cert-expired"),
      ["scenarios/wrong.lua"] = file:format("cert-revoked"),
      ["scenarios/broken.lua"] = 'return require "wsstls".scenario { '
        .. 'name = "x", clinet = {} }',
    }, "--pattern='%.lua$' scenarios")
    assert.matches("6 successes / 2 failures / 1 error", output, 1, true)
    assert.matches("An expired certificate is as expected over TLSv1.2",
      output, 1, true)
    assert.matches("client.code: expected cert-revoked, got cert-expired\n"
      .. "client: cert-expired: the certificate expired on 2020-01-01",
      output, 1, true)
    assert.matches("unknown field 'clinet' (did you mean 'client'?)", output,
      1, true)
    assert.is_true(status > 0)
  end)

  it("makes no spec of a scenario that a test builds", function()
    local output = busted({ ["my_spec.lua"] = [[
local wss = require "wsstls"
local top = wss.scenario { name = "top", server = { tls = false } }
local function build()
  return wss.scenario { name = "inner", server = { tls = false } }
end
it("one test", function() return build() end)
it("and another", function() assert(top:run().ok) end)
]] }, "my_spec.lua")
    assert.matches("2 successes / 0 failures / 0 errors", output, 1, true)
  end)
end)
