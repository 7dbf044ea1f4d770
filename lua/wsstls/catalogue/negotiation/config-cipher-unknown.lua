return require "wsstls".scenario {
  name = "config-cipher-unknown", row = 62, fault = "client",
  title = "A cipher that this OpenSSL does not have",
  text = "RC4 is not in the build: found before anything is sent (0A0000B9).",
  tags = { "negotiation", "catalogue" },
  versions = { "TLSv1.2" },

  pki = function(pki)
    local root = pki.ca { cn = "Test Root" }
    return { root = root,
      server = root:issue { cn = "localhost", dns = "localhost",
        key = "P-256" } }
  end,

  server = { cert = "$server" },
  client = { ca = "$root", ciphers = "RC4-MD5" },

  expect = {
    client = {
      code = "config-cipher-unknown", phase = "config",
      fault = "client",
    },
  },
  fixed = { client = { ciphers = "ECDHE-ECDSA-AES128-GCM-SHA256" } },
}
