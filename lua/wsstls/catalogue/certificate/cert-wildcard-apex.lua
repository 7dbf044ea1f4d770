return require "wsstls".scenario {
  name = "cert-wildcard-apex", row = 18, fault = "server",
  title = "A wildcard certificate against the domain itself",
  text = "The star stands for one label, not for none.",
  tags = { "certificate", "catalogue" },

  pki = function(pki)
    local root = pki.ca { cn = "Test Root" }
    local inter = root:intermediate { cn = "Test Intermediate" }
    return { root = root,
      server = inter:issue { cn = "wss", dns = "*.wss.test" },
      good = inter:issue { cn = "wss", dns = { "*.wss.test", "wss.test" } } }
  end,

  server = { cert = "$server" },
  client = { host = "wss.test", ca = "$root" },

  expect = {
    client = {
      code = "cert-host-mismatch", slug = "cert-wildcard-apex",
      fault = "server", rejected_by = "client",
      verify = 62, depth = 0, errors = { "62@0" },
      alert_sent = 42,
    },
    server = { code = "cert-rejected", alert_received = 42 },
  },
  fixed = { server = { cert = "$good" } },
}
