return require "wsstls".scenario {
  name = "client-cert-unknown-critical-extension",
  fault = "client",
  title = "The client's certificate has a critical extension nobody knows",
  text = "What is critical and not understood is to be refused.",
  tags = { "client-certificate", "catalogue" },

  pki = function(pki)
    local root = pki.ca { cn = "Test Root" }
    return { root = root,
      server = root:issue { cn = "localhost", dns = "localhost" },
      client = root:issue { cn = "client",
        extensions = { { oid = "1.2.3.4", critical = true, value = "\5\0" } } },
      good = root:issue { cn = "client" } }
  end,

  server = { cert = "$server", ca = "$root", client_verify = "required" },
  client = { ca = "$root", cert = "$client" },

  expect = {
    client = {
      code = "client-cert-rejected", phase = "tls",
      rejected_by = "server", alert_received = 46,
    },
    server = {
      code = "client-cert-unknown-critical-extension",
      fault = "client", rejected_by = "server",
      verify = 34, depth = 0, errors = { "34@0" },
      alert_sent = 46,
    },
  },
  fixed = { client = { cert = "$good" } },
}
