return require "wsstls".scenario {
  name = "tls-plain-client", row = 75, fault = "client",
  title = "A ws:// client on a wss:// port",
  text = "The server reads GET where a ClientHello should be; it has no key "
    .. "to say anything with.",
  tags = { "wire", "catalogue" },

  pki = function(pki)
    local root = pki.ca { cn = "Test Root" }
    return { root = root,
      server = root:issue { cn = "localhost", dns = "localhost" } }
  end,

  server = { cert = "$server" },
  client = { scheme = "ws", ca = "$root" },

  expect = {
    client = { code = "upgrade-no-response", phase = "upgrade" },
    server = {
      code = "tls-plain-client", phase = "tls", fault = "client",
      openssl = "0A00009C", alert_sent = false,
    },
  },
  fixed = { client = { scheme = "wss" } },
}
