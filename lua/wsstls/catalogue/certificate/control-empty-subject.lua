return require "wsstls".scenario {
  name = "control-empty-subject", row = 46, fault = "none",
  title = "No subject: the names are in the SAN only",
  text = "RFC 5280 4.1.2.6: allowed where subjectAltName is critical.",
  tags = { "certificate", "catalogue", "control" },

  pki = function(pki)
    local root = pki.ca { cn = "Test Root" }
    local inter = root:intermediate { cn = "Test Intermediate" }
    return { root = root,
      server = inter:issue { dns = "localhost" },
      plain = inter:issue { cn = "localhost", dns = "localhost" } }
  end,

  server = { cert = "$server" },
  client = { ca = "$root" },

  expect = {
    client = { ok = true },
    server = { ok = true },
  },
  fixed = { server = { cert = "$plain" } },
}
