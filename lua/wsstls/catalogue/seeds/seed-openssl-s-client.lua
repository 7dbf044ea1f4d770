return require "wsstls".scenario {
  name = "seed-openssl-s-client", fault = "server",
  title = "openssl s_client refuses the certificate",
  text = "A foreign client that says why on the wire: alert 48, seen at the "
    .. "server with the client's address.",
  slug = "cert-rejected",
  needs = "openssl version",
  tags = { "seeds", "catalogue", "seed", "foreign" },

  pki = function(pki)
    local root = pki.ca { cn = "Test Root" }
    return { root = root, other = pki.ca { cn = "Another Root" },
      server = root:issue { cn = "localhost", dns = "localhost" } }
  end,

  server = { cert = "$server" },
  client = {
    ca = "$other",
    command = { "openssl", "s_client", "-verify_return_error",
      "-connect", "127.0.0.1:{port}", "-CAfile", "{ca}" },
  },

  expect = {
    client = {
      ok = false, exit = 1,
      output = "unable to get local issuer certificate",
    },
    server = {
      code = "cert-rejected", phase = "tls", fault = "server",
      rejected_by = "client", alert_received = 48,
    },
  },
  fixed = {
    client = { ca = "$root" },
    expect = { client = { exit = 0, output = "Verify return code: 0" },
      server = { code = "upgrade-no-response" } },
  },
}
