--- core.tlsconf: every mistake is an error before a byte is sent.

local core = require "wsstls.core"
local mint = require "core.mint"

local root, inter, leaf

setup(function() root, inter, leaf = mint.chain() end)

local function accepts(o, side)
  local conf, slug, message = core.tlsconf(o, side or "client")
  assert(conf, tostring(slug) .. ": " .. tostring(message))
  return conf
end

local function refuses(slug, pattern, o, side)
  local conf, code, message, phase = core.tlsconf(o, side or "client")
  assert.is_nil(conf)
  assert.same({ slug, "config" }, { code, phase })
  assert.matches(pattern, message)
end

local function with_file(bytes, fn)
  local path = os.tmpname()
  local file = assert(io.open(path, "wb"))
  file:write(bytes)
  file:close()
  local ok, err = pcall(fn, path)
  os.remove(path)
  assert(ok, err)
end

describe("core.tlsconf for a server", function()
  it("takes certificate and key together, apart, in any order", function()
    accepts({ cert = leaf }, "server")
    accepts({ cert = leaf:pem(), key = leaf:key_pem() }, "server")
    accepts({ cert = leaf:key_pem() .. leaf:pem() }, "server")
    accepts({ cert = inter:pem() .. leaf:pem(), key = leaf:key_pem() },
      "server")
    accepts({ key = leaf:key_pem() .. leaf:pem() }, "server")
  end)

  it("takes a PKCS#12 with its password", function()
    local p12 = leaf:pkcs12("secret", "x")
    accepts({ pkcs12 = p12, pkcs12_password = "secret" }, "server")
    accepts({ cert = p12, key_password = "secret" }, "server")
    refuses("config-password-wrong", "pkcs12", { pkcs12 = p12,
      pkcs12_password = "guess" }, "server")
    refuses("config-password-missing", "password", { pkcs12 = p12 },
      "server")
  end)

  it("says when the key is missing or belongs to another", function()
    refuses("config-key-missing", "cert", { cert = leaf:pem() }, "server")
    refuses("config-key-missing", "^key", { cert = leaf:pem(),
      key = leaf:pem() }, "server")
    refuses("config-key-mismatch", "05800074", { cert = leaf:pem(),
      key = mint.key("stranger"):key_pem() }, "server")
    refuses("config-key-mismatch", "05800074", {
      cert = leaf:pem() .. mint.key("stranger"):key_pem() }, "server")
  end)

  it("refuses a weak key at the security level, not below", function()
    local weak = mint.leaf {
      key = mint.key("rsa1024", { type = "rsa", bits = 1024 }) }
    refuses("config-key-too-weak", "0A00018F",
      { cert = weak, security_level = 2 }, "server")
    accepts({ cert = weak, security_level = 0 }, "server")
  end)

  it("takes a mismatched key that was made loadable", function()
    local odd = mint.must(core.pki.mismatched(leaf, mint.key("stranger")))
    accepts({ cert = odd }, "server")
  end)

  it("refuses DH parameters that are none", function()
    refuses("config-file-missing", "dh_file",
      { cert = leaf, dh_file = "/nonexistent/file" }, "server")
    with_file("nothing", function(path)
      refuses("config-dh-unusable", "dh_file",
        { cert = leaf, dh_file = path }, "server")
    end)
  end)

  it("keeps certificates by server name", function()
    local conf = accepts({}, "server")
    local named = accepts({ cert = leaf }, "server")
    assert.is_true(conf:add_sni("a.test", named))
    assert.is_true(conf:add_sni("*.b.test", named))
    assert.has_error(function() conf:add_sni("a.test", conf) end)
    assert.has_error(function() conf:add_sni("", named) end)
    assert.has_error(function() conf:add_sni("a.test", "conf") end)
    assert.is_false(conf:has_certificate())
    assert.is_true(named:has_certificate())
  end)
end)

