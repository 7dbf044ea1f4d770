-- save and rehash: files written whole, keys for nobody else's eyes.
local helper = require "helper"
local pki = require "wsstls.pki"
local stress = require "core.stress"

local dir, ca, leaf

before_each(function()
  dir = helper.dir()
  ca = pki.ca { cn = "File CA", not_before = "2024-01-01" }
  leaf = ca:intermediate({ cn = "i" }):issue { cn = "x", dns = "x.test" }
end)

after_each(function() helper.cleanup() end)

local function mode(name)
  return helper.must(("stat -c %%a %s/%s"):format(dir, name))
end

local function listing()
  return helper.must("ls -A " .. dir)
end

describe("save", function()
  it("writes what each name stands for, keys 0600", function()
    assert.is_true(leaf:save { cert = dir .. "/c", key = dir .. "/k",
      ca = dir .. "/a", pkcs12 = dir .. "/p", der = dir .. "/d",
      pem = dir .. "/e", password = "pw", name = "n" })
    assert.equal(leaf:chain_pem(), helper.read(dir .. "/c"))
    assert.equal(ca:pem(), helper.read(dir .. "/a"))
    assert.equal(leaf:der(), helper.read(dir .. "/d"))
    assert.equal(leaf:pem(), helper.read(dir .. "/e"))
    assert.matches("ENCRYPTED", helper.read(dir .. "/k"))
    assert.same({ "600", "600" }, { mode "k", mode "p" })
    assert.not_equal("600", mode "c")
    assert.truthy(pki.load(dir .. "/p", "pw"):key_pem())
    assert.equal("a\nc\nd\ne\nk\np", listing())
  end)

  it("puts several parts into one file, and hides it", function()
    assert(leaf:save { cert = dir .. "/all", key = dir .. "/all",
                       ca = dir .. "/all" })
    local all = pki.load(dir .. "/all")
    assert.equal(2, #all.material:chain())
    assert.truthy(all:key_pem())
    assert.equal("600", mode "all")
  end)

  it("saves requests, CRLs and keys", function()
    assert(pki.csr({ cn = "x" }):save { csr = dir .. "/r" })
    assert(ca:crl():save { crl = dir .. "/l" })
    assert(pki.key():save { key = dir .. "/k", pem = dir .. "/k2" })
    assert.same({ "csr", "crl", "key", "600", "600" }, {
      pki.load(dir .. "/r").kind, pki.load(dir .. "/l").kind,
      pki.load(dir .. "/k").kind, mode "k", mode "k2" })
  end)

  it("leaves everything as it was when one file fails", function()
    helper.write(dir .. "/c", "old")
    for _, bad in ipairs { dir .. "/none/k", dir } do
      local ok, err, code = leaf:save { cert = dir .. "/c", key = bad }
      assert.is_nil(ok)
      assert.equal("config-write-failed", code)
      assert.truthy(err.message:find(bad, 1, true))
      assert.equal("old", helper.read(dir .. "/c"))
      assert.equal("c", listing())
    end
  end)

  it("leaves everything as it was when the disk is full", function()
    helper.write(dir .. "/c", "old")
    -- a limit on files, with the signal ignored, stands for a full disk
    local output = stress.must_child(([[
      local _, err, code = require("wsstls.pki").ca { cn = "x" }:save {
        cert = %q, key = %q }
      io.stdout:write(tostring(code), " ", tostring(err))
    ]]):format(dir .. "/c", dir .. "/k"), nil, nil,
      "trap '' XFSZ; ulimit -f 0;")
    assert.matches("^config%-write%-failed .*File too large", output)
    assert.equal("old", helper.read(dir .. "/c"))
    assert.equal("c", listing())
  end)

  it("writes to what is no file instead of replacing it", function()
    helper.must(("cd %s && mkfifo pipe && ln -s real link && echo old >real")
      :format(dir))
    local reader = helper.spawn { command = { "cat", dir .. "/pipe" } }
    assert(leaf:save { cert = dir .. "/link", ca = dir .. "/pipe" })
    assert.equal(0, (reader:wait()))
    assert.equal(ca:pem(), reader:output())
    assert.equal(leaf:chain_pem(), helper.read(dir .. "/real"))
    assert.equal("link\npipe\nreal", listing())
    assert.equal("fifo", helper.must("stat -c %F " .. dir .. "/pipe"))
    assert.equal("symbolic link", helper.must("stat -c %F " .. dir
      .. "/link"))
  end)

  it("says what an object does not have", function()
    local bare = pki.load(leaf:pem())
    local _, err, code = bare:save { key = dir .. "/k" }
    assert.equal("config-not-a-certificate", code)
    assert.matches("no private key", err.message)
    _, _, code = bare:save { csr = dir .. "/k" }
    assert.equal("config-not-a-certificate", code)
    _, err = bare:save { ca = dir .. "/k" }
    assert.matches("no self%-signed root", err.message)
    assert.equal("", listing())
  end)

  it("raises for unknown names", function()
    assert.has_error(function() leaf:save { certificate = "x" } end,
      "save: unknown option 'certificate' (did you mean 'cert'?)")
  end)
end)

describe("rehash", function()
  local function links()
    return helper.must(("cd %s && find . -type l -printf '%%f %%l\\n' | sort")
      :format(dir))
  end

  it("makes the links that openssl rehash makes", function()
    assert(ca:save { pem = dir .. "/a.pem" })
    assert(pki.ca({ cn = "File CA" }):save { pem = dir .. "/b.crt" })
    assert(ca:save { pem = dir .. "/same.pem" })
    assert(ca:crl():save { crl = dir .. "/c.crl" })
    helper.write(dir .. "/junk.pem", "junk")
    helper.write(dir .. "/note.txt", leaf:pem())
    local made = assert(pki.rehash(dir))
    assert.equal(3, #made)
    local ours = links()
    helper.must("openssl rehash " .. dir)
    assert.equal(links(), ours)
  end)

  it("removes stale links and is its own repetition", function()
    assert(ca:save { pem = dir .. "/a.pem" })
    helper.must(("ln -s gone.pem %s/01234567.0"):format(dir))
    assert(pki.rehash(dir))
    local first = links()
    assert.falsy(first:find("gone"))
    assert(pki.rehash(dir))
    assert.equal(first, links())
  end)

  it("lets openssl find the CA", function()
    assert(leaf:save { ca = dir .. "/a.pem", cert = dir .. "/s.chain" })
    assert(pki.rehash(dir))
    local output, status = helper.shell(("openssl verify -attime 1780000000 "
      .. "-CApath %s -untrusted %s/s.chain %s/s.chain"):format(dir, dir, dir))
    -- the leaf is of today: only the trust is in question here
    assert.falsy(output:find("unable to get"))
    assert.is_true(status == 0 or output:find("not yet valid") ~= nil
      or output:find("expired") ~= nil)
  end)

  it("says why a folder cannot be read", function()
    local _, _, code = pki.rehash(dir .. "/none")
    assert.equal("config-file-missing", code)
    assert.has_error(function() pki.rehash(7) end)
  end)
end)
