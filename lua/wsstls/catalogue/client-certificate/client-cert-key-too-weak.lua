return require "wsstls".scenario {
  name = "client-cert-key-too-weak",
  fault = "client",
  title = "The client's key is RSA with 1024 bits at security level 2",
  text = "Its own level let the client load it; the server's does not take "
    .. "it.",
  tags = { "client-certificate", "catalogue" },

  pki = function(pki)
    local weak = pki.key { type = "rsa", bits = 1024 }
    local root = pki.ca { cn = "Test Root" }
    return { root = root,
      server = root:issue { cn = "localhost", dns = "localhost" },
      client = root:issue { cn = "client", key = weak },
      good = root:issue { cn = "client" } }
  end,

  server = { cert = "$server", ca = "$root", client_verify = "required",
    security_level = 2 },
  client = { ca = "$root", cert = "$client", security_level = 0 },

  expect = {
    client = {
      code = "client-cert-rejected", phase = "tls",
      rejected_by = "server", alert_received = 42,
    },
    server = {
      code = "client-cert-key-too-weak",
      fault = "client", rejected_by = "server",
      verify = 66, depth = 0, errors = { "66@0" },
      alert_sent = 42,
    },
  },
  fixed = { client = { cert = "$good" } },
}
