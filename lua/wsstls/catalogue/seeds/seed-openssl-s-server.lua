return require "wsstls".scenario {
  name = "seed-openssl-s-server", fault = "client",
  title = "openssl s_server refuses our client's PFX",
  text = "It serves a PFX file, has a CA folder and a DH file, and wants a "
    .. "client certificate. It knows no WebSocket: with the right PFX, TLS "
    .. "is well and the answer is a page.",
  slug = "client-cert-untrusted",
  needs = "openssl version",
  tags = { "seeds", "catalogue", "seed", "foreign" },

  pki = function(pki, ctx)
    local root, dir = pki.ca { cn = "Test Root" }, ctx.dir()
    assert(root:save { ca = dir .. "/root.pem" })
    assert(pki.rehash(dir))
    local dh = assert(io.open(dir .. "/dh", "w"))
    dh:write(pki.dhparam(2048))
    dh:close()
    local function pfx(ca, o)
      o.key = { type = "rsa" }
      return ca:issue(o):pkcs12("sesame")
    end
    return { folder = dir, dh = dir .. "/dh",
      server = pfx(root, { cn = "localhost", dns = "localhost" }),
      old = pfx(pki.ca { cn = "Another Root" }, { cn = "client" }),
      good = pfx(root, { cn = "client" }) }
  end,

  server = {
    pkcs12 = "$server", pkcs12_password = "sesame", ready = "ACCEPT",
    command = { "openssl", "s_server", "-accept", "{port}", "-www",
      "-cert", "{p12}", "-key", "{p12}", "-pass", "pass:{password}",
      "-dhparam", "$dh", "-CApath", "$folder", "-Verify", "1",
      "-verify_return_error" },
  },
  client = {
    pkcs12 = "$old", pkcs12_password = "sesame", ca_path = "$folder",
    ciphers = "DHE-RSA-AES128-GCM-SHA256",
  },

  expect = {
    client = { code = "client-cert-rejected", alert_received = 48 },
    server = { output = "certificate verify failed" },
  },
  fixed = {
    client = { pkcs12 = "$good" },
    expect = {
      client = { code = "upgrade-rejected", http_status = 200 },
      server = { output = "depth=0 CN = client" },
    },
  },
}
