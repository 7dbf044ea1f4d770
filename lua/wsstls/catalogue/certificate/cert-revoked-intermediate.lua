return require "wsstls".scenario {
  name = "cert-revoked-intermediate", row = 36, fault = "server",
  title = "The intermediate is revoked",
  text = "Only crl_check = \"chain\" looks beyond the leaf, and then it "
    .. "needs every issuer's CRL.",
  tags = { "certificate", "catalogue" },

  pki = function(pki)
    local root = pki.ca { cn = "Test Root" }
    local inter = root:intermediate { cn = "Test Intermediate" }
    local leaf = inter:issue { cn = "localhost", dns = "localhost" }
    local leaves = inter:crl { revoked = {} }
    return { root = root, server = leaf,
      bad = { leaves, root:crl { revoked = { inter } } },
      good = { leaves, root:crl { revoked = {} } } }
  end,

  server = { cert = "$server" },
  client = { ca = "$root", crl = "$bad", crl_check = "chain" },

  expect = {
    client = {
      code = "cert-revoked", slug = "cert-revoked-intermediate",
      fault = "server", rejected_by = "client",
      verify = 23, depth = 1, errors = { "23@1" },
      alert_sent = 44,
    },
    server = { code = "cert-rejected", alert_received = 44 },
  },
  fixed = { client = { crl = "$good" } },
}
