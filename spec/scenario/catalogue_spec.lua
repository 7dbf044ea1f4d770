-- The whole catalogue in one process: every scenario and its fixed twin, in
-- every TLS version it is about, each judged on both sides.
--
-- CATALOGUE_REPEATS=200 runs each that often: they must never differ.
local diagnosis = require("wsstls.diagnosis")
local helper = require("helper")
local stress = require("core.stress")
local wss = require("wsstls")

local INDEX = require("wsstls.catalogue")
local BOTH = { "TLSv1.2", "TLSv1.3" }
local REPEATS = tonumber(os.getenv("CATALOGUE_REPEATS") or 1)

local function module_of(entry)
  return require(("wsstls.catalogue.%s.%s"):format(entry[1], entry[2]))
end

-- Root may listen everywhere, unless it gives that up.
local function without_privilege(scenario, version)
  local output, status = helper.shell(("NO_COLOR=1 setpriv --bounding-set "
    .. "-net_bind_service --inh-caps -net_bind_service %s %s test --tls %s %s")
    :format(stress.lua, helper.path "lua/bin/wsstls.lua", version,
      "lua/wsstls/catalogue/config/" .. scenario.name .. ".lua"))
  assert.equal(0, status, output)
  if output:find("skipped", 1, true) then pending(output) end
  assert.matches("2 passed", output)
end

local function judge(scenario, version, fixed, key)
  for _ = 1, REPEATS do
    local result = scenario:run { tls = version, fixed = fixed, key = key }
    for _, side in ipairs { "client", "server" } do
      local record = result[side]
      if record and record.schema then helper.validated(record) end
    end
    assert(result.ok, ("%s, %s\n%s"):format(version, fixed and "fixed"
      or "as it is", result:story()))
    if result.skipped then
      assert.is_truthy(scenario.needs, result.skipped)
      if scenario.name ~= "listen-denied" then pending(result.skipped) end
      return without_privilege(scenario, version)
    end
  end
end

describe("the catalogue", function()
  teardown(helper.cleanup)

  for _, entry in ipairs(INDEX) do
    local scenario = module_of(entry)
    it(("shows %s: %s"):format(scenario.name, scenario.title), function()
      for _, version in ipairs(scenario.versions or BOTH) do
        judge(scenario, version, false)
        judge(scenario, version, true)
      end
    end)
  end
end)

-- What a certificate's key is made of must not matter to what is wrong with it.
local KEYED = { certificate = true, ["client-certificate"] = true,
                negotiation = true }

describe("#slow the catalogue", function()
  for _, key in ipairs { "rsa", "ed25519" } do
    it("shows the same with keys of type " .. key, function()
      for _, entry in ipairs(INDEX) do
        local scenario = module_of(entry)
        if KEYED[entry[1]] then
          for _, version in ipairs(scenario.versions or BOTH) do
            judge(scenario, version, false, key)
            judge(scenario, version, true, key)
          end
        end
      end
    end)
  end
end)

