return require "wsstls".scenario {
  name = "cert-depth", row = 28, fault = "client",
  title = "The chain is longer than the client's verify_depth",
  text = "verify_depth counts the intermediates: 0 allows none.",
  tags = { "certificate", "catalogue" },

  pki = function(pki)
    local root = pki.ca { cn = "Test Root" }
    local inter = root:intermediate { cn = "Test Intermediate" }
    return { root = root,
      server = inter:issue { cn = "localhost", dns = "localhost" } }
  end,

  server = { cert = "$server" },
  client = { ca = "$root", verify_depth = 0 },

  expect = {
    client = {
      code = "cert-depth",
      fault = "client", rejected_by = "client",
      verify = 22, depth = 1, errors = { "22@1", "20@1" },
      alert_sent = 48,
    },
    server = { code = "cert-rejected", alert_received = 48 },
  },
  fixed = { client = { verify_depth = 1 } },
}
