-- Results as a run makes them, for the specs of the reports: one of each
-- status, and one in which a peer put everything it could think of.
local r = require("unit.records")
local stream = require("wsstls.report.stream")

local fixture = {}

-- Bytes that end elements, attributes, YAML, TAP lines and UTF-8; escape
-- sequences; a mark that turns the direction of text.
fixture.HOSTILE = "</script><script>alert(1)</script>\"'>&amp;]]>\27[31m"
  .. "\0\8\r\n--- # SKIP\n...\nnot ok 99 - injected\255\194\133"
  .. "\226\128\174\239\191\190"

local function chain()
  return {
    r.cert("localhost", "Mid", { san = { dns = { "localhost" }, ip = {},
      email = {}, uri = {} } }),
    r.cert("Mid", "Root", { is_ca = true }),
    r.cert("Root", nil, { is_ca = true }),
  }
end

local function event(at, name, detail)
  return { at = at, event = name, detail = detail or "" }
end

--- Both records of a client that refuses a certificate by its address.
function fixture.records(hostile)
  local certs = chain()
  if hostile then certs[1].subject = "CN=" .. hostile end
  local client = r.record {
    url = "wss://127.0.0.1:8443/", phase = "tls", sent = 42,
    peer = { ip = "127.0.0.1", port = 8443 },
    tls = { version = "TLSv1.3", cipher = "TLS_AES_256_GCM_SHA384" },
    verify = r.verdict({ { 64, 0 } }, certs, {
      expected = r.ip("127.0.0.1"), anchor = certs[3],
      presented = r.presented(hostile or "localhost",
        { dns = { hostile or "localhost" } }),
      compared = { { kind = "ip", expected = "127.0.0.1",
        presented = hostile or "localhost", source = "cn", match = false,
        why = "not consulted (cn_fallback = false)" } } }),
    error = { code = "cert-ip-mismatch", phase = "verify", fault = "server",
              rejected_by = "client", detail = hostile },
    timeline = {
      event(0.000001, "connecting"), event(0.0009, "tcp-connected"),
      event(0.0013, "tls-sent", "client_hello (303 bytes)"),
      event(0.0021, "tls-received", "server_hello (122 bytes)"),
      event(0.0022, "tls-received", hostile or "certificate (859 bytes)"),
      event(0.0027, "verified", "rejected (X509 64 IP_ADDRESS_MISMATCH)"),
      event(0.0028, "alert-sent", "fatal bad_certificate (42)"),
      event(0.0029, "ended"),
    },
  }
  local server = r.record {
    side = "server", phase = "tls", received = 42,
    started = r.NOW + 0.0008, peer = { ip = "127.0.0.1", port = 50112 },
    error = { code = "cert-rejected", phase = "tls", fault = "server",
              rejected_by = "client" },
    timeline = {
      event(0.000001, "tcp-accepted"),
      event(0.0008, "tls-received", "client_hello (303 bytes)"),
      event(0.0011, "tls-sent", "server_hello (122 bytes)"),
      event(0.0012, "tls-sent", "certificate (859 bytes)"),
      event(0.0023, "alert-received", "fatal bad_certificate (42)"),
      event(0.0024, "ended"),
    },
  }
  return client, server
end

--- The results: passed, failed, error, skipped, a spec, and the hostile one.
function fixture.results()
  local client, server = fixture.records()
  local bad_client, bad_server = fixture.records(fixture.HOSTILE)
  return {
    { name = "cert-ip-mismatch", kind = "scenario", ok = true,
      title = "Dialled by IP, the certificate names only localhost",
      tags = { "certificate", "catalogue" }, group = "certificate",
      file = "scenarios/cert-ip-mismatch.lua", duration = 0.0042,
      text = "An address is no name.", expect = {
        client = { code = "cert-ip-mismatch", verify = 64, close_code = false,
          alert_sent = { ["TLSv1.2"] = 40, ["TLSv1.3"] = 42 } },
        server = { ok = false } },
      mismatches = {}, client = client, server = server },
    { name = "cert-expired", kind = "scenario", ok = false,
      title = "The certificate has expired",
      tags = { "certificate" }, group = "certificate", duration = 0.0051,
      mismatches = { { field = "client.code", expected = "cert-expired",
        got = "cert-ip-mismatch" }, { field = "client.verify",
        expected = { 10, 62 } } }, client = client, server = server },
    { name = "broken", kind = "scenario", ok = false, duration = 0,
      file = "scenarios/broken.lua", tags = {},
      error = "scenarios/broken.lua:3: '}' expected near 'client'" },
    { name = "proxy-garbage", kind = "scenario", ok = false, duration = 0,
      tags = { "proxy" }, group = "proxy", skipped = "curl is not installed" },
    { name = "the gateway is refused", kind = "spec", ok = true, retries = 1,
      file = "spec/gateway_spec.lua", duration = 1.25, tags = {} },
    { name = fixture.HOSTILE, title = fixture.HOSTILE, kind = "scenario",
      ok = false, tags = { fixture.HOSTILE }, duration = 0.2,
      file = fixture.HOSTILE, output = fixture.HOSTILE,
      mismatches = { { field = fixture.HOSTILE, expected = fixture.HOSTILE,
        got = { fixture.HOSTILE } } },
      client = bad_client, server = bad_server,
      records = { { at = 0.001, connection = 1, from = "client",
        type = "handshake", handshake = "client_hello", length = 303,
        nth = 1, action = fixture.HOSTILE, rule = 1 } } },
  }
end

--- Runs the results past a reporter made by `make(write)`; its text.
function fixture.run(make, list)
  local out, clock = {}, 0
  local s = stream.new(function()
    clock = clock + 0.5
    return clock
  end)
  s:subscribe(make(function(text) out[#out + 1] = text end))
  s:run_start { seed = 7, jobs = 2, started = r.NOW }
  for _, result in ipairs(list or fixture.results()) do
    s:scenario_start { name = result.name, file = result.file }
    s:result(result)
  end
  s:run_end()
  return table.concat(out)
end

return fixture