-- The slugs that a side's expectation names, in every version.
local function slugs_of(expect)
  local list = {}
  for _, key in ipairs { "code", "slug" } do
    local value = expect and expect[key]
    if type(value) ~= "table" then value = { value } end
    for _, slug in pairs(value) do list[#list + 1] = slug end
  end
  return list
end

local function each(check)
  local found = {}
  for _, entry in ipairs(INDEX) do
    local problem = check(module_of(entry), entry[1], entry[2])
    if problem then found[#found + 1] = entry[2] .. ": " .. problem end
  end
  return table.concat(found, "\n")
end

describe("a scenario of the catalogue", function()
  it("says who it is: name, title, text, tags, who is at fault", function()
    local titles = {}
    assert.equal("", each(function(one, group, name)
      if one.name ~= name then return "is called " .. one.name end
      if one.tags[1] ~= group then return "is not tagged " .. group end
      if one.tags[2] ~= "catalogue" then return "is not tagged catalogue" end
      if titles[one.title] then return "has a title twice: " .. one.title end
      titles[one.title] = true
      if not (one.title and one.text and one.fault) then return "says less" end
    end))
  end)

  it("has a fixed twin, and expects something of it", function()
    assert.equal("", each(function(one)
      if not one.fixed then return "has none" end
      if not (one.expect.client or one.expect.server) then return "nothing" end
    end))
  end)

  it("is explained, and so is all that it expects", function()
    assert.equal("", each(function(one)
      local explanation = wss.explain(one.name)
      if not explanation then return "is not explained" end
      if one.slug and not diagnosis.entry(one.slug) then
        return "nobody explains " .. one.slug
      end
      for _, side in ipairs { "client", "server" } do
        for _, slug in ipairs(slugs_of(one.expect[side])) do
          if not diagnosis.entry(slug) then
            return "nobody explains " .. slug
          end
        end
      end
      local own = explanation.meanings[1]
      if own.kind == "scenario" and one.fault ~= "none" and not one.slug
         and not own.name:find("^seed%-") then
        return "neither a slug nor a variant of one"
      end
    end))
  end)

  it("is on the page of them all", function()
    -- `make catalogue` mends it
    local page = assert(loadfile("tools/catalogue_page.lua"))("text")
    assert.equal(page, helper.read("docs/catalogue.md"))
  end)

  it("fits on a page", function()
    assert.equal("", each(function(_, group, name)
      local path = ("lua/wsstls/catalogue/%s/%s.lua"):format(group, name)
      local _, lines = helper.read(path):gsub("\n", "")
      return lines >= 60 and lines .. " lines" or nil
    end))
  end)
end)

describe("the catalogue, as a whole,", function()
  it("shows every code, or says why not", function()
    local unstaged = require("wsstls.catalogue.unstaged")
    local shown, problems = { ok = true }, {}
    for _, entry in ipairs(INDEX) do
      local one = module_of(entry)
      shown[one.name] = true
      for _, expect in ipairs { one.expect, one.fixed.expect or {} } do
        for _, side in ipairs { "client", "server" } do
          for _, slug in ipairs(slugs_of(expect[side])) do
            shown[slug] = true
          end
        end
      end
    end
    for _, code in ipairs(require("wsstls.codes").list()) do
      if (shown[code] or false) == (unstaged[code] ~= nil) then
        problems[#problems + 1] = code
      end
    end
    assert.same({}, problems)
    for code in pairs(unstaged) do
      assert.is_truthy(require("wsstls.codes").get(code), code)
    end
  end)

  it("has each of the hundred numbered rows", function()
    local rows, lacking = {}, {}
    for _, entry in ipairs(INDEX) do rows[module_of(entry).row or 0] = true end
    for i = 1, 100 do
      if not rows[i] then lacking[#lacking + 1] = i end
    end
    assert.same({}, lacking)
  end)
end)

describe("the list of badssl.com's cases", function()
  local cases = require("wsstls.catalogue.badssl")
  local names = {}
  for _, entry in ipairs(INDEX) do names[entry[2]] = entry[1] end

  it("gives each a scenario, or the reason why there is none", function()
    local seen = {}
    for _, case in ipairs(cases) do
      local group, name, scenario = case[1], case[2], case[3]
      assert.is_string(group)
      assert.is_nil(seen[name], name)
      seen[name] = true
      assert(scenario or case.impossible, name)
      if scenario then
        assert(names[scenario], ("%s: no scenario is called %s"):format(name,
          scenario))
      end
    end
    assert.is_true(#cases > 60)
  end)

  it("has every scenario of its own group", function()
    local listed = {}
    for _, case in ipairs(cases) do listed[case[3] or ""] = true end
    for name, group in pairs(names) do
      if group == "badssl" then assert(listed[name], name) end
    end
  end)

  it("is right about what this OpenSSL lacks", function()
    for _, cipher in ipairs { "RC4-SHA", "RC4-MD5", "DES-CBC3-SHA" } do
      helper.fails("config-cipher-unknown", wss.connect("wss://127.0.0.1:1/",
        { ciphers = cipher, security_level = 0 }))
    end
  end)
end)
