return require "wsstls".scenario {
  name = "dns-not-found", row = 81, fault = "client",
  title = "The name does not resolve",
  text = "RFC 6761 reserves .invalid for names that never exist.",
  tags = { "wire", "catalogue" },

  pki = function(pki)
    local root = pki.ca { cn = "Test Root" }
    return { root = root,
      server = root:issue { cn = "localhost", dns = "localhost" } }
  end,

  server = { cert = "$server" },
  client = { url = "wss://nowhere.invalid:{port}/", ca = "$root" },

  expect = {
    client = { code = "dns-not-found", phase = "dns" },
  },
  fixed = { client = { url = "$none" } },
}
