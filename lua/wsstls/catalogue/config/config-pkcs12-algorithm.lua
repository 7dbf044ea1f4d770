return require "wsstls".scenario {
  name = "config-pkcs12-algorithm", fault = "server",
  title = "A PFX file of an old Windows, encrypted with RC2",
  text = "OpenSSL 3 has RC2-40 in its legacy provider only; the message says "
    .. "how to convert the file.",
  needs = "openssl list -providers -provider legacy",
  tags = { "config", "catalogue" },
  versions = { "TLSv1.3" }, -- in any other it is the same

  pki = function(pki, ctx)
    local root, file = pki.ca { cn = "Test Root" }, ctx.dir() .. "/old.p12"
    local good = root:issue { cn = "localhost", dns = "localhost" }
    local pem = ctx.dir() .. "/both.pem"
    assert(good:save { cert = pem })
    assert(good:save { key = pem .. ".key" })
    local pipe = io.popen(("openssl pkcs12 -export -legacy -passout "
      .. "pass:sesame -in %s -inkey %s.key -out %s 2>&1"):format(pem, pem,
      file))
    local said = pipe:read "*a"
    assert(pipe:close(), said)
    return { root = root, old = file, good = good:pkcs12("sesame") }
  end,

  server = { pkcs12 = "$old", pkcs12_password = "sesame" },
  client = { ca = "$root" },

  expect = {
    server = {
      code = "config-pkcs12-algorithm", phase = "config", fault = "server",
    },
  },
  fixed = { server = { pkcs12 = "$good" } },
}
