return require "wsstls".scenario {
  name = "config-file-empty", fault = "client",
  title = "The client's CA file is empty",
  text = "Somebody made it and did not fill it.",
  tags = { "config", "catalogue" },

  pki = function(pki, ctx)
    local file = assert(io.open(ctx.dir() .. "/ca.pem", "w"))
    file:write("")
    file:close()
    local root = pki.ca { cn = "Test Root" }
    return { root = root, file = ctx.dir() .. "/ca.pem",
      server = root:issue { cn = "localhost", dns = "localhost" } }
  end,

  server = { cert = "$server" },
  client = { ca_file = "$file" },

  expect = {
    client = {
      code = "config-file-empty", phase = "config",
      fault = "client",
    },
  },
  fixed = { client = { ca_file = "$none", ca = "$root" } },
}
