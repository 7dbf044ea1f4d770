--- What a certificate will be rejected for, and by whom.
-- @module wsstls.pki.warnings
local warnings = {}

local DAY = 86400
local WEAK_DIGEST = { md5 = true, sha1 = true, md4 = true, md2 = true }

local function is_ip(name)
  return name:find("^%d+%.%d+%.%d+%.%d+$") or name:find(":", 1, true)
end

local function has(list, wanted)
  for _, item in ipairs(list) do
    if item == wanted then return true end
  end
  return false
end

local rules = {}

-- Names.
function rules.names(cert, add)
  local san = cert.san
  if #san.dns == 0 and #san.ip == 0 then
    add(("no DNS name or IP address in subjectAltName%s: browsers, Go "
      .. "and wsstls reject it for every host (cert-host-mismatch, "
      .. "cert-ip-mismatch); only OpenSSL's own default consults the common "
      .. "name"):format(cert.cn and "; the common name '" .. cert.cn
        .. "' does not count" or ""))
  elseif cert.cn and (is_ip(cert.cn) or cert.cn:find("^[%w*.-]+%.[%w-]+$")
                      or cert.cn == "localhost")
         and not has(san.dns, cert.cn) and not has(san.ip, cert.cn) then
    add(("the common name '%s' is not among the subjectAltNames: nobody "
      .. "accepts it as a host name"):format(cert.cn))
  end
  for _, name in ipairs(san.dns) do
    if is_ip(name) then
      add(("'%s' is an IP address written as a DNS name: everybody compares "
        .. "addresses with IP entries only (cert-ip-mismatch)"):format(name))
    elseif name:find("_", 1, true) then
      add(("'%s' has an underscore: no public CA may issue it, and policy "
        .. "webpki rejects it"):format(name))
    elseif name:find("*", 1, true) then
      if not name:find("^%*%.[^*]+$") then
        add(("the wildcard in '%s' is not the whole left-most label: it "
          .. "matches nothing, or not everywhere"):format(name))
      elseif not name:find("^%*%.[^.]+%.") then
        add(("'%s' covers a whole top-level name: browsers and OpenSSL "
          .. "match nothing with it"):format(name))
      end
    end
  end
end

local function date(epoch)
  return os.date("!%Y-%m-%d", epoch)
end

function rules.dates(cert, add, now)
  if now > cert.not_after then
    add(("expired on %s: everybody rejects it (cert-expired)"):format(
      date(cert.not_after)))
  elseif now < cert.not_before then
    add(("not valid before %s: everybody rejects it until then "
      .. "(cert-not-yet-valid)"):format(date(cert.not_before)))
  end
  if cert.not_before > cert.not_after then
    add "it ends before it begins: it is never valid"
  end
  local days = math.floor((cert.not_after - cert.not_before) / DAY)
  if not cert.is_ca and days > 825 then
    add(("valid for %d days: Apple's platforms reject more than 825, and "
      .. "browsers reject more than 398 from a public CA"):format(days))
  elseif not cert.is_ca and days > 398 then
    add(("valid for %d days: browsers reject more than 398 from a public CA")
      :format(days))
  end
end

function rules.key(cert, add)
  local key = cert.key
  if key.type == "rsa" and key.bits < 1024 then
    add(("RSA with %d bits: everybody rejects it (cert-key-too-weak)")
      :format(key.bits))
  elseif key.type == "rsa" and key.bits < 2048 then
    add(("RSA with %d bits: rejected at OpenSSL's security level 2, which "
      .. "Debian and Ubuntu set (cert-key-too-weak), by Go's and the "
      .. "browsers' rules for public CAs"):format(key.bits))
  elseif key.type == "ed25519" or key.type == "ed448" then
    add(("an %s key: no browser accepts it"):format(key.type))
  elseif key.type == "ec" and key.curve == "P-521" then
    add "a P-521 key: Chrome does not offer it"
  elseif key.type == "ec" and key.curve ~= "P-256"
         and key.curve ~= "P-384" then
    add(("the curve %s: browsers and Go do not know it"):format(
      key.curve or "?"))
  end
end

function rules.signature(cert, add)
  local digest = cert.signature_algorithm:lower():match("md%d")
    or cert.signature_algorithm:lower():match("sha1$")
    or cert.signature_algorithm:lower():match("sha1with")
  digest = digest and digest:sub(1, 4):gsub("^(md%d).*", "%1")
  if digest and WEAK_DIGEST[digest] and not cert.self_signed then
    add(("signed with %s: rejected at OpenSSL's security level 1 and above, "
      .. "by Go and by browsers (cert-digest-too-weak)"):format(
      digest:upper()))
  end
end

function rules.purpose(cert, add)
  if cert.is_ca then
    if #cert.key_usage > 0 and not has(cert.key_usage, "keyCertSign") then
      add("a CA without keyCertSign: what it signs is rejected "
        .. "(cert-invalid-ca)")
    end
    return
  end
  if #cert.extended_key_usage > 0
     and not has(cert.extended_key_usage, "serverAuth")
     and not has(cert.extended_key_usage, "anyExtendedKeyUsage") then
    add("no serverAuth in extendedKeyUsage: every client rejects it as a "
      .. "server's certificate (cert-purpose)")
  end
  if #cert.key_usage > 0 and not has(cert.key_usage, "digitalSignature") then
    add("no digitalSignature in keyUsage: TLS 1.3 and every ECDHE suite "
      .. "need it (cert-purpose)")
  end
end

function rules.form(cert, add)
  if cert.version < 3 then
    add(("version %d: browsers and Go want version 3"):format(cert.version))
  end
  if cert.serial == "0" or cert.serial:find("^0+$") then
    add "the serial number is zero: Go and strict verifiers object"
  elseif cert.serial:sub(1, 1) == "-" then
    add "the serial number is negative: Go rejects it"
  elseif #cert.serial > 40 then
    add "the serial number is longer than 20 octets (RFC 5280 4.1.2.2)"
  end
  if cert.self_signed and not cert.is_ca then
    add("self-signed: everybody rejects it until it is trusted by name "
      .. "(cert-self-signed)")
  elseif not cert.self_signed and not cert.authority_key_id then
    add("no authority key identifier: strict verifiers and browsers' rules "
      .. "for public CAs want one (cert-strict)")
  end
  if cert.is_ca and not cert.subject_key_id then
    add("a CA without subject key identifier: strict verifiers object "
      .. "(cert-strict)")
  end
end

local ORDER = { "names", "dates", "key", "signature", "purpose", "form" }

--- A list of sentences about a certificate; empty when nobody objects.
-- @tparam table cert as of `material:cert()`
-- @tparam number now epoch seconds
function warnings.of(cert, now)
  local out = {}
  local function add(sentence) out[#out + 1] = sentence end
  -- without a keyUsage that says so it may be a server's own certificate
  local only_ca = cert.is_ca and has(cert.key_usage, "keyCertSign")
  for _, name in ipairs(ORDER) do
    if not (name == "names" and only_ca) then
      rules[name](cert, add, now)
    end
  end
  return out
end

return warnings
