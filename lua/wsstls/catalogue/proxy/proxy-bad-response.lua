return require "wsstls".scenario {
  name = "proxy-bad-response", fault = "proxy",
  title = "The proxy's answer is not HTTP",
  text = "Something else lives at the proxy's port.",
  tags = { "proxy", "catalogue" },

  pki = function(pki)
    local root = pki.ca { cn = "Test Root" }
    return { root = root,
      server = root:issue { cn = "localhost", dns = "localhost" } }
  end,

  proxy = { answer = "garbage" },

  server = { cert = "$server" },
  client = { ca = "$root" },

  expect = {
    client = { code = "proxy-bad-response", phase = "proxy" },
  },
  fixed = { proxy = { answer = "$none" } },
}
