-- A server's certificate that the client refuses: what each fault is called,
-- which alert it causes, and what the server learns of it.
local endings = require("core.endings")
local helper = require("helper")
local pki = require("wsstls.pki")
local wss = require("wsstls")

local unpack = table.unpack or unpack
local VERSIONS = { "TLSv1.2", "TLSv1.3" }
local DAY = 86400
local TODAY = os.time()
local PAST = { not_before = TODAY - 9 * DAY, not_after = TODAY - DAY }
local FUTURE = { not_before = TODAY + DAY, not_after = TODAY + 9 * DAY }

local function merged(...)
  local out = {}
  for i = 1, select("#", ...) do
    for name, value in pairs((select(i, ...)) or {}) do out[name] = value end
  end
  return out
end

-- Root, intermediate and leaf, each changed by the table of that name.
local function chain(o)
  local root = assert(pki.ca(merged({ cn = "Test Root" }, o.root)))
  local inter = assert(root:intermediate(merged({ cn = "Test Inter" },
    o.inter)))
  local leaf = assert(inter:issue(merged({ cn = "localhost",
    dns = { "localhost" }, ip = { "127.0.0.1" } }, o.leaf)))
  return root, inter, leaf
end

local function from_chain(o, more)
  return function()
    local root, _, leaf = chain(o)
    return merged({ cert = leaf, ca = root }, more)
  end
end

