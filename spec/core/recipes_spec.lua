--- certs/recipes: each gives exactly the fault it is named for, without a
-- network and on a live connection in both versions of TLS, and its repaired
-- twin passes.
local diagnosis = require("wsstls.diagnosis")
local endings = require("core.endings")
local helper = require("helper")
local recipes = require("wsstls.recipes")
local wss = require("wsstls")

local VERSIONS = { "TLSv1.2", "TLSv1.3" }

-- All recipes of a run share their keys.
local base = recipes.base(require("wsstls.pki"))

local function make(slug, fixed)
  return recipes.make(slug, { base = base, fixed = fixed })
end

local function faults(result)
  local list = {}
  for i, f in ipairs(result.errors) do
    list[i] = f.code .. "@" .. f.depth .. (f.implied and "*" or "")
  end
  return table.concat(list, " ")
end

-- Whether a recipe that is called like a finding is one.
local function tells(slug, result)
  for _, finding in ipairs(diagnosis.diagnose(result)) do
    if finding.slug == slug then return true end
  end
  return diagnosis.entry(slug) == nil
end

local function with(options, more)
  local out = {}
  for name, value in pairs(options) do out[name] = value end
  for name, value in pairs(more) do out[name] = value end
  return out
end

-- What the two sides say of a fault at the client.
local function at_client(case, code, depth)
  return {
    client = { code = case.code, phase = "verify", rejected_by = "client",
      fault = case.fault or "server", verify = code, depth = depth,
      sent = case.alert },
    server = { code = "cert-rejected", phase = "tls",
      rejected_by = "client", received = case.alert },
  }
end

local function at_server(case, code, depth)
  return {
    client = { code = "client-cert-rejected", phase = "tls",
      rejected_by = "server", received = case.alert },
    server = { code = case.code, phase = "verify", rejected_by = "server",
      fault = case.fault or "client", verify = code, depth = depth,
      sent = case.alert },
  }
end

local function missing(version)
  local alert = version == "TLSv1.2" and 40 or 116
  return { client = { code = "client-cert-missing", received = alert },
    server = { code = "client-cert-missing", sent = alert } }
end

local function expected(case, version)
  if case.live and case.live[version] then return case.live[version] end
  if not case.sent[1] then return missing(version) end
  local code, depth = case.faults:match("^(%d+)@(%d+)")
  return (case.owner == "client" and at_server or at_client)(case,
    tonumber(code), tonumber(depth))
end

local function connects(case, version)
  local server, seen = endings.serve(with(case.server,
    { max_version = version }))
  local conn = assert(wss.connect(server.url, with(case.client,
    { max_version = version })))
  assert.is_true(conn:verify_result().ok)
  assert.equal(version, conn:tls().version)
  helper.wait(function() return seen.conn end, 5, "open at the server")
  assert.is_true(conn:close())
  assert.is_nil(conn:error())
  assert.same({ dropped = 0 }, server:failures())
  server:close()
end

describe("#slow the recipe", function()
  teardown(helper.cleanup)

  for _, slug in ipairs(select(2, recipes.all())) do
    it(slug .. " has exactly its faults", function()
      local case = make(slug)
      if not case.verify then return end
      local result = assert(wss.verify(case.verify))
      assert.equal(case.faults, faults(result))
      assert.equal(case.faults == "", result.ok)
      if case.owner == "server" and not result.ok then
        assert.equal(case.code, result.slug)
        assert.is_true(tells(slug, result), slug)
      end
    end)

    it(slug .. " passes once it is repaired", function()
      local case = make(slug, true)
      local result = assert(wss.verify(case.verify))
      assert.equal("", faults(result))
      for _, version in ipairs(VERSIONS) do
        if (case.only or version) == version then connects(case, version) end
      end
    end)

    local probe = make(slug)
    for _, version in ipairs(VERSIONS) do
      if (probe.only or version) == version then
        it(("%s, live, %s"):format(slug, version), function()
          local case = make(slug)
          local options = with(case.server, { max_version = version })
          if case.wrong then
            helper.fails(case.wrong, wss.listen(options))
          elseif case.faults == "" and not case.live then
            connects(case, version)
          else
            endings.both { server = options,
              client = with(case.client, { max_version = version }),
              expect = expected(case, version) }
          end
        end)
      end
    end
  end

  it("list covers every row it is there for", function()
    local rows = {}
    for _, slug in ipairs(select(2, recipes.all())) do
      rows[make(slug).row] = true
    end
    for row = 1, 70 do
      if row <= 56 or row >= 66 then
        assert.is_true(rows[row], "no recipe for row " .. row)
      end
    end
  end)

  it("is refused by name when there is none", function()
    assert.has_error(function() recipes.make "cert-nonsense" end,
      "no recipe is called 'cert-nonsense'")
  end)
end)
