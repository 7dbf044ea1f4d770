return require "wsstls".scenario {
  name = "crl-expired", row = 38, fault = "client",
  title = "The CRL has expired",
  text = "Its nextUpdate has passed: it says nothing about today.",
  tags = { "certificate", "catalogue" },

  pki = function(pki)
    local root = pki.ca { cn = "Test Root" }
    local inter = root:intermediate { cn = "Test Intermediate" }
    local leaf = inter:issue { cn = "localhost", dns = "localhost" }
    local now, day = os.time(), 86400
    return { root = root, server = leaf,
      bad = inter:crl { revoked = {}, this_update = now - 9 * day,
        next_update = now - day },
      good = inter:crl { revoked = {} } }
  end,

  server = { cert = "$server" },
  client = { ca = "$root", crl = "$bad" },

  expect = {
    client = {
      code = "crl-expired",
      fault = "client", rejected_by = "client",
      verify = 12, depth = 0, errors = { "12@0" },
      alert_sent = 45,
    },
    server = { code = "cert-rejected", alert_received = 45 },
  },
  fixed = { client = { crl = "$good" } },
}
