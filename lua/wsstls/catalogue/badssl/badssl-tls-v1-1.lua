return require "wsstls".scenario {
  name = "badssl-tls-v1-1", fault = "server",
  title = "The server speaks TLS 1.1, and the client takes 1.2 only",
  text = "Without the list of TLS 1.3 the server chooses its own version, "
    .. "and the client refuses. Its alert has another version than the "
    .. "server reads, so OpenSSL's server does not understand it.",
  slug = "tls-version-mismatch",
  tags = { "badssl", "catalogue" },
  versions = { "TLSv1.2" },

  pki = function(pki)
    local root = pki.ca { cn = "Test Root" }
    return { root = root,
      server = root:issue { cn = "localhost", dns = "localhost",
        key = { type = "rsa" } } }
  end,

  server = {
    cert = "$server", security_level = 0,
    min_version = "TLSv1", max_version = "TLSv1.1",
  },
  client = {
    ca = "$root",
    min_version = "TLSv1.2", max_version = "TLSv1.2",
  },

  expect = {
    client = {
      code = "tls-version-mismatch", rejected_by = "client",
      alert_sent = 70, openssl = "0A000102",
    },
    server = {
      code = "tls-failed", openssl = "0A00010B",
      alert_received = false,
    },
  },
  fixed = { server = { max_version = "TLSv1.2" } },
}
