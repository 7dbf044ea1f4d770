-- Rules: which records they take, what is wrong with them, what became of
-- them.
local endings = require("core.endings")
local helper = require("helper")
local lab = require("core.relay_lab")
local pki = require("wsstls.pki")
local wss = require("wsstls")

local function open(rules, more)
  return wss.relay(lab.with({ upstream = "127.0.0.1:1", rules = rules },
    more))
end

local function misuse(pattern, rule)
  local ok, bad = pcall(open, { rule })
  assert.is_false(ok)
  assert.equal("string", type(bad))
  assert.matches(pattern, bad)
end

describe("a malformed rule raises", function()
  teardown(helper.cleanup)

  -- what it says, the rule
  for _, case in ipairs {
    { "rules%[1%]: unknown field 'acton' %(did you mean 'action'%?%)",
      { acton = "flip" } },
    { "unknown field 'direction' %(did you mean 'from'%?%)",
      { direction = "client", action = "flip" } },
    { "a rule needs an 'action': close, coalesce", { from = "client" } },
    { "'action': expected one of .*did you mean 'flip'%?",
      { action = "flp" } },
    { "'from': expected one of client, server, got string \"cleint\"; " ..
      "did you mean 'client'", { from = "cleint", action = "drop" } },
    { "'record': .*did you mean 'application'",
      { record = "aplication", action = "drop" } },
    { "'handshake': .*did you mean 'certificate'",
      { handshake = "certifcate", action = "drop" } },
    { "'nth': expected a whole number from 1", { nth = 0, action = "drop" } },
    { "'nth': expected a whole number from 1",
      { nth = 1.5, action = "drop" } },
    { "'probability': expected a number from 0 to 1, got number 2",
      { probability = 2, action = "drop" } },
    { "'mask': expected a whole number from 1 to 255",
      { mask = 256, action = "flip" } },
    { "action 'inject' needs 'bytes'", { action = "inject" } },
    { "action 'replace' needs 'with'", { action = "replace" } },
    { "action 'delay' needs 'seconds'", { action = "delay" } },
    { "action 'throttle' needs 'rate'", { action = "throttle" } },
    { "'rate': expected bytes per second, got number 0",
      { action = "throttle", rate = 0 } },
    { "action 'limit' needs 'length'", { action = "limit" } },
    { "'bytes': expected a string that is not empty, got a number",
      { action = "inject", bytes = 3 } },
    { "'rate': action 'flip' has no use for it %(throttle%)",
      { action = "flip", rate = 5 } },
    { "'handshake': there are no handshake messages in records of type " ..
      "'application'", { handshake = "certificate", record = "application",
        action = "drop" } },
    { "'with': a certificate replaces a certificate message",
      { handshake = "finished", action = "replace",
        with = pki.self_signed { cn = "x" } } },
    { "'nth': action 'slow_close' is not about single records",
      { action = "slow_close", seconds = 1, nth = 3 } },
    { "'seconds': expected a number of seconds, got number %-1",
      { action = "delay", seconds = -1 } },
    { "'length': chunks have at least one byte",
      { action = "split", length = 0 } },
    { "a rule is a table, got a string", "flip" },
  } do
    it(case[1]:gsub("%%", ""):sub(1, 60), function()
      misuse(case[1], case[2])
    end)
  end

  it("at its caller, wherever it is given", function()
    local relay = assert(open())
    local ok, bad = pcall(function() relay:add { action = "flp" } end)
    assert.is_false(ok)
    assert.matches("^spec/core/relay_rules_spec.lua:%d+: relay: option", bad)
    ok, bad = pcall(function() assert(wss.relay { upstrem = "x:1" }) end)
    assert.is_false(ok)
    assert.matches("^spec/core/relay_rules_spec.lua:%d+: relay: unknown " ..
      "option 'upstrem' %(did you mean 'upstream'%?%)", bad)
    assert.is_false((pcall(wss.relay, {})))
    assert.is_false((pcall(wss.relay, { upstream = "no-port" })))
    relay:close()
  end)

  it("but a certificate that cannot be read is a failure", function()
    local relay = assert(open())
    helper.fails("config-truncated", relay:add { action = "replace",
      with = "-----BEGIN CERTIFICATE-----\nMIIB" })
    relay:close()
    helper.fails("closed", relay:add { action = "drop" })
  end)
end)

