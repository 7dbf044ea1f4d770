return require "wsstls".scenario {
  name = "crl-bad-signature", row = 40, fault = "client",
  title = "The CRL's signature is damaged",
  text = "Not the issuer's words: the CRL was changed or cut.",
  tags = { "certificate", "catalogue" },

  pki = function(pki)
    local root = pki.ca { cn = "Test Root" }
    local inter = root:intermediate { cn = "Test Intermediate" }
    local leaf = inter:issue { cn = "localhost", dns = "localhost" }
    return { root = root, server = leaf,
      bad = inter:crl { revoked = {}, tamper_signature = true },
      good = inter:crl { revoked = {} } }
  end,

  server = { cert = "$server" },
  client = { ca = "$root", crl = "$bad" },

  expect = {
    client = {
      code = "crl-bad-signature",
      fault = "client", rejected_by = "client",
      verify = 8, depth = 0, errors = { "8@0" },
      alert_sent = 51,
    },
    server = { code = "cert-rejected", alert_received = 51 },
  },
  fixed = { client = { crl = "$good" } },
}
