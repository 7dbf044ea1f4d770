return require "wsstls".scenario {
  name = "config-write-failed", fault = "client",
  title = "The key log cannot be written",
  text = "Its folder does not exist. Said at once, and not when the capture "
    .. "turns out to be unreadable.",
  tags = { "config", "catalogue" },

  pki = function(pki, ctx)
    local root = pki.ca { cn = "Test Root" }
    return { root = root, bad = ctx.dir() .. "/missing/keys",
      good = ctx.dir() .. "/keys",
      server = root:issue { cn = "localhost", dns = "localhost" } }
  end,

  server = { cert = "$server" },
  client = { ca = "$root", keylog = "$bad" },

  expect = {
    client = {
      code = "config-write-failed", phase = "config", fault = "client",
    },
  },
  fixed = { client = { keylog = "$good" } },
}
