return require "wsstls".scenario {
  name = "client-cert-foreign", row = 56, fault = "client",
  title = "A certificate of a namesake of the trusted CA",
  text = "The accept trap: a foreign client certificate must never reach "
    .. "open, whatever its issuer is called.",
  tags = { "client-certificate", "catalogue" },

  pki = function(pki)
    local root = pki.ca { cn = "Test Root" }
    local namesake = pki.ca { cn = "Test Root" }
    return { root = root,
      server = root:issue { cn = "localhost", dns = "localhost" },
      client = namesake:issue { cn = "client" },
      good = root:issue { cn = "client" } }
  end,

  server = { cert = "$server", ca = "$root", client_verify = "required" },
  client = { ca = "$root", cert = "$client" },

  expect = {
    client = {
      code = "client-cert-rejected", phase = "tls",
      fault = "client", rejected_by = "server", alert_received = 48,
    },
    server = {
      code = "client-cert-untrusted", slug = "client-cert-foreign",
      fault = "client", rejected_by = "server",
      verify = 20, depth = 0, errors = { "20@0", "21@0" },
      alert_sent = 48,
    },
  },
  fixed = { client = { cert = "$good" } },
}
