local wss = require("wsstls")
local n, total = 0, 0
local server = assert(wss.listen { cert = arg[1], key = arg[2],
  on_message = function(conn, data, kind) conn:send(data, kind) end,
  on_close = function() n = n + 1
    if n == 20 then PROF.start() elseif n == 220 then PROF.stop(200) os.exit(0) end end })
print("ready " .. server.port) io.stdout:flush()
wss.run()
