local wss = require "wsstls"

local frame = wss.frame

return wss.scenario {
  name = "ws-control-too-long", row = 97, fault = "client",
  title = "A ping of 126 bytes",
  text = "RFC 6455 5.5: control frames carry at most 125.",
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
      peer:write(frame.build { opcode = "ping", mask = true,
        payload = ("x"):rep(126) })
      local close = frame.parse(assert(peer:read()))
      assert(frame.close_reason(close.payload) == 1002)
    end,
  },

  expect = {
    server = {
      code = "ws-protocol-error", slug = "ws-control-too-long",
      phase = "open", fault = "client", rejected_by = "server",
      close_code = 1002,
    },
  },
  fixed = { client = { raw = "$none", send = { "hello" } } },
}
