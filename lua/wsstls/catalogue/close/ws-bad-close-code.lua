local wss = require "wsstls"

local frame = wss.frame

return wss.scenario {
  name = "ws-bad-close-code", fault = "client",
  title = "A close frame with a code that is never sent",
  text = "RFC 6455 7.4.1: 5000 is beyond every range; 999, 1005, 1006 and "
    .. "1015 do not stand on the wire either. Each is answered with 1002.",
  tags = { "close", "catalogue" },

  pki = function(pki)
    local root = pki.ca { cn = "Test Root" }
    return { root = root,
      server = root:issue { cn = "localhost", dns = "localhost" } }
  end,

  server = { cert = "$server" },
  client = {
    ca = "$root",
    raw = function(peer, ctx)
      for _, code in ipairs { 5000, 999, 1005, 1006, 1015 } do
        peer = peer or assert(wss.raw.connect { host = "127.0.0.1",
          port = ctx.port, tls = { ca = ctx.pki.root,
            verify_host = "localhost" } })
        peer:upgrade()
        peer:write(frame.build { opcode = "close", mask = true,
          payload = frame.close_payload(code) })
        local close = frame.parse(assert(peer:read()))
        assert(frame.close_reason(close.payload) == 1002)
        peer = peer:close() and nil
      end
    end,
  },

  expect = {
    server = {
      code = "ws-protocol-error", slug = "ws-bad-close-code",
      phase = "open", fault = "client", rejected_by = "server",
      close_code = 1002,
    },
  },
  fixed = { client = { raw = "$none" } },
}
