return require "wsstls".scenario {
  name = "cert-wildcard-two-labels", row = 17, fault = "server",
  title = "A wildcard certificate against a name of two more labels",
  text = "The star stands for one label.",
  tags = { "certificate", "catalogue" },

  pki = function(pki)
    local root = pki.ca { cn = "Test Root" }
    local inter = root:intermediate { cn = "Test Intermediate" }
    return { root = root,
      server = inter:issue { cn = "wss", dns = "*.wss.test" },
      good = inter:issue { cn = "wss", dns = "*.y.wss.test" } }
  end,

  server = { cert = "$server" },
  client = { host = "x.y.wss.test", ca = "$root" },

  expect = {
    client = {
      code = "cert-host-mismatch", slug = "cert-wildcard-two-labels",
      fault = "server", rejected_by = "client",
      verify = 62, depth = 0, errors = { "62@0" },
      alert_sent = 42,
    },
    server = { code = "cert-rejected", alert_received = 42 },
  },
  fixed = { server = { cert = "$good" } },
}
