return require "wsstls".scenario {
  name = "cert-strict-root-bits", row = 42, fault = "server",
  title = "strict: a root without keyUsage, basicConstraints not critical",
  text = "RFC 5280 4.2.1.3 and 4.2.1.9; both faults are told.",
  tags = { "certificate", "catalogue" },

  pki = function(pki)
    local key = pki.key()
    local loose = pki.ca { cn = "Test Root", key = key, key_usage = false,
      basic_constraints = { critical = false } }
    local root = pki.ca { cn = "Test Root", key = key }
    local inter = root:intermediate { cn = "Test Intermediate" }
    return { loose = loose, root = root,
      server = inter:issue { cn = "localhost", dns = "localhost" } }
  end,

  server = { cert = "$server" },
  client = { ca = "$loose", strict = true },

  expect = {
    client = {
      code = "cert-strict", slug = "cert-strict-root-bits",
      fault = "server", rejected_by = "client",
      verify = 89, depth = 2, errors = { "89@2", "92@2" },
      alert_sent = 46,
    },
    server = { code = "cert-rejected", alert_received = 46 },
  },
  fixed = { client = { ca = "$root" } },
}
