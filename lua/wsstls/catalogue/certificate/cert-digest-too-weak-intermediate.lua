return require "wsstls".scenario {
  name = "cert-digest-too-weak-intermediate", row = 34, fault = "server",
  title = "An intermediate with a SHA-1 signature at security level 2",
  text = "The same one step up; a root's own signature is never checked.",
  slug = "cert-digest-too-weak",
  tags = { "certificate", "catalogue" },

  pki = function(pki)
    local root = pki.ca { cn = "Test Root", key = "P-256" }
    local bad = root:intermediate { cn = "Test Intermediate",
      digest = "SHA1" }
    local inter = root:intermediate { cn = "Test Intermediate" }
    return { root = root,
      server = bad:issue { cn = "localhost", dns = "localhost" },
      good = inter:issue { cn = "localhost", dns = "localhost" } }
  end,

  server = { cert = "$server", security_level = 0 },
  client = { ca = "$root", security_level = 2 },

  expect = {
    client = {
      code = "cert-digest-too-weak",
      fault = "server", rejected_by = "client",
      verify = 68, depth = 1, errors = { "68@1" },
      alert_sent = 42,
    },
    server = { code = "cert-rejected", alert_received = 42 },
  },
  fixed = { server = { cert = "$good" } },
}
