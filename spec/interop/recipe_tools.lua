--- The recipes as foreign command lines judge them: each function takes a
-- case (see wsstls.recipes) and returns the tool's own word for its verdict,
-- "OK" when it accepts.
local helper = require("helper")
local recipes = require("wsstls.recipes")

local tools = {}

local quote = helper.quote

--- Writes a case into a new folder; the paths by name, and leaf and rest of
-- the chain apart.
function tools.save(case)
  local dir = helper.dir()
  local paths = { dir = dir }
  local files = recipes.files(case)
  files["leaf.pem"] = case.sent[1]:pem()
  for i = 2, #case.sent do
    files["rest.pem"] = (files["rest.pem"] or "") .. case.sent[i]:pem()
  end
  for i, crl in ipairs(case.crl or {}) do
    paths.crls = paths.crls or {}
    paths.crls[i] = helper.write(("%s/crl%d.pem"):format(dir, i), crl:pem())
  end
  for name, text in pairs(files) do
    paths[name] = helper.write(dir .. "/" .. name, text)
  end
  return paths
end

local function words(list)
  return table.concat(list, " ")
end

--- `openssl verify` with the same parameters; "code@depth" of the first
-- error it reports.
function tools.openssl(case, paths)
  local o, list = case.verify, { "openssl verify -no-CAfile -no-CApath",
    "-no-CAstore -purpose", case.verify.purpose or "sslserver",
    "-attime", ("%d"):format(case.now) }
  local function add(...)
    for _, word in ipairs { ... } do list[#list + 1] = tostring(word) end
  end
  if paths["ca.pem"] then add("-CAfile", quote(paths["ca.pem"])) end
  if paths["rest.pem"] then add("-untrusted", quote(paths["rest.pem"])) end
  if paths["crl.pem"] then add("-CRLfile", quote(paths["crl.pem"])) end
  if o.crl or o.crl_check then add("-crl_check") end
  if o.crl_check == "chain" then add("-crl_check_all") end
  if o.strict then add("-x509_strict") end
  if o.partial_chain then add("-partial_chain") end
  if o.verify_depth then add("-verify_depth", o.verify_depth) end
  if o.security_level then add("-auth_level", o.security_level) end
  if o.host then add("-verify_hostname", o.host) end
  if o.ip then add("-verify_ip", o.ip) end
  add(quote(paths["leaf.pem"]))
  local output, status = helper.shell(words(list))
  if status == 0 then return "OK", output end
  local code, depth = output:match("error (%d+) at (%d+) depth lookup")
  return code and code .. "@" .. depth or output, output
end

-- GnuTLS's sentences and a word for each; the first that fits, in this order.
local GNUTLS = {
  { "signer's constraints", "constraints" },
  { "not yet valid", "not-activated" }, { "expired cert", "expired" },
  { "revocation data are old", "crl-old" },
  { "revocation data .- future", "crl-future" },
  { "revoked", "revoked" }, { "insecure algorithm", "insecure" },
  { "signature in the certificate is invalid", "signature" },
  { "issuer is not a CA", "not-ca" }, { "issuer is unknown", "unknown-ca" },
  { "intended purpose", "purpose" }, { "name in the cert", "name" },
  { "expected", "name" }, { "critical extension", "extension" },
}

--- certtool --verify.
function tools.gnutls(case, paths)
  if not paths["ca.pem"] then return "unknown-ca" end
  local purpose = case.owner == "client" and 2 or 1
  local list = { "certtool --verify --infile",
    quote(paths[case.owner .. ".pem"]), "--load-ca-certificate",
    quote(paths["ca.pem"]), "--verify-purpose 1.3.6.1.5.5.7.3." .. purpose }
  if case.host or case.ip then
    list[#list + 1] = "--verify-hostname " .. (case.host or case.ip)
  end
  if paths["crl.pem"] then
    list[#list + 1] = "--load-crl " .. quote(paths["crl.pem"])
  end
  local output, status = helper.shell(words(list))
  local verdict = output:match("Chain verification output:(.*)$") or output
  if status == 0 and verdict:find "%f[%w]Verified" then return "OK", output end
  for _, row in ipairs(GNUTLS) do
    if verdict:find(row[1]) then return row[2], output end
  end
  return output, output
end

local empty = {} -- the files of a database without certificates

local function copy_of_empty(db)
  helper.must("mkdir " .. db)
  if not empty["cert9.db"] then
    helper.must("certutil -N --empty-password -d sql:" .. db)
    for _, name in ipairs { "cert9.db", "key4.db", "pkcs11.txt" } do
      empty[name] = helper.read(db .. "/" .. name)
    end
  end
  for name, bytes in pairs(empty) do helper.write(db .. "/" .. name, bytes) end
end

-- A database with the roots, and CRLs with the certificates they belong to.
local function nss_database(case, paths)
  local db = paths.dir .. "/nss"
  copy_of_empty(db)
  local function add(name, trust, object)
    local path = helper.write(paths.dir .. "/" .. name .. ".pem",
      object:pem())
    helper.must(("certutil -A -n %s -t %s -d sql:%s -i %s"):format(name,
      trust, db, path))
  end
  for i, ca in ipairs(case.ca) do add("root" .. i, "CT,C,C", ca) end
  if not case.crl then return db end
  for i = 2, #case.sent do add("inter" .. i, ",,", case.sent[i]) end
  for i, crl in ipairs(case.crl) do
    local path = helper.write(paths.dir .. "/" .. i .. ".crl", crl:der())
    -- it refuses to take a damaged one, which is a verdict, too
    helper.shell(("crlutil -I -t 1 -d sql:%s -i %s"):format(db, path))
  end
  return db
end

--- NSS's vfychain, in a database of its own; it knows no names.
function tools.nss(case, paths)
  local db = nss_database(case, paths)
  local list = { "vfychain -d sql:" .. db, "-u",
    case.owner == "client" and "0" or "1", "-a", quote(paths["leaf.pem"]) }
  for i = 2, #case.sent do
    local path = helper.write(("%s/rest%d.pem"):format(paths.dir, i),
      case.sent[i]:pem())
    list[#list + 1] = quote(path)
  end
  local output = helper.shell(words(list))
  if output:find("Chain is good", 1, true) then return "OK", output end
  return output:match("ERROR ([-%d]+)") or output, output
end

return tools
