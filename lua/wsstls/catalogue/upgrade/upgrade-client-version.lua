return require "wsstls".scenario {
  name = "upgrade-client-version", row = 94, fault = "client",
  title = "The client's WebSocket version is not 13",
  text = "Answered with 426 and the version to use; libwebsockets says 101.",
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
      local answer = peer:upgrade { ["Sec-WebSocket-Version"] = "8" }
      assert(answer.status == 426)
    end,
  },

  expect = {
    server = {
      code = "upgrade-client-version", phase = "upgrade",
      fault = "client", rejected_by = "server", http_status = 426,
    },
  },
  fixed = { client = { raw = "$none" } },
}
