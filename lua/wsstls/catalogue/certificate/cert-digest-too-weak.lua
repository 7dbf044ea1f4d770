return require "wsstls".scenario {
  name = "cert-digest-too-weak", row = 34, fault = "server",
  title = "A SHA-1 signature at security level 2",
  text = "The leaf was signed with a digest that can be forged.",
  tags = { "certificate", "catalogue" },

  pki = function(pki)
    local root = pki.ca { cn = "Test Root" }
    local inter = root:intermediate { cn = "Test Intermediate",
      key = "P-256" }
    return { root = root,
      server = inter:issue { cn = "localhost", dns = "localhost",
        digest = "SHA1" },
      good = inter:issue { cn = "localhost", dns = "localhost" } }
  end,

  server = { cert = "$server", security_level = 0 },
  client = { ca = "$root", security_level = 2 },

  expect = {
    client = {
      code = "cert-digest-too-weak",
      fault = "server", rejected_by = "client",
      verify = 68, depth = 0, errors = { "68@0" },
      alert_sent = 42,
    },
    server = { code = "cert-rejected", alert_received = 42 },
  },
  fixed = { server = { cert = "$good" } },
}
