return require "wsstls".scenario {
  name = "client-cert-expired", row = 50, fault = "client",
  title = "The client's certificate has expired",
  text = "Past its notAfter, by the server's clock.",
  tags = { "client-certificate", "catalogue" },

  pki = function(pki)
    local now, day = os.time(), 86400
    local root = pki.ca { cn = "Test Root" }
    return { root = root,
      server = root:issue { cn = "localhost", dns = "localhost" },
      client = root:issue { cn = "client",
        not_before = now - 397 * day, not_after = now - day },
      good = root:issue { cn = "client" } }
  end,

  server = { cert = "$server", ca = "$root", client_verify = "required" },
  client = { ca = "$root", cert = "$client" },

  expect = {
    client = {
      code = "client-cert-rejected", phase = "tls",
      fault = "client", rejected_by = "server", alert_received = 45,
    },
    server = {
      code = "client-cert-expired",
      fault = "client", rejected_by = "server",
      verify = 10, depth = 0, errors = { "10@0" },
      alert_sent = 45,
    },
  },
  fixed = { client = { cert = "$good" } },
}
