return require "wsstls".scenario {
  name = "client-cert-ip-mismatch",
  fault = "client",
  title = "The client's certificate is not for the address the server expects",
  text = "`verify_ip` at a server asks for an address in its clients' "
    .. "certificates.",
  tags = { "client-certificate", "catalogue" },

  pki = function(pki)
    local root = pki.ca { cn = "Test Root" }
    return { root = root,
      server = root:issue { cn = "localhost", dns = "localhost" },
      client = root:issue { cn = "client", ip = "192.0.2.2" },
      good = root:issue { cn = "client", ip = "192.0.2.1" } }
  end,

  server = { cert = "$server", ca = "$root", client_verify = "required",
    verify_ip = "192.0.2.1" },
  client = { ca = "$root", cert = "$client" },

  expect = {
    client = {
      code = "client-cert-rejected", phase = "tls",
      rejected_by = "server", alert_received = 42,
    },
    server = {
      code = "client-cert-ip-mismatch",
      fault = "client", rejected_by = "server",
      verify = 64, depth = 0, errors = { "64@0" },
      alert_sent = 42,
    },
  },
  fixed = { client = { cert = "$good" } },
}