describe("docs/relay.md", function()
  local page = helper.read(helper.path("docs/relay.md"))

  for action, fields in pairs(require("wsstls.options_relay").ACTIONS) do
    it("tells what " .. action .. " reads", function()
      local row
      for line in page:gmatch("[^\n]+") do
        if line:find("^| [^|]*`" .. action .. "`[^|]*|[^|]*|[^|]*|") then
          row = line:match("^|[^|]*|([^|]*)|")
        end
      end
      assert.is_truthy(row, "no row for " .. action)
      local told = {}
      for name in row:gmatch("`(%l+)`") do told[name] = true end
      for name in pairs(fields) do
        assert.is_true(told[name], name .. " is not told")
        told[name] = nil
      end
      assert.is_nil((next(told)))
    end)
  end
end)

describe("a relay's address", function()
  teardown(helper.cleanup)

  it("that is taken is listen-in-use", function()
    local relay = assert(open())
    helper.fails("listen-in-use", open(nil, { port = relay.port }))
    relay:close()
    assert.equal(relay.port, assert(open(nil, { port = relay.port })).port)
  end)

  it("is a URL, with the scheme of what is behind it", function()
    local relay = assert(open())
    assert.equal(("wss://127.0.0.1:%d/"):format(relay.port), relay.url)
    relay:close()
    relay = assert(open(nil, { upstream = "ws://localhost/chat" }))
    assert.equal(("ws://127.0.0.1:%d/"):format(relay.port), relay.url)
    assert.equal(("wsstls.Relay (%s)"):format(relay.url), tostring(relay))
    relay:close()
  end)
end)

