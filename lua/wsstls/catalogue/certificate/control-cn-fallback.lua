return require "wsstls".scenario {
  name = "control-cn-fallback", row = 19, fault = "none",
  title = "The host name is in the common name only, and the client asks there",
  text = "`cn_fallback = true` is OpenSSL's own default; the twin needs "
    .. "none.",
  tags = { "certificate", "catalogue", "control" },

  pki = function(pki)
    local root = pki.ca { cn = "Test Root" }
    return { root = root, server = root:issue { cn = "localhost" },
      good = root:issue { cn = "localhost", dns = "localhost" } }
  end,

  server = { cert = "$server" },
  client = { ca = "$root", cn_fallback = true },

  expect = { client = { ok = true, verify = 0 }, server = { ok = true } },
  fixed = { server = { cert = "$good" }, client = { cn_fallback = "$none" } },
}
