return require "wsstls".scenario {
  name = "client-cert-path-length",
  fault = "client",
  title = "The client's chain exceeds a path length constraint",
  text = "The CA may sign certificates, and no further CA.",
  tags = { "client-certificate", "catalogue" },

  pki = function(pki)
    local key = pki.key()
    local short = pki.ca { cn = "Test Root", key = key, path_length = 0 }
    local root = pki.ca { cn = "Test Root", key = key }
    local inter = root:intermediate { cn = "Test Intermediate" }
    return { root = root, short = short,
      server = root:issue { cn = "localhost", dns = "localhost" },
      client = inter:issue { cn = "client" } }
  end,

  server = { cert = "$server", ca = "$short", client_verify = "required" },
  client = { ca = "$root", cert = "$client" },

  expect = {
    client = {
      code = "client-cert-rejected", phase = "tls",
      rejected_by = "server", alert_received = 48,
    },
    server = {
      code = "client-cert-path-length",
      fault = "client", rejected_by = "server",
      verify = 25, depth = 2, errors = { "25@2" },
      alert_sent = 48,
    },
  },
  fixed = { server = { ca = "$root" } },
}