describe("a rule that never fired is reported", function()
  teardown(helper.cleanup)

  -- why, the rule
  for _, case in ipairs {
    { "no alert record came from the client",
      { from = "client", record = "alert", action = "flip" } },
    { "no certificate_request message in clear came from either side",
      { handshake = "certificate_request", action = "drop" } },
    { "1 matched, it waits for number 2", { from = "client",
      handshake = "client_hello", nth = 2, action = "drop" } },
    { "1 matched, and the offset lay outside of each", { from = "client",
      handshake = "client_hello", offset = 9000, action = "flip" } },
    { "1 matched, and the length lay outside of each", { from = "client",
      handshake = "client_hello", length = 9000, action = "truncate" } },
    { "%d+ matched, and chance took none of them", { probability = 0,
      action = "drop" } },
    { "no connection passed more than its 1000000 bytes", {
      action = "limit", bytes = 1000000 } },
  } do
    it((case[1]:gsub("%%", "")), function()
      local lines = {}
      wss.log("warning", function(text) lines[#lines + 1] = text end)
      local r = lab.run { version = "TLSv1.3", rules = { case[2] } }
      wss.log("silent")
      assert.equal("over the wire", r.answer)
      assert.equal(1, #r.unfired)
      assert.equal(1, r.unfired[1].rule)
      assert.equal(case[2].action, r.unfired[1].action)
      assert.matches("^" .. case[1], r.unfired[1].why)
      local line = table.concat(lines, "\n")
      assert.matches("relay: rule 1 %(" .. case[2].action ..
        "%) never fired: " .. case[1], line)
      assert.same({}, lab.touched(r.rows))
    end)
  end

  it("also when it was taken away before, and after a second close",
    function()
    local relay = assert(open { { action = "drop" } })
    local given = { action = "flip", from = "server" }
    assert.equal(2, relay:add(given))
    assert.is_true(relay:remove(given))
    assert.is_false(relay:remove(given))
    assert.is_false(relay:remove(7))
    local _, unfired = relay:close()
    assert.equal(2, #unfired)
    assert.equal("flip", unfired[2].action)
    assert.equal(unfired, select(2, relay:close()))
    assert.equal(unfired, relay.unfired)
  end)
end)

describe("a rule", function()
  teardown(helper.cleanup)

  it("counts per direction and connection", function()
    local relay, server = lab.open { rules = { { record = "handshake",
      nth = 1, action = "latency", seconds = 0.001 } } }
    for _ = 1, 2 do
      local conn = assert(wss.connect(relay.url, {
        ca = endings.certs().ca }))
      assert(conn:close())
    end
    local touched = lab.touched(relay:records())
    assert.equal(4, #touched)
    for i, expected in ipairs { "client", "server", "client", "server" } do
      assert.equal(expected, touched[i].from)
      assert.equal(1, touched[i].nth)
      assert.equal(i > 2 and 2 or 1, touched[i].connection)
    end
    relay:close()
    server:close()
  end)

  it("that is added to an open connection takes what comes next", function()
    local relay, server = lab.open {}
    local conn = assert(wss.connect(relay.url, { ca = endings.certs().ca }))
    assert.equal("over the wire", lab.echo(conn))
    assert(relay:add { from = "server", record = "application", nth = 1,
      action = "flip" })
    conn:send("once more")
    helper.fails("tls-bad-record-mac", conn:receive(3))
    relay:close()
    server:close()
  end)

  it("that is removed lets everything pass", function()
    local relay, server = lab.open {}
    local rule = { from = "client", action = "drop" }
    local conn = assert(wss.connect(relay.url, { ca = endings.certs().ca }))
    relay:add(rule)
    assert.is_true(relay:remove(rule))
    assert.equal("over the wire", lab.echo(conn))
    conn:close()
    relay:close()
    server:close()
  end)

  it("with a probability takes the same records for the same seed",
    function()
    local function taken(seed)
      local r = lab.run { version = "TLSv1.3", relay = { seed = seed },
        talk = function(conn)
          for _ = 1, 40 do assert(lab.echo(conn)) end
          return true
        end, rules = { { record = "application", probability = 0.3,
          action = "latency", seconds = 0 } } }
      local list = {}
      for i, row in ipairs(lab.touched(r.rows)) do
        list[i] = row.from .. row.nth
      end
      table.sort(list)
      return table.concat(list, " "), #list
    end
    local one, n = taken(7)
    assert.is_true(n > 10 and n < 45, n)
    assert.equal(one, (taken(7)))
    assert.is_not.equal(one, (taken(8)))
  end)

  it("with a byte takes the record that carries it", function()
    local r = lab.run { version = "TLSv1.3", rules = { { from = "server",
      byte = 127, action = "latency", seconds = 0.001 } } }
    local touched = lab.touched(r.rows)
    assert.equal(1, #touched)
    -- a ServerHello of 5 + 122 bytes comes before it
    assert.equal("change_cipher_spec", touched[1].type)
  end)

  it("may be one of several for a record, in their order", function()
    local r = lab.run { version = "TLSv1.3", rules = {
      { from = "client", handshake = "client_hello", offset = 10,
        action = "flip" },
      { from = "client", handshake = "client_hello", offset = 10,
        action = "flip" },
      { from = "client", nth = 1, action = "delay", seconds = 0.001 } } }
    assert.equal("over the wire", r.answer) -- flipped and flipped back
    assert.equal("flip+delay", lab.touched(r.rows)[1].action)
    assert.equal(1, lab.touched(r.rows)[1].rule)
  end)

  it("injects before the record it matches", function()
    local alert = wss.relay.record { type = "alert", fragment = "\2\80" }
    local r = lab.run { version = "TLSv1.2", rules = { { from = "server",
      handshake = "server_hello", action = "inject", bytes = alert } } }
    assert.equal("tls-alert", r.code)
    assert.equal(80, lab.alert(r.client, "received"))
  end)
end)
