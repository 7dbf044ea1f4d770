return require "wsstls".scenario {
  name = "cert-expired-intermediate", row = 11, fault = "server",
  title = "An intermediate certificate has expired",
  text = "The leaf is good; its issuer is past notAfter.",
  tags = { "certificate", "catalogue" },

  pki = function(pki)
    local now, day = os.time(), 86400
    local root = pki.ca { cn = "Test Root" }
    local old = root:intermediate { cn = "Test Intermediate",
      not_before = now - 800 * day, not_after = now - day }
    local inter = root:intermediate { cn = "Test Intermediate" }
    return { root = root,
      server = old:issue { cn = "localhost", dns = "localhost" },
      good = inter:issue { cn = "localhost", dns = "localhost" } }
  end,

  server = { cert = "$server" },
  client = { ca = "$root" },

  expect = {
    client = {
      code = "cert-expired", slug = "cert-expired-intermediate",
      fault = "server", rejected_by = "client",
      verify = 10, depth = 1, errors = { "10@1" },
      alert_sent = 45,
    },
    server = { code = "cert-rejected", alert_received = 45 },
  },
  fixed = { server = { cert = "$good" } },
}
