-- A reader that does not read: memory stays bounded, the sender waits,
-- nothing is lost, and everything goes on when the reader does.
local helper = require("helper")
local stress = require("core.stress")

local MIB = 1024 * 1024
-- high water in each send buffer and receive queue, the kernel's buffers,
-- and Lua's own copies
local BOUND = 24 * 1024

local function each_kind(fn)
  for _, tls in ipairs { true, false } do
    fn(tls and "wss" or "ws", { tls = tls })
  end
end

local chunk = ("0123456789abcdef"):rep(4096)

-- Sends `total` bytes in chunks; returns a table whose `sent` grows.
local function sender(conn, total)
  local wss = require("wsstls")
  local state = { sent = 0 }
  state.task = wss.spawn(function()
    while state.sent < total do
      assert(conn:send(chunk, "binary"))
      state.sent = state.sent + #chunk
    end
    return true
  end)
  return state
end

-- Pumps until the sender has made no progress for a while.
local function stalled(state)
  local wss = require("wsstls")
  local before
  repeat
    before = state.sent
    wss.sleep(0.15)
  until state.sent == before
end

local function drain(conn, total)
  local got = 0
  while got < total do
    local data = assert(conn:receive(10))
    got = got + #data
  end
  return got
end

describe("a reader that does not read", function()
  local wss

  setup(function() wss = require("wsstls") end)
  after_each(helper.cleanup)

  -- One side sends 200 MB (40 on ws), the other looks away, then takes it all.
  local function holds_back(options, from_server)
    local near, far, server = stress.pair(options)
    local from, to = near, far
    if from_server then from, to = far, near end
    local total = stress.times(options.tls and 200 or 40) * MIB
    stress.within(50, function()
      stress.collect()
      local rss = stress.rss()
      local state = sender(from, total)
      stalled(state)
      assert.is_true(state.sent < 24 * MIB, ("%d bytes were taken from the "
        .. "sender"):format(state.sent))
      assert.is_true(from.handle:buffered() < 3 * MIB)
      if stress.measures_memory then
        assert.is_true(stress.rss() - rss < BOUND, ("%d KiB more")
          :format(stress.rss() - rss))
      end
      assert.equal(total, drain(to, total))
      assert.is_true(state.task:join(5))
      if stress.measures_memory then
        assert.is_true(stress.rss() - rss < BOUND, ("%d KiB more")
          :format(stress.rss() - rss))
      end
      assert.is_true(from:close())
    end)
    server:close()
  end

  each_kind(function(name, options)
    it("holds a server back that sends far too much, #slow " .. name, function()
      holds_back(options, true)
    end)

    it("holds a client back that sends far too much, #slow " .. name, function()
      holds_back(options, false)
    end)

    it("gets everything that was queued before a close, " .. name,
      function()
      local near, far, server = stress.pair(options)
      stress.within(20, function()
        -- past the high-water mark send would wait; a task that waits there
        -- has queued its message already
        wss.spawn(function()
          local message = ("z"):rep(8 * MIB)
          far:send(message, "binary")
        end)
        wss.sleep(0.05)
        local closing = wss.spawn(function()
          return far:close(1000, "enough", 15)
        end)
        wss.sleep(0.3)
        assert.equal("open", near.state)
        local data, kind = near:receive(10)
        assert.equal(8 * MIB, data and #data, kind)
        local nothing, err, code = near:receive(10)
        assert.is_nil(nothing)
        assert.equal("closed", code)
        assert.equal("enough", err.observation.close.reason)
        assert.is_true(closing:join(5))
      end)
      server:close()
    end)

    it("got it: so says a send that a close interrupts, " .. name, function()
      local near, far, server = stress.pair(options)
      stress.within(20, function()
        local sending = wss.spawn(function()
          return far:send(("z"):rep(8 * MIB), "binary")
        end)
        -- taken before the sender gets to see that it left
        local _, kind = near:receive(10)
        server:close()
        assert.equal("binary", kind)
        assert.is_true(sending:join(5))
        assert.equal("closed", select(3, far:send("x")))
      end)
    end)

    it("gets all that a peer said before it left, " .. name, function()
      local server = stress.server(options)
      local dir = helper.dir()
      assert(stress.identity():save { cert = dir .. "/ca.pem" })
      helper.spawn { command = { "/usr/bin/python3", "-c", ([[
import socket, ssl, struct
s = socket.create_connection(('127.0.0.1', %d))
if %q == 'wss':
    c = ssl.create_default_context(cafile=%q)
    s = c.wrap_socket(s, server_hostname='localhost')
s.sendall(b'GET / HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\n'
          b'Connection: Upgrade\r\nSec-WebSocket-Version: 13\r\n'
          b'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n')
head = b''
while not head.endswith(b'\r\n\r\n'): head += s.recv(1)
f = bytes([130, 255]) + struct.pack('>Q', 65536) + b'\0' * 4 + b'q' * 65536
for i in range(40): s.sendall(f)
s.close()
]]):format(server.port, name, dir .. "/ca.pem") } }
      local conn = assert(server:accept(10))
      stress.within(20, function()
        wss.sleep(0.5) -- it has left; a part is in our queue, the rest not
        for i = 1, 40 do
          local data, err = conn:receive(5)
          assert.equal(65536, data and #data, i .. ": " .. tostring(err))
        end
        local _, _, code = conn:receive(5)
        assert.equal("closed-abnormally", code)
      end)
      server:close()
    end)

    it("pauses and goes on many times, #slow " .. name, function()
      local near, far, server = stress.pair(options)
      stress.within(20, function()
        local total = stress.times(40) * MIB
        local state, got = sender(far, total), 0
        while got < total do
          for _ = 1, 48 do
            if got < total then got = got + #assert(near:receive(10)) end
          end
          wss.sleep(0.002)
        end
        assert.is_true(state.task:join(5))
      end)
      server:close()
    end)

    it("stops at 1,024 small waiting messages, #slow " .. name, function()
      local near, far, server = stress.pair(options)
      stress.within(20, function()
        local state, total = { sent = 0 }, stress.times(20000)
        state.task = wss.spawn(function()
          for i = 1, total do
            assert(far:send(tostring(i)))
            state.sent = i
          end
          return true
        end)
        -- the kernel holds some 100,000s of such frames: not the sender is
        -- looked at, but the receiver's queue
        wss.sleep(0.5)
        for i = 1, total do
          local data = assert(near:receive(10))
          if data ~= tostring(i) then assert.equal(tostring(i), data) end
        end
        assert.is_true(state.task:join(5))
      end)
      server:close()
    end)
  end)

  it("does not hold others back", function()
    local near, far, server = stress.pair()
    stress.within(20, function()
      local state = { sent = 0 }
      wss.spawn(function() -- until it is lost
        while far:send(chunk, "binary") do state.sent = state.sent + 1 end
      end)
      stalled(state)
      local ca = stress.identity()
      for i = 1, 20 do
        local conn = assert(wss.connect(server.url, { ca = ca }))
        local other = assert(server:accept(5))
        assert(conn:send("and me " .. i))
        assert.equal("and me " .. i, (other:receive(5)))
        assert.is_true(conn:close())
      end
      near.handle:abort()
    end)
    server:close()
  end)

  it("makes a waiting send fail when the connection is lost", function()
    local near, far, server = stress.pair()
    stress.within(20, function()
      local result
      wss.spawn(function()
        repeat
          local sent, err, code = far:send(chunk, "binary")
          result = { sent, err, code }
        until not sent
      end)
      wss.sleep(0.2)
      near.handle:abort()
      wss.sleep(0.2)
      assert.is_nil(result[1])
      assert.equal("closed-abnormally", result[3])
    end)
    server:close()
  end)

  it("is given up after the close timeout when it never reads", function()
    local near, far, server = stress.pair()
    stress.within(20, function()
      local waiting = wss.spawn(function()
        repeat
          local sent, _, why = far:send(chunk, "binary")
          if not sent then return why end
        until false
      end)
      wss.sleep(0.2)
      local started = require("wsstls.core").now()
      local closed, _, code = far:close(1000, "", 0.5)
      assert.is_nil(closed)
      assert.equal("timeout-close", code)
      assert.is_true(require("wsstls.core").now() - started < 2)
      assert.is_string(waiting:join(5))
      near.handle:abort()
    end)
    server:close()
  end)
end)
