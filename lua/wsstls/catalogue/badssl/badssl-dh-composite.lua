return require "wsstls".scenario {
  name = "badssl-dh-composite", fault = "none",
  title = "Diffie-Hellman modulo a number that is no prime",
  text = "A client would have to test for primes, and OpenSSL does not: this "
    .. "is accepted. No DHE, no such trouble.",
  tags = { "badssl", "catalogue", "control" },
  versions = { "TLSv1.2" },

  pki = function(pki)
    local root = pki.ca { cn = "Test Root" }
    return { root = root, good = pki.dhparam(2048),
      server = root:issue { cn = "localhost", dns = "localhost",
        key = { type = "rsa" } },
      dh = [[
-----BEGIN DH PARAMETERS-----
MIIBCAKCAQEAo8CFzot0YoE8WMBp03ikW3MvjErl2ASmHh1XHatRsCLbnR2+wClJ
UPcrnUPtcpLm/Qo62urd25a1PQQB4wQsDurAN3FlTAdmmveRcThh18KV4/U3B3gt
eJhGOcO6UNAAgEeIIzX7GFHcpaBx4pWPWooW8OT4ah6Kj5mqXlwOAoc2hR/9mLEm
2ozQs47D6ZeiLUqH9hHNNC20PrOvBw0Wqin5mnEAQ8nnm2UVAKz9s15XysOG4h8j
CsyI1rlNhxFvrmgTEOpJVA4SXAAbYPfoxaVlW13sRlIeqTtjoz6msygEfkKrNQ9f
QrnWV/mhBIcJGoqWHk55J2wOxrfISSc7qQIBAg==
-----END DH PARAMETERS-----
]] }
  end,

  server = { cert = "$server", dh_file = "$dh", security_level = 0 },
  client = {
    ca = "$root",
    ciphers = "DHE-RSA-AES128-GCM-SHA256",
  },

  expect = {
    client = { ok = true },
    server = { ok = true },
  },
  fixed = { server = { dh_file = "$good" } },
}
