return require "wsstls".scenario {
  name = "seed-pfx-mtls", fault = "none",
  title = "PFX files, a CA folder, client authentication, a DH file, services",
  text = "The set-up of an application server, on both sides, over DHE; the "
    .. "twin goes over ws:// by the URL alone.",
  tags = { "seeds", "catalogue", "seed", "control" },
  versions = { "TLSv1.2" },

  pki = function(pki, ctx)
    local root = pki.ca { cn = "Test Root" }
    local dir = ctx.dir()
    assert(root:save { ca = dir .. "/root.pem" })
    assert(pki.rehash(dir))
    local key = { type = "rsa" }
    local function pfx(o) return root:issue(o):pkcs12("sesame") end
    return { folder = dir, dh = pki.dhparam(2048),
      server = pfx { cn = "localhost", dns = "localhost", key = key },
      client = pfx { cn = "client", key = key } }
  end,

  server = {
    pkcs12 = "$server", pkcs12_password = "sesame",
    ca_path = "$folder", client_verify = "required", dh_file = "$dh",
    paths = { ["/echo"] = {
      on_message = function(conn, data) conn:send(data) end } },
  },
  client = {
    pkcs12 = "$client", pkcs12_password = "sesame",
    ca_path = "$folder", ciphers = "DHE-RSA-AES128-GCM-SHA256",
    path = "/echo", send = { "hello" }, receive = { "hello" },
  },

  expect = {
    client = { ok = true },
    server = { ok = true },
  },
  fixed = {
    server = { tls = false, pkcs12 = "$none", dh_file = "$none",
      pkcs12_password = "$none", ca_path = "$none",
      client_verify = "$none" },
    client = { scheme = "ws" },
  },
}
