return require "wsstls".scenario {
  name = "proxy-failed", fault = "proxy",
  title = "The proxy answers something else",
  text = "Any status without a name of its own.",
  tags = { "proxy", "catalogue" },

  pki = function(pki)
    local root = pki.ca { cn = "Test Root" }
    return { root = root,
      server = root:issue { cn = "localhost", dns = "localhost" } }
  end,

  proxy = { answer = 500 },

  server = { cert = "$server" },
  client = { ca = "$root" },

  expect = {
    client = {
      code = "proxy-failed", phase = "proxy",
      rejected_by = "proxy",
    },
  },
  fixed = { proxy = { answer = "$none" } },
}
