local wss = require "wsstls"

local secrets

return wss.scenario {
  name = "seed-bad-record-mac", fault = "network",
  title = "SSL alert write: fatal: bad record mac",
  text = "A record was damaged on the way: alert 20 on both sides. The key "
    .. "log makes a capture of it readable (Wireshark: tls.keylog_file).",
  tags = { "seeds", "catalogue", "seed" },

  pki = function(pki)
    secrets = {}
    local root = pki.ca { cn = "Test Root" }
    return { root = root,
      server = root:issue { cn = "localhost", dns = "localhost" } }
  end,

  relay = {},

  server = { cert = "$server" },
  client = {
    ca = "$root",
    keylog = function(line) secrets[#secrets + 1] = line end,
    run = function(conn, ctx)
      assert(table.concat(secrets, "\n"):find "CLIENT_")
      ctx.relay:add { from = "client", record = "application",
        action = "flip" }
      conn:send "hello"
      conn:receive(5)
    end,
  },

  expect = {
    client = { code = "tls-bad-record-mac", alert_received = 20 },
    server = {
      code = "tls-bad-record-mac", alert_sent = 20,
      openssl = "0A000119",
    },
  },
  fixed = {
    client = {
      run = "$none", send = { "hello" }, receive = { "hello" } },
  },
}
