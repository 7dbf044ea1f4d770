-- Slow, small and late: a connection that must come about all the same (the
-- catalogue's 83), and every toxic of toxiproxy that is about time.
local core = require("wsstls.core")
local endings = require("core.endings")
local helper = require("helper")
local lab = require("core.relay_lab")
local stress = require("core.stress")
local wss = require("wsstls")

local function timed(fn)
  local started = core.now()
  fn()
  return core.now() - started
end

-- Rules for everything of both sides, and how long they take at least.
local SLOW = {
  { "in chunks of one byte", { action = "split" }, 0 },
  { "in chunks of seven bytes, a millisecond apart",
    { action = "split", length = 7, seconds = 0.001, jitter = 0.001 }, 0.01 },
  { "with latency and jitter",
    { action = "latency", seconds = 0.01, jitter = 0.01 }, 0.01 },
  { "with delays that add up", { action = "delay", seconds = 0.005 }, 0.05 },
  { "at 20,000 bytes a second", { action = "throttle", rate = 20000 }, 0.05 },
  { "in a few large writes", { action = "coalesce", seconds = 0.01 }, 0.02 },
}

describe("#slow a slow network", function()
  teardown(helper.cleanup)

  for _, version in ipairs(lab.VERSIONS) do
    for _, case in ipairs(SLOW) do
      it(("passes a connection %s (%s)"):format(case[1], version), function()
        local r
        local seconds = timed(function()
          r = lab.run { version = version, rules = { case[2] } }
        end)
        assert.equal("over the wire", r.answer, tostring(r.err))
        assert.is_true(seconds >= case[3], seconds)
        assert.is_true(seconds < stress.seconds(3), seconds)
        assert.is_true(#lab.touched(r.rows) == #r.rows)
      end)
    end
  end

  it("keeps the order of what it delays", function()
    local relay, server, seen = lab.open { rules = { { from = "server",
      action = "latency", seconds = 0.02, jitter = 0.02 } } }
    local conn = assert(wss.connect(relay.url, { ca = endings.certs().ca }))
    helper.wait(function() return seen.conn end, 5, "the server's side")
    for i = 1, 50 do seen.conn:send("n" .. i) end
    for i = 1, 50 do assert.equal("n" .. i, (conn:receive(3))) end
    conn:close()
    relay:close()
    server:close()
  end)

  it("has the rate it was given", function()
    local relay, server, seen = lab.open {}
    local conn = assert(wss.connect(relay.url, { ca = endings.certs().ca }))
    helper.wait(function() return seen.conn end, 5, "the server's side")
    assert(relay:add { from = "server", action = "throttle", rate = 400000 })
    local seconds = timed(function()
      assert(seen.conn:send(("x"):rep(200000), "binary"))
      assert.equal(200000, #conn:receive(10))
    end)
    assert.is_true(seconds > 0.45 and seconds < 1.5, seconds)
    conn:close(1000, "", 1)
    relay:close()
    server:close()
  end)

  it("coalesces records into one write", function()
    local relay, server, seen = lab.open { server = { tls = false } }
    local chunks = {}
    local conn = assert(wss.connect(
      ("ws://127.0.0.1:%d/"):format(relay.port)))
    helper.wait(function() return seen.conn end, 5, "the server's side")
    local second = assert(wss.relay { upstream = "127.0.0.1:" .. relay.port,
      on_record = function(row) chunks[#chunks + 1] = row end })
    local behind = assert(wss.connect(
      ("ws://127.0.0.1:%d/"):format(second.port)))
    assert.equal("over the wire", lab.echo(behind))
    relay:add { from = "server", action = "coalesce", seconds = 0.05 }
    local before = #second:records()
    for i = 1, 20 do
      behind:send("m" .. i)
      wss.step(0.001)
    end
    for i = 1, 20 do assert.equal("m" .. i, (behind:receive(3))) end
    local from_server = 0
    for i = before + 1, #second:records() do
      if second:records()[i].from == "server" then
        from_server = from_server + 1
      end
    end
    assert.is_true(from_server < 10, from_server)
    assert.equal(#second:records(), #chunks)
    conn:close(1000, "", 1)
    behind:close(1000, "", 1)
    second:close()
    relay:close()
    server:close()
  end)
end)
