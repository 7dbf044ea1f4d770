return require "wsstls".scenario {
  name = "tcp-unreachable", fault = "network",
  title = "The network is unreachable",
  text = "No route leads there, or the route says no: here TCP to a "
    .. "multicast address.",
  tags = { "wire", "catalogue" },

  pki = function(pki)
    local root = pki.ca { cn = "Test Root" }
    return { root = root,
      server = root:issue { cn = "localhost", dns = "localhost" } }
  end,

  server = { cert = "$server" },
  client = { url = "wss://224.0.0.1:{port}/", ca = "$root" },

  expect = {
    client = { code = "tcp-unreachable", phase = "tcp" },
  },
  fixed = { client = { url = "$none" } },
}
