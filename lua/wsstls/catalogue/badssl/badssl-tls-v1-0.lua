return require "wsstls".scenario {
  name = "badssl-tls-v1-0", fault = "server",
  title = "The server speaks nothing newer than TLS 1.0",
  text = "The client says which versions it takes, and the server finds none.",
  slug = "tls-version-mismatch",
  tags = { "badssl", "catalogue" },
  versions = { "TLSv1.3" },

  pki = function(pki)
    local root = pki.ca { cn = "Test Root" }
    return { root = root,
      server = root:issue { cn = "localhost", dns = "localhost",
        key = { type = "rsa" } } }
  end,

  server = {
    cert = "$server", security_level = 0,
    min_version = "TLSv1", max_version = "TLSv1",
  },
  client = { ca = "$root", min_version = "TLSv1.2" },

  expect = {
    client = {
      code = "tls-version-mismatch", rejected_by = "server",
      alert_received = 70,
    },
    server = {
      code = "tls-version-mismatch", rejected_by = "server",
      alert_sent = 70, openssl = "0A000102",
    },
  },
  fixed = { server = { max_version = "TLSv1.2" } },
}
