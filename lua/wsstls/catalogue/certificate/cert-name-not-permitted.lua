return require "wsstls".scenario {
  name = "cert-name-not-permitted", row = 29, fault = "server",
  title = "A name outside the permitted names of its CA",
  text = "Name constraints, RFC 5280 4.2.1.10: the permitted subtree.",
  tags = { "certificate", "catalogue" },

  pki = function(pki)
    local root = pki.ca { cn = "Test Root" }
    local inter = root:intermediate { cn = "Test Intermediate",
      name_constraints = { permitted = { "ok.test" } } }
    return { root = root,
      server = inter:issue { cn = "wss", dns = "wss.test" },
      good = inter:issue { cn = "wss", dns = "wss.ok.test" } }
  end,

  server = { cert = "$server" },
  client = { host = "wss.test", ca = "$root" },

  expect = {
    client = {
      code = "cert-name-not-permitted",
      fault = "server", rejected_by = "client",
      verify = 47, depth = 0, errors = { "47@0" },
      alert_sent = 46,
    },
    server = { code = "cert-rejected", alert_received = 46 },
  },
  fixed = { server = { cert = "$good" }, client = { host = "wss.ok.test" } },
}
