return require "wsstls".scenario {
  name = "crl-not-yet-valid", row = 39, fault = "client",
  title = "The CRL is not valid yet",
  text = "Its thisUpdate is to come, or the client's clock is behind.",
  tags = { "certificate", "catalogue" },

  pki = function(pki)
    local root = pki.ca { cn = "Test Root" }
    local inter = root:intermediate { cn = "Test Intermediate" }
    local leaf = inter:issue { cn = "localhost", dns = "localhost" }
    local now, day = os.time(), 86400
    return { root = root, server = leaf,
      bad = inter:crl { revoked = {}, this_update = now + day,
        next_update = now + 9 * day },
      good = inter:crl { revoked = {} } }
  end,

  server = { cert = "$server" },
  client = { ca = "$root", crl = "$bad" },

  expect = {
    client = {
      code = "crl-not-yet-valid",
      fault = "client", rejected_by = "client",
      verify = 11, depth = 0, errors = { "11@0" },
      alert_sent = 42,
    },
    server = { code = "cert-rejected", alert_received = 42 },
  },
  fixed = { client = { crl = "$good" } },
}
