return require "wsstls".scenario {
  name = "cert-expired", row = 9, fault = "server",
  title = "The server's certificate has expired",
  text = "The leaf is past its notAfter.",
  tags = { "certificate", "catalogue" },

  pki = function(pki)
    local now, day = os.time(), 86400
    local root = pki.ca { cn = "Test Root" }
    local inter = root:intermediate { cn = "Test Intermediate" }
    return { root = root,
      server = inter:issue { cn = "localhost", dns = "localhost",
        not_before = now - 397 * day, not_after = now - day },
      good = inter:issue { cn = "localhost", dns = "localhost" } }
  end,

  server = { cert = "$server" },
  client = { ca = "$root" },

  expect = {
    client = {
      code = "cert-expired",
      fault = "server", rejected_by = "client",
      verify = 10, depth = 0, errors = { "10@0" },
      alert_sent = 45,
    },
    server = { code = "cert-rejected", alert_received = 45 },
  },
  fixed = { server = { cert = "$good" } },
}