-- { slug, X509 code, depth, alert, what it is, what makes it }; what it
-- makes has cert, ca, and options of connect as `client`. Last the only
-- version it can be seen in: a key that may not sign has no cipher in 1.2.
local CASES = {
  { "cert-self-signed", 18, 0, 48, "a leaf that signs itself", function()
      return { cert = assert(pki.self_signed { cn = "localhost",
        dns = "localhost", ip = "127.0.0.1" }), ca = endings.certs().ca }
    end },
  { "cert-self-signed", 18, 0, 48, "a CN-only one, dialled by IP", function()
      return { cert = assert(pki.self_signed { cn = "localhost" }),
        ca = endings.certs().ca }
    end },
  { "cert-ip-mismatch", 64, 0, 42, "the same once it is trusted", function()
      local leaf = assert(pki.self_signed { cn = "localhost" })
      return { cert = leaf, ca = leaf:pem() }
    end },
  { "cert-untrusted", 20, 0, 48, "an intermediate not sent", function()
      local root, _, leaf = chain {}
      return { cert = leaf:pem(), key = leaf:key_pem(), ca = root }
    end },
  { "cert-untrusted", 20, 1, 48, "an unknown root, not sent", function()
      local _, _, leaf = chain {}
      return { cert = leaf, ca = endings.certs().other }
    end },
  { "cert-untrusted", 19, 2, 48, "an unknown root, sent", function()
      local _, _, leaf = chain {}
      return { cert = leaf, ca = endings.certs().other,
        server = { send_root = true } }
    end },
  { "cert-untrusted", 20, 1, 48, "a root of the same name", function()
      local _, _, leaf = chain {}
      return { cert = leaf, ca = assert(pki.ca { cn = "Test Root" }) }
    end },
  { "cert-partial-chain", 2, 1, 48, "an intermediate as anchor", function()
      local _, inter, leaf = chain {}
      return { cert = leaf:pem(), key = leaf:key_pem(), ca = inter:pem() }
    end },
  { "cert-expired", 10, 0, 45, "an expired leaf",
    from_chain { leaf = PAST } },
  { "cert-not-yet-valid", 9, 0, 42, "a leaf of the future",
    from_chain { leaf = FUTURE } },
  { "cert-expired", 10, 1, 45, "an expired intermediate",
    from_chain { inter = PAST } },
  { "cert-expired", 10, 2, 45, "an expired root",
    from_chain { root = PAST } },
  { "cert-host-mismatch", 62, 0, 42, "another host",
    from_chain({}, { client = { verify_host = "other.test" } }) },
  { "cert-ip-mismatch", 64, 0, 42, "another address",
    from_chain { leaf = { ip = { "127.0.0.2" } } } },
  { "cert-ip-mismatch", 64, 0, 42, "an address in the CN only", function()
      local ca = endings.certs().ca
      return { cert = assert(ca:issue { cn = "127.0.0.1" }), ca = ca }
    end },
  { "cert-ip-mismatch", 64, 0, 42, "an address as a dNSName",
    from_chain { leaf = { ip = {}, dns = { "127.0.0.1" } } } },
  { "cert-host-mismatch", 62, 0, 42, "a wildcard against two labels",
    from_chain({ leaf = { dns = { "*.a.test" } } },
      { client = { verify_host = "x.y.a.test" } }) },
  { "cert-host-mismatch", 62, 0, 42, "a wildcard against the apex",
    from_chain({ leaf = { dns = { "*.a.test" } } },
      { client = { verify_host = "a.test" } }) },
  { "cert-host-mismatch", 62, 0, 42, "a host in the CN only",
    from_chain({ leaf = { dns = {} } },
      { client = { verify_host = "localhost" } }) },
  { "cert-purpose", 26, 0, 43, "an EKU of clients",
    from_chain { leaf = { extended_key_usage = { "clientAuth" } } } },
  { "cert-purpose", 26, 0, 43, "a key usage that cannot serve",
    from_chain { leaf = { key_usage = { "cRLSign" } } }, "TLSv1.3" },
  { "cert-purpose", 26, 0, 43, "a CA as leaf", function()
      local ca = endings.certs().ca
      return { ca = ca, cert = assert(ca:intermediate { cn = "localhost",
        dns = "localhost", ip = "127.0.0.1",
        key_usage = { "keyCertSign" } }) }
    end, "TLSv1.3" },
  { "cert-unknown-critical-extension", 34, 0, 46, "an unknown extension",
    from_chain { leaf = { extensions = {
      { oid = "1.2.3.4", critical = true, value = "\5\0" } } } } },
  { "cert-invalid-ca", 79, 1, 48, "an issuer with CA:FALSE",
    from_chain { inter = { ca = false } } },
  { "cert-invalid-ca", 79, 1, 48, "an issuer without basicConstraints",
    from_chain { inter = { basic_constraints = false } } },
  { "cert-invalid-ca", 79, 1, 48, "an issuer without keyCertSign",
    from_chain { inter = { key_usage = { "digitalSignature" } } } },
  { "cert-path-length", 25, 2, 48, "a path length exceeded",
    from_chain { root = { path_length = 0 } } },
  { "cert-depth", 22, 1, 48, "a chain beyond verify_depth",
    from_chain({}, { client = { verify_depth = 0 } }) },
  { "cert-name-not-permitted", 47, 0, 46, "a name not permitted",
    from_chain { inter = { name_constraints = {
      permitted = { "ok.test" } } } } },
  { "cert-name-excluded", 48, 0, 46, "a name excluded",
    from_chain { inter = { name_constraints = {
      excluded = { "localhost" } } } } },
  { "cert-bad-signature", 7, 0, 51, "a damaged signature",
    from_chain { leaf = { tamper_signature = true } } },
  { "cert-key-too-weak", 66, 0, 42, "RSA-1024 at level 2",
    from_chain({ leaf = { key = { type = "rsa", bits = 1024 } } },
      { server = { security_level = 0 }, client = { security_level = 2 } }) },
  { "cert-revoked", 23, 0, 44, "a revoked leaf", function()
      local root, inter, leaf = chain {}
      return { cert = leaf, ca = root, client = {
        crl = assert(inter:crl { revoked = { leaf } }) } }
    end },
  { "cert-revoked", 23, 1, 44, "a revoked intermediate", function()
      local root, inter, leaf = chain {}
      return { cert = leaf, ca = root, client = { crl_check = "chain",
        crl = { assert(root:crl { revoked = { inter } }),
                assert(inter:crl { revoked = {} }) } } }
    end },
  { "crl-missing", 3, 0, 48, "no CRL of the issuer", function()
      local root, _, leaf = chain {}
      return { cert = leaf, ca = root, client = { crl_check = "leaf",
        crl = assert(root:crl { revoked = {} }) } }
    end },
  { "crl-expired", 12, 0, 45, "an expired CRL", function()
      local root, inter, leaf = chain {}
      return { cert = leaf, ca = root, client = { crl = assert(inter:crl {
        revoked = {}, this_update = TODAY - 9 * DAY,
        next_update = TODAY - DAY }) } }
    end },
  { "crl-not-yet-valid", 11, 0, 42, "a CRL of the future", function()
      local root, inter, leaf = chain {}
      return { cert = leaf, ca = root, client = { crl = assert(inter:crl {
        revoked = {}, this_update = TODAY + DAY,
        next_update = TODAY + 9 * DAY }) } }
    end },
  { "crl-bad-signature", 8, 0, 51, "a damaged CRL", function()
      local root, inter, leaf = chain {}
      return { cert = leaf, ca = root, client = { crl = assert(inter:crl {
        revoked = {}, tamper_signature = true }) } }
    end },
  { "cert-strict", 85, 0, 46, "strict: no AKI",
    from_chain({ leaf = { aki = false } }, { client = { strict = true } }) },
  { "cert-strict", 86, 1, 46, "strict: a CA without SKI",
    from_chain({ inter = { ski = false } }, { client = { strict = true } }) },
  { "cert-untrusted", 20, 1, 48, "three faults together", function()
      local _, _, leaf = chain { leaf = PAST }
      return { cert = leaf, ca = endings.certs().other,
        client = { verify_host = "other.test" }, all = "20@1 62@0 10@0" }
    end },
}

