--- 66-70: good certificates for what fails elsewhere, and keys that do not
-- belong. `wrong`: the code of wss.listen, which fails; `live`: by version.
local recipes = {}

recipes["tls-sni-missing"] = function(_, base)
  return base:change { row = 66, title = "a name the client does not send",
    faults = "", fault = "client" }
end

recipes["tls-version-security-level"] = function(_, base)
  return base:change { row = 67, title = "an RSA certificate for TLS 1.0",
    faults = "", leaf = { key = base:key("rsa", { type = "rsa" }) } }
end

recipes["config-key-too-weak"] = function(_, base)
  return base:change { row = 68, title = "RSA 1024 at the server's level 2",
    faults = "", leaf = { key = base:key("rsa1024",
      { type = "rsa", bits = 1024 }) },
    sender = { security_level = 2 }, wrong = "config-key-too-weak" }
end

recipes["config-key-mismatch"] = function(_, base)
  return base:change { row = 69, title = "the key of another certificate",
    faults = "", key = function() return base:key "stranger" end,
    wrong = "config-key-mismatch" }
end

local function foreign(pki, base, label)
  return function(c)
    return assert(pki.mismatched(c.leaf, base:key(label .. "-other",
      label == "rsa" and { type = "rsa" } or nil)))
  end
end

-- The server tries its own key once the handshake has failed.
recipes["tls-wrong-private-key"] = function(pki, base)
  local both = { client = { code = "tls-wrong-private-key", sent = 51 },
    server = { code = "tls-wrong-private-key", received = 51 } }
  return base:change { row = 70, faults = "",
    title = "the key of another certificate, made loadable",
    key = foreign(pki, base, "leaf"),
    live = { ["TLSv1.2"] = both, ["TLSv1.3"] = both } }
end

-- The client sees no signature here, only that the server cannot read it.
recipes["tls-wrong-private-key-rsa"] = function(pki, base)
  local key = base:key("rsa", { type = "rsa" })
  return base:change { row = 70, code = "tls-wrong-private-key", faults = "",
    title = "the same with RSA key exchange", only = "TLSv1.2",
    leaf = { key = key }, sender = { ciphers = "AES128-GCM-SHA256" },
    key = foreign(pki, base, "rsa"), fixed = { leaf = { key = key } },
    live = { ["TLSv1.2"] = {
      client = { code = "tls-bad-record-mac", received = 20 },
      server = { code = "tls-wrong-private-key", sent = 20 } } } }
end

return recipes
