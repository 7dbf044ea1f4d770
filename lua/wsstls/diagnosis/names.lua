--- Diagnosis of names: what was dialled against what the certificate has.
-- @module wsstls.diagnosis.names
local FIX_NAMES = "{make} ; then {install}"

local function expected(f, kind)
  local e = f.v and f.v.expected
  if e and (not kind or e.kind == kind) and type(e.value) == "string" then
    return e.value:lower()
  end
  return nil
end

local function presented(f) return f.v and f.v.presented or {} end

local function count(list) return list and #list or 0 end

local function no_san(p)
  return count(p.dns) + count(p.ip) + count(p.email) + count(p.uri) == 0
end

-- The rest after the first label, with its dot: ".example.com".
local function parent(name) return name:match("^[^.]+(%..+)$") end

-- RFC 6125 6.4.3 as OpenSSL does it: "*" stands for one whole first label.
local function covers(pattern, name)
  pattern, name = pattern:lower(), name:lower()
  if pattern == name then return true end
  local rest = pattern:match("^%*(%..+)$")
  return rest ~= nil and parent(name) == rest
end

local function any_wildcard(f, test)
  local name = expected(f, "dns")
  if not name then return false end
  for _, pattern in ipairs(presented(f).dns or {}) do
    local rest = type(pattern) == "string" and pattern:lower():match(
      "^%*(%..+)$")
    if rest and test(name, rest) then return true end
  end
  return false
end

-- The same address can be written in several ways; only equal text counts
-- here, with the brackets and zone of an IPv6 literal taken off.
local function same_address(text, ip)
  if type(text) ~= "string" or not ip then return false end
  local function bare(s)
    return (s:lower():gsub("^%[", ""):gsub("%]$", ""):gsub("%%.*$", ""))
  end
  return bare(text) == bare(ip)
end

