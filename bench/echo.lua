-- The server under test: echo.lua CERT KEY prints "ready PORT" and serves.
local wss = require("wsstls")

local server = assert(wss.listen {
  cert = arg[1], key = arg[2],
  on_message = function(conn, data, kind) conn:send(data, kind) end,
})
print("ready " .. server.port)
io.stdout:flush()
wss.run()
