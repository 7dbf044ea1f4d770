return require "wsstls".scenario {
  name = "client-cert-pin-mismatch",
  fault = "client",
  title = "No key of the client's chain is the one the server pins",
  text = "The chain is good, and pin_sha256 is another key's.",
  tags = { "client-certificate", "catalogue" },

  pki = function(pki)
    local root = pki.ca { cn = "Test Root" }
    local client = root:issue { cn = "client" }
    return { root = root, client = client,
      server = root:issue { cn = "localhost", dns = "localhost" },
      pin = client:info().spki_sha256,
      other = pki.ca { cn = "Another Root" }:info().spki_sha256 }
  end,

  server = { cert = "$server", ca = "$root", client_verify = "required",
    pin_sha256 = "$other" },
  client = { ca = "$root", cert = "$client" },

  expect = {
    client = { code = "tls-handshake-failure", alert_received = 40 },
    server = {
      code = "client-cert-pin-mismatch",
      fault = "client", rejected_by = "server",
      verify = 50, depth = 0, errors = { "50@0" },
      alert_sent = 40,
    },
  },
  fixed = { server = { pin_sha256 = "$pin" } },
}
