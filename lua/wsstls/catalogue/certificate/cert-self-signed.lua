return require "wsstls".scenario {
  name = "cert-self-signed", row = 1, fault = "server",
  title = "The server's certificate signs itself",
  text = "A leaf that signs itself and that nobody trusts.",
  tags = { "certificate", "catalogue" },

  pki = function(pki)
    local root = pki.ca { cn = "Test Root" }
    return { root = root,
      server = pki.self_signed { cn = "localhost", dns = "localhost" },
      good = root:issue { cn = "localhost", dns = "localhost" } }
  end,

  server = { cert = "$server" },
  client = { ca = "$root" },

  expect = {
    client = {
      code = "cert-self-signed",
      fault = "server", rejected_by = "client",
      verify = 18, depth = 0, errors = { "18@0" },
      alert_sent = 48,
    },
    server = { code = "cert-rejected", alert_received = 48 },
  },
  fixed = { server = { cert = "$good" } },
}
