return require "wsstls".scenario {
  name = "client-cert-name-not-permitted",
  fault = "client",
  title = "The client's name is outside the permitted names of its CA",
  text = "The CA may name hosts of ok.test only.",
  tags = { "client-certificate", "catalogue" },

  pki = function(pki)
    local root = pki.ca { cn = "Test Root" }
    local inter = root:intermediate { cn = "Test Intermediate",
      name_constraints = { permitted = { "ok.test" } } }
    return { root = root,
      server = root:issue { cn = "localhost", dns = "localhost" },
      client = inter:issue { cn = "client", dns = "one.test" },
      good = inter:issue { cn = "client", dns = "one.ok.test" } }
  end,

  server = { cert = "$server", ca = "$root", client_verify = "required" },
  client = { ca = "$root", cert = "$client" },

  expect = {
    client = {
      code = "client-cert-rejected", phase = "tls",
      rejected_by = "server", alert_received = 46,
    },
    server = {
      code = "client-cert-name-not-permitted",
      fault = "client", rejected_by = "server",
      verify = 47, depth = 0, errors = { "47@0" },
      alert_sent = 46,
    },
  },
  fixed = { client = { cert = "$good" } },
}
