return require "wsstls".scenario {
  name = "upgrade-missing-key", row = 95, fault = "client",
  title = "The client sends no Sec-WebSocket-Key",
  text = "Answered with 400.",
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
      local answer = peer:upgrade { ["Sec-WebSocket-Key"] = false }
      assert(answer.status == 400)
    end,
  },

  expect = {
    server = {
      code = "upgrade-missing-key", phase = "upgrade",
      fault = "client", rejected_by = "server", http_status = 400,
    },
  },
  fixed = { client = { raw = "$none" } },
}
