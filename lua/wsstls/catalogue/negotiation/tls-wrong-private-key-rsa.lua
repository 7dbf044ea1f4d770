return require "wsstls".scenario {
  name = "tls-wrong-private-key-rsa", row = 70, fault = "server",
  title = "The same with RSA key exchange",
  text = "The server cannot read what the client encrypted: its keys differ "
    .. "from the client's and the first protected record fails.",
  slug = "tls-wrong-private-key",
  tags = { "negotiation", "catalogue", "seed" },
  versions = { "TLSv1.2" },

  pki = function(pki)
    local rsa = { type = "rsa", pool = true }
    local root = pki.ca { cn = "Test Root" }
    local good = root:issue { cn = "localhost", dns = "localhost", key = rsa }
    return { root = root, good = good,
      server = pki.mismatched(good, pki.key(rsa)) }
  end,

  server = { cert = "$server", ciphers = "AES128-GCM-SHA256" },
  client = { ca = "$root", ciphers = "AES128-GCM-SHA256" },

  expect = {
    client = {
      code = "tls-bad-record-mac", rejected_by = "server",
      alert_received = 20,
    },
    server = {
      code = "tls-wrong-private-key", rejected_by = "server",
      alert_sent = 20, openssl = "0A000119",
    },
  },
  fixed = { server = { cert = "$good" } },
}
