return require "wsstls".scenario {
  name = "cert-unclassified", fault = "server",
  title = "OpenSSL refuses the chain for a rarer reason",
  text = "Every other X509 error, with its number and OpenSSL's words: here "
    .. "53, a URI that a constraint on hosts cannot be compared with.",
  tags = { "certificate", "catalogue" },

  pki = function(pki)
    local root = pki.ca { cn = "Test Root" }
    local inter = root:intermediate { cn = "Test Intermediate",
      name_constraints = { excluded = { "URI:bad.test" } } }
    return { root = root,
      server = inter:issue { cn = "localhost", dns = "localhost",
        uri = "urn:isbn:1" },
      good = inter:issue { cn = "localhost", dns = "localhost" } }
  end,

  server = { cert = "$server" },
  client = { ca = "$root" },

  expect = {
    client = {
      code = "cert-unclassified",
      fault = "server", rejected_by = "client",
      verify = 53, depth = 0, errors = { "53@0" },
      alert_sent = 46,
    },
    server = { code = "cert-rejected", alert_received = 46 },
  },
  fixed = { server = { cert = "$good" } },
}
