return require "wsstls".scenario {
  name = "cert-pin-mismatch", fault = "server",
  title = "No key of the chain is the pinned one",
  text = "The chain is good and the pin_sha256 is another key's.",
  tags = { "certificate", "catalogue" },

  pki = function(pki)
    local root = pki.ca { cn = "Test Root" }
    local inter = root:intermediate { cn = "Test Intermediate" }
    local leaf = inter:issue { cn = "localhost", dns = "localhost" }
    return { root = root, server = leaf,
      pin = leaf:info().spki_sha256,
      other = pki.ca { cn = "Another Root" }:info().spki_sha256 }
  end,

  server = { cert = "$server" },
  client = { ca = "$root", pin_sha256 = "$other" },

  expect = {
    client = {
      code = "cert-pin-mismatch",
      fault = "server", rejected_by = "client",
      verify = 50, depth = 0, errors = { "50@0" },
      alert_sent = 40,
    },
    server = { code = "tls-handshake-failure", alert_received = 40 },
  },
  fixed = { client = { pin_sha256 = "$pin" } },
}
