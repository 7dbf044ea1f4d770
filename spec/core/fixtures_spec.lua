--- certs/fixtures: what `make certs` left there is what the recipes say, and
-- gives the same verdicts as files.
local endings = require("core.endings")
local helper = require("helper")
local recipes = require("wsstls.recipes")
local wss = require("wsstls")

local fixtures = dofile("certs/fixtures.lua")

local base = recipes.base(require("wsstls.pki"), { now = fixtures.now })

local function faults(result)
  local list = {}
  for i, f in ipairs(result.errors) do
    list[i] = f.code .. "@" .. f.depth .. (f.implied and "*" or "")
  end
  return table.concat(list, " ")
end

describe("#slow the fixture", function()
  teardown(helper.cleanup)

  for _, slug in ipairs(select(2, recipes.all())) do
    it(slug .. " is complete and has the faults of its recipe", function()
      local case = recipes.make(slug, { base = base })
      local dir = "certs/fixtures/" .. slug .. "/"
      for name in pairs(recipes.files(case)) do
        assert.is_string(helper.read(dir .. name), name .. ": make certs")
      end
      if not case.verify then return end
      local o = {}
      for name, value in pairs(case.verify) do o[name] = value end
      o.chain = dir .. case.owner .. ".pem"
      o.ca = case.ca[1] and dir .. "ca.pem" or {}
      o.crl = case.crl and dir .. "crl.pem"
      assert.equal(case.faults, faults(assert(wss.verify(o))))
    end)
  end

  it("serves and is refused as files, at its own date", function()
    local dir = "certs/fixtures/cert-expired/"
    endings.both {
      server = { cert = dir .. "server.pem", key = dir .. "server.key" },
      client = { ca_file = dir .. "ca.pem", verify_host = "localhost",
        verify_time = fixtures.now },
      expect = { client = { code = "cert-expired", verify = 10, sent = 45 },
        server = { code = "cert-rejected", received = 45 } },
    }
  end)

  it("with a foreign key keeps it", function()
    local dir = "certs/fixtures/tls-wrong-private-key/"
    endings.both {
      server = { cert = dir .. "server.pem", key = dir .. "server.key" },
      client = { ca_file = dir .. "ca.pem", verify_host = "localhost",
        verify_time = fixtures.now },
      expect = { client = { code = "tls-wrong-private-key", sent = 51 },
        server = { code = "tls-wrong-private-key", received = 51 } },
    }
  end)

  it("index has a line for each", function()
    local index = assert(require("wsstls.json").decode(
      helper.read("certs/fixtures/index.json")))
    local _, slugs = recipes.all()
    assert.equal(#slugs, #index)
    for _, line in ipairs(index) do
      local case = recipes.make(line.slug, { base = base })
      local first = line.errors and line.errors[1]
      assert.equal((case.faults or ""):match("%d+"),
        first and ("%d"):format(first.code))
      assert.equal(case.title, line.title)
      assert.equal(fixtures.now, line.time)
    end
  end)
end)
