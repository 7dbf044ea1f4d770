return require "wsstls".scenario {
  name = "timeout-close", fault = "server",
  title = "The peer does not answer the close frame",
  text = "After the time-out the connection is closed by force.",
  tags = { "close", "catalogue" },

  pki = function(pki)
    local root = pki.ca { cn = "Test Root" }
    return { root = root,
      server = root:issue { cn = "localhost", dns = "localhost" } }
  end,

  server = {
    cert = "$server",
    raw = function(peer)
      peer:upgrade()
      peer:read("all")
    end,
  },
  client = {
    ca = "$root",
    run = function(conn) conn:close(1000, "bye", 0.2) end,
  },

  expect = {
    client = { code = "timeout-close", phase = "close" },
  },
  fixed = { server = { raw = "$none" } },
}
