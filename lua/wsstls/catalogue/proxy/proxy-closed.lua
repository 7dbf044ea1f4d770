return require "wsstls".scenario {
  name = "proxy-closed", fault = "proxy",
  title = "The proxy closes instead of answering",
  text = "The CONNECT was sent, and then the connection ended.",
  tags = { "proxy", "catalogue" },

  pki = function(pki)
    local root = pki.ca { cn = "Test Root" }
    return { root = root,
      server = root:issue { cn = "localhost", dns = "localhost" } }
  end,

  proxy = { answer = "close" },

  server = { cert = "$server" },
  client = { ca = "$root" },

  expect = {
    client = { code = "proxy-closed", phase = "proxy" },
  },
  fixed = { proxy = { answer = "$none" } },
}
