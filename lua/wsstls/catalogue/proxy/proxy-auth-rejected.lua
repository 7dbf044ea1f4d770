return require "wsstls".scenario {
  name = "proxy-auth-rejected", fault = "client",
  title = "407: the proxy does not take these credentials",
  text = "The name or the password is wrong.",
  tags = { "proxy", "catalogue" },

  pki = function(pki)
    local root = pki.ca { cn = "Test Root" }
    return { root = root,
      server = root:issue { cn = "localhost", dns = "localhost" } }
  end,

  proxy = { auth = "user:secret" },

  server = { cert = "$server" },
  client = { ca = "$root", proxy = "http://user:guess@{proxy}" },

  expect = {
    client = {
      code = "proxy-auth-rejected",
      phase = "proxy", rejected_by = "proxy",
    },
  },
  fixed = { client = { proxy = "http://user:secret@{proxy}" } },
}
