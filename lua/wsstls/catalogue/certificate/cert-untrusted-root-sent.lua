return require "wsstls".scenario {
  name = "cert-untrusted-root-sent", row = 5, fault = "server",
  title = "The chain ends at an unknown root, which is sent",
  text = "Sending the root does not make it trusted.",
  tags = { "certificate", "catalogue" },

  pki = function(pki)
    local root = pki.ca { cn = "Test Root" }
    local inter = root:intermediate { cn = "Test Intermediate" }
    return { root = root, other = pki.ca { cn = "Another Root" },
      server = inter:issue { cn = "localhost", dns = "localhost" } }
  end,

  server = { cert = "$server", send_root = true },
  client = { ca = "$other" },

  expect = {
    client = {
      code = "cert-untrusted", slug = "cert-untrusted-root-sent",
      fault = "server", rejected_by = "client",
      verify = 19, depth = 2, errors = { "19@2" },
      alert_sent = 48,
    },
    server = { code = "cert-rejected", alert_received = 48 },
  },
  fixed = { client = { ca = "$root" } },
}
