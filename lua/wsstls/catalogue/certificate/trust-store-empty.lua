return require "wsstls".scenario {
  name = "trust-store-empty", row = 7, fault = "client",
  title = "The client trusts nobody",
  text = "An empty `ca` is not the system's store: it trusts nothing.",
  tags = { "certificate", "catalogue" },

  pki = function(pki)
    local root = pki.ca { cn = "Test Root" }
    local inter = root:intermediate { cn = "Test Intermediate" }
    return { root = root,
      server = inter:issue { cn = "localhost", dns = "localhost" } }
  end,

  server = { cert = "$server" },
  client = { ca = {} },

  expect = {
    client = {
      code = "cert-untrusted", slug = "trust-store-empty",
      fault = "client", rejected_by = "client",
      verify = 20, depth = 1, errors = { "20@1" },
      alert_sent = 48,
    },
    server = { code = "cert-rejected", alert_received = 48 },
  },
  fixed = { client = { ca = "$root" } },
}
