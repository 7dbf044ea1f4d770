return require "wsstls".scenario {
  name = "cert-rejected", fault = "server",
  title = "What the server learns when its certificate is refused",
  text = "The other side of every row here: the alert says what the client "
    .. "thought, and the failure has the client's address. Here it trusts "
    .. "another root.",
  tags = { "certificate", "catalogue" },

  pki = function(pki)
    local root = pki.ca { cn = "Test Root" }
    local inter = root:intermediate { cn = "Test Intermediate" }
    return { root = root, other = pki.ca { cn = "Another Root" },
      server = inter:issue { cn = "localhost", dns = "localhost" } }
  end,

  server = { cert = "$server" },
  client = { ca = "$other" },

  expect = {
    client = {
      code = "cert-untrusted", slug = "cert-untrusted-root",
      fault = "server", rejected_by = "client",
      verify = 20, depth = 1, errors = { "20@1" },
      alert_sent = 48,
    },
    server = {
      code = "cert-rejected", phase = "tls", fault = "server",
      rejected_by = "client", alert_received = 48,
    },
  },
  fixed = { client = { ca = "$root" } },
}
