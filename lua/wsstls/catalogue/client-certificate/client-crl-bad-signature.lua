return require "wsstls".scenario {
  name = "client-crl-bad-signature",
  fault = "server",
  title = "The signature of the server's CRL is damaged",
  text = "Its issuer's key did not make it.",
  tags = { "client-certificate", "catalogue" },

  pki = function(pki)
    local root = pki.ca { cn = "Test Root" }
    return { root = root, client = root:issue { cn = "client" },
      server = root:issue { cn = "localhost", dns = "localhost" },
      bad = root:crl { revoked = {}, tamper_signature = true },
      good = root:crl { revoked = {} } }
  end,

  server = { cert = "$server", ca = "$root", crl = "$bad" },
  client = { ca = "$root", cert = "$client" },

  expect = {
    client = {
      code = "client-cert-rejected", phase = "tls",
      rejected_by = "server", alert_received = 51,
    },
    server = {
      code = "client-crl-bad-signature",
      fault = "server", rejected_by = "server",
      verify = 8, depth = 0, errors = { "8@0" },
      alert_sent = 51,
    },
  },
  fixed = { server = { crl = "$good" } },
}
