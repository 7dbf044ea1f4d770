-- The clients that the zoo ships, before some of its animals.
local helper = require "helper"
local stress = require "core.stress"

describe("in the zoo", function()
  local clients = require "wsstls.zoo.clients"
  local meet = require("wsstls.zoo.run").meet
  local by_name

  setup(function()
    by_name = {}
    for _, animal in ipairs(require("wsstls.zoo").animals()) do
      by_name[animal.name] = animal
    end
  end)

  teardown(helper.cleanup)

  -- What each did when this was written: where it is not what it should be,
  -- that is the client's own way.
  local DID = {
    ["control-good"] = {},
    ["cert-expired"] = {},
    ["cert-host-mismatch"] = {},
    ["cert-chain-incomplete"] = {},
    -- browsers look at subjectAltName alone
    ["cert-host-only-in-cn"] = { node = "accept", python = "accept",
      curl = "accept", openssl = "accept" },
    ["upgrade-bad-accept"] = {},
    ["ws-masked-server-frame"] = {},
  }

  -- The browser takes seconds for each: one that it rejects, and the twin of
  -- cert-expired.
  local BRIEF = { ["cert-host-only-in-cn"] = true }

  for _, client in ipairs(clients.list) do
    if client.name ~= "websocat" then -- neither in Debian nor on npm
      it(client.name .. " accepts and rejects as it is known to", function()
        assert.is_nil(clients.missing(client))
        for name, did in pairs(DID) do
          if client.name ~= "chromium" or BRIEF[name] then
            local row = meet(client, by_name[name])
            if not row.skipped then
              assert.equal(did[client.name] or row.should, row.did,
                name .. ": " .. tostring(row.output))
            end
          end
        end
        local good = meet(client, by_name["cert-expired"], true)
        assert.is_true(good.ok, good.output)
      end)
    end
  end

  it("the command prints the table and leaves with 4 for a difference",
    function()
      local command = ("NO_COLOR=1 %s %s zoo run --client curl "):format(
        stress.lua, helper.path "lua/bin/wsstls.lua")
      local out, status = helper.shell(command
        .. "cert-host-only-in-cn control-good")
      assert.equal(4, status, out)
      assert.matches("cert%-host%-only%-in%-cn +reject +ACCEPT", out)
      assert.matches("curl: 3 of 4 as it should be", out)
      out, status = helper.shell(command .. "control-good --json")
      assert.equal(0, status, out)
      assert.matches('"did": *"accept"', out)
    end)
end)
