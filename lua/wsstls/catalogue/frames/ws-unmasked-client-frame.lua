local wss = require "wsstls"

local frame = wss.frame

return wss.scenario {
  name = "ws-unmasked-client-frame", row = 97, fault = "client",
  title = "The client does not mask its frames",
  text = "RFC 6455 5.1: a server must close upon an unmasked frame.",
  tags = { "frames", "catalogue" },

  pki = function(pki)
    local root = pki.ca { cn = "Test Root" }
    return { root = root,
      server = root:issue { cn = "localhost", dns = "localhost" } }
  end,

  server = { cert = "$server" },
  client = {
    ca = "$root",
    raw = function(peer)
      peer:upgrade()
      peer:write(frame.build { payload = "hello", mask = false })
      local close = frame.parse(assert(peer:read()))
      assert(frame.close_reason(close.payload) == 1002)
    end,
  },

  expect = {
    server = {
      code = "ws-protocol-error", slug = "ws-unmasked-client-frame",
      phase = "open", fault = "client", rejected_by = "server",
      close_code = 1002,
    },
  },
  fixed = { client = { raw = "$none", send = { "hello" } } },
}
