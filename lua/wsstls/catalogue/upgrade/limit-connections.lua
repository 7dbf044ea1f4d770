local wss = require "wsstls"

-- A server that accepts nothing: its backlog is all it has.
local function made(backlog)
  return function(pki, ctx)
    local root = pki.ca { cn = "Test Root" }
    local server = assert(wss.listen { backlog = backlog,
      cert = root:issue { cn = "localhost", dns = "localhost" } })
    local address = "127.0.0.1:" .. server.port
    local url, options = "wss://localhost:" .. server.port,
      { ca = root, connect_to = address }
    local first = assert(wss.connect(url, options))
    ctx.at_end(function()
      local failure = server:failures()[1]
      assert(backlog > 1 or failure.error.code == "limit-connections")
      first.handle:abort()
      server:close()
    end)
    return { root = root, address = address }
  end
end

return wss.scenario {
  name = "limit-connections", fault = "server",
  title = "The server has as many connections as it can take",
  text = "One waits to be accepted, and `backlog` is one: 503. The same may "
    .. "be right a moment later.",
  tags = { "upgrade", "catalogue" },

  pki = made(1),

  server = false,
  client = { connect_to = "$address", ca = "$root" },

  expect = {
    client = {
      code = "upgrade-rejected", slug = "upgrade-unavailable",
      phase = "upgrade", fault = "server", http_status = 503,
    },
  },
  fixed = { pki = made(2) },
}
