return require "wsstls".scenario {
  name = "closed-going-away", row = 100, fault = "server",
  title = "The peer goes away: 1001",
  text = "A server that shuts down, a page that is left.",
  tags = { "close", "catalogue" },

  pki = function(pki)
    local root = pki.ca { cn = "Test Root" }
    return { root = root,
      server = root:issue { cn = "localhost", dns = "localhost" } }
  end,

  server = {
    cert = "$server",
    run = function(conn) conn:close(1001, "restarting") end,
  },
  client = { ca = "$root" },

  expect = {
    client = {
      code = "closed", slug = "closed-going-away",
      close_code = 1001,
    },
    server = { code = "closed", close_code = 1001 },
  },
  fixed = { server = { run = "$none" } },
}
