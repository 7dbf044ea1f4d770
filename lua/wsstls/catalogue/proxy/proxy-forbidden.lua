return require "wsstls".scenario {
  name = "proxy-forbidden", fault = "proxy",
  title = "403: the proxy does not go there",
  text = "Its rules forbid the host, the port or this client.",
  tags = { "proxy", "catalogue" },

  pki = function(pki)
    local root = pki.ca { cn = "Test Root" }
    return { root = root,
      server = root:issue { cn = "localhost", dns = "localhost" } }
  end,

  proxy = { answer = 403 },

  server = { cert = "$server" },
  client = { ca = "$root" },

  expect = {
    client = {
      code = "proxy-forbidden", phase = "proxy",
      rejected_by = "proxy",
    },
  },
  fixed = { proxy = { answer = "$none" } },
}
