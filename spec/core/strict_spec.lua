-- Frames that RFC 6455 forbids, on both sides. Under TLS lws reads none of
-- them; on ws:// it has the last word (docs/limits.md).
local endings = require("core.endings")
local frame = require("wsstls.frame")
local framing = require("core.framing")
local helper = require("helper")
local wss = require("wsstls")

local opened, builder = framing.opened, framing.builder
local received, heard = framing.received, framing.heard
local payload = frame.close_payload
local SIDES = { "server", "client" }
-- Each: what it is called, the refinement, and the bytes by builder.
local FORBIDDEN = {
  { "a mask the wrong way", nil,
    function(b) return b({ payload = "x" }, true) end },
  { "16 bits for a length of 1", "ws-bad-length",
    function(b) return b { payload = "x", length_bits = 16 } end },
  { "64 bits for a length of 1", "ws-bad-length",
    function(b) return b { payload = "x", length_bits = 64 } end },
  { "64 bits for a length of 200", "ws-bad-length", function(b)
    return b { payload = ("x"):rep(200), length_bits = 64 }
  end },
  { "a length of 2^63", "ws-bad-length",
    function(b) return b { length = 2 ^ 63 } end },
  { "RSV1", "ws-rsv-bits",
    function(b) return b { payload = "x", rsv1 = true } end },
  { "RSV2 on a pong", "ws-rsv-bits",
    function(b) return b { opcode = "pong", rsv2 = true } end },
  { "RSV3 on a close", "ws-rsv-bits", function(b)
    return b { opcode = "close", payload = payload(1000), rsv3 = true }
  end },
  { "opcode 3", "ws-bad-opcode", function(b) return b { opcode = 3 } end },
  { "opcode 15", "ws-bad-opcode", function(b) return b { opcode = 15 } end },
  { "a fragmented ping", "ws-fragmented-control",
    function(b) return b { opcode = "ping", fin = false } end },
  { "a fragmented close", "ws-fragmented-control", function(b)
    return b { opcode = "close", payload = payload(1000), fin = false }
  end },
  { "a ping of 126 bytes", "ws-control-too-long", function(b)
    return b { opcode = "ping", payload = ("x"):rep(126) }
  end },
  { "a close of 126 bytes", "ws-control-too-long", function(b)
    return b { opcode = "close", payload = payload(1000, ("x"):rep(124)) }
  end },
  { "a continuation of nothing", "ws-bad-continuation",
    function(b) return b { opcode = "continuation", payload = "x" } end },
  { "a text inside a text", "ws-bad-continuation", function(b)
    return b { payload = "a", fin = false } .. b { payload = "b" }
  end },
  { "close code 999", "ws-bad-close-code",
    function(b) return b { opcode = "close", payload = payload(999) } end },
  { "close code 1005", "ws-bad-close-code",
    function(b) return b { opcode = "close", payload = payload(1005) } end },
  { "close code 1015", "ws-bad-close-code",
    function(b) return b { opcode = "close", payload = payload(1015) } end },
  { "close code 2999", "ws-bad-close-code",
    function(b) return b { opcode = "close", payload = payload(2999) } end },
  { "close code 5000", "ws-bad-close-code",
    function(b) return b { opcode = "close", payload = payload(5000) } end },
}

