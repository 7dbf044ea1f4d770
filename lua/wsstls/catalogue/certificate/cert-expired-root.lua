return require "wsstls".scenario {
  name = "cert-expired-root", row = 12, fault = "server",
  title = "The root certificate has expired",
  text = "Trusted, and past its notAfter; at depth 2 of this chain.",
  tags = { "certificate", "catalogue" },

  pki = function(pki)
    local now, day = os.time(), 86400
    local key = pki.key()
    local old = pki.ca { cn = "Test Root", key = key,
      not_before = now - 4000 * day, not_after = now - day }
    local root = pki.ca { cn = "Test Root", key = key }
    local inter = root:intermediate { cn = "Test Intermediate" }
    return { old = old, root = root,
      server = inter:issue { cn = "localhost", dns = "localhost" } }
  end,

  server = { cert = "$server" },
  client = { ca = "$old" },

  expect = {
    client = {
      code = "cert-expired", slug = "cert-expired-root",
      fault = "server", rejected_by = "client",
      verify = 10, depth = 2, errors = { "10@2" },
      alert_sent = 45,
    },
    server = { code = "cert-rejected", alert_received = 45 },
  },
  fixed = { client = { ca = "$root" } },
}
