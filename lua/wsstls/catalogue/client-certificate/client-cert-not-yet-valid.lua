return require "wsstls".scenario {
  name = "client-cert-not-yet-valid", row = 51, fault = "client",
  title = "The client's certificate is not valid yet",
  text = "Its notBefore is to come, by the server's clock.",
  tags = { "client-certificate", "catalogue" },

  pki = function(pki)
    local now, day = os.time(), 86400
    local root = pki.ca { cn = "Test Root" }
    return { root = root,
      server = root:issue { cn = "localhost", dns = "localhost" },
      client = root:issue { cn = "client",
        not_before = now + 30 * day, not_after = now + 397 * day },
      good = root:issue { cn = "client" } }
  end,

  server = { cert = "$server", ca = "$root", client_verify = "required" },
  client = { ca = "$root", cert = "$client" },

  expect = {
    client = {
      code = "client-cert-rejected", phase = "tls",
      fault = "client", rejected_by = "server", alert_received = 42,
    },
    server = {
      code = "client-cert-not-yet-valid",
      fault = "client", rejected_by = "server",
      verify = 9, depth = 0, errors = { "9@0" },
      alert_sent = 42,
    },
  },
  fixed = { client = { cert = "$good" } },
}
