return require "wsstls".scenario {
  name = "closed-internal-error", row = 100, fault = "server",
  title = "The peer's program failed: 1011",
  text = "The peer's log knows more.",
  tags = { "close", "catalogue" },

  pki = function(pki)
    local root = pki.ca { cn = "Test Root" }
    return { root = root,
      server = root:issue { cn = "localhost", dns = "localhost" } }
  end,

  server = {
    cert = "$server",
    run = function(conn) conn:close(1011, "out of cheese") end,
  },
  client = { ca = "$root" },

  expect = {
    client = {
      code = "closed", slug = "closed-internal-error",
      close_code = 1011,
    },
    server = { code = "closed", close_code = 1011 },
  },
  fixed = { server = { run = "$none" } },
}
