return require "wsstls".scenario {
  name = "tls-bad-record-mac", row = 74, fault = "network",
  title = "A flipped bit in a record from the server",
  text = "The client refuses the record: alert 20, seen as sent and as "
    .. "received.",
  tags = { "wire", "catalogue", "seed" },

  pki = function(pki)
    local root = pki.ca { cn = "Test Root" }
    return { root = root,
      server = root:issue { cn = "localhost", dns = "localhost" } }
  end,

  relay = {},

  server = { cert = "$server" },
  client = {
    ca = "$root",
    run = function(conn, ctx)
      ctx.relay:add { from = "server", record = "application",
        action = "flip" }
      conn:send "hello"
      conn:receive(5)
    end,
  },

  expect = {
    client = {
      code = "tls-bad-record-mac", phase = "open",
      alert_sent = 20,
    },
    server = {
      code = "tls-bad-record-mac", phase = "open",
      alert_received = 20,
    },
  },
  fixed = {
    client = {
      run = "$none", send = { "hello" }, receive = { "hello" } },
  },
}
