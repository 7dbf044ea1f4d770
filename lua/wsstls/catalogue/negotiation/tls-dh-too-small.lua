return require "wsstls".scenario {
  name = "tls-dh-too-small", fault = "server",
  title = "The server's Diffie-Hellman parameters are too small",
  text = "1024 bits of a standard group at the client's security level 2.",
  tags = { "negotiation", "catalogue" },
  versions = { "TLSv1.2" },

  pki = function(pki)
    local root = pki.ca { cn = "Test Root" }
    return { root = root, dh = pki.dhparam(1024), good = pki.dhparam(2048),
      server = root:issue { cn = "localhost", dns = "localhost",
        key = { type = "rsa", pool = true } } }
  end,

  server = { cert = "$server", dh_file = "$dh", security_level = 0 },
  client = {
    ca = "$root", security_level = 2,
    ciphers = "DHE-RSA-AES128-GCM-SHA256",
  },

  expect = {
    client = {
      code = "tls-dh-too-small", phase = "tls",
      rejected_by = "client", alert_sent = 40, openssl = "0A00018A",
    },
    server = {
      code = "tls-handshake-failure", rejected_by = "client",
      alert_received = 40,
    },
  },
  fixed = { server = { dh_file = "$good" } },
}
