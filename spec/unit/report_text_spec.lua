--- The reports that are text: lines, TAP, JSON lines; and their stream.
local fixture = require("unit.report_fixture")
local helper = require("helper")
local json = require("wsstls.json")
local jsonlines = require("wsstls.report.jsonlines")
local plain = require("wsstls.report.plain")
local results = require("wsstls.report.result")
local stream = require("wsstls.report.stream")
local tap = require("wsstls.report.tap")

local function contains(text, part)
  assert.is_truthy(text:find(part, 1, true),
    ("%q is not in:\n%s"):format(part, text))
end

local function has_no_control(text)
  assert.is_nil(text:gsub("\n", ""):find("%c"), text)
  assert.is_nil(text:find("\226\128\174", 1, true))
end

describe("the stream of events", function()
  it("tells every subscriber everything in order, and counts", function()
    local heard = {}
    local function listener(name)
      local l = {}
      for _, event in ipairs { "run_start", "scenario_start", "result",
                               "run_end" } do
        l[event] = function(_, value)
          heard[#heard + 1] = ("%s %s %s"):format(name, event,
            value.name or value.total or value.files)
        end
      end
      return l
    end
    local s = stream.new():subscribe(listener "a"):subscribe {}
      :subscribe(listener "b")
    s:run_start { files = 1 }
    s:scenario_start { name = "x" }
    s:result { name = "x", ok = true }
    local summary = s:run_end()
    assert.same({ "a run_start 1", "b run_start 1", "a scenario_start x",
      "b scenario_start x", "a result x", "b result x", "a run_end 1",
      "b run_end 1" }, heard)
    assert.equal(1, summary.passed)
    assert.equal(0, summary.failed)
  end)
end)

describe("a result", function()
  it("shows values of every kind", function()
    assert.equal("nothing", results.value(nil))
    assert.equal("nothing", results.value {})
    assert.equal("20@1, 62@0", results.value { { code = 20, depth = 1 },
      { code = 62, depth = 0 } })
    assert.equal("10, 62", results.value { 10, 62 })
    assert.equal("false", results.value(false))
  end)

  it("tells how a foreign program ended, and of a flood both ends", function()
    local text = table.concat(results.details { ok = false, mismatches = {},
      client = { exit = 3, duration = 0.02, children = true },
      server = { signal = 11, duration = 2 },
      output = ("y\n"):rep(998) .. "last words" }, "\n")
    contains(text, "the client's program ended with status 3 after 20 ms, and "
      .. "left others running, which were killed\n"
      .. "the server's program ended by signal 11 after 2.00 s\n")
    assert.same({ "the relay's rule 2 (drop) never fired: no such record" },
      results.remarks { unfired = { { rule = 2, action = "drop",
        why = "no such record" } } })
    contains(table.concat(results.details { client = { stopped = true,
      signal = 9, duration = 2 } }, "\n"),
      "the client's program still ran after 2.00 s, and was killed")
    contains(text, "y\n... 959 lines ...\ny\n")
    assert.equal("last words", text:sub(-10))
  end)

  it("shows times as people read them", function()
    assert.equal("0.4 ms", results.duration(0.0004))
    assert.equal("12 ms", results.duration(0.0123))
    assert.equal("3.20 s", results.duration(3.2))
    assert.equal("2 min 5 s", results.duration(125.5))
  end)
end)

