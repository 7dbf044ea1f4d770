local wss = require "wsstls"

local frame = wss.frame

return wss.scenario {
  name = "ws-fragmented-control", row = 97, fault = "client",
  title = "A ping comes in fragments",
  text = "RFC 6455 5.5: control frames must be whole.",
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
      peer:write(frame.build { opcode = "ping", fin = false, mask = true })
      local close = frame.parse(assert(peer:read()))
      assert(frame.close_reason(close.payload) == 1002)
    end,
  },

  expect = {
    server = {
      code = "ws-protocol-error", slug = "ws-fragmented-control",
      phase = "open", fault = "client", rejected_by = "server",
      close_code = 1002,
    },
  },
  fixed = { client = { raw = "$none", send = { "hello" } } },
}
