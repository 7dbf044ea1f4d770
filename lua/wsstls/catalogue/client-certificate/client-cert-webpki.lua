return require "wsstls".scenario {
  name = "client-cert-webpki",
  fault = "client",
  title = "The web PKI forbids what OpenSSL accepts, at the server",
  text = "The policy asks for an authority key identifier.",
  tags = { "client-certificate", "catalogue" },

  pki = function(pki)
    local root = pki.ca { cn = "Test Root" }
    return { root = root,
      server = root:issue { cn = "localhost", dns = "localhost" },
      client = root:issue { cn = "client", aki = false },
      good = root:issue { cn = "client" } }
  end,

  server = { cert = "$server", ca = "$root", client_verify = "required",
    policy = "webpki" },
  client = { ca = "$root", cert = "$client" },

  expect = {
    client = { code = "tls-handshake-failure", alert_received = 40 },
    server = {
      code = "client-cert-webpki",
      fault = "client", rejected_by = "server",
      verify = 50, depth = 0, errors = { "50@0" },
      alert_sent = 40,
    },
  },
  fixed = { client = { cert = "$good" } },
}