describe("the plain text of a run", function()
  local text = fixture.run(plain.new)

  it("has a line for each test, and the counts", function()
    contains(text, "ok      cert-ip-mismatch  4.2 ms\n")
    contains(text, "FAILED  cert-expired")
    contains(text, "ERROR   broken")
    contains(text, "skipped proxy-garbage  curl is not installed\n")
    contains(text, "the gateway is refused  1.25 s  (try 2)\n")
    contains(text, "2 passed, 2 failed, 1 error, 1 skipped in 500 ms"
      .. " (--seed 7)\n")
  end)

  it("says field by field what was seen, and tells the story", function()
    contains(text, "client.code: expected cert-expired, got cert-ip-mismatch")
    contains(text, "client.verify: expected 10, 62, got nothing")
    contains(text, "the client says\n  error[cert-ip-mismatch]: the cert")
    contains(text, "'}' expected near 'client'")
  end)

  it("is safe to show, whatever a peer sent", function()
    has_no_control(text)
    for line in text:gmatch("[^\n]+") do
      assert.is_nil(line:find("^not ok"), line)
    end
  end)

  it("on a terminal is one line until something is wrong", function()
    local shown = fixture.run(function(write)
      return plain.new(write, { terminal = true })
    end)
    assert.is_nil(shown:find("\nok      cert-ip-mismatch", 1, true))
    contains(shown, "\r\27[K  0 done  cert-ip-mismatch")
    contains(shown, "\r\27[KFAILED  cert-expired")
    contains(shown, "\r\27[K2 passed, 2 failed")
    local ok = { { name = "a", ok = true, duration = 0 } }
    shown = fixture.run(function(write)
      return plain.new(write, { terminal = true })
    end, ok)
    assert.equal("\r\27[K  0 done  a\r\27[K  1 done  a\r\27[K1 passed in "
      .. "500 ms\n", shown)
    local one = {}
    local reporter = plain.new(function(s) one[#one + 1] = s end,
      { terminal = true })
    reporter:run_start { files = 3 }
    reporter:file_start { file = "x_spec.lua" }
    assert.equal("\r\27[K  0 done  file 1 of 3  x_spec.lua", one[1])
  end)
end)

describe("the TAP report", function()
  local function consumed(version)
    local text = fixture.run(function(write)
      return tap.new(write, { version = version })
    end)
    local path = helper.write(helper.dir() .. "/run.tap", text)
    return text, helper.must(([[perl -MTAP::Parser -e '
      open my $f, "<", $ARGV[0]; local $/; my $p = TAP::Parser->new({
        tap => scalar <$f> });
      while (my $r = $p->next) {
        print "unknown: ", $r->as_string, "\n" if $r->is_unknown;
        print "yaml ", $r->data->{severity}, " ", $r->data->{message}, "\n"
          if $r->is_yaml;
        print "skip ", $r->explanation, "\n" if $r->is_test && $r->has_skip;
      }
      print join(" ", $p->passed), " of ", $p->tests_planned, "\n";
      print "bad: ", join("; ", $p->parse_errors), "\n"
        if $p->parse_errors' ]]) .. helper.quote(path))
  end

  teardown(helper.cleanup)

  it("is read by Perl's TAP::Parser as it was meant", function()
    local text, seen = consumed(13)
    contains(text, "TAP version 13\n# seed 7\n")
    contains(seen, "yaml fail client.code: expected cert-expired, got "
      .. "cert-ip-mismatch (and 1 more)\n")
    contains(seen, "yaml error scenarios/broken.lua:3: '}' expected near "
      .. "'client'\n")
    contains(seen, "skip curl is not installed\n")
    contains(seen, "1 4 5 of 6")
    assert.is_nil(seen:find("unknown:", 1, true), seen)
    assert.is_nil(seen:find("bad:", 1, true), seen)
    has_no_control(text)
  end)

  it("names version 14 where that is wanted", function()
    local text = fixture.run(function(write)
      return tap.new(write, { version = 14 })
    end)
    assert.is_truthy(text:find("^TAP version 14\n"))
  end)
end)

describe("the JSON lines", function()
  it("are one object for each event, with both records", function()
    local text = fixture.run(jsonlines.new)
    local list = {}
    for line in text:gmatch("[^\n]+") do
      list[#list + 1] = assert(json.decode(line))
    end
    assert.equal(2 + 2 * 6, #list)
    assert.equal("run-start", list[1].event)
    assert.equal(7, list[1].seed)
    assert.equal("scenario-start", list[2].event)
    assert.equal("result", list[3].event)
    assert.equal("passed", list[3].status)
    assert.equal(64, list[3].client.verify.code)
    assert.equal("alert-received", list[3].server.timeline[5].event)
    assert.equal("error", list[7].status)
    assert.equal("skipped", list[9].status)
    assert.equal("run-end", list[#list].event)
    assert.equal(6, list[#list].total)
  end)
end)
