return require "wsstls".scenario {
  name = "upgrade-bad-request", fault = "client",
  title = "The client's request is not HTTP",
  text = "A program that speaks another protocol at the right port, inside "
    .. "good TLS: 400.",
  tags = { "upgrade", "catalogue" },

  pki = function(pki)
    local root = pki.ca { cn = "Test Root" }
    return { root = root,
      server = root:issue { cn = "localhost", dns = "localhost" } }
  end,

  server = { cert = "$server" },
  client = {
    ca = "$root",
    raw = function(peer)
      peer:write "EHLO client.test\r\n\r\n"
      assert(peer:read("line", 5):find("400", 1, true))
    end,
  },

  expect = {
    server = {
      code = "upgrade-bad-request", phase = "upgrade",
      fault = "client", rejected_by = "server", http_status = 400,
    },
  },
  fixed = { client = { raw = "$none" } },
}
