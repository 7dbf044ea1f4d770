-- The client under test: client.lua PORT CA COUNT. Each time connects,
-- verifies, sends 64 bytes, waits for them, closes. Prints the CPU time of
-- this process per round, in microseconds.
local wss = require("wsstls")

local url = "wss://127.0.0.1:" .. arg[1] .. "/"
local store = wss.pki.store and wss.pki.store { ca = arg[2] } or arg[2]
local message = ("x"):rep(64)

local function rounds(count)
  for _ = 1, count do
    local conn = assert(wss.connect(url, { ca = store }))
    assert(conn:send(message, "binary"))
    assert(conn:receive(10) == message)
    assert(conn:close())
  end
end

local count = tonumber(arg[3])
rounds(math.ceil(count / 10))
local before = os.clock()
rounds(count)
print(("cpu=%.1f"):format((os.clock() - before) / count * 1e6))
