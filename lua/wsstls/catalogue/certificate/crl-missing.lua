return require "wsstls".scenario {
  name = "crl-missing", row = 37, fault = "client",
  title = "There is no CRL of the certificate's issuer",
  text = "Who asks for a check has to bring the CRL: nobody fetches it. "
    .. "There is one of the root, which does not judge the leaf.",
  tags = { "certificate", "catalogue" },

  pki = function(pki)
    local root = pki.ca { cn = "Test Root" }
    local inter = root:intermediate { cn = "Test Intermediate" }
    local leaf = inter:issue { cn = "localhost", dns = "localhost" }
    return { root = root, server = leaf,
      bad = root:crl { revoked = {} },
      good = inter:crl { revoked = {} } }
  end,

  server = { cert = "$server" },
  client = { ca = "$root", crl = "$bad", crl_check = "leaf" },

  expect = {
    client = {
      code = "crl-missing",
      fault = "client", rejected_by = "client",
      verify = 3, depth = 0, errors = { "3@0" },
      alert_sent = 48,
    },
    server = { code = "cert-rejected", alert_received = 48 },
  },
  fixed = { client = { crl = "$good" } },
}
