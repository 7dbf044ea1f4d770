return require "wsstls".scenario {
  name = "client-cert-revoked", row = 54, fault = "client",
  title = "The client's certificate is revoked",
  text = "Its serial number is in the CRL the server was given.",
  tags = { "client-certificate", "catalogue" },

  pki = function(pki)
    local root = pki.ca { cn = "Test Root" }
    local client = root:issue { cn = "client" }
    return { root = root, client = client,
      server = root:issue { cn = "localhost", dns = "localhost" },
      bad = root:crl { revoked = { client } },
      good = root:crl { revoked = {} } }
  end,

  server = { cert = "$server", ca = "$root", crl = "$bad" },
  client = { ca = "$root", cert = "$client" },

  expect = {
    client = {
      code = "client-cert-rejected", phase = "tls",
      fault = "client", rejected_by = "server", alert_received = 44,
    },
    server = {
      code = "client-cert-revoked",
      fault = "client", rejected_by = "server",
      verify = 23, depth = 0, errors = { "23@0" },
      alert_sent = 44,
    },
  },
  fixed = { server = { crl = "$good" } },
}
