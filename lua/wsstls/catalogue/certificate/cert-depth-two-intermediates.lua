return require "wsstls".scenario {
  name = "cert-depth-two-intermediates", row = 28, fault = "client",
  title = "Two intermediates, and a verify_depth of one",
  text = "The fault is at the depth that the verifier did not want to enter.",
  slug = "cert-depth",
  tags = { "certificate", "catalogue" },

  pki = function(pki)
    local root = pki.ca { cn = "Test Root" }
    local inter = root:intermediate { cn = "Test Intermediate" }
    local lower = inter:intermediate { cn = "Lower Intermediate" }
    return { root = root,
      server = lower:issue { cn = "localhost", dns = "localhost" } }
  end,

  server = { cert = "$server" },
  client = { ca = "$root", verify_depth = 1 },

  expect = {
    client = {
      code = "cert-depth",
      fault = "client", rejected_by = "client",
      verify = 22, depth = 2, errors = { "22@2", "20@2" },
      alert_sent = 48,
    },
    server = { code = "cert-rejected", alert_received = 48 },
  },
  fixed = { client = { verify_depth = 2 } },
}
