return require "wsstls".scenario {
  name = "tls-eof", row = 79, fault = "network",
  title = "The connection ends during the handshake",
  text = "A FIN and no close_notify: a server that died, a proxy that gave up.",
  tags = { "wire", "catalogue" },

  pki = function(pki)
    local root = pki.ca { cn = "Test Root" }
    return { root = root,
      server = root:issue { cn = "localhost", dns = "localhost" } }
  end,

  relay = { rules = {
    { from = "server", record = "handshake", nth = 1, action = "close" } } },

  server = { cert = "$server" },
  client = { ca = "$root" },

  expect = {
    client = { code = "tls-eof", phase = "tls" },
    server = { code = "tls-eof", phase = "tls" },
  },
  fixed = { relay = false },
}
