return require "wsstls".scenario {
  name = "tcp-failed", fault = "network",
  title = "Connecting fails for a rarer reason",
  text = "Any errno without a name of its own: here a link-local address "
    .. "that does not say which link.",
  tags = { "wire", "catalogue" },

  pki = function(pki)
    local root = pki.ca { cn = "Test Root" }
    return { root = root,
      server = root:issue { cn = "localhost", dns = "localhost" } }
  end,

  server = { cert = "$server" },
  client = { url = "wss://[fe80::1]:{port}/", ca = "$root" },

  expect = {
    client = { code = "tcp-failed", phase = "tcp" },
  },
  fixed = { client = { url = "$none" } },
}
