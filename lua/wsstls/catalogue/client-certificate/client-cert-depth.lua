return require "wsstls".scenario {
  name = "client-cert-depth",
  fault = "server",
  title = "The client's chain is longer than the server's verify_depth",
  text = "Of the certificates between leaf and root none is allowed here.",
  tags = { "client-certificate", "catalogue" },

  pki = function(pki)
    local root = pki.ca { cn = "Test Root" }
    local inter = root:intermediate { cn = "Test Intermediate" }
    return { root = root,
      server = root:issue { cn = "localhost", dns = "localhost" },
      client = inter:issue { cn = "client" } }
  end,

  server = { cert = "$server", ca = "$root", client_verify = "required",
    verify_depth = 0 },
  client = { ca = "$root", cert = "$client" },

  expect = {
    client = {
      code = "client-cert-rejected", phase = "tls",
      rejected_by = "server", alert_received = 48,
    },
    server = {
      code = "client-cert-depth",
      fault = "server", rejected_by = "server",
      verify = 22, depth = 1, errors = { "22@1", "20@1" },
      alert_sent = 48,
    },
  },
  fixed = { server = { verify_depth = 1 } },
}
