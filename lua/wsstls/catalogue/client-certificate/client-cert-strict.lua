return require "wsstls".scenario {
  name = "client-cert-strict",
  fault = "client",
  title = "strict at the server: the client's certificate has no AKI",
  text = "RFC 5280 wants an authority key identifier in what a CA issues.",
  tags = { "client-certificate", "catalogue" },

  pki = function(pki)
    local root = pki.ca { cn = "Test Root" }
    return { root = root,
      server = root:issue { cn = "localhost", dns = "localhost" },
      client = root:issue { cn = "client", aki = false },
      good = root:issue { cn = "client" } }
  end,

  server = { cert = "$server", ca = "$root", client_verify = "required",
    strict = true },
  client = { ca = "$root", cert = "$client" },

  expect = {
    client = {
      code = "client-cert-rejected", phase = "tls",
      rejected_by = "server", alert_received = 46,
    },
    server = {
      code = "client-cert-strict",
      fault = "client", rejected_by = "server",
      verify = 85, depth = 0, errors = { "85@0" },
      alert_sent = 46,
    },
  },
  fixed = { client = { cert = "$good" } },
}
