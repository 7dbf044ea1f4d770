-- Many connections at once in one process: 1,000 clients and the servers'
-- ends of them, all talking.
local helper = require("helper")
local stress = require("core.stress")

describe("many connections at once #slow", function()
  local wss, ca

  setup(function()
    wss = require("wsstls")
    ca = stress.identity()
  end)

  after_each(helper.cleanup)

  local function says(peer, text)
    helper.wait(function() return peer:output():find(text, 1, true) end, 10,
      text)
  end

  -- Opens n connections to the server.
  local function open(server, n)
    local conns = {}
    stress.each(n, 64, function(i)
      conns[i] = assert(wss.connect(server.url, { ca = ca }))
    end)
    return conns
  end

  it("serves 1,000 clients that all exchange messages", function()
    local n = stress.times(1000)
    local opened, closed = 0, 0
    local server = stress.server {
      on_open = function() opened = opened + 1 end,
      on_message = function(conn, data, kind) conn:send(data, kind) end,
      on_close = function(_, close)
        if close.clean then closed = closed + 1 end
      end,
    }
    local fds
    stress.within(stress.seconds(40), function()
      open(server, 2)[1]:close()
      fds = stress.fds()
      local conns = open(server, n)
      assert.equal(n, #conns)
      helper.wait(function() return opened == n + 2 end, 5)
      for round = 1, 3 do
        for i = 1, n do
          assert(conns[i]:send(("%d of %d"):format(round, i)))
        end
        for i = 1, n do
          assert.equal(("%d of %d"):format(round, i), (conns[i]:receive(10)))
        end
      end
      -- and everybody at the same time, large
      local tasks = {}
      for i = 1, n do
        tasks[i] = wss.spawn(function()
          local text = ("%05d"):format(i):rep(4096)
          assert(conns[i]:send(text))
          assert(conns[i]:receive(20) == text)
        end)
      end
      for i = 1, n do tasks[i]:join() end
      for i = 1, n do
        tasks[i] = wss.spawn(function() assert(conns[i]:close()) end)
      end
      for i = 1, n do tasks[i]:join() end
      helper.wait(function() return closed >= n + 1 end, 5)
    end)
    server:close()
    helper.wait(function() return #server:connections() == 0 end, 5)
    helper.wait(function() return stress.fds() <= fds end, 5,
      "all descriptors closed")
  end)

  if not stress.first then return end

  it("serves others while 200 peers never begin their handshake", function()
    local failed = {}
    local server = stress.server {
      handshake_timeout = stress.seconds(0.5),
      on_message = function(conn, data) conn:send(data) end,
      on_tls_error = function(observation)
        failed[#failed + 1] = observation
      end,
    }
    local n = stress.times(200)
    local script = ("import socket, sys\n" ..
      "s = [socket.create_connection(('127.0.0.1', %d)) for i in range(%d)]\n"
      .. "print('all there', flush=True)\n"
      .. "[x.recv(1) for x in s]\n"
      .. "print('all gone', flush=True)\n"):format(server.port, n)
    local peer = helper.spawn { command = { "/usr/bin/python3", "-c", script } }
    local now = require("wsstls.core").now
    local started = now()
    stress.within(stress.seconds(20), function()
      says(peer, "all there")
      local served = 0
      repeat
        local conn = assert(wss.connect(server.url, { ca = ca,
          timeout = stress.seconds(2) }))
        assert(conn:send("hello"))
        assert.equal("hello", (conn:receive(stress.seconds(2))))
        assert(conn:close())
        served = served + 1
      until #failed >= n
      assert.is_true(served > stress.times(20), -- fewer under valgrind
        served .. " were served meanwhile")
      says(peer, "all gone")
    end)
    assert.is_true(now() - started < stress.seconds(6))
    assert.equal(n, #failed)
    for _, observation in ipairs(failed) do
      assert.equal("timeout-tls",
        helper.validated(observation).error.code)
    end
    server:close()
  end)

  it("serves others while 300 peers never finish their request", function()
    local failed = {}
    local server = stress.server {
      handshake_timeout = stress.seconds(0.5), tls = false,
      on_message = function(conn, data) conn:send(data) end,
    }
    local n = stress.times(300)
    local script = ("import socket, sys\n" ..
      "s = [socket.create_connection(('127.0.0.1', %d)) for i in range(%d)]\n"
      .. "[x.send(b'GET / HTTP/1.1\\r\\nHost: x\\r\\n') for x in s]\n"
      .. "print('all there', flush=True)\n"
      .. "[x.recv(1) for x in s]\n"
      .. "print('all gone', flush=True)\n"):format(server.port, n)
    local peer = helper.spawn { command = { "/usr/bin/python3", "-c", script } }
    stress.within(stress.seconds(20), function()
      says(peer, "all there")
      local served = 0
      repeat
        local conn = assert(wss.connect(server.url, {
          timeout = stress.seconds(2) }))
        assert(conn:send("hello"))
        assert.equal("hello", (conn:receive(stress.seconds(2))))
        assert(conn:close())
        served = served + 1
        failed = server:failures()
      until #failed + failed.dropped >= n
      assert.is_true(served > stress.times(20), -- fewer under valgrind
        served .. " were served meanwhile")
      says(peer, "all gone")
    end)
    for _, observation in ipairs(failed) do
      assert.equal("timeout-upgrade",
        helper.validated(observation).error.code)
    end
    server:close()
  end)
end)
