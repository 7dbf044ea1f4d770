local observation = require("wsstls.observation")
local r = require("unit.records")

local function whole()
  return r.record {
    url = "wss://localhost:8443/", peer = { ip = "127.0.0.1", port = 8443 },
    tls = { version = "TLSv1.3", cipher = "TLS_AES_128_GCM_SHA256",
            group = "x25519", sigalg = "ecdsa_secp256r1_sha256",
            alpn = "http/1.1", sni = "localhost", resumed = false },
    verify = r.verdict({ { 18 }, { 64 } }, { r.cert("localhost") },
      { expected = r.ip("127.0.0.1"), presented = r.presented("localhost"),
        compared = { { kind = "ip", expected = "127.0.0.1",
          presented = "localhost", source = "cn", match = false,
          why = "not consulted (cn_fallback = false)" } } }),
    sent = 48, openssl = { { code = "0A000086", library = "SSL routines",
      reason = "certificate verify failed" } },
    os_error = { errno = 104, name = "ECONNRESET", text = "reset" },
    hello = { versions = { "TLSv1.3" }, ciphers = {}, groups = {},
              sigalgs = {}, alpn = { "http/1.1" }, sni = "localhost" },
    http = { status = 101, reason = "Switching Protocols",
             headers = { upgrade = "websocket" } },
    close = { code = 1006, reason = "", clean = false,
              initiated_by = "network" },
    timeline = { { at = 0, event = "connecting" },
                 { at = 0.5, event = "tls-sent", detail = 1 } },
    lws = { "a line" }, timeline_cut = true,
  }
end

local function problems(change)
  local o = whole()
  change(o)
  local ok, list = observation.validate(o)
  assert.is_nil(ok)
  return table.concat(list, "\n")
end

local function finds(text, change)
  local got = problems(change)
  assert.truthy(got:find(text, 1, true), got)
end

describe("the schema of an observation", function()
  it("accepts a whole record and a short one", function()
    assert.is_true(observation.validate(whole()))
    assert.is_true(observation.validate(r.record()))
  end)

  it("wants a table", function()
    assert.is_nil(observation.validate("x"))
    assert.is_nil(observation.validate(nil))
  end)

  it("misses what every record has", function()
    for _, name in ipairs { "schema", "side", "engine", "phase", "started",
                            "alerts", "openssl", "timeline" } do
      finds(name .. ": is missing", function(o) o[name] = nil end)
    end
  end)

  it("names the field that has the wrong type", function()
    finds("peer.port: expected integer, got a string",
      function(o) o.peer.port = "8443" end)
    finds("peer.port: expected integer, got 1.5",
      function(o) o.peer.port = 1.5 end)
    finds("verify.chain[1].subject: expected string",
      function(o) o.verify.chain[1].subject = 1 end)
    finds("tls: expected a table (tls), got a boolean",
      function(o) o.tls = true end)
    finds("timeline[2].at: expected seconds",
      function(o) o.timeline[2].at = -1 end)
    finds("openssl[1].code: expected packed",
      function(o) o.openssl[1].code = "xyz" end)
  end)

  it("knows the words that may stand in a field", function()
    finds("side: expected one of client,server, got peer",
      function(o) o.side = "peer" end)
    finds("phase: expected one of",
      function(o) o.phase = "verifying" end)
    finds("alerts[1].direction: expected one of sent,received",
      function(o) o.alerts[1].direction = "out" end)
  end)

  it("has no room for names nobody agreed on", function()
    finds("verdict: not a field of schema 1", function(o) o.verdict = {} end)
    finds("tls.versions: not a field", function(o) o.tls.versions = {} end)
  end)

  it("takes no userdata, functions, infinities or cycles", function()
    finds("url: expected string", function(o) o.url = print end)
    finds("started: expected number", function(o) o.started = 1 / 0 end)
    finds("started: expected number", function(o) o.started = 0 / 0 end)
    finds("contains itself", function(o) o.verify.anchor = o.verify end)
  end)

  it("takes lists without holes and names", function()
    finds("lws: a list has the name", function(o) o.lws.x = "y" end)
    finds("lws: a list has holes", function(o) o.lws[3] = "y" end)
  end)

  it("compares an alert's number and name", function()
    finds("alerts[1].name: 48 is unknown_ca, not bad_certificate",
      function(o) o.alerts[1].name = "bad_certificate" end)
  end)

  it("wants the deciding fault first, and each one once", function()
    finds("verify.errors[1]: is not the deciding fault",
      function(o) o.verify.code = 64 end)
    finds("verify.errors: a rejection without a fault",
      function(o) o.verify.errors = {} end)
    finds("twice", function(o)
      o.verify.errors[3] = o.verify.errors[2]
    end)
    finds("verify: ok with code", function(o) o.verify.ok = true end)
    finds("verify.code: 0 in a rejection",
      function(o) o.verify.code = 0 end)
  end)

  it("accepts faults that were tolerated", function()
    local o = whole()
    o.verify.ok, o.verify.code, o.verify.name = true, 0, "OK"
    o.verify.depth = 0
    assert.is_true(observation.validate(o))
  end)

  it("wants time to go forward", function()
    finds("timeline[2].at: goes back in time",
      function(o) o.timeline[1].at = 2 end)
  end)

  it("wants header names in lower case and a real status", function()
    finds("http.headers: Upgrade is not in lower case",
      function(o) o.http.headers.Upgrade = "x" end)
    finds("http.status: 42 is no status", function(o) o.http.status = 42 end)
  end)

  it("wants fingerprints in lower-case hex", function()
    finds("sha256: is not 64 digits", function(o)
      o.verify.chain[1].sha256 = ("AB"):rep(32)
    end)
  end)

  it("checks the code of the error in it", function()
    finds("error.code: nonsense is no code",
      function(o) o.error = { code = "nonsense" } end)
  end)

  it("stops at a hundred problems", function()
    local o = r.record()
    for i = 1, 300 do o.timeline[i] = { at = "x", event = 1 } end
    local _, list = observation.validate(o)
    assert.equal(100, #list)
  end)

  it("holds for a verify-result alone", function()
    assert.is_true(observation.validate_verdict(whole().verify))
    local v = whole().verify
    v.code = 1
    assert.is_nil(observation.validate_verdict(v))
    assert.is_nil(observation.validate_verdict(nil))
  end)
end)

describe("shaping a record", function()
  it("adds the parts that every record has", function()
    assert.is_true(observation.validate(observation.shape({})))
  end)

  it("writes the outcome into it", function()
    local o = observation.shape({}, { code = "tls-eof", phase = "tls",
      fault = "server", rejected_by = "unknown", message = "more" })
    assert.equal("tls-eof", o.error.code)
    assert.equal("more", o.error.detail)
    assert.is_true(observation.validate(o))
  end)

  it("leaves a good end alone", function()
    assert.is_nil(observation.shape({}, { code = "ok" }).error)
  end)
end)
