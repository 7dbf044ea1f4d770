-- What a relay holds: little, whatever passes or does not pass through it.
local endings = require("core.endings")
local helper = require("helper")
local lab = require("core.relay_lab")
local stress = require("core.stress")
local wss = require("wsstls")

local MIB = 1048576
-- One recv more than it takes to stop reading (relay_parts.h).
local MOST = MIB + 131072

local function connect(relay)
  return assert(wss.connect(relay.url, { ca = endings.certs().ca,
    min_version = "TLSv1.3", ping_interval = false }))
end

describe("#slow a relay", function()
  teardown(helper.cleanup)

  it("without rules passes everything unharmed, in bounded memory",
    function()
    local relay, server, seen = lab.open {}
    local conn = connect(relay)
    helper.wait(function() return seen.conn end, 5, "the server's side")
    local block = {}
    for i = 1, 4096 do block[i] = ("%08x"):format(i * 2654435761 % 2 ^ 32) end
    block = table.concat(block):rep(32) -- 1 MiB, every 8 bytes another word
    assert.equal(MIB, #block)
    local n = stress.times(64)
    stress.collect()
    local before = stress.rss()
    stress.within(60, function()
      wss.spawn(function()
        for _ = 1, n do assert(conn:send(block, "binary")) end
      end)
      for i = 1, n do
        local data, err = conn:receive(20)
        assert(data == block, "damaged: " .. tostring(err))
        -- Lua lets garbage grow with the heap of all specs before this one
        if i % 8 == 0 then collectgarbage() end
      end
    end)
    if stress.measures_memory then
      assert.is_true(stress.rss() - before < 40 * 1024,
        ("%d KiB more"):format(stress.rss() - before))
    end
    local c = relay:connections()[1]
    assert.is_true(c.bytes.client > n * MIB and c.bytes.server > n * MIB)
    assert.equal(0, c.lost_bytes.client + c.lost_bytes.server)
    conn:close()
    relay:close()
    server:close()
  end)

  it("stops reading behind a stall, and says what was lost", function()
    local relay, server = lab.open {}
    local conn = connect(relay)
    local id = relay:add { from = "client", action = "stall" }
    local n = 11000
    stress.within(30, function()
      for _ = 1, n do assert(conn:send("x")) end
    end)
    helper.wait(function()
      return relay:connections()[1].records.client > n
    end, 20, "the records")
    local rows = relay:records()
    assert.equal(10000, #rows)
    assert.is_true(rows.dropped >= 1000)
    assert.equal("stall", rows[10000].action)
    assert.equal(id, rows[10000].rule)
    assert.equal(n, rows[10000].nth - 2)
    relay:close()
    local c = relay:connections()[1]
    assert.equal("relay", c.ended_by)
    assert.equal(n, c.lost_records.client)
    assert.is_true(c.lost_bytes.client <= MOST)
    server:close()
  end)

  it("lets the sender wait when it holds enough", function()
    local relay, server = lab.open {}
    local conn = connect(relay)
    relay:add { from = "client", action = "stall" }
    local block, sent = ("y"):rep(MIB), 0
    wss.run(function()
      local task = wss.spawn(function()
        for _ = 1, 64 do
          assert(conn:send(block, "binary"))
          sent = sent + 1
        end
      end)
      wss.sleep(0.3)
      task:cancel()
    end)
    assert.is_true(sent < 40, sent)
    local held = relay:connections()[1].bytes.client
    assert.is_true(held > MIB / 2 and held <= MOST + 2000, held)
    relay:close()
    server:close()
  end)

  it("keeps no more than that for replays to come", function()
    local relay, server = lab.open { server = { on_message =
      function(conn, data) conn:send(data:sub(1, 1)) end } }
    local conn = connect(relay)
    relay:add { from = "client", action = "replay", seconds = 1000 }
    for _ = 1, 3 do
      assert(conn:send(("z"):rep(MIB), "binary"))
      assert.equal("z", (conn:receive(10)))
    end
    local rule = relay.handle:rules()[1]
    assert.is_true(rule.fired >= 60 and rule.fired <= 70, rule.fired)
    assert.equal(rule.matched, rule.fired + rule.unfit)
    conn:close(1000, "", 1)
    relay:close()
    server:close()
  end)

  it("forgets a stalled connection when both its ends are gone", function()
    local relay, server, seen = lab.open { rules = { { from = "client",
      record = "application", nth = 3, action = "stall" } } }
    local conn = connect(relay)
    helper.wait(function() return seen.conn end, 5, "the server's side")
    conn:send("into the void")
    helper.fails("timeout", conn:receive(0.05))
    conn.handle:abort()
    seen.conn.handle:abort()
    helper.wait(function() return relay:connections()[1].ended_by end, 5,
      "the end of a connection without ends")
    assert.equal(1, relay:connections()[1].lost_records.client)
    relay:close()
    server:close()
  end)

  it("opens and closes 300 connections without keeping anything", function()
    local relay, server = lab.open { server = { tls = false } }
    local url = ("ws://127.0.0.1:%d/"):format(relay.port)
    local function one()
      local conn = assert(wss.connect(url))
      assert.equal("over the wire", lab.echo(conn))
      assert(conn:close())
    end
    for _ = 1, 20 do one() end
    local function settled()
      for _, c in ipairs(relay:connections()) do
        if not c.ended_by then return false end
      end
      return true
    end
    helper.wait(settled, 5, "the ends")
    local fds = stress.fds()
    for _ = 1, stress.times(300) do one() end
    helper.wait(settled, 5, "the ends")
    helper.wait(function() return stress.fds() <= fds end, 10,
      "the descriptors")
    relay:close()
    server:close()
  end)

  it("remembers 1,000 connections that are over", function()
    local relay = assert(wss.relay {
      upstream = "127.0.0.1:" .. helper.free_port() })
    local url = ("ws://127.0.0.1:%d/"):format(relay.port)
    for _ = 1, 1010 do
      assert.is_nil((wss.connect(url, { timeout = 5 })))
    end
    local list = relay:connections()
    assert.equal(1000, #list)
    assert.equal(11, list[1].connection)
    assert.equal(1010, list[1000].connection)
    relay:close()
  end)

  it("lives in a process that is closed in the middle of everything",
    function()
    local output = stress.must_child([[
local lab = require("core.relay_lab")
local endings = require("core.endings")
local relay = lab.open { rules = { { from = "client", action = "split" },
  { from = "server", action = "latency", seconds = 5 } } }
local conn = wss.connect(relay.url, { ca = endings.certs().ca,
  timeout = 0.05 })
assert(wss.relay { upstream = "localhost:1" })
print("passed", conn)
]], nil, 20)
    assert.matches("passed", output)
  end)
end)
