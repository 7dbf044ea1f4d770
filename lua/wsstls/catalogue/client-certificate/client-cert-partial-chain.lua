return require "wsstls".scenario {
  name = "client-cert-partial-chain",
  fault = "server",
  title = "The server trusts the clients' intermediate, partial_chain is off",
  text = "An anchor that does not sign itself counts only with "
    .. "partial_chain.",
  tags = { "client-certificate", "catalogue" },

  pki = function(pki)
    local root = pki.ca { cn = "Test Root" }
    local inter = root:intermediate { cn = "Test Intermediate" }
    local client = inter:issue { cn = "client" }
    return { root = root, inter = inter:pem(),
      server = root:issue { cn = "localhost", dns = "localhost" },
      client = client:pem(), key = client:key_pem() }
  end,

  server = { cert = "$server", ca = "$inter", client_verify = "required" },
  client = { ca = "$root", cert = "$client", key = "$key" },

  expect = {
    client = {
      code = "client-cert-rejected", phase = "tls",
      rejected_by = "server", alert_received = 48,
    },
    server = {
      code = "client-cert-partial-chain",
      fault = "server", rejected_by = "server",
      verify = 2, depth = 1, errors = { "2@1" },
      alert_sent = 48,
    },
  },
  fixed = { server = { partial_chain = true } },
}
