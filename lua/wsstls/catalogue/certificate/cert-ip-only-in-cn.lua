return require "wsstls".scenario {
  name = "cert-ip-only-in-cn", row = 15, fault = "server",
  title = "The address is in the common name only",
  text = "An address is compared with iPAddress entries only, never with the "
    .. "CN.",
  tags = { "certificate", "catalogue" },

  pki = function(pki)
    local root = pki.ca { cn = "Test Root" }
    local inter = root:intermediate { cn = "Test Intermediate" }
    return { root = root,
      server = inter:issue { cn = "127.0.0.1" },
      good = inter:issue { cn = "127.0.0.1", ip = "127.0.0.1" } }
  end,

  server = { cert = "$server" },
  client = { host = "127.0.0.1", ca = "$root" },

  expect = {
    client = {
      code = "cert-ip-mismatch", slug = "cert-ip-only-in-cn",
      fault = "server", rejected_by = "client",
      verify = 64, depth = 0, errors = { "64@0" },
      alert_sent = 42,
    },
    server = { code = "cert-rejected", alert_received = 42 },
  },
  fixed = { server = { cert = "$good" } },
}
