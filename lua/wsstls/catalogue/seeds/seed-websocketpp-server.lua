return require "wsstls".scenario {
  name = "seed-websocketpp-server", fault = "client",
  title = "A websocketpp server that wants a client certificate",
  text = "Its own PFX file, a CA folder, a DH file and a service at /echo. It "
    .. "says no more than \"TLS handshake failed\"; our client says why.",
  slug = "client-cert-missing",
  needs = "command -v websocketpp_peer", -- make peers; PATH=build/peers:...
  tags = { "seeds", "catalogue", "seed", "foreign" },

  pki = function(pki, ctx)
    local root, dir = pki.ca { cn = "Test Root" }, ctx.dir()
    assert(root:save { ca = dir .. "/root.pem" })
    assert(pki.rehash(dir))
    local dh = assert(io.open(dir .. "/dh", "w"))
    dh:write(pki.dhparam(2048))
    dh:close()
    local key = { type = "rsa" }
    local function pfx(o) return root:issue(o):pkcs12("sesame") end
    return { folder = dir, dh = dir .. "/dh",
      server = pfx { cn = "localhost", dns = "localhost", key = key },
      client = pfx { cn = "client", key = key } }
  end,

  server = {
    pkcs12 = "$server", pkcs12_password = "sesame", ready = "^ready",
    command = { "websocketpp_peer", "server", "--port", "{port}",
      "--p12", "{p12}", "--password", "{password}", "--capath", "$folder",
      "--dh", "$dh", "--paths", "/echo" },
  },
  client = {
    ca_path = "$folder", path = "/echo",
    ciphers = "DHE-RSA-AES128-GCM-SHA256",
  },

  expect = {
    client = {
      code = "client-cert-missing", phase = "tls", rejected_by = "server",
      alert_received = { ["TLSv1.2"] = 40, ["TLSv1.3"] = 116 },
    },
    server = { exit = 1, output = '"message": "TLS handshake failed"' },
  },
  fixed = {
    client = { pkcs12 = "$client", pkcs12_password = "sesame",
      send = { "hello" }, receive = { "hello" } },
    expect = { client = { ok = true },
      server = { exit = 0, output = '"client": "client"' } },
  },
}
