return require "wsstls".scenario {
  name = "proxy-auth-required", fault = "client",
  title = "407: the proxy wants credentials and got none",
  text = "They belong into the proxy's URL.",
  tags = { "proxy", "catalogue" },

  pki = function(pki)
    local root = pki.ca { cn = "Test Root" }
    return { root = root,
      server = root:issue { cn = "localhost", dns = "localhost" } }
  end,

  proxy = { auth = "user:secret" },

  server = { cert = "$server" },
  client = { ca = "$root" },

  expect = {
    client = {
      code = "proxy-auth-required",
      phase = "proxy", rejected_by = "proxy",
    },
  },
  fixed = { client = { proxy = "http://user:secret@{proxy}" } },
}
