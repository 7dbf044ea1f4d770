return require "wsstls".scenario {
  name = "upgrade-bad-method", fault = "client",
  title = "The client upgrades with POST",
  text = "Answered with 405: an upgrade is a GET.",
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
      local answer = peer:upgrade({}, "POST / HTTP/1.1")
      assert(answer.status == 405)
    end,
  },

  expect = {
    server = {
      code = "upgrade-bad-method", phase = "upgrade",
      fault = "client", rejected_by = "server", http_status = 405,
    },
  },
  fixed = { client = { raw = "$none" } },
}
