-- permessage-deflate against the compressors of others, in both roles.
local helper = require("helper")
local stress = require("core.stress")

local MIB = 1024 * 1024

local SETTINGS = {
  "", "server_no_context_takeover client_no_context_takeover",
  "server_max_window_bits=9 client_max_window_bits=9",
  "server_max_window_bits=12 client_max_window_bits=10 "
    .. "client_no_context_takeover",
}

local function python(...)
  return { "/usr/bin/python3", helper.path("spec/core/peers/deflate.py"), ... }
end

local function echoing()
  return stress.server { tls = false, compress = true,
    max_message = 80 * MIB,
    on_message = function(conn, data, kind) conn:send(data, kind) end }
end

local NODE_ECHO = [[
const server = new (require('ws').WebSocketServer)({ port: 0,
  host: '127.0.0.1', maxPayload: 0, perMessageDeflate: %s });
server.on('connection', (ws) => ws.on('message',
  (data, binary) => ws.send(data, { binary })));
server.on('listening', () => console.log('port', server.address().port));
]]

local NODE_TALK = [[
const ws = new (require('ws'))('ws://127.0.0.1:%d/', { maxPayload: 0,
  perMessageDeflate: %s });
const sizes = [0, 1, 100, 5000, 70000, 3000000];
const messages = sizes.flatMap((n) => [Buffer.alloc(n, 'a'),
  require('crypto').randomBytes(n), Buffer.from('word %%d '.repeat(n / 8))]);
let at = 0;
ws.on('open', () => {
  console.log(ws.extensions);
  ws.send(messages[0]);
});
ws.on('message', (data) => {
  if (!messages[at].equals(data)) throw new Error('message ' + at);
  if (++at === messages.length) return ws.close();
  const half = messages[at].length >> 1;
  ws.send(messages[at].subarray(0, half), { fin: false });
  ws.send(messages[at].subarray(half), { fin: true });
});
ws.on('close', (code) => console.log(code === 1005 ? 'all good' : code));
]]

local NODE_SETTINGS = {
  "{ threshold: 0 }",
  "{ threshold: 0, serverNoContextTakeover: true, "
    .. "clientNoContextTakeover: true }",
  "{ threshold: 0, serverMaxWindowBits: 10, clientMaxWindowBits: 10 }",
}

describe("#slow permessage-deflate", function()
  local wss

  setup(function() wss = require("wsstls") end)
  after_each(helper.cleanup)

  local function messages(large)
    local words, state = {}, 1
    for i = 1, 50000 do
      state = state * 16807 % 2147483647
      words[i] = ("%d "):format(state)
    end
    return { "", "a", ("b"):rep(large),
      ("\226\130\172 and more "):rep(100000), table.concat(words) }
  end

  local function round_trips(port, large)
    local conn = assert(wss.connect("ws://127.0.0.1:" .. port,
      { compress = true, max_message = 80 * MIB }))
    stress.within(60, function()
      assert.matches("permessage%-deflate",
        conn.headers["sec-websocket-extensions"])
      local list = messages(large or 3 * MIB)
      for _ = 1, 2 do
        for _, message in ipairs(list) do
          assert.is_true(conn:send(message, #message > 1 and "binary"
            or "text"))
          assert.is_true(assert(conn:receive(30)) == message)
        end
      end
      assert.is_true(conn:close())
    end)
  end

  for _, settings in ipairs(SETTINGS) do
    it("works with a Python client, " .. settings, function()
      local server = echoing()
      local peer = helper.spawn { command = python("talk",
        tostring(server.port), settings,
        tostring(settings == "" and stress.times(64) * MIB or 300000)) }
      local status, output = peer:wait(60)
      assert.matches("PerMessageDeflate.*all good\n$", output)
      assert.equal(0, status)
      server:close()
    end)

    it("works with a Python server, " .. settings, function()
      -- client_max_window_bits means more to a server: the most it takes
      local peer = helper.spawn { command = python("echo", settings),
        ready = "^port" }
      round_trips(peer:output():match("port (%d+)"),
        settings == "" and stress.times(64) * MIB or nil)
    end)
  end

  for _, settings in ipairs(NODE_SETTINGS) do
    it("works with a Node client, " .. settings, function()
      local server = echoing()
      local peer = helper.spawn { command = { "node", "-e",
        NODE_TALK:format(server.port, settings) } }
      local status, output = peer:wait(60)
      assert.matches("^permessage%-deflate.*all good\n$", output)
      assert.equal(0, status)
      server:close()
    end)

    it("works with a Node server, " .. settings, function()
      local peer = helper.spawn { command = { "node", "-e",
        NODE_ECHO:format(settings) }, ready = "^port" }
      round_trips(peer:output():match("port (%d+)"))
    end)
  end
end)
