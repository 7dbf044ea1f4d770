return require "wsstls".scenario {
  name = "tls-handshake-failure", fault = "unknown",
  title = "The server ends TLS with handshake_failure",
  text = "Alert 40: the reason is known to the server only. This is how the "
    .. "client sees 59 to 61.",
  tags = { "wire", "catalogue" },

  pki = function(pki)
    local root = pki.ca { cn = "Test Root" }
    return { root = root,
      server = root:issue { cn = "localhost", dns = "localhost" } }
  end,

  server = {
    tls = false,
    raw = function(peer)
      peer:read(5)
      peer:write "\21\3\3\0\2\2\40" -- fatal handshake_failure
      peer:read("all")
    end,
  },
  client = { scheme = "wss" },

  expect = {
    client = {
      code = "tls-handshake-failure", phase = "tls",
      rejected_by = "server", alert_received = 40,
    },
  },
  fixed = {
    server = { tls = "$none", raw = "$none", cert = "$server" },
    client = { ca = "$root" },
  },
}
