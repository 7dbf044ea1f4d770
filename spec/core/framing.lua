--- What the specs of strictness share: a connection of ours, and a raw peer
-- opposite that says what it likes.
local assert = require("luassert")
local endings = require("core.endings")
local frame = require("wsstls.frame")
local raw = require("wsstls.raw")
local wss = require("wsstls")

local framing = {}

local KEY = "\1\2\3\250"

--- An open connection of ours on `side`, the raw peer opposite, and what ends
-- both. `early`: bytes that come in one write with the peer's HTTP head.
function framing.opened(scheme, side, early, max_message)
  local tls, certs = scheme == "wss", endings.certs()
  local listener, server, peer, conn
  early = early or ""
  if side == "server" then
    server = assert(wss.listen { tls = tls, cert = tls and certs.leaf or nil,
      max_message = max_message })
    peer = assert(raw.connect { port = server.port,
      tls = tls and { ca = certs.ca } })
    peer:write(endings.request() .. early)
    repeat until assert(peer:read("line", 5)) == ""
    conn = assert(server:accept(5))
  else
    listener = assert(raw.listen { tls = tls and { cert = certs.leaf } })
    local task = wss.spawn(function()
      peer = assert(listener:accept(5))
      local key
      repeat
        local line = assert(peer:read("line", 5))
        key = line:match("^Sec%-WebSocket%-Key: *(%S+)") or key
      until line == ""
      peer:write(endings.answer():gsub("{accept}", frame.accept(key)) .. early)
    end)
    conn = assert(wss.connect(("%s://127.0.0.1:%d/"):format(scheme,
      listener.port), { ca = certs.ca, max_message = max_message }))
    task:join(5)
  end
  return conn, peer, function()
    conn:close(1000, "", 0.05)
    peer:close()
    if server then server:close() else listener:close() end
  end
end

--- Builds as the peer of `side` must; `wrong`: with its mask the wrong way.
function framing.builder(side)
  return function(o, wrong)
    local f = { mask = (side == "server") ~= (wrong == true) and KEY }
    for name, value in pairs(o) do f[name] = value end
    return frame.build(f)
  end
end

--- Every message until the end, and the end.
function framing.received(conn)
  local list = {}
  while true do
    local data, err, code = conn:receive(5)
    if not data then return list, err, code end
    list[#list + 1] = data
  end
end

--- What the peer still gets: the frames up to a close frame, or to the end of
-- the stream; why it ended.
function framing.heard(peer, to_the_end)
  local bytes, frames = "", {}
  while true do
    local more, _, code = peer:read("some", 5)
    if not more then
      assert.equal("", bytes)
      return frames, code
    end
    bytes = bytes .. more
    local f, rest = frame.parse(bytes)
    while f do
      frames[#frames + 1], bytes = f, rest
      if f.opcode == 8 and not to_the_end then return frames end
      f, rest = frame.parse(bytes)
    end
  end
end

return framing
