return require "wsstls".scenario {
  name = "badssl-rsa512", fault = "server",
  title = "An RSA key of 512 bits",
  text = "Broken in hours; too short for the signatures of TLS 1.3.",
  slug = "cert-key-too-weak",
  tags = { "badssl", "catalogue" },
  versions = { "TLSv1.2" },

  pki = function(pki)
    local root = pki.ca { cn = "Test Root" }
    return { root = root,
      server = root:issue { cn = "localhost", dns = "localhost",
        key = { type = "rsa", bits = 512 } },
      good = root:issue { cn = "localhost", dns = "localhost" } }
  end,

  server = { cert = "$server", security_level = 0 },
  client = { ca = "$root" },

  expect = {
    client = {
      code = "cert-key-too-weak", verify = 66, depth = 0,
      alert_sent = 42,
    },
    server = { code = "cert-rejected", alert_received = 42 },
  },
  fixed = { server = { cert = "$good" } },
}
