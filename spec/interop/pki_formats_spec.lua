--- Everything wsstls.pki writes, read by other implementations; and what they
-- write, read by us.
local dkjson = require("dkjson")
local helper = require("helper")
local pki = require("wsstls.pki")

local unpack = table.unpack or unpack
local quote = helper.quote

local KEYS = { "ec", "P-384", "P-521", "rsa:2048", "rsa:3072", "ed25519",
  "ed448" }
local PASSWORD = "a b\195\164c"

local dir, ca, inter, leaf

setup(function()
  dir = helper.dir()
  ca = assert(pki.ca { cn = "Formats CA" })
  inter = assert(ca:intermediate { cn = "Formats Intermediate" })
  leaf = assert(inter:issue { cn = "localhost", dns = { "localhost",
    "b\195\188cher.test" }, ip = { "127.0.0.1", "::1" },
    email = "a@b.test", uri = "urn:x:y" })
  assert(ca:save { cert = dir .. "/ca.pem", key = dir .. "/ca.key" })
  assert(leaf:save { cert = dir .. "/leaf.pem", key = dir .. "/leaf.key" })
end)

teardown(helper.cleanup)

local function sh(command, ...)
  local words = { ... }
  for i, word in ipairs(words) do words[i] = quote(word) end
  return helper.must(("cd %s && "):format(dir)
    .. command:format(unpack(words)))
end

local function needs(program)
  return helper.installed(program) and it or pending
end

