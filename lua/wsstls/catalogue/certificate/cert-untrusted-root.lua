return require "wsstls".scenario {
  name = "cert-untrusted-root", row = 4, fault = "server",
  title = "The chain ends at a root the client does not know",
  text = "The root is not sent, as usual, and not in the client's store.",
  tags = { "certificate", "catalogue" },

  pki = function(pki)
    local root = pki.ca { cn = "Test Root" }
    local inter = root:intermediate { cn = "Test Intermediate" }
    return { root = root, other = pki.ca { cn = "Another Root" },
      server = inter:issue { cn = "localhost", dns = "localhost" } }
  end,

  server = { cert = "$server" },
  client = { ca = "$other" },

  expect = {
    client = {
      code = "cert-untrusted", slug = "cert-untrusted-root",
      fault = "server", rejected_by = "client",
      verify = 20, depth = 1, errors = { "20@1" },
      alert_sent = 48,
    },
    server = { code = "cert-rejected", alert_received = 48 },
  },
  fixed = { client = { ca = "$root" } },
}
