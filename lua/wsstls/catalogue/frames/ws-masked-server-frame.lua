local wss = require "wsstls"

local frame = wss.frame

return wss.scenario {
  name = "ws-masked-server-frame", row = 97, fault = "server",
  title = "The server masks its frames",
  text = "RFC 6455 5.1: a client must close upon a masked frame.",
  tags = { "frames", "catalogue" },

  pki = function(pki)
    local root = pki.ca { cn = "Test Root" }
    return { root = root,
      server = root:issue { cn = "localhost", dns = "localhost" } }
  end,

  server = {
    cert = "$server",
    raw = function(peer)
      peer:upgrade()
      peer:write(frame.build { payload = "hello", mask = true })
      peer:read()
    end,
  },
  client = { ca = "$root" },

  expect = {
    client = {
      code = "ws-protocol-error", slug = "ws-masked-server-frame",
      phase = "open", fault = "server", rejected_by = "client",
      close_code = 1002,
    },
  },
  fixed = { server = { raw = "$none" } },
}
