return require "wsstls".scenario {
  name = "cert-chain-incomplete", row = 3, fault = "server",
  title = "The server does not send its intermediate",
  text = "The commonest mistake of all: the file has the leaf only.",
  tags = { "certificate", "catalogue" },

  pki = function(pki)
    local root = pki.ca { cn = "Test Root" }
    local inter = root:intermediate { cn = "Test Intermediate" }
    local leaf = inter:issue { cn = "localhost", dns = "localhost" }
    return { root = root, server = leaf:pem(), key = leaf:key_pem(),
      good = leaf:chain_pem() }
  end,

  server = { cert = "$server", key = "$key" },
  client = { ca = "$root" },

  expect = {
    client = {
      code = "cert-untrusted", slug = "cert-chain-incomplete",
      fault = "server", rejected_by = "client",
      verify = 20, depth = 0, errors = { "20@0", "21@0" },
      alert_sent = 48,
    },
    server = { code = "cert-rejected", alert_received = 48 },
  },
  fixed = { server = { cert = "$good" } },
}
