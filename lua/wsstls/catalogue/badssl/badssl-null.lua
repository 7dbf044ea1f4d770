return require "wsstls".scenario {
  name = "badssl-null", fault = "server",
  title = "The server has ciphers without encryption only",
  text = "NULL ciphers: a client that did not ask for them finds nothing in "
    .. "common.",
  slug = "tls-no-shared-cipher",
  tags = { "badssl", "catalogue" },
  versions = { "TLSv1.2" },

  pki = function(pki)
    local root = pki.ca { cn = "Test Root" }
    return { root = root,
      server = root:issue { cn = "localhost", dns = "localhost",
        key = "P-256" } }
  end,

  server = {
    cert = "$server", security_level = 0,
    ciphers = "ECDHE-ECDSA-NULL-SHA",
  },
  client = { ca = "$root" },

  expect = {
    client = {
      code = "tls-handshake-failure", rejected_by = "server",
      alert_received = 40,
    },
    server = { code = "tls-no-shared-cipher", alert_sent = 40 },
  },
  fixed = { server = { ciphers = "ECDHE-ECDSA-AES128-GCM-SHA256" } },
}
