local wss = require "wsstls"

local frame = wss.frame

return wss.scenario {
  name = "ws-bad-close-code", fault = "client",
  title = "A close frame with a code that is never sent",
  text = "RFC 6455 7.4.1: 5000 is beyond every range; 999, 1005, 1006 and "
    .. "1015 do not stand on the wire either.",
  tags = { "close", "catalogue" },

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
      peer:write(frame.build { opcode = "close", mask = true,
        payload = frame.close_payload(5000) })
      local close = frame.parse(assert(peer:read()))
      assert(frame.close_reason(close.payload) == 1002)
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
