return require "wsstls".scenario {
  name = "cert-not-yet-valid", row = 10, fault = "server",
  title = "The server's certificate is not valid yet",
  text = "The leaf's notBefore is to come, or the client's clock is behind.",
  tags = { "certificate", "catalogue" },

  pki = function(pki)
    local now, day = os.time(), 86400
    local root = pki.ca { cn = "Test Root" }
    local inter = root:intermediate { cn = "Test Intermediate" }
    return { root = root,
      server = inter:issue { cn = "localhost", dns = "localhost",
        not_before = now + 30 * day, not_after = now + 397 * day },
      good = inter:issue { cn = "localhost", dns = "localhost" } }
  end,

  server = { cert = "$server" },
  client = { ca = "$root" },

  expect = {
    client = {
      code = "cert-not-yet-valid",
      fault = "server", rejected_by = "client",
      verify = 9, depth = 0, errors = { "9@0" },
      alert_sent = 42,
    },
    server = { code = "cert-rejected", alert_received = 42 },
  },
  fixed = { server = { cert = "$good" } },
}