return function(add)
  add { slug = "cert-ip-only-in-cn", refines = "cert-ip-mismatch",
    part = "certificate", fault = "owner", cure = "certificate",
    title = "the certificate names {expected} only as its common name",
    applies = function(f)
      return same_address(presented(f).cn, expected(f, "ip"))
    end,
    what = "The dialled address stands in the common name, where an address "
      .. "is never looked for.",
    why = "an IP address is looked for in the IP entries of subjectAltName "
      .. "only, never in the common name (RFC 2818 3.1, RFC 9525 6.4)",
    fix = FIX_NAMES,
    elsewhere = "no client looks for an address in the common name; this is "
      .. "no matter of cn_fallback",
    source = "RFC 2818 3.1; RFC 9525 6.4; X509_check_ip(3)" }
  add { slug = "cert-ip-as-dns", refines = "cert-ip-mismatch",
    part = "certificate", fault = "owner", cure = "certificate",
    title = "the certificate has {expected} as a DNS name, not as an address",
    applies = function(f)
      local ip = expected(f, "ip")
      for _, name in ipairs(presented(f).dns or {}) do
        if same_address(name, ip) then return true end
      end
      return false
    end,
    what = "The address was written into subjectAltName as a dNSName.",
    why = "a dialled address is compared with iPAddress entries only: in an "
      .. "openssl.cnf it must read IP:{expected}, not DNS:{expected}",
    fix = FIX_NAMES,
    source = "RFC 5280 4.2.1.6; RFC 9525 6.4; X509_check_ip(3)" }
  add { slug = "cert-self-signed-no-san",
    refines = { "cert-self-signed", "cert-ip-mismatch" },
    -- of a trusted certificate the mismatch is all there is to say
    indistinct = "cert-ip-mismatch",
    part = "certificate", fault = "owner", cure = "certificate",
    applies = function(f)
      local leaf = f:leaf()
      return leaf ~= nil and leaf.self_signed == true
        and expected(f, "ip") ~= nil and no_san(presented(f))
    end,
    title = "the certificate signs itself and is not trusted",
    what = "The usual self-signed test certificate: a common name, no "
      .. "subjectAltName, and it is dialled by address.",
    why = "nobody vouches for a certificate that signs itself: it must be "
      .. "trusted by hand, and is not among {trust}. And an IP address is "
      .. "looked for in the IP entries of subjectAltName only, never in the "
      .. "common name (RFC 2818 3.1, RFC 9525 6.4)",
    fix = FIX_NAMES,
    source = "RFC 5280 6.1; RFC 2818 3.1; RFC 9525 6.4" }
  add { slug = "cert-ip-mismatch", part = "certificate", fault = "owner",
    cure = "certificate",
    title = "the certificate does not cover {expected}",
    what = "The dialled address is not among the IP entries of the "
      .. "certificate's subjectAltName.",
    why = "an IP address is looked for in the IP entries of subjectAltName "
      .. "only, never in the common name (RFC 2818 3.1, RFC 9525 6.4)",
    fix = FIX_NAMES,
    source = "RFC 2818 3.1; RFC 9525 6.4; X509_check_ip(3)" }
  add { slug = "cert-wildcard-two-labels", refines = "cert-host-mismatch",
    part = "certificate", fault = "owner", cure = "certificate",
    title = "{wildcard} does not cover {expected}: one label only",
    applies = function(f)
      return any_wildcard(f, function(name, rest)
        local first = parent(name)
        return first ~= nil and first ~= rest and #name > #rest
          and name:sub(-#rest) == rest
      end)
    end,
    what = "A wildcard was expected to stand for two labels.",
    why = "the asterisk stands for exactly one label: {wildcard} covers "
      .. "neither two labels in its place nor the bare domain",
    fix = FIX_NAMES,
    source = "RFC 9525 6.3; RFC 6125 6.4.3; X509_check_host(3)" }
  add { slug = "cert-wildcard-apex", refines = "cert-host-mismatch",
    part = "certificate", fault = "owner", cure = "certificate",
    title = "{wildcard} does not cover {expected} itself",
    applies = function(f)
      return any_wildcard(f, function(name, rest)
        return "." .. name == rest
      end)
    end,
    what = "A wildcard was expected to cover the bare domain as well.",
    why = "the asterisk stands for exactly one label, and the bare domain "
      .. "has none in its place",
    fix = FIX_NAMES,
    source = "RFC 9525 6.3; RFC 6125 6.4.3; X509_check_host(3)" }
  add { slug = "cert-host-only-in-cn", refines = "cert-host-mismatch",
    part = "certificate", fault = "owner", cure = "certificate",
    title = "the certificate names {expected} only as its common name",
    applies = function(f)
      local name, p = expected(f, "dns"), presented(f)
      return name ~= nil and count(p.dns) == 0 and type(p.cn) == "string"
        and covers(p.cn, name)
    end,
    what = "The dialled name stands in the common name only; subjectAltName "
      .. "has no DNS entry.",
    why = "names are looked for in subjectAltName alone; the common name was "
      .. "given up for this long ago and is not consulted "
      .. "(cn_fallback = false)",
    fix = FIX_NAMES,
    elsewhere = "OpenSSL's own default accepts this certificate "
      .. "(cn_fallback = true does the same here); browsers and Go never do",
    source = "RFC 9525 6.3; RFC 6125 6.4.4; X509_check_host(3)" }
  add { slug = "cert-host-mismatch", part = "certificate", fault = "owner",
    cure = "certificate",
    title = "the certificate does not cover {expected}",
    what = "The dialled host name is not among the DNS entries of the "
      .. "certificate's subjectAltName.",
    why = "a host name must equal a DNS entry of subjectAltName, or match a "
      .. "wildcard for its first label (RFC 9525 6.3)",
    fix = FIX_NAMES .. "; or dial a name that the certificate has",
    elsewhere = function(f)
      local p = presented(f)
      return f.v and p.cn and count(p.dns) == 0
        and "OpenSSL's own default would compare the common name too, as "
        .. "there is no DNS entry; here it does not match either" or nil
    end,
    source = "RFC 9525 6.3; RFC 2818 3.1; X509_check_host(3)" }
end
