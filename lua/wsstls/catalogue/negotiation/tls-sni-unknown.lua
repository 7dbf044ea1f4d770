return require "wsstls".scenario {
  name = "tls-sni-unknown", row = 65, fault = "client",
  title = "The server does not know the name the client asks for",
  text = "It has a certificate for a.test, and none for everybody else.",
  tags = { "negotiation", "catalogue" },

  pki = function(pki)
    local root = pki.ca { cn = "Test Root" }
    return { root = root,
      server = root:issue { cn = "wss", dns = "a.test" } }
  end,

  server = { sni = { ["a.test"] = { cert = "$server" } } },
  client = { ca = "$root", sni = "b.test", verify_host = "a.test" },

  expect = {
    client = {
      code = "tls-sni-unknown", phase = "tls",
      rejected_by = "server", alert_received = 112,
    },
    server = {
      code = "tls-sni-unknown", phase = "tls",
      rejected_by = "server", alert_sent = 112,
    },
  },
  fixed = { client = { sni = "a.test" } },
}
