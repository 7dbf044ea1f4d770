return require "wsstls".scenario {
  name = "proxy-bad-gateway", fault = "proxy",
  title = "502: the proxy does not reach the server",
  text = "Another try may succeed unchanged.",
  tags = { "proxy", "catalogue" },

  pki = function(pki)
    local root = pki.ca { cn = "Test Root" }
    return { root = root,
      server = root:issue { cn = "localhost", dns = "localhost" } }
  end,

  proxy = { answer = 502 },

  server = { cert = "$server" },
  client = { ca = "$root" },

  expect = {
    client = {
      code = "proxy-bad-gateway", phase = "proxy",
      rejected_by = "proxy",
    },
  },
  fixed = { proxy = { answer = "$none" } },
}
