return require "wsstls".scenario {
  name = "upgrade-no-response", row = 93, fault = "server",
  title = "The server closes instead of answering",
  text = "The request was read, and then the connection ended.",
  tags = { "upgrade", "catalogue" },

  pki = function(pki)
    local root = pki.ca { cn = "Test Root" }
    return { root = root,
      server = root:issue { cn = "localhost", dns = "localhost" } }
  end,

  server = {
    cert = "$server",
    raw = function(peer)
      repeat until assert(peer:read("line")) == ""
      peer:close()
    end,
  },
  client = { ca = "$root" },

  expect = {
    client = {
      code = "upgrade-no-response", phase = "upgrade",
      fault = "server", http_status = false,
    },
  },
  fixed = { server = { raw = "$none" } },
}
