return require "wsstls".scenario {
  name = "cert-ip-mismatch", row = 14, fault = "server",
  title = "The certificate is for another address",
  text = "The dialled address is not among the iPAddresses.",
  tags = { "certificate", "catalogue", "seed" },

  pki = function(pki)
    local root = pki.ca { cn = "Test Root" }
    local inter = root:intermediate { cn = "Test Intermediate" }
    return { root = root,
      server = inter:issue { cn = "localhost", ip = "127.0.0.2" },
      good = inter:issue { cn = "localhost", ip = "127.0.0.1" } }
  end,

  server = { cert = "$server" },
  client = { host = "127.0.0.1", ca = "$root" },

  expect = {
    client = {
      code = "cert-ip-mismatch",
      fault = "server", rejected_by = "client",
      verify = 64, depth = 0, errors = { "64@0" },
      alert_sent = 42,
    },
    server = { code = "cert-rejected", alert_received = 42 },
  },
  fixed = { server = { cert = "$good" } },
}
