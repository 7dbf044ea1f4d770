return require "wsstls".scenario {
  name = "cert-revoked", row = 35, fault = "server",
  title = "The server's certificate is revoked",
  text = "Its serial number is in its issuer's CRL.",
  tags = { "certificate", "catalogue" },

  pki = function(pki)
    local root = pki.ca { cn = "Test Root" }
    local inter = root:intermediate { cn = "Test Intermediate" }
    local leaf = inter:issue { cn = "localhost", dns = "localhost" }
    return { root = root, server = leaf,
      bad = inter:crl { revoked = { leaf } },
      good = inter:crl { revoked = {} } }
  end,

  server = { cert = "$server" },
  client = { ca = "$root", crl = "$bad" },

  expect = {
    client = {
      code = "cert-revoked",
      fault = "server", rejected_by = "client",
      verify = 23, depth = 0, errors = { "23@0" },
      alert_sent = 44,
    },
    server = { code = "cert-rejected", alert_received = 44 },
  },
  fixed = { client = { crl = "$good" } },
}
