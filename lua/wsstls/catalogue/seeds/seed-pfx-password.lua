return require "wsstls".scenario {
  name = "seed-pfx-password", fault = "server",
  title = "The password of the server's PFX file is wrong",
  text = "Found when the file is read; nothing is served.",
  slug = "config-password-wrong",
  tags = { "seeds", "catalogue", "seed" },

  pki = function(pki)
    return { server = pki.self_signed { cn = "localhost",
      dns = "localhost" }:pkcs12("sesame") }
  end,

  server = { pkcs12 = "$server", pkcs12_password = "guess" },
  client = { verify = false },

  expect = {
    server = { code = "config-password-wrong", phase = "config" },
  },
  fixed = { server = { pkcs12_password = "sesame" } },
}
