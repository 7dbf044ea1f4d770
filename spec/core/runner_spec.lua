--- `wsstls test` with processes of its own: scripts, spec files, workers; and
-- what each of them can do to the run.
local files = require("core.cli_test_files")
local helper = require("helper")
local run = require("core.command")

local interpreter = require("wsstls.runner.command").interpreter

local function contains(text, part)
  assert.is_truthy(text:find(part, 1, true),
    ("%q is not in:\n%s"):format(part, text))
end

local function lacks(text, part)
  assert.is_nil(text:find(part, 1, true),
    ("%q is in:\n%s"):format(part, text))
end

-- The names of the results of a kind, sorted: with workers their order is
-- anybody's.
local function names(out, word)
  local list = {}
  for name in ("\n" .. out):gmatch("\n" .. word .. " +(%S+)  [^\n]*") do
    list[#list + 1] = name
  end
  table.sort(list)
  return table.concat(list, " ")
end

describe("a plain script", function()
  local dir

  setup(function() dir = files.write("^scripts/") end)
  teardown(helper.cleanup)

  it("passes when it ends well", function()
    local status, out = run("test", dir .. "/scripts/good.lua")
    assert.equal(0, status, out)
    contains(out, "1 passed in ")
  end)

  it("is an error when it does not, with what it printed", function()
    local status, out = run("test", dir .. "/scripts/bad.lua")
    assert.equal(2, status)
    contains(out, "it ended with status 1")
    contains(out, "  before\n")
    contains(out, "bad.lua:2: this script fails")
  end)

  it("is stopped when it says nothing for too long", function()
    local status, out = run("test", dir .. "/scripts/endless.lua",
      "--timeout", "1.5")
    assert.equal(2, status)
    contains(out, "it said nothing for 1.5 s and was stopped")
    contains(out, "on and on")
  end)

  it("is tried again, and not at all where tags are asked for", function()
    local _, out = run("test", dir .. "/scripts/bad.lua", "--retry", "2")
    contains(out, "(try 3)")
    local status, _, err = run("test", dir .. "/scripts/good.lua", "--tags",
      "x")
    assert.equal(1, status)
    contains(err, "no test has the tag ")
  end)
end)

describe("a busted spec file", function()
  local dir

  setup(function() dir = files.write("^spec/") end)
  teardown(helper.cleanup)

  it("gives a result for each of its tests", function()
    local status, out = run("test", dir .. "/spec")
    assert.equal(2, status, out)
    contains(out, "ok      a spec #tagged passes")
    contains(out, "FAILED  a spec #tagged fails")
    contains(out, "(string) 'that'")
    contains(out, "ERROR   a spec #tagged raises")
    contains(out, "some_spec.lua:4: oh dear")
    contains(out, "skipped a spec #tagged waits for better days")
    contains(out, "broken_spec.lua:1:")
    contains(out, "1 passed, 1 failed, 2 errors, 1 skipped in ")
  end)

  it("is told of tags, of the pattern, and tried again as a whole",
    function()
      local path = dir .. "/spec/some_spec.lua"
      local _, out = run("test", path, "--tags", "tagged", "--filter",
        "pa%a+s")
      contains(out, "1 passed in ")
      assert.equal(1, (run("test", path, "--tags", "other")))
      _, out = run("test", path, "--filter", "#tagged fails", "--retry", "1")
      contains(out, "a spec #tagged fails")
      contains(out, "(try 2)")
      contains(out, "0 passed, 1 failed in ")
    end)
end)

describe("workers", function()
  local dir

  before_each(function() dir = files.write("^scenarios/") end)
  after_each(helper.cleanup)

  local function spoil(name, text)
    helper.write(("%s/scenarios/%s.lua"):format(dir, name),
      text .. "\n-- scenario {}\nlocal scenario = print scenario {}")
  end

  it("give the same results as one process", function()
    local status, out = run("test", dir .. "/scenarios", "--jobs", "2")
    assert.equal(2, status, out)
    contains(out, "5 passed, 1 failed, 3 errors in ")
    assert.equal("another-good another-good/fixed it-fails/fixed one-good "
      .. "one-good/fixed", names(out, "ok"))
    contains(out, "client.code: expected cert-expired, got "
      .. "cert-ip-mismatch")
    contains(out, "error[cert-ip-mismatch]: the certificate does not cover")
    lacks(out, "config-scenario-unusable")
  end)

  it("may die: it costs the test they were at, and no other", function()
    spoil("dies", "os.execute('kill -9 $PPID')")
    spoil("leaves", "os.exit(7)")
    local status, out = run("test", dir .. "/scenarios", "--jobs", "2")
    assert.equal(2, status)
    contains(out, "it was ended by signal 9")
    contains(out, "leaves.lua:1: it called os.exit(7)")
    contains(out, "5 passed, 1 failed, 5 errors in ")
  end)

  it("may hang: they are stopped, and the run goes on #slow", function()
    spoil("hangs", ("os.execute('setsid %s &') while true do end")
      :format(helper.NAP))
    local status, out = run("test", dir .. "/scenarios", "--jobs", "2",
      "--timeout", "2")
    assert.equal(2, status)
    contains(out, "it said nothing for 2 s and was stopped")
    assert.equal(0, helper.napping())
    contains(out, "5 passed, 1 failed, 4 errors in ")
  end)

  it("are told what was chosen", function()
    local function chosen(...)
      local _, out = run("test", dir .. "/scenarios/a", "--jobs", "2", ...)
      return names(out, "ok")
    end
    assert.equal("one-good one-good/fixed", chosen("--tags", "first"))
    assert.equal("another-good one-good", chosen("--filter", "good$"))
    local _, out = run("test", dir .. "/scenarios/a/good.lua", "--jobs", "2",
      "--tls", "1.2", "--key", "rsa")
    contains(out, "ok      one-good/fixed  ")
    contains(out, "2 passed")
  end)

  it("stop with the first failure when they are told to", function()
    local status, out = run("test", dir .. "/scenarios/b", "--jobs", "2",
      "--fail-fast")
    assert.equal(4, status)
    contains(out, "0 passed, 1 failed in ")
  end)
end)

describe("the command as a process", function()
  local dir

  setup(function() dir = files.write("^s[pc][^r]") end)
  teardown(helper.cleanup)

  local function absolute(paths)
    return (paths:gsub("[^;]+", function(path)
      return path:sub(1, 1) == "/" and path or helper.path(path)
    end))
  end

  -- The command as words that mean the same everywhere.
  local function words(...)
    return { interpreter(), "-e", ("package.path=%q package.cpath=%q"):format(
      absolute(package.path), absolute(package.cpath)),
      helper.path("lua/bin/wsstls.lua"), "test", ... }
  end

  local function here(...)
    local list = words(...)
    for i, word in ipairs(list) do list[i] = helper.quote(word) end
    return helper.shell(("cd %s && %s"):format(helper.quote(dir),
      table.concat(list, " ")))
  end

  it("runs spec/ and scenarios/ of where it is", function()
    local out, status = here()
    assert.equal(2, status, out)
    contains(out, "ok      one-good  ")
    contains(out, "a spec #tagged passes")
    contains(out, "6 passed, 2 failed, 5 errors, 1 skipped in ")
    lacks(out, "\27")
  end)

  it("runs again when a file changes", function()
    local path = dir .. "/scenarios/a/good.lua"
    local text = helper.read(path)
    local watching = helper.spawn { command = words("--watch", path) }
    watching:expect("2 passed in .-waiting for a change", 20)
    helper.write(path, (text:gsub("one%-good", "another-name")))
    watching:expect("another%-name.-waiting for a change", 20)
    watching:stop()
  end)

  it("is told to stop even where a file catches the error", function()
    local path = helper.write(dir .. "/catches.lua", [[
pcall(function()
  os.execute "kill $PPID"
  for _ = 1, 1e6 do end
end)
return require "wsstls".scenario { name = "catches", server = false,
  client = { command = { "true" } }, expect = { client = { exit = 0 } } }]])
    local out, status = here(path, dir .. "/scenarios/a/good.lua")
    assert.equal(2, status, out)
    contains(out, "wsstls: interrupted")
    lacks(out, "one-good")
  end)

  it("ends what it runs, and writes its reports, when it is told to stop",
    function()
      local path = helper.write(dir .. "/slow.lua", (([[
return require "wsstls".scenario { name = "slow", timeout = 60,
  client = { command = { "sh", "-c",
    "echo > begun; setsid NAP & NAP" } } }]]):gsub("NAP", helper.NAP)))
      for _, jobs in ipairs { "1", "2" } do
        os.remove(dir .. "/begun")
        local one = require("wsstls").program { command = words("--jobs",
          jobs, path, dir .. "/scenarios/a/good.lua", "--report-tap",
          "run.tap"), cwd = dir }
        helper.wait(function() return helper.read(dir .. "/begun") end, 10)
        os.execute("kill " .. one.pid)
        assert.equal(2, one:wait(10).exit, one:output())
        assert.matches("interrupted", (one:output()))
        assert.matches("\n1%.%.%d\n$", helper.read(dir .. "/run.tap"))
        assert.equal(0, helper.napping())
      end
    end)
end)
