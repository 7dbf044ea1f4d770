return require "wsstls".scenario {
  name = "cert-ip-as-dns", row = 16, fault = "server",
  title = "The address is written as a DNS name",
  text = "127.0.0.1 as a dNSName matches nothing; it has to be an iPAddress.",
  tags = { "certificate", "catalogue" },

  pki = function(pki)
    local root = pki.ca { cn = "Test Root" }
    local inter = root:intermediate { cn = "Test Intermediate" }
    return { root = root,
      server = inter:issue { cn = "localhost", dns = "127.0.0.1" },
      good = inter:issue { cn = "localhost", ip = "127.0.0.1" } }
  end,

  server = { cert = "$server" },
  client = { host = "127.0.0.1", ca = "$root" },

  expect = {
    client = {
      code = "cert-ip-mismatch", slug = "cert-ip-as-dns",
      fault = "server", rejected_by = "client",
      verify = 64, depth = 0, errors = { "64@0" },
      alert_sent = 42,
    },
    server = { code = "cert-rejected", alert_received = 42 },
  },
  fixed = { server = { cert = "$good" } },
}
