return require "wsstls".scenario {
  name = "cert-purpose-key-usage", row = 21, fault = "server",
  title = "The certificate's keyUsage does not allow serving",
  text = "cRLSign alone. The key is RSA: for an ECDSA one a server of TLS "
    .. "1.2 finds no cipher at all (tls-cipher-key-usage).",
  tags = { "certificate", "catalogue" },

  pki = function(pki)
    local root = pki.ca { cn = "Test Root" }
    local inter = root:intermediate { cn = "Test Intermediate" }
    return { root = root,
      server = inter:issue { cn = "localhost", dns = "localhost",
        key = { type = "rsa" }, key_usage = { "cRLSign" } },
      good = inter:issue { cn = "localhost", dns = "localhost" } }
  end,

  server = { cert = "$server" },
  client = { ca = "$root" },

  expect = {
    client = {
      code = "cert-purpose", slug = "cert-purpose-key-usage",
      fault = "server", rejected_by = "client",
      verify = 26, depth = 0, errors = { "26@0" },
      alert_sent = 43,
    },
    server = { code = "cert-rejected", alert_received = 43 },
  },
  fixed = { server = { cert = "$good" } },
}
