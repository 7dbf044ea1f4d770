return require "wsstls".scenario {
  name = "client-cert-host-mismatch",
  fault = "client",
  title = "The client's certificate is not for the host the server expects",
  text = "`verify_host` at a server asks for a name in its clients' "
    .. "certificates.",
  tags = { "client-certificate", "catalogue" },

  pki = function(pki)
    local root = pki.ca { cn = "Test Root" }
    return { root = root,
      server = root:issue { cn = "localhost", dns = "localhost" },
      client = root:issue { cn = "client", dns = "two.test" },
      good = root:issue { cn = "client", dns = "one.test" } }
  end,

  server = { cert = "$server", ca = "$root", client_verify = "required",
    verify_host = "one.test" },
  client = { ca = "$root", cert = "$client" },

  expect = {
    client = {
      code = "client-cert-rejected", phase = "tls",
      rejected_by = "server", alert_received = 42,
    },
    server = {
      code = "client-cert-host-mismatch",
      fault = "client", rejected_by = "server",
      verify = 62, depth = 0, errors = { "62@0" },
      alert_sent = 42,
    },
  },
  fixed = { client = { cert = "$good" } },
}
