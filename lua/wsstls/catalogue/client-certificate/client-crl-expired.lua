return require "wsstls".scenario {
  name = "client-crl-expired", fault = "server",
  title = "The server's CRL has expired",
  text = "Nobody gets in until the list is renewed.",
  tags = { "client-certificate", "catalogue" },

  pki = function(pki)
    local now, day = os.time(), 86400
    local root = pki.ca { cn = "Test Root" }
    return { root = root, client = root:issue { cn = "client" },
      server = root:issue { cn = "localhost", dns = "localhost" },
      bad = root:crl { revoked = {}, this_update = now - 9 * day,
        next_update = now - day },
      good = root:crl { revoked = {} } }
  end,

  server = { cert = "$server", ca = "$root", crl = "$bad" },
  client = { ca = "$root", cert = "$client" },

  expect = {
    client = {
      code = "client-cert-rejected", phase = "tls",
      fault = "client", rejected_by = "server", alert_received = 45,
    },
    server = {
      code = "client-crl-expired",
      fault = "server", rejected_by = "server",
      verify = 12, depth = 0, errors = { "12@0" },
      alert_sent = 45,
    },
  },
  fixed = { server = { crl = "$good" } },
}
