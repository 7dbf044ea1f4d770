local wss = require "wsstls"

local frame = wss.frame

return wss.scenario {
  name = "ws-bad-opcode", row = 97, fault = "client",
  title = "A frame has an opcode that does not exist",
  text = "RFC 6455 5.2: 3 to 7 and 11 to 15 are reserved.",
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
      peer:write(frame.build { opcode = 3, payload = "hello", mask = true })
      local close = frame.parse(assert(peer:read()))
      assert(frame.close_reason(close.payload) == 1002)
    end,
  },

  expect = {
    server = {
      code = "ws-protocol-error", slug = "ws-bad-opcode",
      phase = "open", fault = "client", rejected_by = "server",
      close_code = 1002,
    },
  },
  fixed = { client = { raw = "$none", send = { "hello" } } },
}
