local told -- what on_tls_error heard

return require "wsstls".scenario {
  name = "cert-rejected", fault = "server",
  title = "What the server learns when its certificate is refused",
  text = "`on_tls_error` is called: the alert says what the client thought, "
    .. "and the record has the client's address.",
  tags = { "certificate", "catalogue" },

  pki = function(pki, ctx)
    local root = pki.ca { cn = "Test Root" }
    told = nil
    ctx.at_end(function()
      assert((told ~= nil) == (ctx.name == "cert-rejected"))
      assert(not told or told.peer.ip == "127.0.0.1" and told.peer.port > 0)
    end)
    return { root = root, other = pki.ca { cn = "Another Root" },
      server = root:issue { cn = "localhost", dns = "localhost" } }
  end,

  server = {
    cert = "$server",
    on_tls_error = function(observation) told = observation end,
  },
  client = { ca = "$other" },

  expect = {
    client = {
      code = "cert-untrusted", fault = "server", rejected_by = "client",
      verify = 20, depth = 0, alert_sent = 48,
    },
    server = {
      code = "cert-rejected", phase = "tls", fault = "server",
      rejected_by = "client", alert_received = 48,
    },
  },
  fixed = { client = { ca = "$root" } },
}
