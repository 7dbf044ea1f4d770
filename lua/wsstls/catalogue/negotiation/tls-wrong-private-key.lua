--- The server signs with another key than the client finds in the certificate.
-- In TLS 1.2 that looks like damage on the way.
return require "wsstls".scenario {
  name = "tls-wrong-private-key", row = 70, fault = "server",
  title = "A key that is not the certificate's, made loadable",
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
      code = { ["TLSv1.2"] = "tls-bad-signature",
               ["TLSv1.3"] = "tls-wrong-private-key" },
      rejected_by = "client", alert_sent = 51, openssl = "0A00007B",
    },
    server = {
      code = "cert-rejected", phase = "tls",
      rejected_by = "client", alert_received = 51,
    },
  },
  fixed = { server = { cert = "$good" } },
}
