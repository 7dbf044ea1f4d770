return require "wsstls".scenario {
  name = "config-file-unreadable", fault = "client",
  title = "The client's CA file is a directory",
  text = "EISDIR; EACCES ends the same way.",
  tags = { "config", "catalogue" },

  pki = function(pki, ctx)
    local root = pki.ca { cn = "Test Root" }
    return { root = root, dir = ctx.dir(),
      server = root:issue { cn = "localhost", dns = "localhost" } }
  end,

  server = { cert = "$server" },
  client = { ca_file = "$dir" },

  expect = {
    client = {
      code = "config-file-unreadable", phase = "config",
      fault = "client",
    },
  },
  fixed = { client = { ca_file = "$none", ca = "$root" } },
}
