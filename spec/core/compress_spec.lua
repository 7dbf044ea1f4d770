-- permessage-deflate (RFC 7692) both ways through our own loop: large,
-- small, compressible and not, with and without a slow reader.
local helper = require("helper")
local stress = require("core.stress")

local MIB = 1024 * 1024

-- Bytes no compressor can do anything with; the same every time.
local function noise(n)
  local parts, state = {}, 88172645
  for i = 1, n / 4 do
    state = (state * 16807) % 2147483647
    parts[i] = string.char(state % 256, math.floor(state / 256) % 256,
      math.floor(state / 65536) % 256, (state * 3 + i) % 256)
  end
  return table.concat(parts)
end

local function prose(n)
  local words = {}
  for i = 1, n / 10 do words[i] = ("word %04d "):format(i % 5000) end
  return table.concat(words)
end

describe("permessage-deflate", function()
  local wss

  setup(function() wss = require("wsstls") end)
  after_each(helper.cleanup)

  local function compressed(o)
    o = o or {}
    o.compress = true
    return stress.pair(o, { compress = true, max_message = o.max_message })
  end

  local function round_trip(conn, other, message, kind)
    local sending = wss.spawn(function()
      return conn:send(message, kind)
    end)
    local data, got = other:receive(10)
    if data ~= message then
      error(("%d bytes were sent, received: %s %s"):format(#message,
        data and #data, tostring(got)))
    end
    assert.equal(kind or "text", got)
    assert.is_true(sending:join(10))
  end

  for _, tls in ipairs { true, false } do
    local scheme = tls and "wss" or "ws"

    it("is agreed on when both sides want it, " .. scheme, function()
      local near, _, server = compressed { tls = tls }
      assert.matches("permessage%-deflate",
        near.headers["sec-websocket-extensions"])
      near:close()
      server:close()
    end)

    it("carries messages of every size both ways, " .. scheme, function()
      local near, far, server = compressed { tls = tls }
      stress.within(30, function()
        for _, size in ipairs { 0, 1, 5, 125, 126, 1000, 1023, 1024, 1025,
            4096, 16383, 16384, 16385, 65535, 65536, 100000, 1000000 } do
          local message = prose(size + 10):sub(1, size)
          round_trip(near, far, message)
          round_trip(far, near, message)
        end
        assert.is_true(near:close())
      end)
      server:close()
    end)

    it("carries what cannot be compressed, #slow " .. scheme, function()
      local near, far, server = compressed { tls = tls }
      stress.within(30, function()
        for _, size in ipairs { 4, 1024, 16384, 65536, 700000 } do
          local message = noise(size)
          round_trip(near, far, message, "binary")
          round_trip(far, near, message, "binary")
        end
        assert.is_true(near:close())
      end)
      server:close()
    end)

    it("carries what shrinks a thousandfold, #slow " .. scheme, function()
      local near, far, server = compressed { tls = tls }
      stress.within(30, function()
        local message = ("a"):rep(stress.times(16) * MIB)
        round_trip(near, far, message)
        round_trip(far, near, message)
        assert.is_true(near:close())
      end)
      server:close()
    end)

    it("carries many small messages in order, #slow " .. scheme, function()
      local near, far, server = compressed { tls = tls }
      stress.within(30, function()
        local n = stress.times(5000)
        for _, ends in ipairs { { near, far }, { far, near } } do
          local from, to = ends[1], ends[2]
          local sending = wss.spawn(function()
            for i = 1, n do
              assert(from:send(("small %d "):format(i):rep(i % 7)))
            end
            return true
          end)
          for i = 1, n do
            local want = ("small %d "):format(i):rep(i % 7)
            local data, kind = to:receive(10)
            if data ~= want then
              error(("message %d: %s %s"):format(i, tostring(data), kind))
            end
          end
          assert.is_true(sending:join(5))
        end
        assert.is_true(near:close())
      end)
      server:close()
    end)

    it("carries both directions at once, #slow " .. scheme, function()
      local near, far, server = compressed { tls = tls }
      stress.within(30, function()
        local n, message = stress.times(300), prose(20000)
        local tasks = {}
        for _, conn in ipairs { near, far } do
          tasks[#tasks + 1] = wss.spawn(function()
            for _ = 1, n do assert(conn:send(message)) end
            return true
          end)
          tasks[#tasks + 1] = wss.spawn(function()
            for _ = 1, n do assert(conn:receive(10) == message) end
            return true
          end)
        end
        for _, task in ipairs(tasks) do assert.is_true(task:join(25)) end
        assert.is_true(far:close())
      end)
      server:close()
    end)

    it("waits for a slow reader and goes on, #slow " .. scheme, function()
      local near, far, server = compressed { tls = tls }
      stress.within(40, function()
        local chunk, n = noise(65536), stress.times(500)
        local sent = 0
        local sending = wss.spawn(function()
          for _ = 1, n do
            assert(far:send(chunk, "binary"))
            sent = sent + 1
          end
          return true
        end)
        local before
        repeat
          before = sent
          wss.sleep(0.2)
        until sent == before
        assert.is_true(sent < n or n < 400, sent .. " were taken")
        assert.is_true(far.handle:buffered() < 3 * MIB)
        for i = 1, n do
          local data, why = near:receive(10)
          if data ~= chunk then error(("%d: %s"):format(i, tostring(why))) end
        end
        assert.is_true(sending:join(5))
        assert.is_true(near:close())
      end)
      server:close()
    end)

    it("stops a bomb at max_message, #slow " .. scheme, function()
      local near, far, server = compressed { tls = tls, max_message = MIB }
      stress.within(20, function()
        stress.collect()
        local rss = stress.rss()
        local message = ("\0"):rep(stress.times(64) * MIB)
        near:send(message, "binary")
        local data, err, code = far:receive(10)
        assert.is_nil(data)
        assert.equal("ws-message-too-big", code)
        assert.equal(1009, err.observation.close.code)
        _, err, code = near:receive(10)
        assert.equal(1009, err.observation.close.code, code)
        message = nil
        if stress.measures_memory then
          stress.collect()
          assert.is_true(stress.rss() - rss < 160 * 1024)
        end
        assert.is_nil(message)
      end)
      server:close()
    end)
  end

  it("is not used when one side does not want it", function()
    for _, sides in ipairs { { true, false }, { false, true } } do
      local near, far, server = stress.pair({ compress = sides[1] },
        { compress = sides[2] })
      assert.is_nil(near.headers["sec-websocket-extensions"])
      stress.within(10, function()
        round_trip(near, far, prose(100000))
        round_trip(far, near, prose(100000))
        near:close()
      end)
      server:close()
    end
  end)

  it("delivers a compressed backlog before the close", function()
    local near, far, server = compressed()
    stress.within(20, function()
      local message = noise(MIB / 2)
      for _ = 1, 4 do
        wss.spawn(function() far:send(message, "binary") end)
      end
      wss.sleep(0.02)
      local closing = wss.spawn(function() return far:close(1000, "x", 15) end)
      wss.sleep(0.2)
      for _ = 1, 4 do assert(near:receive(10) == message) end
      local _, _, code = near:receive(10)
      assert.equal("closed", code)
      assert.is_true(closing:join(5))
    end)
    server:close()
  end)

  -- python's websockets compresses by itself; both sides' context is reset
  -- or kept as it asks
  it("talks to python's websockets", function()
    local server = stress.server {
      compress = true, tls = false,
      on_message = function(conn, data, kind) conn:send(data, kind) end,
    }
    local script = ([[
import asyncio, os, websockets
async def main():
    async with websockets.connect('ws://127.0.0.1:%d/', max_size=None) as w:
        assert 'permessage-deflate' in str(w.extensions[0].name)
        for m in ['', 'a', 'b' * 100000, os.urandom(50000), b'c' * 3000000,
                  ''.join('word %%d ' %% i for i in range(50000))] * 3:
            await w.send(m)
            assert await w.recv() == m
        await w.send(('frag%%d ' %% i) * 5000 for i in range(20))
        assert await w.recv() == ''.join(('frag%%d ' %% i) * 5000
                                         for i in range(20))
    print('all good')
asyncio.run(main())
]]):format(server.port)
    local peer = helper.spawn { command = { "/usr/bin/python3", "-c", script } }
    local status, output = peer:wait(20)
    assert.equal("all good\n", output)
    assert.equal(0, status)
    server:close()
  end)

  -- What a hostile client sends, and the close code it gets.
  local hostile = {
    { "bytes that are no deflate stream", 1007,
      "s.sendall(frame(0x41, b'\\xff' * 100))" },
    { "a stream with an end in the middle", 1007, [[
import zlib
d = zlib.compressobj(wbits=-15)
z = d.compress(b'a' * 1000) + d.flush(zlib.Z_FINISH)
s.sendall(frame(0x41, z + b'\xff' * 50))]] },
    { "a compressed continuation", 1002,
      "s.sendall(frame(0x41, b'', False) + frame(0x40, b''))" },
    { "text that inflates to no UTF-8", 1007, [[
import zlib
d = zlib.compressobj(wbits=-15)
z = d.compress(b'a\xff') + d.flush(zlib.Z_SYNC_FLUSH)
s.sendall(frame(0x41, z[:-4]))]] },
    { "a bomb in fragments", 1009, [[
import zlib
d = zlib.compressobj(wbits=-15)
z = d.compress(bytes(50000000)) + d.flush(zlib.Z_SYNC_FLUSH)
for i in range(0, len(z), 1000):
    s.sendall(frame(0x42 if i == 0 else 0, z[i:i + 1000], False))]] },
  }
  for _, case in ipairs(hostile) do
    it("ends with " .. case[2] .. " on " .. case[1], function()
      local server = stress.server { compress = true, max_message = MIB }
      local peer = stress.raw_client(server, "try:\n    " ..
        case[3]:gsub("\n", "\n    ") .. [[

except OSError: pass
op, payload = read()
while op & 15 != 8: op, payload = read()
print(struct.unpack('>H', payload[:2])[0])
]], "Sec-WebSocket-Extensions: permessage-deflate")
      local conn = assert(server:accept(10))
      local data, err, code = conn:receive(10)
      if data then error("received " .. #data .. " bytes") end
      assert.not_equal("closed", code)
      assert.equal(case[2], helper.validated(err.observation).close.code)
      assert.equal(case[2] .. "\n", select(2, peer:wait(10)))
      server:close()
    end)
  end

  it("takes every way there is to compress a message", function()
    local got = {}
    local server = stress.server { compress = true,
      on_message = function(_, data) got[#got + 1] = data end }
    local peer = stress.raw_client(server, [[
import zlib
d = zlib.compressobj(wbits=-15)
def packed(b, mode=zlib.Z_SYNC_FLUSH): return (d.compress(b) + d.flush(mode))
text = b'the same words, again and again. ' * 1000
# the context is kept from one message to the next
for i in range(3): s.sendall(frame(0x41, packed(text)[:-4]))
# one byte per fragment
z = packed(text)[:-4]
for i in range(len(z)):
    s.sendall(frame(0x41 if i == 0 else 0, z[i:i + 1], i == len(z) - 1))
# stored blocks, an empty message, and one that is not compressed at all
e = zlib.compressobj(level=0, wbits=-15)
d = e
s.sendall(frame(0x41, packed(text)[:-4]))
s.sendall(frame(0x41, b'\0'))
s.sendall(frame(1, text))
s.sendall(frame(8, struct.pack('>H', 1000)))
while read()[0] & 15 != 8: pass
]], "Sec-WebSocket-Extensions: permessage-deflate")
    local status, output = peer:wait(10)
    assert.equal("", output)
    assert.equal(0, status)
    local text = ("the same words, again and again. "):rep(1000)
    assert.same({ #text, #text, #text, #text, #text, 0, #text },
      { #got[1], #got[2], #got[3], #got[4], #got[5], #got[6], #got[7] })
    for i = 1, 7 do assert.is_true(got[i] == text or i == 6) end
    server:close()
  end)
end)
