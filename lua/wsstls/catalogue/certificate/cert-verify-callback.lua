return require "wsstls".scenario {
  name = "cert-verify-callback", fault = "server",
  title = "The client's own verify function says no",
  text = "`verify = function(result)` can add a rejection to a good chain, "
    .. "and never take one away.",
  tags = { "certificate", "catalogue" },

  pki = function(pki)
    local root = pki.ca { cn = "Test Root" }
    local inter = root:intermediate { cn = "Test Intermediate" }
    return { root = root,
      server = inter:issue { cn = "localhost", dns = "localhost" } }
  end,

  server = { cert = "$server" },
  client = {
    ca = "$root",
    verify = function() return false, "not on the list" end,
  },

  expect = {
    client = {
      code = "cert-verify-callback",
      fault = "server", rejected_by = "client",
      verify = 50, depth = 0, errors = { "50@0" },
      alert_sent = 40,
    },
    server = { code = "tls-handshake-failure", alert_received = 40 },
  },
  fixed = { client = { verify = true } },
}
