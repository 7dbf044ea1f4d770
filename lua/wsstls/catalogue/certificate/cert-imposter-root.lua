return require "wsstls".scenario {
  name = "cert-imposter-root", row = 6, fault = "server",
  title = "A trusted root has the same name and another key",
  text = "Two roots of one name: as after a root was made anew.",
  tags = { "certificate", "catalogue" },

  pki = function(pki)
    local root = pki.ca { cn = "Test Root" }
    local inter = root:intermediate { cn = "Test Intermediate" }
    return { root = root, other = pki.ca { cn = "Test Root" },
      server = inter:issue { cn = "localhost", dns = "localhost" } }
  end,

  server = { cert = "$server" },
  client = { ca = "$other" },

  expect = {
    client = {
      code = "cert-untrusted", slug = "cert-imposter-root",
      fault = "server", rejected_by = "client",
      verify = 20, depth = 1, errors = { "20@1" },
      alert_sent = 48,
    },
    server = { code = "cert-rejected", alert_received = 48 },
  },
  fixed = { client = { ca = "$root" } },
}
