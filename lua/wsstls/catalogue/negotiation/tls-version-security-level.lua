return require "wsstls".scenario {
  name = "tls-version-security-level", row = 67, fault = "client",
  title = "TLS 1.0 at the default security level",
  text = "Both sides speak it; its SHA-1 signatures are below the server's "
    .. "level. The client hears internal_error and no more.",
  tags = { "negotiation", "catalogue" },

  pki = function(pki)
    local root = pki.ca { cn = "Test Root" }
    return { root = root,
      server = root:issue { cn = "localhost", dns = "localhost",
        key = { type = "rsa", pool = true } } }
  end,

  server = { cert = "$server", min_version = "TLSv1" },
  client = {
    ca = "$root", min_version = "TLSv1", max_version = "TLSv1",
    security_level = 0,
  },

  expect = {
    client = {
      code = "tls-alert", phase = "tls",
      rejected_by = "server", alert_received = 80,
    },
    server = {
      code = "tls-version-mismatch", phase = "tls",
      slug = "tls-version-security-level",
      rejected_by = "server", alert_sent = 80, openssl = "0A000076",
    },
  },
  fixed = { server = { security_level = 0 } },
}
