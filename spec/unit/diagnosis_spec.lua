local diagnosis = require("wsstls.diagnosis")
local codes = require("wsstls.codes")
local errors = require("wsstls.errors")
local r = require("unit.records")

local known = require("unit.refinements")

local REFINED, AGREES = known.refined, known.agrees
local judged, chain, dns = known.judged, known.chain, known.dns
local INT, ROOT, no_san = known.INT, known.ROOT, known.no_san

local function first(err) return diagnosis.diagnose(err)[1].slug end

describe("the diagnosis", function()
  it("has an entry for every code", function()
    for _, code in ipairs(codes.list()) do
      if code ~= "ok" then
        assert.truthy(diagnosis.entry(code), code)
      end
    end
  end)

  it("refines codes that exist", function()
    for _, slug in ipairs(diagnosis.slugs()) do
      local entry = diagnosis.entry(slug)
      for _, code in ipairs(entry.refines or {}) do
        assert.truthy(codes.get(code), slug .. " < " .. code)
      end
      assert.is_true(entry.refines ~= nil or codes.get(slug) ~= nil
        or slug == "closed-tls-failed", slug)
      assert.is_true(entry.refines == nil or type(entry.applies)
        == "function", slug)
    end
  end)

  it("says of each what, why, how to fix it, and where it is written",
    function()
      for _, slug in ipairs(diagnosis.slugs()) do
        local general = diagnosis.general(slug)
        for _, part in ipairs { "title", "what", "why", "fix", "source" } do
          local text = general[part]
          assert.is_string(text, slug .. "." .. part)
          assert.is_true(#text > 3, slug .. "." .. part)
          assert.is_nil(text:find("{[%w_]+}"), slug .. ": " .. text)
        end
      end
    end)

  it("never advises to turn verification off", function()
    for _, slug in ipairs(diagnosis.slugs()) do
      local fix = diagnosis.general(slug).fix:lower()
      for _, bad in ipairs { "verify = false", "verify=false", "verify_none",
          "rejectunauthorized", "insecure", "disable verif", "cert_none",
          "verify_host = false", "allow = " } do
        assert.is_nil(fix:find(bad, 1, true), slug)
      end
    end
  end)

  for _, row in ipairs(REFINED) do
    it("finds " .. row[1] .. " from what the record shows", function()
      local err = row[2]()
      assert.equal(row[1], first(err))
      assert.is_true(errors.matches(row[1], err))
      assert.is_true(errors.matches(err.code, err))
      assert.is_nil((err:story():find("{[%w_]+}")))
    end)
  end

  for _, row in ipairs(AGREES) do
    it("lets " .. row[1] .. " match and never asserts it", function()
      local err = r.error(row[2], row[3])
      assert.is_true(errors.matches(row[1], err))
      assert.are_not.equal(row[1], first(err))
    end)
  end

  it("shows each refinement in a record of this spec", function()
    local shown = {}
    for _, row in ipairs(REFINED) do shown[row[1]] = true end
    for _, row in ipairs(AGREES) do shown[row[1]] = true end
    for _, slug in ipairs(diagnosis.slugs()) do
      -- the server's verdicts on clients are derived from these
      if diagnosis.entry(slug).refines and not slug:find("^client%-") then
        assert.is_true(shown[slug] or slug == "cert-many-faults", slug)
      end
    end
  end)

  it("does not take one refinement for its neighbour", function()
    local function no(slug, err)
      assert.is_false(errors.matches(slug, err), slug)
    end
    local whole = judged("cert-host-mismatch", { { 62 } },
      { r.cert("x", ROOT) }, dns("a.test", r.presented("b.test",
        { dns = { "b.test", "*.other.test" } })))
    no("cert-wildcard-apex", whole)
    no("cert-wildcard-two-labels", whole)
    no("cert-host-only-in-cn", whole)
    local self = judged("cert-self-signed", { { 18 } },
      { r.cert("localhost") }, dns("localhost", no_san))
    no("cert-self-signed-no-san", self)
    no("cert-chain-incomplete", self)
    local expired = judged("cert-expired", { { 10 } }, chain())
    no("cert-expired-intermediate", expired)
    no("cert-expired-root", expired)
    no("upgrade-not-found", r.error("upgrade-rejected",
      { http = { status = 403 } }))
    no("ws-masked-server-frame", r.error("ws-protocol-error",
      { lws = { "server: client unmasked" } }))
    no("tls-version-client-too-new", r.error("tls-version-mismatch",
      { hello = { versions = { "TLSv1.2", "TLSv1.1" } } }))
    no("tls-damaged-client-hello", r.error("tls-bad-record-mac",
      { phase = "open" }))
  end)

  it("tells every independent fault, the deciding one first", function()
    local err = judged("cert-untrusted",
      { { 20, 1 }, { 21, 1, implied = true }, { 62 }, { 10 } },
      { r.cert("old.test", INT), r.cert(INT, ROOT) },
      dns("new.test", r.presented("old.test", { dns = { "old.test" } })))
    local slugs = {}
    for i, finding in ipairs(diagnosis.diagnose(err)) do
      slugs[i] = finding.slug
    end
    assert.same({ "cert-untrusted-root", "cert-host-mismatch",
                  "cert-expired", "cert-many-faults" }, slugs)
    assert.is_true(errors.matches("cert-many-faults", err))
  end)

  it("has one fix where one new certificate cures every fault", function()
    local err = judged("cert-self-signed", { { 18 }, { 64 }, { 10 } },
      { r.cert("localhost") }, { expected = r.ip("127.0.0.1"),
        presented = no_san })
    local findings = diagnosis.diagnose(err)
    assert.truthy(findings[1].fix:find("one new certificate", 1, true))
    assert.is_nil(findings[2].fix)
    assert.is_nil(findings[3].fix)
    assert.same({ "X509 64 IP_ADDRESS_MISMATCH at depth 0" },
      findings[2].evidence)
    -- a missing CRL is not cured by it
    local crl = diagnosis.diagnose(judged("cert-host-mismatch",
      { { 62 }, { 3 } }, chain(), dns("a.test", no_san)))
    assert.is_nil(crl[1].fix:find("cures all", 1, true))
    assert.truthy(crl[2].fix:find("crl_file", 1, true))
  end)

  it("takes faults that nobody asked about for no verdict", function()
    local o = { phase = "open", url = "wss://localhost/",
      verify_disabled = true, close = { code = 1011, initiated_by = "peer" },
      verify = r.verdict({ { 18 }, { 64 } }, { r.cert("localhost") },
        { unchecked = true }) }
    local finding = diagnosis.diagnose(r.record(o))[1]
    assert.equal("closed-internal-error", finding.slug)
    assert.equal("unknown", finding.rejected_by)
    assert.equal(1, #diagnosis.diagnose(r.record(o)))
    assert.equal("the certificate was not verified (verify = false)",
      finding.evidence[1])
    assert.equal("it would fail: X509 18 DEPTH_ZERO_SELF_SIGNED_CERT at "
      .. "depth 0, also 64 IP_ADDRESS_MISMATCH at depth 0",
      finding.evidence[2])
    assert.same({}, finding.chain)
    o.close = { code = 1000, clean = true }
    assert.same({}, diagnosis.diagnose(r.record(o)))
  end)

  it("says when no name was checked", function()
    local v = r.verdict({ { 10 } }, chain())
    v.expected = nil
    local finding = diagnosis.diagnose(r.error("cert-expired", {
      url = "wss://localhost/", verify = v }))[1]
    assert.equal("no name was checked (verify_host = false)",
      finding.evidence[2])
  end)

  it("says what is trusted", function()
    local function why(trust)
      return diagnosis.diagnose(judged("cert-self-signed", { { 18 } },
        { r.cert("localhost") }, { policy = { time = r.NOW, flags = {},
          trust = trust } }))[1].why
    end
    for text, trust in pairs {
      ["(the system's; no ca option was given)"] = { count = 0,
        system = true },
      ["(none)"] = { count = 0 }, ["(2 given)"] = { count = 2 },
      ["(1 given, the system's)"] = { count = 1, system = true },
      ["(those in /etc/x)"] = { count = 0, path = "/etc/x" },
      ["(ca.pem)"] = { count = 3, file = "ca.pem" },
    } do
      assert.truthy(why(trust):find(text, 1, true), why(trust))
    end
  end)

  it("takes the system's store for one that has certificates", function()
    local function slug(trust)
      return first(judged("cert-untrusted", { { 20, 1 } },
        { r.cert("a", INT), r.cert(INT, ROOT) }, { policy = { time = r.NOW,
          flags = {}, trust = trust } }))
    end
    assert.equal("trust-store-empty", slug { count = 0 })
    assert.equal("cert-untrusted-root", slug { count = 0, system = true })
  end)

  it("does not take a connection that timed out for a failed dial",
    function()
      local err = r.error("closed-abnormally", { phase = "open",
        os_error = { errno = 110, name = "ETIMEDOUT" },
        close = { code = 1006, initiated_by = "network" } })
      assert.equal(1, #diagnosis.diagnose(err))
    end)

  it("knows a greeting that is not TLS", function()
    local function title(bytes)
      return diagnosis.diagnose(r.error("tls-not-tls", { first_bytes = bytes,
        peer = { ip = "127.0.0.1", port = 22 } }))[1].title
    end
    assert.equal("127.0.0.1:22 speaks SSH, not TLS", title("SSH-2.0-x"))
    assert.equal("127.0.0.1:22 speaks HTTP without TLS", title("HTTP/1.1 4"))
    assert.equal("what answers at 127.0.0.1:22 does not speak TLS",
      title("\0\1\2"))
  end)

  it("puts the cause before the symptom", function()
    local err = r.error("closed-abnormally", { phase = "open",
      os_error = { errno = 104, name = "ECONNRESET" },
      close = { code = 1006, initiated_by = "network" } })
    local findings = diagnosis.diagnose(err)
    assert.equal("tcp-reset", findings[1].slug)
    assert.equal("closed-abnormally", findings[2].slug)
    assert.is_true(findings[2].decides)
  end)

  it("lets an alert explain an end that has no better reason", function()
    local err = r.error("upgrade-no-response", { received = 116,
      tls = { version = "TLSv1.3" }, phase = "upgrade" })
    assert.equal("client-cert-missing", diagnosis.diagnose(err)[1].slug)
  end)

  it("judges a record that says only what happened", function()
    local function code(o) return diagnosis.diagnose(r.record(o))[1].code end
    assert.equal("cert-rejected", code { side = "server", received = 42 })
    assert.equal("client-cert-rejected", code { received = 48 })
    assert.equal("client-cert-missing", code { received = 116 })
    assert.equal("tls-alert", code { received = 80 })
    assert.equal("tls-not-tls", code { openssl = { { code =
      "0A00010B" } } })
    assert.equal("tcp-refused", code { os_error = { name =
      "ECONNREFUSED" } })
    assert.equal("upgrade-redirect", code { http = { status = 302,
      headers = { location = "/x" } } })
    assert.equal("upgrade-redirect-no-location", code { http = {
      status = 302 } })
    assert.equal("upgrade-unauthorized", code { http = { status = 401 } })
    assert.equal("closed-abnormally", code { close = { code = 1006 } })
    assert.equal("closed", code { close = { code = 1001 } })
    assert.equal("client-cert-expired", code { side = "server", verify =
      r.verdict({ { 10 } }, chain()) })
    assert.equal("cert-webpki", code { verify = r.verdict({ { 50,
      name = "VALIDITY_TOO_LONG" } }, chain()) })
    assert.equal("cert-pin-mismatch", code { verify = r.verdict({ { 50,
      name = "PIN_MISMATCH" } }, chain()) })
  end)

  it("sees from the record alone who rejected whom", function()
    local function by(o)
      local finding = diagnosis.decider(diagnosis.diagnose(r.record(o)))
      return finding.rejected_by .. " " .. finding.phase
    end
    assert.equal("client tls", by { side = "server", received = 42 })
    assert.equal("server tls", by { side = "server", sent = 70, openssl = {
      { code = "0A000102" } } })
    assert.equal("server verify", by { side = "server", sent = 45,
      verify = r.verdict({ { 10 } }, chain()) })
    assert.equal("server upgrade", by { http = { status = 403 } })
    assert.equal("unknown tcp", by { os_error = { name = "ECONNREFUSED" } })
  end)

  it("finds nothing in what went well", function()
    assert.same({}, diagnosis.diagnose(r.record { http = { status = 101 },
      close = { code = 1000, clean = true } }))
    assert.same({}, diagnosis.diagnose(nil))
    local v = r.verdict({ { 10 } }, chain())
    v.ok, v.code, v.name = true, 0, "OK"
    assert.same({}, diagnosis.diagnose(v))
    assert.is_false(diagnosis.matches("cert-expired", v))
    assert.equal("no error", diagnosis.sentence(nil))
  end)

  it("judges a verify-result by itself", function()
    local v = r.verdict({ { 10 } }, chain())
    assert.equal("cert-expired", diagnosis.diagnose(v)[1].code)
    assert.is_true(diagnosis.matches("cert-expired", v))
    assert.truthy(diagnosis.sentence(v):find("X509 10 CERT_HAS_EXPIRED"))
  end)

  it("says when a peer's verdict would differ", function()
    local err = judged("cert-host-mismatch", { { 62 } },
      { r.cert("a.test", ROOT) }, dns("a.test", r.presented("a.test")))
    local finding = diagnosis.diagnose(err)[1]
    assert.truthy(finding.elsewhere:find("OpenSSL's own default accepts"))
    assert.truthy(finding.elsewhere:find("browsers and Go never do"))
  end)

  it("turns every server certificate's code into the client's", function()
    for _, code in ipairs(codes.list()) do
      if code:find("^cert%-") and code ~= "cert-rejected" then
        local general = diagnosis.general("client-" .. code)
        assert.truthy(general, code)
        assert.is_nil(general.title:find("the server's certificate", 1,
          true), code)
      end
    end
  end)

  it("survives a record with nothing in it, for every slug", function()
    for _, slug in ipairs(diagnosis.slugs()) do
      local entry = diagnosis.entry(slug)
      for _, code in ipairs(entry.refines or {}) do
        errors.matches(slug, errors.new { code = code })
        errors.matches(slug, r.error(code, {}))
        errors.matches(slug, r.error(code, { verify = { ok = false,
          code = 1, name = "UNSPECIFIED", depth = 0, errors = {} } }))
      end
    end
  end)

  it("does not change the record", function()
    local err = REFINED[1][2]()
    local before = require("wsstls.json").encode(err.observation)
    err:story()
    assert.equal(before, require("wsstls.json").encode(err.observation))
  end)
end)
