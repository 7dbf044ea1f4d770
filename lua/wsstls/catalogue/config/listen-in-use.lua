local wss = require "wsstls"

return wss.scenario {
  name = "listen-in-use", fault = "server",
  title = "Another program listens at the server's port",
  text = "EADDRINUSE: the old one still runs, or something else does.",
  tags = { "config", "catalogue" },

  pki = function(pki, ctx)
    local root = pki.ca { cn = "Test Root" }
    local other = assert(wss.listen { tls = false })
    ctx.at_end(function() other:close() end)
    return { root = root, port = other.port,
      server = root:issue { cn = "localhost", dns = "localhost" } }
  end,

  server = { cert = "$server", port = "$port" },
  client = { ca = "$root" },

  expect = {
    server = {
      code = "listen-in-use", phase = "config",
      fault = "server",
    },
  },
  fixed = { server = { port = 0 } },
}
