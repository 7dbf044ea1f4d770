return require "wsstls".scenario {
  name = "client-cert-rejected", fault = "client",
  title = "A certificate is optional, and a bad one is refused all the same",
  text = "The server lets in who sends none; who sends one of a foreign CA "
    .. "is turned away, and hears of it by an alert only.",
  tags = { "client-certificate", "catalogue" },

  pki = function(pki)
    local root = pki.ca { cn = "Test Root" }
    return { root = root,
      server = root:issue { cn = "localhost", dns = "localhost" },
      client = pki.ca { cn = "Another Root" }:issue { cn = "client" } }
  end,

  server = { cert = "$server", ca = "$root", client_verify = "optional" },
  client = { ca = "$root", cert = "$client" },

  expect = {
    client = {
      code = "client-cert-rejected", phase = "tls",
      fault = "client", rejected_by = "server", alert_received = 48,
    },
    server = {
      code = "client-cert-untrusted", fault = "client",
      verify = 20, depth = 0, alert_sent = 48,
    },
  },
  fixed = { client = { cert = "$none" } },
}
