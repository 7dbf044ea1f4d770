return require "wsstls".scenario {
  name = "client-cert-name-excluded",
  fault = "client",
  title = "The client's name is among the excluded names of its CA",
  text = "The CA may name any host but those of bad.test.",
  tags = { "client-certificate", "catalogue" },

  pki = function(pki)
    local root = pki.ca { cn = "Test Root" }
    local inter = root:intermediate { cn = "Test Intermediate",
      name_constraints = { excluded = { "bad.test" } } }
    return { root = root,
      server = root:issue { cn = "localhost", dns = "localhost" },
      client = inter:issue { cn = "client", dns = "one.bad.test" },
      good = inter:issue { cn = "client", dns = "one.test" } }
  end,

  server = { cert = "$server", ca = "$root", client_verify = "required" },
  client = { ca = "$root", cert = "$client" },

  expect = {
    client = {
      code = "client-cert-rejected", phase = "tls",
      rejected_by = "server", alert_received = 46,
    },
    server = {
      code = "client-cert-name-excluded",
      fault = "client", rejected_by = "server",
      verify = 48, depth = 0, errors = { "48@0" },
      alert_sent = 46,
    },
  },
  fixed = { client = { cert = "$good" } },
}
