return require "wsstls".scenario {
  name = "timeout-proxy", fault = "proxy",
  title = "The proxy never answers",
  text = "The CONNECT was sent, and nothing comes back.",
  tags = { "proxy", "catalogue" },

  pki = function(pki)
    local root = pki.ca { cn = "Test Root" }
    return { root = root,
      server = root:issue { cn = "localhost", dns = "localhost" } }
  end,

  proxy = { answer = "hang" },

  server = { cert = "$server" },
  client = { ca = "$root", timeout = { proxy = 0.3 } },

  expect = {
    client = { code = "timeout-proxy", phase = "proxy" },
  },
  fixed = { proxy = { answer = "$none" } },
}
