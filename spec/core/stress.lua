-- What the reliability specs share: sizes, deadlines, figures of this
-- process, children, and one server with its certificate.
local helper = require("helper")

local stress = {}

-- tools/asan.sh sets the one, valgrind the other.
local instrumented = os.getenv("ASAN_OPTIONS")
  or (os.getenv("LD_PRELOAD") or ""):find("vgpreload")
local unpack = table.unpack or unpack

--- `full` on Lua 5.4 as it is; a tenth under valgrind, a sanitizer, or
-- another Lua: the C below is the same there.
function stress.times(full)
  return stress.full and full or math.ceil(full / 10)
end

--- So many seconds, five times that where everything is slower: a limit that
-- our own side must keep, too.
function stress.seconds(n)
  return instrumented and n * 5 or n
end

--- True under the first of the Luas: what has nothing to do with Lua is
-- looked at there only.
stress.first = _VERSION == "Lua 5.4"

--- True where everything is done in full measure.
stress.full = stress.first and not instrumented

--- True where the memory of this process says what it should.
stress.measures_memory = not instrumented

local function own(path)
  local file = assert(io.open("/proc/self/" .. path, "rb"))
  local text = file:read("*a")
  file:close()
  return text
end

function stress.pid()
  return tonumber(own("stat"):match("^%d+"))
end

--- Open descriptors of this process, the one that counts them included.
function stress.fds()
  local pipe = assert(io.popen("ls /proc/" .. stress.pid() ..
    "/fd | wc -l"))
  local n = pipe:read("*n")
  pipe:close()
  return n
end

--- Resident memory of this process in KiB.
function stress.rss()
  return tonumber(own("status"):match("VmRSS:%s*(%d+)"))
end

function stress.collect()
  collectgarbage()
  collectgarbage()
end

--- Runs fn as a task, and the loop with it, until it and every task of its
-- own has ended; raises when that takes longer.
function stress.within(seconds, fn)
  local wss = require("wsstls")
  return (wss.run(function()
    local dog = wss.spawn(function()
      if wss.sleep(seconds) then
        error(("not done within %g s"):format(seconds), 0)
      end
    end)
    fn()
    dog:cancel()
    return true
  end))
end

local identity

--- ca, leaf, of one authority per process.
function stress.identity()
  if not identity then
    local pki = require("wsstls.pki")
    local ca = assert(pki.ca { cn = "Stress CA" })
    identity = { ca = ca, leaf = assert(ca:issue {
      cn = "localhost", dns = { "localhost" }, ip = { "127.0.0.1", "::1" },
    }) }
  end
  return identity.ca, identity.leaf
end

--- A wss server with that certificate; `tls = false` makes it ws.
function stress.server(o)
  local wss = require("wsstls")
  local _, leaf = stress.identity()
  local opts = {}
  for name, value in pairs(o or {}) do opts[name] = value end
  if opts.tls ~= false and not opts.cert then opts.cert = leaf end
  return assert(wss.listen(opts))
end

--- Both ends of one connection, server side second.
function stress.pair(o, client)
  local wss = require("wsstls")
  local server = stress.server(o)
  local opts = { ca = server.url:find("^wss") and stress.identity() or nil }
  for name, value in pairs(client or {}) do opts[name] = value end
  local near = assert(wss.connect(server.url, opts))
  local far = assert(server:accept(10))
  return near, far, server
end

--- For the shell: this Lua again.
stress.lua = require("wsstls.runner.command").interpreter()

local PRELUDE = [[
local wss = require "wsstls"
local helper = require "helper"
local stress = require "core.stress"
]]

--- Runs Lua source in a child of the same Lua with the same module, for at
-- most `seconds` (20); returns its output and its exit status (124: it was
-- too slow). `env` sets variables, `before` is for the shell.
function stress.child(source, env, seconds, before)
  local path = helper.write(helper.dir() .. "/child.lua", PRELUDE .. source)
  local words = {}
  for name, value in pairs(env or {}) do
    words[#words + 1] = name .. "=" .. helper.quote(value)
  end
  return helper.shell(("%s timeout -k 1 %g env %s %s %s"):format(
    before or "", stress.seconds(seconds or 20),
    table.concat(words, " "), stress.lua, path))
end

--- As child, but anything other than status 0 is an error; the output.
function stress.must_child(...)
  local output, status = stress.child(...)
  if status ~= 0 then
    error(("the child ended with status %d\n%s"):format(status, output), 2)
  end
  return output
end

-- A WebSocket client in Python that knows nothing but frames.
local RAW_CLIENT = [[
import socket, ssl, os, struct
port, ca = %d, %q
c = ssl.create_default_context(cafile=ca)
s = c.wrap_socket(socket.create_connection(('127.0.0.1', port)),
                  server_hostname='localhost')
s.settimeout(15)
s.sendall(b'GET / HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\n'
          b'Connection: Upgrade\r\nSec-WebSocket-Version: 13\r\n%s'
          b'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n')
head = b''
while not head.endswith(b'\r\n\r\n'): head += s.recv(1)
assert b' 101 ' in head
def frame(op, payload, fin=True):
    n = len(payload)
    h = bytes([op | (128 if fin else 0)])
    if n < 126: h += bytes([128 | n])
    elif n < 65536: h += bytes([128 | 126]) + struct.pack('>H', n)
    else: h += bytes([128 | 127]) + struct.pack('>Q', n)
    return h + b'\0\0\0\0' + payload
def exact(n):
    b = b''
    while len(b) < n:
        x = s.recv(n - len(b))
        if not x: raise EOFError
        b += x
    return b
def read():
    b = exact(2)
    n = b[1] & 127
    if n == 126: n = struct.unpack('>H', exact(2))[0]
    elif n == 127: n = struct.unpack('>Q', exact(8))[0]
    return b[0], exact(n)
]]

--- Starts it against a wss server; then the Python in `script` runs, with
-- frame(op, payload, fin), read() -> first byte, payload, and s, the socket.
-- `header` is one more line of the request.
function stress.raw_client(server, script, header)
  local dir = helper.dir()
  assert((stress.identity()):save { cert = dir .. "/ca.pem" })
  helper.write(dir .. "/peer.py", RAW_CLIENT:format(server.port,
    dir .. "/ca.pem", header and header .. "\\r\\n" or "") .. script)
  return helper.spawn { command = { "/usr/bin/python3", dir .. "/peer.py" } }
end

--- Calls fn(1..n) as n tasks, `width` of them at a time.
function stress.each(n, width, fn)
  local wss = require("wsstls")
  local following, tasks = 0, {}
  for i = 1, math.min(n, width) do
    tasks[i] = wss.spawn(function()
      while following < n do
        following = following + 1
        fn(following)
      end
    end)
  end
  for i = 1, #tasks do tasks[i]:join() end
end

stress.unpack = unpack

return stress
