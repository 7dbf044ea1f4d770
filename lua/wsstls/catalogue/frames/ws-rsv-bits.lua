local wss = require "wsstls"

local frame = wss.frame

return wss.scenario {
  name = "ws-rsv-bits", row = 97, fault = "client",
  title = "A frame sets a reserved bit nobody negotiated",
  text = "RFC 6455 5.2: RSV1 says compressed, and compression was not agreed "
    .. "on.",
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
      peer:write(frame.build { rsv1 = true, payload = "hello", mask = true })
      local close = frame.parse(assert(peer:read()))
      assert(frame.close_reason(close.payload) == 1002)
    end,
  },

  expect = {
    server = {
      code = "ws-protocol-error", slug = "ws-rsv-bits",
      phase = "open", fault = "client", rejected_by = "server",
      close_code = 1002,
    },
  },
  fixed = { client = { raw = "$none", send = { "hello" } } },
}
