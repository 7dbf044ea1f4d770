--- The command as `make install` leaves it: found, with its modules and the
-- recipes, by a shell that knows nothing of this tree.
local helper = require("helper")

local quote = helper.quote

describe("the installed command", function()
  local prefix

  setup(function()
    prefix = helper.dir()
    helper.must("env -u MAKEFLAGS make -s install PREFIX=" .. quote(prefix))
  end)
  teardown(helper.cleanup)

  local function run(arguments, env)
    return helper.shell(("cd / && env -u LUA_PATH -u LUA_CPATH %s %s %s")
      :format(env or "", quote(prefix .. "/bin/wsstls"), arguments))
  end

  it("starts, helps and fails with the documented status", function()
    local output, status = run "--help"
    assert.equal(0, status, output)
    assert.is_truthy(output:find("Exit status: 0 ok, 1 usage", 1, true))
    assert.equal(1, select(2, run "nonsense"))
    output, status = run "--version"
    assert.equal(0, status, output)
  end)

  it("makes a certificate, verifies it, explains a failure", function()
    local dir = quote(prefix .. "/certs")
    local output, status = run("pki make server --dns localhost --dir " .. dir)
    assert.equal(0, status, output)
    local verify = ("verify %s/server.pem --cacert %s/ca.pem --host "):format(
      dir, dir)
    output, status = run(verify .. "localhost")
    assert.equal(0, status, output)
    output, status = run(verify .. "elsewhere.test")
    assert.equal(3, status)
    assert.is_truthy(output:find("error[cert-host-mismatch]", 1, true))
    -- where a file is in the way there can be no folder
    output, status = run("pki broken cert-expired --dir " .. quote(prefix
      .. "/bin/wsstls/x"))
    assert.equal(1, status, output)
  end)

  it("brings the recipes along", function()
    local output, status = run "pki broken"
    assert.equal(0, status, output)
    assert.is_truthy(output:find("cert-chain-incomplete", 1, true))
  end)

  it("brings the catalogue along, and runs it", function()
    local output, status = run "test catalogue --filter cert-expired"
    assert.equal(0, status, output)
    assert.is_truthy(output:find("ok      cert-expired/fixed", 1, true))
    output, status = run "test --tags catalogue,none --filter nothing-at-all"
    assert.equal(1, status, output)
  end)

  it("colours a terminal, unless NO_COLOR is set", function()
    if not helper.installed "script" then return end
    local function on_terminal(env)
      return (helper.must(("cd / && %s script -qec %s /dev/null"):format(env,
        quote(quote(prefix .. "/bin/wsstls") .. " pki make server --dir "
          .. quote(prefix .. "/colours")))))
    end
    assert.is_truthy(on_terminal("TERM=xterm NO_COLOR="):find("\27[1m", 1,
      true))
    assert.is_nil(on_terminal("TERM=xterm NO_COLOR=1"):find("\27", 1, true))
  end)
end)
