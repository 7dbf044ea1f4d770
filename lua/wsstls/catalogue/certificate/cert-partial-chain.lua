return require "wsstls".scenario {
  name = "cert-partial-chain", row = 8, fault = "client",
  title = "The client trusts an intermediate, partial_chain is off",
  text = "OpenSSL wants the chain to reach a self-signed anchor unless told "
    .. "otherwise.",
  tags = { "certificate", "catalogue" },

  pki = function(pki)
    local root = pki.ca { cn = "Test Root" }
    local inter = root:intermediate { cn = "Test Intermediate" }
    local leaf = inter:issue { cn = "localhost", dns = "localhost" }
    return { inter = inter:pem(), server = leaf:pem(), key = leaf:key_pem() }
  end,

  server = { cert = "$server", key = "$key" },
  client = { ca = "$inter" },

  expect = {
    client = {
      code = "cert-partial-chain",
      fault = "client", rejected_by = "client",
      verify = 2, depth = 1, errors = { "2@1" },
      alert_sent = 48,
    },
    server = { code = "cert-rejected", alert_received = 48 },
  },
  fixed = { client = { partial_chain = true } },
}
