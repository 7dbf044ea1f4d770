return require "wsstls".scenario {
  name = "cert-purpose-eku", row = 20, fault = "server",
  title = "The certificate is for clients only",
  text = "Its extendedKeyUsage lacks serverAuth.",
  tags = { "certificate", "catalogue" },

  pki = function(pki)
    local root = pki.ca { cn = "Test Root" }
    local inter = root:intermediate { cn = "Test Intermediate" }
    return { root = root,
      server = inter:issue { cn = "localhost", dns = "localhost",
        extended_key_usage = { "clientAuth" } },
      good = inter:issue { cn = "localhost", dns = "localhost" } }
  end,

  server = { cert = "$server" },
  client = { ca = "$root" },

  expect = {
    client = {
      code = "cert-purpose", slug = "cert-purpose-eku",
      fault = "server", rejected_by = "client",
      verify = 26, depth = 0, errors = { "26@0" },
      alert_sent = 43,
    },
    server = { code = "cert-rejected", alert_received = 43 },
  },
  fixed = { server = { cert = "$good" } },
}
