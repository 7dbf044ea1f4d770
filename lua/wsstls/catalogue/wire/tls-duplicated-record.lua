return require "wsstls".scenario {
  name = "tls-duplicated-record", fault = "network",
  title = "A record arrives twice",
  text = "TLS counts its records: the second copy fails like a damaged one.",
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
        action = "duplicate" }
      conn:send "hello"
      conn:receive(5)
    end,
  },

  expect = {
    client = {
      code = "tls-bad-record-mac",
      slug = "tls-duplicated-record", phase = "open",
      alert_received = 20,
    },
    server = {
      code = "tls-bad-record-mac",
      slug = "tls-duplicated-record", phase = "open",
      alert_sent = 20,
    },
  },
  fixed = {
    client = {
      run = "$none", send = { "hello" }, receive = { "hello" } },
  },
}
