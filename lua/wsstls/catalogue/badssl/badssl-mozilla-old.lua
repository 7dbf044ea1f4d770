return require "wsstls".scenario {
  name = "badssl-mozilla-old", fault = "none",
  title = "A server of Mozilla's old profile serves TLS 1.0",
  text = "Everything back to TLS 1.0: an old client gets in, a new one gets "
    .. "TLS 1.3.",
  tags = { "badssl", "catalogue", "control" },
  versions = { "TLSv1.3" },

  pki = function(pki)
    local root = pki.ca { cn = "Test Root" }
    return { root = root,
      server = root:issue { cn = "localhost", dns = "localhost",
        key = { type = "rsa" } } }
  end,

  server = {
    cert = "$server", min_version = "TLSv1", security_level = 0,
    ciphers = "ECDHE:DHE:AES256-GCM-SHA384:AES128-GCM-SHA256:AES128-SHA",
  },
  client = {
    ca = "$root", security_level = 0,
    min_version = "TLSv1", max_version = "TLSv1",
  },

  expect = {
    client = { ok = true },
    server = { ok = true },
  },
  fixed = { client = { max_version = "TLSv1.3", security_level = "$none" } },
}
