return require "wsstls".scenario {
  name = "badssl-rsa8192", fault = "none",
  title = "An RSA key of 8192 bits",
  text = "Very slow to make and to sign with; some clients stop at 4096.",
  tags = { "badssl", "catalogue", "control", "slow" },
  timeout = 60, -- the key takes seconds, many where others are busy

  pki = function(pki)
    local root = pki.ca { cn = "Test Root" }
    return { root = root,
      server = root:issue { cn = "localhost", dns = "localhost",
        key = { type = "rsa", bits = 8192, primes = 5 } },
      good = root:issue { cn = "localhost", dns = "localhost" } }
  end,

  server = { cert = "$server" },
  client = { ca = "$root" },

  expect = {
    client = { ok = true },
    server = { ok = true },
  },
  fixed = { server = { cert = "$good" } },
}