local function judge(side, conn, peer, case, before)
  local messages, err, code = received(conn)
  assert.same(before, messages)
  assert.equal("ws-protocol-error", code)
  local _, o = endings.judge(err, { code = code, phase = "open",
    fault = side == "server" and "client" or "server", rejected_by = side })
  local slug = case[2] or (side == "server" and "ws-unmasked-client-frame"
    or "ws-masked-server-frame")
  assert.is_true(err:matches(slug), slug .. ", " .. tostring(err))
  assert.equal(1002, o.close.code)
  assert.equal("local", o.close.initiated_by)
  assert.is_false(o.close.clean)
  local frames = heard(peer, true)
  assert.equal(1, #frames, "frames that the peer gets")
  assert.equal(1002, (frame.close_reason(frames[1].payload)))
end

describe("#slow under TLS a frame with", function()
  teardown(helper.cleanup)

  for _, case in ipairs(FORBIDDEN) do
    it(case[1] .. " is closed with 1002, and data before it comes first",
      function()
        for _, side in ipairs(SIDES) do
          local b = builder(side)
          local bad = case[3](b)
          local good = b { payload = "good" }
          for _, before in ipairs { "", good } do
            local conn, peer, finish = opened("wss", side)
            peer:write(before .. bad)
            judge(side, conn, peer, case, before ~= "" and { "good" } or {})
            finish()
          end
        end
      end)
  end

  it("any of these has the same code in the record of the head", function()
    for _, side in ipairs(SIDES) do
      local b = builder(side)
      for _, case in ipairs(FORBIDDEN) do
        -- lws reads all of that record: it may close before we can say why
        local conn, _, finish = opened("wss", side, b { payload = "good" }
          .. case[3](b) .. b { payload = "late" })
        local messages, err, code = received(conn)
        assert.same({ "good" }, messages)
        assert.equal("ws-protocol-error", code, case[1])
        assert.equal(side, err.rejected_by)
        finish()
      end
    end
  end)

  it("any of these, byte by byte, ends the same", function()
    for _, side in ipairs(SIDES) do
      local b = builder(side)
      for _, case in ipairs(FORBIDDEN) do
        local conn, peer, finish = opened("wss", side)
        local bytes = b { payload = "good" } .. case[3](b)
        wss.spawn(function()
          for c in bytes:gmatch(".") do
            if not peer:write(c) then return end
            wss.sleep(0)
          end
        end)
        judge(side, conn, peer, case, { "good" })
        finish()
      end
    end
  end)

  it("a mistake behind the rest of a long one is found", function()
    for _, side in ipairs(SIDES) do
      local b = builder(side)
      for _, size in ipairs { 16384, 20000, 70000 } do
        local long = ("l"):rep(size)
        local conn, peer, finish = opened("wss", side)
        local bytes = b { payload = long } .. b { payload = "good" }
          .. b { opcode = 5 } .. b { payload = "late" }
        -- the bad one shares its record with the end of the long one
        peer:write(bytes:sub(1, size - 50))
        peer:write(bytes:sub(size - 49))
        local messages, _, code = received(conn)
        assert.equal("ws-protocol-error", code)
        assert.same({ #long, 4 }, { #messages[1], #(messages[2] or "") })
        assert.equal(2, #messages)
        finish()
      end
    end
  end)

  it("more than max_message announced is 1009 before it comes", function()
    for _, side in ipairs(SIDES) do
      local b = builder(side)
      for _, bytes in ipairs {
        b { opcode = "binary", length = 2 ^ 40, length_bits = 64 },
        b { opcode = "binary", length = 1001 },
        b { fin = false, payload = ("x"):rep(600) }
          .. b { opcode = "continuation", length = 401 },
      } do
        local conn, peer, finish = opened("wss", side, nil, 1000)
        peer:write(bytes)
        local messages, err, code = received(conn)
        assert.same({}, messages)
        assert.equal("ws-message-too-big", code)
        assert.equal(1009, err.observation.close.code)
        assert.equal(1009, (frame.close_reason(heard(peer)[1].payload)))
        finish()
      end
    end
  end)

  it("a code that lws would rewrite keeps it", function()
    for _, side in ipairs(SIDES) do
      for _, number in ipairs { 1012, 1013, 1014 } do
        local b = builder(side)
        local conn, peer, finish = opened("wss", side)
        peer:write(b { opcode = "close", payload = payload(number, "why") })
        local _, err, code = received(conn)
        assert.equal("closed", code)
        assert.equal(number, err.observation.close.code)
        assert.equal("why", err.observation.close.reason)
        assert.is_true(err.observation.close.clean)
        assert.equal(number, (frame.close_reason(heard(peer)[1].payload)))
        finish()
      end
    end
  end)

  it("anything behind a close frame counts for nothing", function()
    for _, side in ipairs(SIDES) do
      local b = builder(side)
      for _, late in ipairs { b { payload = "late" }, b { opcode = 7 },
                              "\255\255\255" } do
        local conn, peer, finish = opened("wss", side)
        peer:write(b { payload = "last" } .. b { opcode = "close",
          payload = payload(1001, "bye") } .. late)
        local messages, err, code = received(conn)
        assert.same({ "last" }, messages)
        assert.equal("closed", code)
        assert.equal(1001, err.observation.close.code)
        assert.equal("peer", err.observation.close.initiated_by)
        finish()
      end
    end
  end)

  it("what is allowed, however cut, opens and stays", function()
    for _, side in ipairs(SIDES) do
      local b = builder(side)
      local bytes = b { payload = "", fin = false }
        .. b { opcode = "ping", payload = ("p"):rep(125) }
        .. b { opcode = "continuation", payload = "ab", fin = false }
        .. b { opcode = "pong", payload = "nobody asked" }
        .. b { opcode = "continuation", payload = "" }
        .. b { payload = ("m"):rep(126) } .. b { opcode = "binary",
          payload = ("n"):rep(65536) } .. b { payload = "" }
      for _, step in ipairs { 1, 7, 4096, #bytes } do
        local conn, peer, finish = opened("wss", side)
        wss.spawn(function()
          local at = 1
          while at <= #bytes do
            -- the bulk need not crawl
            local size = at < 400 and step or math.max(step, 4096)
            assert(peer:write(bytes:sub(at, at + size - 1)))
            at = at + size
            wss.sleep(0)
          end
        end)
        for _, expected in ipairs { "ab", ("m"):rep(126), ("n"):rep(65536),
                                    "" } do
          assert.equal(expected, (assert(conn:receive(5))))
        end
        finish()
      end
    end
  end)

  it("what is allowed may begin in the record of the head", function()
    for _, side in ipairs(SIDES) do
      local b = builder(side)
      local bytes = b { opcode = "ping", payload = "early" }
        .. b { payload = "one", fin = false }
        .. b { opcode = "ping", payload = "amid" }
        .. b { opcode = "continuation", payload = ("x"):rep(300) }
      for _, cut in ipairs { 1, 4, 14, 20, 32, 60, #bytes } do
        local conn, peer, finish = opened("wss", side, bytes:sub(1, cut))
        if cut < #bytes then peer:write(bytes:sub(cut + 1)) end
        assert.equal("one" .. ("x"):rep(300), (assert(conn:receive(5))))
        peer:write(b { opcode = "close", payload = payload(1000) })
        local answers = heard(peer)
        assert.equal(8, answers[#answers].opcode)
        -- one pong for several pings of one record will do (5.5.3)
        assert.is_true(#answers == 2 or #answers == 3, #answers)
        for i = 1, #answers - 1 do assert.equal(10, answers[i].opcode) end
        finish()
      end
    end
  end)

  it("pings of a peer that reads nothing get one pong, for the last", function()
    local chunk = ("c"):rep(65536)
    for _, side in ipairs(SIDES) do
      local b = builder(side)
      local conn, peer, finish = opened("wss", side)
      local sent = 0
      repeat
        sent = sent + 1
        local room = assert.is_not_nil(conn.handle:send(chunk, "binary"))
      until not room
      for i = 1, 50 do
        peer:write(b { opcode = "ping", payload = ("%d"):format(i) })
      end
      peer:write(b { payload = "after" })
      assert.equal("after", (assert(conn:receive(5))))
      wss.spawn(function()
        while conn.handle:buffered() > 0 do wss.sleep(0.01) end
        conn:close(1000, "", 5)
      end)
      local pongs, messages = {}, 0
      for _, f in ipairs(heard(peer)) do
        if f.opcode == 10 then pongs[#pongs + 1] = f.payload end
        messages = messages + (f.opcode == 2 and 1 or 0)
      end
      assert.equal(sent, messages)
      assert.same({ "50" }, pongs)
      finish()
    end
  end)
end)
