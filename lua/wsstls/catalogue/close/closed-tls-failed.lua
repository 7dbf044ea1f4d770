return require "wsstls".scenario {
  name = "closed-tls-failed", fault = "client",
  title = "The handshake failed: 1015 in the record",
  text = "As browsers number it. The number is in the observation only; the "
    .. "code stays the cause.",
  tags = { "close", "catalogue" },

  pki = function(pki)
    local root = pki.ca { cn = "Test Root" }
    return { root = root,
      server = root:issue { cn = "localhost", dns = "localhost" } }
  end,

  server = { cert = "$server" },
  client = { ca = {} },

  expect = {
    client = { code = "cert-untrusted", phase = "verify", close_code = 1015 },
    server = { code = "cert-rejected", close_code = 1015 },
  },
  fixed = { client = { ca = "$root" } },
}
