return require "wsstls".scenario {
  name = "tls-dropped-record", fault = "network",
  title = "A record is lost",
  text = "TCP loses nothing; a thing in the middle can. The next record "
    .. "fails like a damaged one.",
  tags = { "wire", "catalogue" },

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
      ctx.relay:add { from = "client", record = "application",
        action = "drop", nth = 1 }
      conn:send "hello"
      conn:send "again"
      conn:receive(5)
    end,
  },

  expect = {
    client = {
      code = "tls-bad-record-mac",
      slug = "tls-dropped-record", phase = "open",
      alert_received = 20,
    },
    server = {
      code = "tls-bad-record-mac",
      slug = "tls-dropped-record", phase = "open",
      alert_sent = 20,
    },
  },
  fixed = {
    client = {
      run = "$none", send = { "hello" }, receive = { "hello" } },
  },
}
