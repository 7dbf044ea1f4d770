return require "wsstls".scenario {
  name = "tls-injected-record", fault = "network",
  title = "A record nobody sent",
  text = "The receiver has no way to tell it from a damaged one.",
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
        action = "inject",
        bytes = "\23\3\3\0\40" .. ("x"):rep(40) }
      conn:send "hello"
      conn:receive(5)
    end,
  },

  expect = {
    client = {
      code = "tls-bad-record-mac",
      slug = "tls-injected-record", phase = "open",
      alert_received = 20,
    },
    server = {
      code = "tls-bad-record-mac",
      slug = "tls-injected-record", phase = "open",
      alert_sent = 20,
    },
  },
  fixed = {
    client = {
      run = "$none", send = { "hello" }, receive = { "hello" } },
  },
}
