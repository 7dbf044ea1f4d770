return require "wsstls".scenario {
  name = "cert-purpose-ca-as-leaf", row = 22, fault = "server",
  title = "A CA's certificate serves as leaf",
  text = "keyCertSign alone: it may sign certificates, and not serve.",
  tags = { "certificate", "catalogue" },

  pki = function(pki)
    local root = pki.ca { cn = "Test Root" }
    local inter = root:intermediate { cn = "Test Intermediate" }
    return { root = root,
      server = root:issue { cn = "localhost", dns = "localhost", ca = true,
        key = { type = "rsa" }, key_usage = { "keyCertSign" },
        extended_key_usage = false },
      good = inter:issue { cn = "localhost", dns = "localhost" } }
  end,

  server = { cert = "$server" },
  client = { ca = "$root" },

  expect = {
    client = {
      code = "cert-purpose", slug = "cert-purpose-ca-as-leaf",
      fault = "server", rejected_by = "client",
      verify = 26, depth = 0, errors = { "26@0" },
      alert_sent = 43,
    },
    server = { code = "cert-rejected", alert_received = 43 },
  },
  fixed = { server = { cert = "$good" } },
}
