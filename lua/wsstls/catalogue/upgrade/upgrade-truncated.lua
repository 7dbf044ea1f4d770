return require "wsstls".scenario {
  name = "upgrade-truncated", row = 93, fault = "server",
  title = "The answer ends in the middle",
  text = "Half a head, and then the connection ended.",
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
      peer:write "HTTP/1.1 101 Switching Protocols\r\nUpgr"
      peer:close()
    end,
  },
  client = { ca = "$root" },

  expect = {
    client = {
      code = "upgrade-truncated", phase = "upgrade",
      fault = "server",
    },
  },
  fixed = { server = { raw = "$none" } },
}
