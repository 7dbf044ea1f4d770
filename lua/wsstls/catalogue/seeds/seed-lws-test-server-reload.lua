local wss = require "wsstls"

return wss.scenario {
  name = "seed-lws-test-server-reload", fault = "none",
  title = "The server gets a certificate with its address, and goes on",
  text = "`server:reload` changes the certificate for new connections; the "
    .. "one that is open keeps its own.",
  tags = { "seeds", "catalogue", "seed", "control" },

  pki = function(pki)
    return { old = pki.self_signed { cn = "localhost" },
      new = pki.self_signed { cn = "localhost", ip = "127.0.0.1" } }
  end,

  server = { cert = "$old" },
  client = {
    ca = "$old", cn_fallback = true,
    run = function(conn, ctx)
      assert(ctx.server:reload { cert = ctx.pki.new })
      local url = ("wss://127.0.0.1:%d/"):format(ctx.port)
      local second = assert(wss.connect(url, { ca = ctx.pki.new }))
      assert(second:send "over the new one" and second:receive(5))
      assert(conn:send "over the old one" and conn:receive(5))
      second:close()
    end,
  },

  expect = {
    client = { ok = true },
    server = { ok = true },
  },
  fixed = { server = { cert = "$new" }, client = { ca = "$new" } },
}