describe("core.tlsconf's lists", function()
  it("name the entry that this OpenSSL does not know", function()
    refuses("config-cipher-unknown", "0A0000B9", { ciphers = "NOPE" })
    refuses("config-cipher-unknown", "ciphersuites",
      { ciphersuites = "TLS_NOPE" })
    refuses("config-group-unknown", "'nope'", { groups = "X25519:nope" })
    refuses("config-sigalg-unknown", "'nope'",
      { sigalgs = "ECDSA+SHA256:nope" })
    accepts { ciphers = "ECDHE+AESGCM", groups = "X25519:P-256",
      ciphersuites = "TLS_AES_128_GCM_SHA256", sigalgs = "ECDSA+SHA256" }
  end)

  it("leave a version between minimum and maximum", function()
    refuses("config-version-range", "TLSv1.2",
      { min_version = "TLSv1.3", max_version = "TLSv1.2" })
    refuses("config-version-range", "min_version",
      { max_version = "TLSv1.1" })
    accepts { min_version = "TLSv1", max_version = "TLSv1.1" }
    accepts { min_version = "1.2", max_version = "TLSv1_3" }
  end)

  it("raise on a wrong type or value", function()
    for _, o in ipairs { { ca = 1 }, { min_version = "SSLv3" },
        { alpn = { "" } }, { purpose = "nope" }, { policy = "nope" },
        { ciphers = 1 }, { crl_check = "nope" }, { strict = 1 },
        { verify_host = "a\0b" }, { verify_depth = 1e12 } } do
      assert.has_error(function() core.tlsconf(o, "client") end)
    end
  end)
end)

describe("core.tlsconf's trust", function()
  it("says what is wrong with each source", function()
    refuses("config-file-missing", "^ca:", { ca = { "/nonexistent/file" } })
    refuses("config-ca-empty", "only a key", { ca = { leaf:key_pem() } })
    refuses("config-not-a-certificate", "^ca:",
      { ca = { "-----BEGIN CERTIFICATE-----\n?\n-----END CERTIFICATE-----" } })
    refuses("config-file-missing", "ca_path", { ca_path = "/nonexistent/file" })
    refuses("config-crl-unusable", "^crl", { ca = { root }, crl = { leaf } })
    refuses("config-file-missing", "^crl",
      { ca = { root }, crl = { "/nonexistent/file" } })
    with_file("", function(path)
      refuses("config-file-empty", "ca", { ca = { path } })
    end)
    with_file("words", function(path)
      refuses("config-not-a-certificate", "ca", { ca = { path } })
    end)
  end)

  it("takes a folder by subject hash, and only such a one", function()
    local dir = os.tmpname()
    os.remove(dir)
    assert(os.execute("mkdir " .. dir))
    refuses("config-ca-empty", "rehash", { ca_path = dir })
    local name = dir .. "/" .. root:hash() .. ".0"
    local file = assert(io.open(name, "w"))
    file:write(root:pem())
    file:close()
    local r = assert(core.verify { chain = leaf, ca_path = dir,
      host = "localhost", time = mint.now })
    os.remove(name)
    os.remove(dir)
    assert.is_true(r.ok)
    assert.equal(dir, r.policy.trust.path)
  end)

  it("reads a file again that was rewritten in place", function()
    local other = mint.ca { cn = "Test Root", key = mint.key("imp") }
    with_file(root:pem(), function(path)
      local function ok()
        return assert(core.verify { chain = leaf, ca = { path },
          host = "localhost", time = mint.now }).ok
      end
      for _ = 1, 3 do
        assert.is_true(ok())
        local file = assert(io.open(path, "wb"))
        file:write(other:pem())
        file:close()
        assert.is_false(ok())
        file = assert(io.open(path, "wb"))
        file:write(root:pem())
        file:close()
      end
    end)
  end)

  it("remembers more stores than it keeps", function()
    for _ = 1, 3 do
      for i = 1, 20 do
        local ca = mint.ca { cn = "CA " .. i, key = mint.key("imp") }
        accepts { ca = { ca, root } }
      end
    end
    accepts { ca = { root } }
  end)

  it("reuses a store that was made once", function()
    local store = mint.must(core.pki.store({ root }))
    local r = assert(core.verify { chain = leaf, ca = { store },
      host = "localhost", time = mint.now })
    assert.is_true(r.ok)
    r = assert(core.verify { chain = mint.leaf {}, ca = { store, inter },
      host = "localhost", time = mint.now })
    assert.equal(18, r.code)
  end)
end)

describe("core.tlsconf's key log", function()
  it("is made with mode 0600 and never widened", function()
    local path = os.tmpname()
    os.remove(path)
    accepts { keylog = path }
    local pipe = assert(io.popen("stat -c %a " .. path))
    local mode = pipe:read("*l")
    pipe:close()
    os.remove(path)
    assert.equal("600", mode)
    refuses("config-write-failed", "keylog", { keylog = "/nonexistent/x" })
  end)
end)