-- whose fault it is when it is not the server's
local FAULT = { ["cert-partial-chain"] = "client", ["cert-depth"] = "client",
  ["crl-missing"] = "client", ["crl-expired"] = "client",
  ["crl-not-yet-valid"] = "client", ["crl-bad-signature"] = "client" }

local function faults(verify)
  local list = {}
  for i, fault in ipairs(verify.errors) do
    list[i] = fault.code .. "@" .. fault.depth
  end
  return table.concat(list, " ")
end

describe("a certificate that the client refuses", function()
  teardown(helper.cleanup)

  for _, case in ipairs(CASES) do
    local slug, number, depth, alert, title, make, only = unpack(case)
    for _, version in ipairs(only and { only } or VERSIONS) do
      it(("is %s: %s, %s"):format(slug, title, version), function()
        local o = make()
        endings.both {
          server = merged({ cert = o.cert, key = o.key,
            max_version = version }, o.server),
          client = merged({ ca = o.ca }, o.client),
          expect = {
            client = { code = slug, phase = "verify", rejected_by = "client",
              fault = FAULT[slug] or "server", verify = number,
              depth = depth, sent = alert },
            server = { code = "cert-rejected", phase = "tls",
              fault = "server", rejected_by = "client", received = alert },
          },
          check = function(err, observation)
            assert.equal(1015, observation.close.code)
            assert.is_true(#observation.openssl > 0)
            assert.is_true(#observation.verify.sent > 0)
            local said = tostring(err)
            assert.is_truthy(said:find("alert " .. alert, 1, true), said)
            if o.all then assert.equal(o.all, faults(observation.verify)) end
          end,
        }
      end)
    end
  end

  it("is not even offered in TLS 1.2 when its key may not sign", function()
    local root, _, leaf = chain { leaf = { key_usage = { "cRLSign" } } }
    endings.both {
      server = { cert = leaf, max_version = "TLSv1.2" },
      client = { ca = root },
      expect = {
        client = { code = "tls-handshake-failure", received = 40 },
        server = { code = "tls-no-shared-cipher", sent = 40 },
      },
    }
  end)

  it("is refused with the version of TLS on record", function()
    for _, version in ipairs(VERSIONS) do
      endings.both { client = { max_version = version }, expect = {
        client = { code = "cert-untrusted", sent = 48, version = version },
        server = { code = "cert-rejected", received = 48,
          version = version } } }
    end
  end)

  it("is not refused when it is good", function()
    local server, seen = endings.serve {}
    for _, version in ipairs(VERSIONS) do
      local conn = assert(wss.connect(server.url, {
        ca = endings.certs().ca, max_version = version }))
      assert.is_true(conn:verify_result().ok)
      assert.equal(version, conn:tls().version)
      assert.is_true(conn:close())
      assert.is_nil(conn:error())
      local o = helper.validated(conn:observation())
      assert.same({}, o.openssl)
    end
    helper.wait(function() return #seen.closes == 2 end, 5, "two closes")
    assert.same({ dropped = 0 }, server:failures())
    server:close()
  end)
end)
