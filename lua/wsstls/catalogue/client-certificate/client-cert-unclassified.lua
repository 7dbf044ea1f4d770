return require "wsstls".scenario {
  name = "client-cert-unclassified",
  fault = "client",
  title = "The client's chain is refused for a rarer reason",
  text = "A code of OpenSSL's without a name here: its number and text are "
    .. "told.",
  tags = { "client-certificate", "catalogue" },

  pki = function(pki)
    local root = pki.ca { cn = "Test Root" }
    local inter = root:intermediate { cn = "Test Intermediate",
      name_constraints = { excluded = { "URI:bad.test" } } }
    return { root = root,
      server = root:issue { cn = "localhost", dns = "localhost" },
      client = inter:issue { cn = "client", uri = "urn:isbn:1" },
      good = inter:issue { cn = "client" } }
  end,

  server = { cert = "$server", ca = "$root", client_verify = "required" },
  client = { ca = "$root", cert = "$client" },

  expect = {
    client = {
      code = "client-cert-rejected", phase = "tls",
      rejected_by = "server", alert_received = 46,
    },
    server = {
      code = "client-cert-unclassified",
      fault = "client", rejected_by = "server",
      verify = 53, depth = 0, errors = { "53@0" },
      alert_sent = 46,
    },
  },
  fixed = { client = { cert = "$good" } },
}