describe("openssl", function()
  local test = needs "openssl"

  test("reads certificates with every kind of key", function()
    for _, key in ipairs(KEYS) do
      local one = assert(ca:issue { cn = "k", dns = "k.test", key = key })
      assert(one:save { cert = dir .. "/k.pem", key = dir .. "/k.key" })
      sh "openssl verify -CAfile ca.pem k.pem"
      assert.equal(sh "openssl x509 -in k.pem -noout -pubkey",
        sh "openssl pkey -in k.key -pubout")
    end
  end)

  test("sees the same names, serial, dates and hash as we", function()
    local info = leaf:info()
    local text = sh "openssl x509 -in leaf.pem -noout -text -serial -hash"
    for _, part in ipairs { "DNS:localhost, DNS:xn--bcher-kva.test, "
        .. "IP Address:127.0.0.1, IP Address:0:0:0:0:0:0:0:1, "
        .. "email:a@b.test, URI:urn:x:y", "Digital Signature",
        "TLS Web Server Authentication", "CA:FALSE",
        "serial=" .. info.serial:upper(), leaf:hash() } do
      assert.is_truthy(text:find(part, 1, true), part .. "\n" .. text)
    end
    assert.is_truthy(leaf:text():find("X509v3 Subject Alternative Name", 1,
      true))
    assert.equal(info.not_after, tonumber(sh(
      "date -u -d \"$(openssl x509 -in leaf.pem -noout -enddate "
        .. "| cut -d= -f2)\" +%%s")))
  end)

  test("parses all DER to its end", function()
    for name, object in pairs { leaf = leaf, ca = ca,
        csr = assert(pki.csr { cn = "r", dns = "r.test" }),
        crl = assert(ca:crl { revoked = { leaf } }) } do
      helper.write(dir .. "/" .. name .. ".der", object:der())
      local last = sh("openssl asn1parse -inform DER -in %s | tail -n 1",
        name .. ".der")
      local at, head, length = last:match("^ *(%d+):d=%d+ +hl=(%d+) l= *(%d+)")
      assert.equal(#object:der(), at + head + length, last)
    end
  end)

  test("reads and checks CRLs", function()
    local crl = assert(ca:crl { revoked = { { cert = inter,
      reason = "keyCompromise", date = "2025-01-02" }, 4660 } })
    assert(crl:save { crl = dir .. "/crl.pem" })
    local text = sh "openssl crl -in crl.pem -CAfile ca.pem -noout -text 2>&1"
    for _, part in ipairs { "verify OK", "Key Compromise", "1234",
        "Jan  2 00:00:00 2025 GMT", "X509v3 CRL Number" } do
      assert.is_truthy(text:find(part, 1, true), part .. "\n" .. text)
    end
  end)

  test("takes requests of ours, and we its", function()
    local csr = assert(pki.csr { cn = "r.test", dns = "r.test" })
    assert(csr:save { csr = dir .. "/r.csr" })
    sh "openssl req -in r.csr -verify -noout"
    sh("openssl x509 -req -in r.csr -CA ca.pem -CAkey ca.key -days 9 "
      .. "-copy_extensions copy -out r.pem")
    assert.same({ "r.test" }, pki.load(dir .. "/r.pem"):info().san.dns)
    sh("openssl req -new -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes "
      .. "-keyout o.key -subj /CN=o -addext subjectAltName=DNS:o.test "
      .. "-out o.csr")
    local signed = assert(ca:sign(dir .. "/o.csr"))
    assert.same({ "o.test" }, signed:info().san.dns)
    assert(signed:save { cert = dir .. "/o.pem" })
    sh "openssl verify -CAfile ca.pem o.pem"
  end)

  test("opens our PKCS#12 and encrypted keys, and we its", function()
    for _, algorithm in ipairs { "aes", "3des" } do
      assert(leaf:save { pkcs12 = dir .. "/a.p12", password = PASSWORD,
        algorithm = algorithm, name = "mine" })
      local text = sh("openssl pkcs12 -in a.p12 -nodes -passin %s",
        "pass:" .. PASSWORD)
      local _, count = text:gsub("BEGIN CERTIFICATE", "")
      assert.equal(3, count)
      assert.is_truthy(text:find("friendlyName: mine", 1, true))
    end
    assert(leaf:save { key = dir .. "/e.key", password = PASSWORD })
    sh("openssl pkey -in e.key -noout -passin %s", "pass:" .. PASSWORD)
    sh("openssl pkcs12 -export -in leaf.pem -inkey leaf.key -out o.p12 "
      .. "-passout %s", "pass:" .. PASSWORD)
    local back = assert(pki.load(dir .. "/o.p12", PASSWORD))
    assert.equal(leaf:key_pem(), back:key_pem())
  end)

  test("finds certificates in a folder we rehashed", function()
    sh "mkdir -p capath && cp ca.pem capath/"
    assert(pki.rehash(dir .. "/capath"))
    assert(inter:save { pem = dir .. "/inter.pem" })
    sh("openssl verify -no-CAfile -no-CAstore -CApath capath "
      .. "-untrusted inter.pem leaf.pem")
  end)

  test("accepts our Diffie-Hellman parameters", function()
    helper.write(dir .. "/dh.pem", assert(pki.dhparam(2048)))
    sh "openssl dhparam -in dh.pem -check -noout"
  end)
end)

describe("certtool", function()
  local test = needs "certtool"

  test("reads certificates, requests, CRLs, keys and PKCS#12", function()
    assert(pki.csr { cn = "r", dns = "r.test" }:save {
      csr = dir .. "/g.csr" })
    assert(ca:crl { revoked = { inter } }:save { crl = dir .. "/g.crl" })
    assert(leaf:save { pkcs12 = dir .. "/g.p12", password = "secret" })
    assert.is_truthy(sh("certtool -i --infile leaf.pem"):find(
      "DNSname: xn--bcher-kva.test", 1, true))
    assert.is_truthy(sh("certtool --crq-info --infile g.csr"):find(
      "Self signature: verified", 1, true))
    sh("certtool --verify-crl --load-ca-certificate ca.pem --infile g.crl")
    sh("certtool -k --infile leaf.key")
    assert.is_truthy(sh("certtool --p12-info --inder --infile g.p12 "
      .. "--password secret"):find("BEGIN CERTIFICATE", 1, true))
  end)
end)

describe("NSS", function()
  local test = helper.installed("pk12util") and needs "certutil" or pending

  test("imports PKCS#12 with both algorithms, and we what it exports",
    function()
      for _, algorithm in ipairs { "aes", "3des" } do
        sh("mkdir db-%s && certutil -N --empty-password -d sql:db-%s",
          algorithm, algorithm)
        assert(leaf:save { pkcs12 = dir .. "/n.p12", password = "secret",
          name = "leaf", algorithm = algorithm })
        sh("pk12util -i n.p12 -W secret -d sql:db-%s", algorithm)
        assert.is_truthy(sh("certutil -L -d sql:db-%s", algorithm):find(
          "leaf +u,u,u"))
        sh("pk12util -o out.p12 -n leaf -W secret -d sql:db-%s", algorithm)
        local back = assert(pki.load(dir .. "/out.p12", "secret"))
        assert.equal(leaf:info().sha256, back:info().sha256)
        assert.equal(leaf:key_pem(), back:key_pem())
      end
    end)

  test("judges a chain of ours by certutil -V", function()
    assert(inter:save { pem = dir .. "/i.pem" })
    sh "mkdir db && certutil -N --empty-password -d sql:db"
    sh "certutil -A -n root -t CT,, -i ca.pem -d sql:db"
    sh "certutil -A -n inter -t ,, -i i.pem -d sql:db"
    sh "certutil -A -n leaf -t ,, -i leaf.pem -d sql:db"
    assert.is_truthy(sh("certutil -V -n leaf -u V -e -d sql:db"):find(
      "certificate is valid", 1, true))
  end)
end)

describe("Python's cryptography", function()
  local _, status = helper.shell("/usr/bin/python3 -c 'import cryptography'")
  local test = status == 0 and it or pending

  local function read(kind, path, password)
    return assert(dkjson.decode(sh("/usr/bin/python3 %s %s %s"
      .. (password and " " .. quote(password) or ""),
      helper.path "spec/interop/peers/read_cert.py", kind, path)))
  end

  test("reads certificates, requests, CRLs, keys and PKCS#12", function()
    local seen = read("cert", "leaf.pem")
    assert.equal("CN=localhost", seen.subject)
    assert.same({ "localhost", "xn--bcher-kva.test", "127.0.0.1", "::1",
      "a@b.test", "urn:x:y" }, seen.names)
    assert.equal((leaf:info().serial:gsub("^0+", "")), seen.serial)
    assert(pki.csr { cn = "r", dns = "r.test" }:save {
      csr = dir .. "/p.csr" })
    assert.same({ valid = true, names = { "r.test" } }, read("csr", "p.csr"))
    assert(ca:crl { revoked = { { serial = "abcdef",
      reason = "superseded" } } }:save { crl = dir .. "/p.crl" })
    assert.same({ { serial = "abcdef", reason = "superseded" } },
      read("crl", "p.crl").revoked)
    for _, key in ipairs(KEYS) do
      assert(pki.key(key):save { key = dir .. "/p.key", password = PASSWORD })
      assert.equal(sh("openssl pkey -in p.key -pubout -passin %s",
        "pass:" .. PASSWORD) .. "\n", read("key", "p.key", PASSWORD).public)
    end
    assert(leaf:save { pkcs12 = dir .. "/p.p12", password = PASSWORD })
    assert.same({ subject = "CN=localhost", more = 2, match = true },
      read("p12", "p.p12", PASSWORD))
  end)
end)

describe("Node", function()
  local test = needs "node"

  test("reads certificates, and checks them with their issuer and key",
    function()
      local out = sh([[node -e '
const { X509Certificate, createPrivateKey } = require("crypto")
const fs = require("fs")
const pem = fs.readFileSync("leaf.pem", "utf8").split(/(?=-----BEGIN)/)
const [leaf, inter] = pem.map((text) => new X509Certificate(text))
console.log(leaf.checkHost("localhost"), leaf.checkIP("::1"),
  leaf.checkIssued(inter), leaf.verify(inter.publicKey),
  leaf.checkPrivateKey(createPrivateKey(fs.readFileSync("leaf.key"))))']])
      assert.equal("localhost ::1 true true true", out)
    end)

  test("serves from a PKCS#12 file of ours", function()
    assert(leaf:save { pkcs12 = dir .. "/node.p12", password = "secret" })
    sh([[node -e 'require("tls").createSecureContext({
  pfx: require("fs").readFileSync("node.p12"), passphrase: "secret" })']])
  end)
end)
