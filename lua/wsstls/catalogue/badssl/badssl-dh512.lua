return require "wsstls".scenario {
  name = "badssl-dh512", fault = "server",
  title = "Diffie-Hellman parameters of 512 bits",
  text = "Logjam. OpenSSL 3 does not load them, whatever the security level "
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
MEYCQQDw97pbn+cuGVG6rAWC8EzV+HJs5qxTpDArFqDoQ6Q8CTMQcB0XgRDs/81V
COfWGWzUm52dTRbQqfmEp+wJWa7vAgEC
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
