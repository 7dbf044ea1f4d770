-- What lws's word comes to where it reads by itself: ws:// (docs/limits.md).
-- Each of these is a limit: when one of them changes, so must the page.
local endings = require("core.endings")
local frame = require("wsstls.frame")
local framing = require("core.framing")
local helper = require("helper")

local opened, builder = framing.opened, framing.builder
local received, heard = framing.received, framing.heard
local payload = frame.close_payload
local SIDES, SCHEMES = { "server", "client" }, { "ws", "wss" }

-- Sends what `make(builder)` gives to our `side`, and a good close if that
-- has none.
local function said(scheme, side, make, max_message)
  local b = builder(side)
  local conn, peer, finish = opened(scheme, side, nil, max_message)
  local bytes = make(b)
  peer:write(bytes:byte(1) == 136 and bytes
    or bytes .. b { opcode = "close", payload = payload(1000) })
  local messages, err, code = received(conn)
  local frames = heard(peer)
  finish()
  helper.validated(err.observation)
  return messages, code, err, frames
end

describe("#slow on ws://", function()
  teardown(helper.cleanup)

  it("a mask the wrong way is accepted behind a good frame", function()
    for _, side in ipairs(SIDES) do
      local messages, code = said("ws", side, function(b)
        return b { payload = "good" } .. b({ payload = "odd" }, true)
      end)
      assert.same({ "good", "odd" }, messages)
      assert.equal("closed", code)
      messages, code = said("ws", side, function(b)
        return b({ payload = "odd" }, true)
      end)
      assert.same({}, messages)
      assert.equal("ws-protocol-error", code)
    end
  end)

  it("the mask of the first frame is seen, though its bytes come one by one",
    function()
      for _, side in ipairs(SIDES) do
        for _, early in ipairs { true, false } do
          for _, wrong in ipairs { true, false } do
            local b = builder(side)
            local bytes = b({ payload = "odd" }, wrong)
            local first = bytes:sub(1, 1)
            local conn, peer, finish = opened("ws", side, early and first)
            if not early then peer:write(first) end
            helper.fails("timeout", conn:receive(0.02))
            peer:write(bytes:sub(2))
            peer:write(b { opcode = "close", payload = payload(1000) })
            local messages, _, code = received(conn)
            assert.same(wrong and {} or { "odd" }, messages)
            assert.equal(wrong and "ws-protocol-error" or "closed", code)
            finish()
          end
        end
      end
    end)

  it("one byte of a frame and the end is an abnormal end", function()
    for _, side in ipairs(SIDES) do
      local conn, peer, finish = opened("ws", side)
      peer:write("\129")
      helper.fails("timeout", conn:receive(0.02))
      peer:close()
      helper.fails("closed-abnormally", conn:receive(5))
      finish()
    end
  end)

  it("lengths that are not minimal are accepted", function()
    for _, side in ipairs(SIDES) do
      local messages, code = said("ws", side, function(b)
        return b { payload = "a", length_bits = 16 }
          .. b { payload = "b", length_bits = 64 }
      end)
      assert.same({ "a", "b" }, messages)
      assert.equal("closed", code)
    end
  end)

  it("close codes that lws turns into 1002 are told as that", function()
    for _, side in ipairs(SIDES) do
      for _, number in ipairs { 999, 1004, 1005, 1006, 1012, 1015, 1016,
                                2999 } do
        local _, code, err, frames = said("ws", side, function(b)
          return b { opcode = "close", payload = payload(number) }
        end)
        assert.equal("closed", code)
        assert.equal(1002, err.observation.close.code)
        assert.equal("peer", err.observation.close.initiated_by)
        assert.equal(1002, (frame.close_reason(frames[1].payload)))
      end
    end
  end)

  for name, case in pairs {
    ["a ping of 126 bytes"] = { "ws-control-too-long", "xtended length",
      function(b) return b { opcode = 9, payload = ("x"):rep(126) } end },
    ["a length of 2^63"] = { "ws-bad-length", "b63",
      function(b) return b { length = 2 ^ 63 } end },
  } do
    it(name .. " ends without a close frame, in lws's own words", function()
      for _, side in ipairs(SIDES) do
        local messages, code, err, frames = said("ws", side, function(b)
          return b { payload = "good" } .. case[3](b)
        end)
        assert.same({ "good" }, messages)
        assert.equal("ws-protocol-error", code)
        assert.is_true(err:matches(case[1]))
        assert.equal(side, err.rejected_by)
        assert.equal(1006, err.observation.close.code)
        assert.same({}, frames)
        assert.matches(case[2], table.concat(err.observation.lws, "\n"))
      end
    end)
  end

  it("our client ends without a close frame, our server with one", function()
    for _, o in ipairs { { rsv1 = true }, { opcode = 3 },
                         { opcode = "ping", fin = false },
                         { opcode = "continuation" } } do
      for _, side in ipairs(SIDES) do
        local _, code, err, frames = said("ws", side, function(b)
          return b(o)
        end)
        assert.equal("ws-protocol-error", code)
        assert.equal(side == "server" and 1002 or 1006,
          err.observation.close.code)
        assert.equal(side == "server" and 1 or 0, #frames)
      end
    end
  end)

  it("a frame beyond max_message is refused when it has come", function()
    for _, side in ipairs(SIDES) do
      local b = builder(side)
      local conn, peer, finish = opened("ws", side, nil, 100)
      peer:write(b { opcode = "binary", length = 101 })
      helper.fails("timeout", conn:receive(0.1))
      peer:write(("x"):rep(101))
      helper.fails("ws-message-too-big", conn:receive(5))
      finish()
    end
  end)
end)

describe("#slow everywhere", function()
  teardown(helper.cleanup)

  it("of several pings in one segment the first gets a pong, under TLS the "
    .. "last", function()
      for _, scheme in ipairs(SCHEMES) do
        for _, side in ipairs(SIDES) do
          local b = builder(side)
          local _, peer, finish = opened(scheme, side)
          for _, length in ipairs { 1, 0, 125 } do
            local function ping(c)
              return b { opcode = "ping", payload = c:rep(length) }
            end
            local function pong(c)
              local text = assert(peer:read(length
                + (side == "client" and 6 or 2), 5))
              local f = assert(frame.parse(text))
              assert.same({ 10, c:rep(length) }, { f.opcode, f.payload })
            end
            peer:write(ping("a") .. ping("b") .. ping("c"))
            pong(scheme == "wss" and "c" or "a")
            helper.fails("timeout", peer:read(1, 0.05))
          end
          finish()
        end
      end
    end)

  it("each ping in a segment of its own gets its pong", function()
    for _, scheme in ipairs(SCHEMES) do
      for _, side in ipairs(SIDES) do
        local b = builder(side)
        local _, peer, finish = opened(scheme, side)
        for i = 1, 5 do
          peer:write(b { opcode = "ping", payload = tostring(i) })
          local pong = assert(frame.parse(assert(peer:read(
            side == "client" and 7 or 3, 5))))
          assert.same({ 10, tostring(i) }, { pong.opcode, pong.payload })
        end
        finish()
      end
    end
  end)

  it("a bad frame ends the same 200 times over", function()
    local kinds = {
      { "ws-protocol-error", function(b) return b { opcode = 3 } end },
      { "ws-protocol-error", function(b) return b { rsv2 = true } end },
      { "ws-invalid-utf8", function(b) return b { payload = "\255" } end },
      { "ws-message-too-big",
        function(b) return b { payload = ("x"):rep(300) } end },
      { "closed", function(b)
        return b { opcode = "close", payload = payload(4001, "mine") }
      end },
    }
    local seen = {}
    for round = 1, 200 do
      local kind = kinds[round % #kinds + 1]
      local scheme = SCHEMES[math.floor(round / 5) % 2 + 1]
      local side = SIDES[math.floor(round / 10) % 2 + 1]
      local messages, code, err, frames = said(scheme, side, function(b)
        return b { payload = "good" } .. kind[2](b)
      end, 200)
      assert.equal(kind[1], code)
      endings.judge_record(err.observation, {})
      local what = ("%s %s %d"):format(scheme, side, round % #kinds)
      local got = ("%s %s %s %d %s"):format(table.concat(messages, ","), code,
        tostring(err.observation.close.code), #frames,
        frames[1] and tostring((frame.close_reason(frames[1].payload))) or "")
      assert.equal(seen[what] or got, got)
      seen[what] = got
    end
  end)
end)
