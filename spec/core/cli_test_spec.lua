--- `wsstls test` in one process: selection, results, reports, exit status.
local files = require("core.cli_test_files")
local helper = require("helper")
local run = require("core.command")

local unpack = table.unpack or unpack
local decode = require("wsstls.json").decode

local function contains(text, part)
  assert.is_truthy(text:find(part, 1, true),
    ("%q is not in:\n%s"):format(part, text))
end

local function lacks(text, part)
  assert.is_nil(text:find(part, 1, true),
    ("%q is in:\n%s"):format(part, text))
end

describe("wsstls test", function()
  local dir

  setup(function() dir = files.write("^scenarios/") end)
  teardown(helper.cleanup)

  it("runs a folder: each scenario, and its fixed twin", function()
    local status, out = run("test", dir .. "/scenarios/a")
    assert.equal(0, status, out)
    for _, name in ipairs { "one-good", "one-good/fixed", "another-good",
                            "another-good/fixed" } do
      assert.is_truthy(out:find("ok      " .. name .. "  ", 1, true), out)
    end
    contains(out, "4 passed in ")
  end)

  it("fails with 4 where an expectation is not met, and tells the story",
    function()
      local status, out = run("test", dir .. "/scenarios/b/failing.lua")
      assert.equal(4, status, out)
      contains(out, "FAILED  it-fails")
      contains(out, "client.code: expected cert-expired, got "
        .. "cert-ip-mismatch")
      contains(out, "error[cert-ip-mismatch]: the certificate does not cover")
      contains(out, "1 passed, 1 failed in ")
    end)

  it("has one clear result for each broken file, and goes on", function()
    local status, out = run("test", dir .. "/scenarios")
    assert.equal(2, status, out)
    contains(out, "unknown field 'titel' (did you mean 'title'?)")
    contains(out, "no code is called 'cert-ip-mismatsch', did you mean "
      .. "'cert-ip-mismatch'?")
    contains(out, "syntax.lua:1: unexpected symbol near '='")
    contains(out, "5 passed, 1 failed, 3 errors in ")
    lacks(out, "a module is not run")
  end)

  it("chooses by tags and by name", function()
    local function names(...)
      local _, out = run("test", dir .. "/scenarios/a", ...)
      local list = {}
      for name in out:gmatch("ok      (%S+)") do list[#list + 1] = name end
      return table.concat(list, " ")
    end
    assert.equal("one-good one-good/fixed", names("--tags", "first"))
    assert.equal("", names("--tags", "first", "--tags", "second"))
    assert.equal("one-good one-good/fixed another-good another-good/fixed",
      names("--tags", "first,second"))
    assert.equal("one-good another-good", names("--filter", "good$"))
    assert.equal("one-good one-good/fixed", names("--filter", "^one"))
    assert.equal("another-good/fixed", names("--filter", "her-good/f"))
  end)

  it("looks for tags without files in the catalogue, too", function()
    local units = require("wsstls.runner.discover").units
    local function groups(...)
      local has = {}
      for _, unit in ipairs(units(...).units) do
        has[unit.group or "here"] = true
      end
      return has
    end
    assert.is_true(groups({}, { "seed" }).seeds)
    assert.is_true(groups({ "seed" }, {}).here)
    assert.is_nil(groups({ "seed" }, { "catalogue" }).here)
    assert.is_nil(groups({ dir .. "/scenarios/a", "seed" }, {}).seeds)
  end)

  it("enters each folder once, wherever links lead", function()
    local tree = helper.dir()
    helper.must(("mkdir -p %s/a/b; ln -s .. %s/a/b/up; touch %s/a/b/x.lua")
      :format(tree, tree, tree))
    local found = {}
    require("wsstls.runner.discover").walk(tree, function(path)
      found[#found + 1] = path:sub(#tree + 2)
    end)
    assert.same({ "a/b/x.lua" }, found)
  end)

  it("fails with 1 when there is nothing to do, or it is not understood",
    function()
      for part, words in pairs {
        ["no file or folder /nowhere/at.all"] = { "/nowhere/at.all" },
        ["is a scenario, a spec or a script"] = { dir .. "/scenarios/none" },
        ["no test has the tag nonesuch"] = { dir .. "/scenarios/a", "--tags",
                                       "nonesuch" },
        ["--filter: malformed pattern"] = { dir, "--filter", "[" },
        ["--jobs: a whole number"] = { dir, "--jobs", "0" },
        ["--tls"] = { dir, "--tls", "9" },
      } do
        if words[1]:find("none$") then helper.must("mkdir " .. words[1]) end
        local status, _, err = run("test", unpack(words))
        assert.equal(1, status)
        contains(err, part)
      end
      local status, _, err = run("test", dir .. "/scenarios/a",
        "--report-html", dir .. "/nowhere/report.html")
      assert.equal(1, status)
      contains(err, "nowhere/report.html")
    end)

  it("stops at the first failure when it is told to", function()
    local status, out = run("test", dir .. "/scenarios/b",
      dir .. "/scenarios/a", "--fail-fast")
    assert.equal(4, status)
    contains(out, "0 passed, 1 failed in ")
  end)

  it("repeats everything with another seed, and tries again", function()
    local path = dir .. "/repeated.json"
    local status, out = run("test", dir .. "/scenarios/b", "--repeat", "2",
      "--retry", "1", "--seed", "5", "--report-json", path)
    assert.equal(4, status)
    contains(out, "2 passed, 2 failed in ")
    contains(out, "(try 2)")
    local seeds = {}
    for line in helper.read(path):gmatch("[^\n]+") do
      local event = assert(decode(line))
      if event.event == "result" then seeds[#seeds + 1] = event.seed end
    end
    assert.same({ 5, 5, 6, 6 }, seeds)
  end)

  it("runs under the TLS versions that are asked for", function()
    local status, out = run("test", dir .. "/scenarios/a/good.lua",
      "--tls", "1.2", "--tls", "1.3")
    assert.equal(0, status, out)
    contains(out, "one-good [TLSv1.2]")
    contains(out, "one-good/fixed [TLSv1.3]")
  end)

  it("writes every report", function()
    local words = { "test", dir .. "/scenarios/a" }
    for _, kind in ipairs { "junit", "tap", "json", "html" } do
      words[#words + 1] = "--report-" .. kind
      words[#words + 1] = ("%s/all.%s"):format(dir, kind)
    end
    assert.equal(0, (run(unpack(words))))
    contains(helper.read(dir .. "/all.tap"), "ok 1 - one-good\n")
    helper.must(("xmllint --noout --schema spec/junit.xsd %s/all.junit")
      :format(dir))
    helper.must(("xmllint --noout %s/all.html"):format(dir))
    local _, lines = helper.read(dir .. "/all.json"):gsub("\n", "")
    assert.equal(2 + 2 + 2 * 4, lines)
  end)

  it("gives standard output to the report that wants it", function()
    local status, out, err = run("test", dir .. "/scenarios/a",
      "--report-tap", "-")
    assert.equal(0, status)
    assert.is_truthy(out:find("^TAP version 13\n"))
    contains(err, "4 passed")
  end)

  it("says so when a report cannot be written to its end", function()
    if not require("wsstls.core").stat("/dev/full") then return end
    for _, kind in ipairs { "html", "json", "tap", "junit" } do
      local status, _, err = run("test", dir .. "/scenarios/a",
        "--report-" .. kind, "/dev/full")
      assert.equal(1, status)
      contains(err, "wsstls: /dev/full: No space left on device")
    end
  end)

  it("gives it to one report only", function()
    local status, _, err = run("test", dir, "--report-tap", "-",
      "--report-json", "-")
    assert.equal(1, status)
    contains(err, "only one report")
  end)
end)

describe("wsstls run", function()
  local dir

  setup(function() dir = helper.dir() end)
  teardown(helper.cleanup)

  local function script(text, ...)
    return run("run", helper.write(dir .. "/script.lua", text), ...)
  end

  it("runs a script with its arguments", function()
    local status, out = script("#!/usr/bin/wsstls run\nlocal a, b = ...\n"
      .. "io.stdout:write(a, b, arg[0]:match('[^/]*$'), #arg)", "--x", "y")
    assert.equal(0, status)
    assert.equal("--xyscript.lua2", out)
  end)

  it("tells the story of an error of wsstls, with status 3", function()
    local status, _, err = script([[
      local wss = require "wsstls"
      local server = wss.listen { tls = false }
      local port = server.port
      server:close()
      wss.assert(wss.connect("ws://127.0.0.1:" .. port))]])
    assert.equal(3, status)
    contains(err, "error[tcp-refused]")
  end)

  it("shows the traceback of any other, with status 2", function()
    local status, _, err = script("local function f() error('oh') end f()")
    assert.equal(2, status)
    contains(err, "script.lua:1: oh")
    contains(err, "stack traceback")
    lacks(err, "cli/run.lua")
    status, _, err = script("local = 1")
    assert.equal(2, status)
    contains(err, "script.lua:1:")
    assert.equal(1, (run("run", dir .. "/nothing.lua")))
  end)
end)
