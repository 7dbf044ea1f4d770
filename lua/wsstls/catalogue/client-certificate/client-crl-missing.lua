return require "wsstls".scenario {
  name = "client-crl-missing", row = 55, fault = "server",
  title = "The server has no CRL of the client certificate's issuer",
  text = "The server asks for a check and has another CA's CRL only.",
  tags = { "client-certificate", "catalogue" },

  pki = function(pki)
    local root = pki.ca { cn = "Test Root" }
    local other = pki.ca { cn = "Another Root" }
    return { root = root, client = root:issue { cn = "client" },
      server = root:issue { cn = "localhost", dns = "localhost" },
      bad = other:crl { revoked = {} },
      good = root:crl { revoked = {} } }
  end,

  server = { cert = "$server", ca = "$root", crl = "$bad" },
  client = { ca = "$root", cert = "$client" },

  expect = {
    client = {
      code = "client-cert-rejected", phase = "tls",
      fault = "client", rejected_by = "server", alert_received = 48,
    },
    server = {
      code = "client-crl-missing",
      fault = "server", rejected_by = "server",
      verify = 3, depth = 0, errors = { "3@0" },
      alert_sent = 48,
    },
  },
  fixed = { server = { crl = "$good" } },
}
