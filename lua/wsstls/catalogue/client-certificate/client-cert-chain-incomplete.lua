return require "wsstls".scenario {
  name = "client-cert-chain-incomplete", row = 53, fault = "client",
  title = "The client does not send its intermediate",
  text = "A client has to send its chain like a server.",
  tags = { "client-certificate", "catalogue" },

  pki = function(pki)
    local root = pki.ca { cn = "Test Root" }
    local inter = root:intermediate { cn = "Test Intermediate" }
    local leaf = inter:issue { cn = "client" }
    return { root = root,
      server = root:issue { cn = "localhost", dns = "localhost" },
      client = leaf:pem(), key = leaf:key_pem(), good = leaf:chain_pem() }
  end,

  server = { cert = "$server", ca = "$root", client_verify = "required" },
  client = { ca = "$root", cert = "$client", key = "$key" },

  expect = {
    client = {
      code = "client-cert-rejected", phase = "tls",
      fault = "client", rejected_by = "server", alert_received = 48,
    },
    server = {
      code = "client-cert-untrusted", slug = "client-cert-chain-incomplete",
      fault = "client", rejected_by = "server",
      verify = 20, depth = 0, errors = { "20@0", "21@0" },
      alert_sent = 48,
    },
  },
  fixed = { client = { cert = "$good" } },
}
