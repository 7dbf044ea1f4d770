return require "wsstls".scenario {
  name = "client-crl-not-yet-valid",
  fault = "server",
  title = "The server's CRL is not valid yet",
  text = "Or the server's clock is behind.",
  tags = { "client-certificate", "catalogue" },

  pki = function(pki)
    local root = pki.ca { cn = "Test Root" }
    local now, day = os.time(), 86400
    return { root = root, client = root:issue { cn = "client" },
      server = root:issue { cn = "localhost", dns = "localhost" },
      bad = root:crl { revoked = {}, this_update = now + day,
        next_update = now + 9 * day },
      good = root:crl { revoked = {} } }
  end,

  server = { cert = "$server", ca = "$root", crl = "$bad" },
  client = { ca = "$root", cert = "$client" },

  expect = {
    client = {
      code = "client-cert-rejected", phase = "tls",
      rejected_by = "server", alert_received = 42,
    },
    server = {
      code = "client-crl-not-yet-valid",
      fault = "server", rejected_by = "server",
      verify = 11, depth = 0, errors = { "11@0" },
      alert_sent = 42,
    },
  },
  fixed = { server = { crl = "$good" } },
}
