-- Messages up to max_message, in one frame and in many, from ourselves and
-- from others.
local helper = require("helper")
local stress = require("core.stress")

local MIB = 1024 * 1024

describe("large messages", function()
  local wss

  setup(function() wss = require("wsstls") end)
  after_each(helper.cleanup)

  for _, tls in ipairs { true, false } do
    local scheme = tls and "wss" or "ws"

    it("go both ways up to 64 MiB, #slow " .. scheme, function()
      local near, far, server = stress.pair { tls = tls }
      stress.within(30, function()
        local size = stress.times(64) * MIB
        local message = ("0123456789abcdef"):rep(size / 16)
        for _, ends in ipairs { { near, far }, { far, near } } do
          local sending = wss.spawn(function()
            return ends[1]:send(message, "binary")
          end)
          local data, kind = ends[2]:receive(20)
          assert.is_true(data == message, tostring(kind))
          assert.is_true(sending:join(10))
          data = nil
          stress.collect()
          assert.is_nil(data)
        end
        assert.is_true(near:close())
      end)
      server:close()
    end)

    it("end at max_message with 1009 on either side, " .. scheme, function()
      for _, which in ipairs { "server", "client" } do
        local near, far, server = stress.pair(
          { tls = tls, max_message = which == "server" and 100000 or nil },
          { max_message = which == "client" and 100000 or nil })
        local from, to = near, far
        if which == "client" then from, to = far, near end
        stress.within(10, function()
          assert(from:send(("x"):rep(100000)))
          assert.equal(100000, #assert(to:receive(5)))
          from:send(("x"):rep(100001))
          local data, err, code = to:receive(5)
          assert.is_nil(data)
          assert.equal("ws-message-too-big", code)
          local close = helper.validated(err.observation).close
          assert.equal(1009, close.code)
          assert.equal("local", close.initiated_by)
          data, err = from:receive(5)
          assert.is_nil(data)
          close = helper.validated(err.observation).close
          assert.equal(1009, close.code)
          assert.equal("peer", close.initiated_by)
        end)
        server:close()
      end
    end)
  end

  it("of the default limit are taken, one byte more is not #slow", function()
    local near, far, server = stress.pair { tls = false }
    stress.within(20, function()
      local sending = wss.spawn(function()
        return near:send(("x"):rep(64 * MIB + 1))
      end)
      local data, _, code = far:receive(10)
      assert.is_nil(data)
      assert.equal("ws-message-too-big", code)
      sending:join(10)
    end)
    server:close()
  end)

  -- Raw frames over TLS: fragments of one byte, of 60,000, empty ones, and
  -- pings in between.
  local raw_client = stress.raw_client

  it("are put together from fragments of every size", function()
    local got = {}
    local server = stress.server {
      on_message = function(conn, data)
        got[#got + 1] = data
        conn:send(tostring(#data))
      end,
    }
    local peer = raw_client(server, [[
def fragments(parts, op=1):
    out = b''
    for i, p in enumerate(parts):
        out += frame(op if i == 0 else 0, p, i == len(parts) - 1)
    return out
s.sendall(fragments([b'x'] * 5000))
print(read()[1])
s.sendall(fragments([b'y' * 60000] * 50))
print(read()[1])
s.sendall(fragments([b'', b'', b'z', b'', b'']))
print(read()[1])
s.sendall(fragments([b'']))
print(read()[1])
# a ping between the fragments, and half a character in each of two
s.sendall(frame(1, b'\xe2\x82', False) + frame(9, b'still there?')
          + frame(0, b'\xac', True))
a, b = read(), read()
print(a[0] & 15, b[1])
# byte by byte
for byte in frame(1, b'slow'): s.sendall(bytes([byte]))
print(read()[1])
# 64 messages in one write
s.sendall(b''.join(frame(1, b'%d' % i * 100) for i in range(64)))
print(sum(int(read()[1]) for i in range(64)))
s.sendall(frame(8, struct.pack('>H', 1000)))
print(read())
]])
    local status, output = peer:wait(20)
    assert.equal(table.concat({ "b'5000'", "b'3000000'", "b'1'", "b'0'",
      "10 b'3'", "b'4'", tostring(10 * 100 + 54 * 200),
      "(136, b'\\x03\\xe8')", "" }, "\n"), output)
    assert.equal(0, status)
    assert.equal(("x"):rep(5000), got[1])
    assert.is_true(got[2] == ("y"):rep(3000000))
    server:close()
  end)

  it("end with 1009 also when only the fragments together are too big",
    function()
    local server = stress.server { max_message = 100000 }
    local peer = raw_client(server, [[
s.sendall(frame(1, b'x' * 60000, False) + frame(0, b'x' * 60000, True))
op, payload = read()
print(op & 15, struct.unpack('>H', payload[:2])[0])
]])
    local conn = assert(server:accept(10))
    local data, _, code = conn:receive(10)
    assert.is_nil(data)
    assert.equal("ws-message-too-big", code)
    local status, output = peer:wait(10)
    assert.equal("8 1009\n", output)
    assert.equal(0, status)
    server:close()
  end)

  it("end with 1009 before the bytes when the length says so", function()
    local server = stress.server { max_message = 100000 }
    local peer = raw_client(server, [[
f = frame(2, b'x' * 2000000)
s.sendall(f[:2000])
op, payload = read()
print(op & 15, struct.unpack('>H', payload[:2])[0])
]])
    local conn = assert(server:accept(10))
    local _, _, code = conn:receive(10)
    assert.equal("ws-message-too-big", code)
    local _, output = peer:wait(10)
    assert.equal("8 1009\n", output)
    server:close()
  end)

  it("in fragments of one byte cost memory once #slow", function()
    local server = stress.server()
    local peer = raw_client(server, ([[
f = frame(1, b'x', False) + frame(0, b'x', False) * 9999
n = %d
for i in range(n): s.sendall(f if i == 0 else frame(0, b'x', False) * 10000)
s.sendall(frame(0, b'', True))
print(read()[1])
]]):format(stress.times(50)))
    local conn = assert(server:accept(10))
    stress.within(20, function()
      local rss = stress.rss()
      local data = assert(conn:receive(20))
      assert.equal(stress.times(50) * 10000, #data)
      if stress.measures_memory then
        assert.is_true(stress.rss() - rss < 8 * 1024)
      end
      assert(conn:send("done"))
    end)
    local _, output = peer:wait(10)
    assert.equal("b'done'\n", output)
    server:close()
  end)
end)

describe("the timeline", function()
  after_each(helper.cleanup)

  it("has the first messages of either side, and not the others", function()
    local near, far, server = stress.pair { tls = false }
    assert(near:send("hello"))
    assert(far:receive(5))
    for _ = 1, 20 do
      assert(far:send("abc", "binary"))
      assert(near:receive(5))
    end
    local function told(conn, event)
      local list = {}
      for _, row in ipairs(helper.validated(conn:observation()).timeline) do
        if row.event == event then list[#list + 1] = row.detail end
      end
      return list
    end
    assert.equal(1, #told(far, "http-response"))
    assert.same({ "text (5 bytes)" }, told(near, "message-sent"))
    assert.same({ "text (5 bytes)" }, told(far, "message-received"))
    assert.equal(7, #told(near, "message-received"))
    assert.equal("binary (3 bytes)", told(far, "message-sent")[7])
    assert.is_true(far:observation().cut.messages)
    near:close()
    server:close()
  end)
end)
