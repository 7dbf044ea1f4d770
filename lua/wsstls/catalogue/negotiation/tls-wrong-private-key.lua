return require "wsstls".scenario {
  name = "tls-wrong-private-key", row = 70, fault = "server",
  title = "A key that is not the certificate's, made loadable",
  text = "The server signs with another key than the client finds in the "
    .. "certificate, and can tell so by itself.",
  tags = { "negotiation", "catalogue" },

  pki = function(pki)
    local root = pki.ca { cn = "Test Root" }
    local good = root:issue { cn = "localhost", dns = "localhost" }
    return { root = root, good = good, server = pki.mismatched(good) }
  end,

  server = { cert = "$server" },
  client = { ca = "$root" },

  expect = {
    client = {
      code = "tls-wrong-private-key", phase = "tls", fault = "server",
      rejected_by = "client", alert_sent = 51, openssl = "0A00007B",
    },
    server = {
      code = "tls-wrong-private-key", phase = "tls", fault = "server",
      rejected_by = "client", alert_received = 51,
    },
  },
  fixed = { server = { cert = "$good" } },
}
