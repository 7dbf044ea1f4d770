return require "wsstls".scenario {
  name = "config-key-mismatch", row = 69, fault = "server",
  title = "The server's key is not its certificate's",
  text = "Found when the two are loaded (05800074).",
  tags = { "negotiation", "catalogue" },

  pki = function(pki)
    local key = pki.key()
    local root = pki.ca { cn = "Test Root" }
    return { root = root, key = key, other = pki.key(),
      server = root:issue { cn = "localhost", dns = "localhost",
        key = key }:pem() }
  end,

  server = { cert = "$server", key = "$other" },
  client = { ca = "$root" },

  expect = {
    server = { code = "config-key-mismatch", phase = "config" },
  },
  fixed = { server = { key = "$key" } },
}
