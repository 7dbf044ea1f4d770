return require "wsstls".scenario {
  name = "cert-name-excluded", row = 30, fault = "server",
  title = "A name among the excluded names of its CA",
  text = "Name constraints, RFC 5280 4.2.1.10: the excluded subtree.",
  tags = { "certificate", "catalogue" },

  pki = function(pki)
    local root = pki.ca { cn = "Test Root" }
    local inter = root:intermediate { cn = "Test Intermediate",
      name_constraints = { excluded = { "bad.test" } } }
    return { root = root,
      server = inter:issue { cn = "wss", dns = "wss.bad.test" },
      good = inter:issue { cn = "wss", dns = "wss.test" } }
  end,

  server = { cert = "$server" },
  client = { host = "wss.bad.test", ca = "$root" },

  expect = {
    client = {
      code = "cert-name-excluded",
      fault = "server", rejected_by = "client",
      verify = 48, depth = 0, errors = { "48@0" },
      alert_sent = 46,
    },
    server = { code = "cert-rejected", alert_received = 46 },
  },
  fixed = { server = { cert = "$good" }, client = { host = "wss.test" } },
}
