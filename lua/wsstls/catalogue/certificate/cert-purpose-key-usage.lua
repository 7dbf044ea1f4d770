return require "wsstls".scenario {
  name = "cert-purpose-key-usage", row = 21, fault = "server",
  title = "The certificate's keyUsage does not allow serving",
  text = "cRLSign alone. In TLS 1.2 the server itself finds no cipher for "
    .. "such a key and nothing is shown.",
  tags = { "certificate", "catalogue" },

  pki = function(pki)
    local root = pki.ca { cn = "Test Root" }
    local inter = root:intermediate { cn = "Test Intermediate" }
    return { root = root,
      server = inter:issue { cn = "localhost", dns = "localhost",
        key_usage = { "cRLSign" } },
      good = inter:issue { cn = "localhost", dns = "localhost" } }
  end,

  server = { cert = "$server" },
  client = { ca = "$root" },

  expect = {
    client = {
      code = { ["TLSv1.2"] = "tls-handshake-failure",
               ["TLSv1.3"] = "cert-purpose" },
      slug = { ["TLSv1.3"] = "cert-purpose-key-usage" },
      verify = { ["TLSv1.3"] = 26 }, depth = { ["TLSv1.3"] = 0 },
      errors = { ["TLSv1.3"] = { "26@0" } },
      alert_sent = { ["TLSv1.3"] = 43 },
      alert_received = { ["TLSv1.2"] = 40 },
    },
    server = {
      code = { ["TLSv1.2"] = "tls-no-shared-cipher",
               ["TLSv1.3"] = "cert-rejected" },
      alert_sent = { ["TLSv1.2"] = 40 },
      alert_received = { ["TLSv1.3"] = 43 },
    },
  },
  fixed = { server = { cert = "$good" } },
}
