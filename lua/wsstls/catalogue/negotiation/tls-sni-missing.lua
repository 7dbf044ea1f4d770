return require "wsstls".scenario {
  name = "tls-sni-missing", row = 66, fault = "client",
  title = "The server wants a name (SNI) and the client sends none",
  text = "Dialled by address no name is sent (RFC 6066 3).",
  tags = { "negotiation", "catalogue" },

  pki = function(pki)
    local root = pki.ca { cn = "Test Root" }
    return { root = root,
      server = root:issue { cn = "wss", dns = "a.test" } }
  end,

  server = { sni = { ["a.test"] = { cert = "$server" } } },
  client = { ca = "$root", verify_host = "a.test", sni = false },

  expect = {
    client = {
      code = "tls-sni-missing", phase = "tls",
      rejected_by = "server", alert_received = 112,
    },
    server = {
      code = "tls-sni-missing", phase = "tls",
      rejected_by = "server", alert_sent = 112,
    },
  },
  fixed = { client = { sni = "a.test" } },
}
