local function made(hashed)
  return function(pki, ctx)
    local root, dir = pki.ca { cn = "Test Root" }, ctx.dir()
    assert(root:save { ca = dir .. "/root.pem" })
    if hashed then assert(pki.rehash(dir)) end
    return { root = root, folder = dir,
      server = root:issue { cn = "localhost",
        dns = "localhost" }:pkcs12("sesame"),
      client = root:issue { cn = "client" }:pkcs12("sesame") }
  end
end

return require "wsstls".scenario {
  name = "seed-websocketpp-client", fault = "client",
  title = "A websocketpp client whose CA folder has no hashed names",
  text = "The root is in the folder, and OpenSSL looks for files named by "
    .. "subject hash: alert 48 tells the server, which serves a PFX file, "
    .. "wants a client certificate, and has a service at /echo.",
  slug = "cert-rejected",
  needs = "command -v websocketpp_peer", -- make peers; PATH=build/peers:...
  tags = { "seeds", "catalogue", "seed", "foreign" },

  pki = made(false),

  server = {
    pkcs12 = "$server", pkcs12_password = "sesame",
    ca = "$root", client_verify = "required",
    paths = { ["/echo"] = {
      on_message = function(conn, data) conn:send(data) end } },
  },
  client = {
    pkcs12 = "$client", pkcs12_password = "sesame", path = "/echo",
    command = { "websocketpp_peer", "client", "--url", "{url}",
      "--p12", "{p12}", "--password", "{password}", "--capath", "$folder" },
  },

  expect = {
    client = { exit = 1, output = "unable to get local issuer certificate" },
    server = {
      code = "cert-rejected", phase = "tls", rejected_by = "client",
      alert_received = 48,
    },
  },
  fixed = {
    pki = made(true), -- wsstls pki rehash FOLDER
    expect = { client = { exit = 0, output = '"echoed": true' },
      server = { ok = true } },
  },
}
