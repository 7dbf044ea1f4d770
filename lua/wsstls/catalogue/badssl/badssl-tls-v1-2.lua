return require "wsstls".scenario {
  name = "badssl-tls-v1-2", fault = "none",
  title = "The server speaks nothing newer than TLS 1.2",
  text = "Old, and good enough: this passes.",
  tags = { "badssl", "catalogue", "control" },
  versions = { "TLSv1.3" },

  pki = function(pki)
    local root = pki.ca { cn = "Test Root" }
    return { root = root,
      server = root:issue { cn = "localhost", dns = "localhost" } }
  end,

  server = { cert = "$server", max_version = "TLSv1.2" },
  client = { ca = "$root", min_version = "TLSv1.2" },

  expect = {
    client = { ok = true },
    server = { ok = true },
  },
  fixed = { server = { max_version = "TLSv1.3" } },
}
