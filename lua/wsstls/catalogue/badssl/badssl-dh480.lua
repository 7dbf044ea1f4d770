return require "wsstls".scenario {
  name = "badssl-dh480", fault = "server",
  title = "Diffie-Hellman parameters of 480 bits",
  text = "OpenSSL 3 does not load them, whatever the security level "
    .. "(0A00018A).",
  slug = "config-dh-unusable",
  tags = { "badssl", "catalogue" },
  versions = { "TLSv1.2" },

  pki = function(pki)
    local root = pki.ca { cn = "Test Root" }
    return { root = root, good = pki.dhparam(2048),
      server = root:issue { cn = "localhost", dns = "localhost",
        key = { type = "rsa" } },
      dh = [[
-----BEGIN DH PARAMETERS-----
MEICPQDRkWywcFufjBTUdz0jpHWKE1a4N0uSM8jhc+2n6orQdr2pU2GsQX5kPQ/T
SQ1tsoBkytaK9f/qi0WjcXsCAQI=
-----END DH PARAMETERS-----
]] }
  end,

  server = { cert = "$server", dh_file = "$dh", security_level = 0 },
  client = {
    ca = "$root",
    ciphers = "DHE-RSA-AES128-GCM-SHA256",
  },

  expect = {
    server = { code = "config-dh-unusable", phase = "config" },
  },
  fixed = { server = { dh_file = "$good" } },
}
