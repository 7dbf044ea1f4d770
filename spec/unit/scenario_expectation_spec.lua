local expectation = require("wsstls.scenario.expectation")

-- A side as a run collects it: rejected an expired leaf for another name.
local function expired()
  local record = { schema = 1, side = "client", phase = "tls",
    alerts = { { direction = "sent", level = "fatal", number = 45,
                 name = "certificate_expired", at = 0 } },
    openssl = { { code = 0x0A000086 } }, timeline = {},
    verify = { ok = false, code = 10, name = "CERT_HAS_EXPIRED", depth = 0,
      errors = { { code = 10, name = "CERT_HAS_EXPIRED", depth = 0 },
                 { code = 62, name = "HOSTNAME_MISMATCH", depth = 0 } } },
    error = { code = "cert-expired", phase = "verify", fault = "server",
              rejected_by = "client" } }
  return { ok = false, code = "cert-expired", err = record.error,
           record = record, x = record }
end

local function judge(expect, side, version)
  local list = {}
  expectation.judge(expect, side or expired(), "client",
    version or "TLSv1.3", list)
  local texts = {}
  for i, row in ipairs(list) do texts[i] = row.text end
  return table.concat(texts, "\n"), list
end

describe("an expectation", function()
  it("that holds in every field gives no mismatch", function()
    assert.equal("", judge {
      ok = false, code = "cert-expired", slug = "cert-expired",
      phase = "verify", fault = "server", rejected_by = "client",
      verify = 10, depth = 0, errors = { 10, "62@0" },
      alert_sent = 45, alert_received = false, openssl = "0A000086",
      http_status = false, close_code = false })
  end)

  it("takes names for numbers", function()
    assert.equal("", judge { verify = "CERT_HAS_EXPIRED",
      alert_sent = "certificate_expired",
      errors = { "CERT_HAS_EXPIRED@0", "HOSTNAME_MISMATCH" } })
  end)

  it("says field by field what was expected and what was seen", function()
    local text, list = judge { code = "cert-revoked", verify = 23,
      alert_sent = 44, errors = { 23 }, ok = true }
    assert.equal("client.ok: expected true, got false\n"
      .. "client.code: expected cert-revoked, got cert-expired\n"
      .. "client.verify: expected 23 CERT_REVOKED, got 10 CERT_HAS_EXPIRED\n"
      .. "client.errors: expected 23, got 10@0 62@0\n"
      .. "client.alert_sent: expected 44 certificate_revoked, got 45 "
      .. "certificate_expired", text)
    assert.same({ "client.alert_sent", 44, 45 },
      { list[5].field, list[5].expected, list[5].got })
  end)

  it("does not judge what it leaves out", function()
    assert.equal("", judge {})
    assert.equal("", judge(nil))
  end)

  it("chooses by the version of the run", function()
    local expect = { alert_sent = { ["TLSv1.2"] = 44, ["TLSv1.3"] = 45 } }
    assert.equal("", judge(expect, nil, "TLSv1.3"))
    assert.matches("expected 44", judge(expect, nil, "TLSv1.2"), 1, true)
  end)

  it("judges the depth of each fault that names one", function()
    assert.matches("client.errors", judge { errors = { "10@1", 62 } }, 1,
      true)
    assert.matches("client.errors", judge { errors = { 62, 10 } }, 1, true)
  end)

  it("says that a side which never ran showed nothing", function()
    assert.equal("client.code: expected cert-expired, got nothing\n"
      .. "client.alert_sent: expected 45 certificate_expired, got none",
      (judge({ code = "cert-expired", alert_sent = 45 }, {})))
  end)

  it("looks for the output of a program as text and as a pattern", function()
    local side = { output = "error: (certificate) has expired\n", exit = 3 }
    assert.equal("", judge({ exit = 3, output = "(certificate)" }, side))
    assert.equal("", judge({ output = "has%s+expired" }, side))
    assert.matches("client.exit: expected 0, got 3",
      judge({ exit = 0, output = "revoked" }, side), 1, true)
  end)
end)

describe("what is asked of a foreign side", function()
  local function accepts(expect, version)
    return expectation.accepts(expect, version or "TLSv1.3")
  end

  it("is its connection, where nothing speaks against one", function()
    assert.is_true(accepts(nil))
    assert.is_true(accepts { ok = true })
    assert.is_true(accepts { code = "ok" })
    assert.is_true(accepts { code = "closed", close_code = 4001 })
    assert.is_true(accepts { slug = "closed-going-away" })
    assert.is_true(accepts { verify = 0, alert_sent = false })
  end)

  it("is a refusal, where anything says that it fails", function()
    assert.is_false(accepts { ok = false })
    assert.is_false(accepts { code = "cert-expired" })
    assert.is_false(accepts { slug = "cert-chain-incomplete" })
    assert.is_false(accepts { verify = 10 })
    assert.is_false(accepts { alert_received = 48 })
    assert.is_false(accepts { http_status = 403 })
  end)

  it("may differ from version to version", function()
    local expect = { code = { ["TLSv1.2"] = "tls-no-shared-cipher",
                              ["TLSv1.3"] = "ok" } }
    assert.is_false(accepts(expect, "TLSv1.2"))
    assert.is_true(accepts(expect, "TLSv1.3"))
  end)
end)
