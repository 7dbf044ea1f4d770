--- 20-23: what the leaf may be used for, by its own extensions.
local recipes = {}

-- In TLS 1.2 the server itself finds no cipher for such a key.
local UNUSABLE = { ["TLSv1.2"] = {
  client = { code = "tls-handshake-failure", received = 40 },
  server = { code = "tls-no-shared-cipher", sent = 40 } } }

recipes["cert-purpose-eku"] = function(_, base)
  return base:change { row = 20, code = "cert-purpose",
    title = "an extendedKeyUsage of clients",
    leaf = { extended_key_usage = { "clientAuth" } },
    faults = "26@0", alert = 43,
    differs = {
      nss = "-8101: it has a word of its own for this" } }
end

recipes["cert-purpose-key-usage"] = function(_, base)
  return base:change { row = 21, code = "cert-purpose",
    title = "a keyUsage that cannot serve", live = UNUSABLE,
    leaf = { key_usage = { "cRLSign" } }, faults = "26@0", alert = 43,
    differs = {
      gnutls = "OK: certtool leaves keyUsage to the handshake" } }
end

recipes["cert-purpose-ca-as-leaf"] = function(_, base)
  return base:change { row = 22, code = "cert-purpose",
    title = "a CA's certificate as leaf", live = UNUSABLE,
    leaf = { ca = true, key_usage = { "keyCertSign" },
      extended_key_usage = false }, faults = "26@0", alert = 43,
    differs = {
      gnutls = "OK: certtool leaves keyUsage to the handshake" } }
end

recipes["cert-unknown-critical-extension"] = function(_, base)
  return base:change { row = 23, title = "an unknown critical extension",
    leaf = { extensions = {
      { oid = "1.2.3.4", critical = true, value = "\5\0" } } },
    faults = "34@0", alert = 46 }
end

return recipes
