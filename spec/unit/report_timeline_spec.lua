--- The rows of a sequence diagram, and the relay's deeds on them.
local fixture = require("unit.report_fixture")
local tampering = require("wsstls.report.html.tampering")
local timeline = require("wsstls.report.html.timeline")

local function event(at, name, detail)
  return { at = at, event = name, detail = detail or "" }
end

local function record(side, started, events, o)
  local r = { schema = 1, side = side, started = started, timeline = events }
  for key, value in pairs(o or {}) do r[key] = value end
  return r
end

-- Each row as a line: what is drawn.
local function shown(rows)
  local out = {}
  for i, row in ipairs(rows) do
    out[i] = row.kind == "arrow"
      and ("%s>%s %s%s%s"):format(row.from:sub(1, 1), row.to:sub(1, 1),
        row.label, row.lost and " lost" or "", row.tampered and " "
        .. row.tampered.action or "")
      or ("%s: %s"):format(row.side:sub(1, 1), row.label)
  end
  return out
end

describe("the rows of two records", function()
  it("join what one side sent with what the other received", function()
    local rows = timeline.rows(fixture.records())
    assert.same({ "c>s TCP connect", "c>s ClientHello", "s>c ServerHello",
      "s>c Certificate", "c: certificate rejected: X509 64 "
      .. "IP_ADDRESS_MISMATCH", "c>s alert 42 bad_certificate",
      "c: cert-ip-mismatch", "s: cert-rejected" }, shown(rows))
    assert.equal("bad", rows[6].tone)
    assert.equal(303, rows[2].size)
    assert.is_true(math.abs(rows[2].took - 0.0003) < 1e-6, rows[2].took)
    local last = 0
    for _, row in ipairs(rows) do
      assert.is_true(row.at >= last)
      last = row.at
    end
  end)

  it("show what was sent and never read", function()
    local client, server = fixture.records()
    table.insert(server.timeline, 5, event(0.0013, "tls-sent",
      "finished (52 bytes)"))
    assert.equal("s>c Finished lost", shown(timeline.rows(client, server))[5])
  end)

  it("do not call lost what nobody was there to record", function()
    local client = fixture.records()
    for _, row in ipairs(timeline.rows(client, nil)) do
      assert.is_nil(row.lost or nil)
    end
    local rows = timeline.rows(nil, (select(2, fixture.records())))
    assert.equal("c>s TCP connect", shown(rows)[1])
    assert.equal("c>s ClientHello", shown(rows)[2])
  end)

  it("say where the records have no more messages", function()
    local client, server = fixture.records()
    client.timeline[#client.timeline + 1] = event(0.02, "message-sent",
      "text (2 bytes)")
    client.timeline[#client.timeline + 1] = event(0.03, "close-sent",
      "code 1000")
    client.cut = { messages = true }
    local rows = timeline.rows(client, server)
    for i, row in ipairs(rows) do
      if row.kind == "gap" then
        assert.equal("message", rows[i - 1].what)
        assert.equal("close", rows[i + 1].what)
        return
      end
    end
    error("no gap")
  end)

  it("do not call lost what a raw peer read and did not record", function()
    local client, server = fixture.records()
    table.insert(server.timeline, 5, event(0.0013, "close-sent", "code 1002"))
    assert.equal("s>c Close 1002 lost", shown(timeline.rows(client,
      server))[5])
    client.engine = "raw"
    assert.equal("s>c Close 1002", shown(timeline.rows(client, server))[5])
  end)

  it("set right clocks that differ: nothing comes before it was sent",
    function()
      local client, server = fixture.records()
      server.started = server.started - 3600
      local rows = timeline.rows(client, server)
      assert.same({ "c>s TCP connect", "c>s ClientHello", "s>c ServerHello",
        "s>c Certificate" }, { shown(rows)[1], shown(rows)[2],
        shown(rows)[3], shown(rows)[4] })
      assert.is_true(rows[#rows].at < 1)
    end)

  it("end in the upgrade, frames and a close", function()
    local client = record("client", 100, { event(0, "connecting"),
      event(0.1, "tcp-connected"), event(0.2, "http-request", "190 bytes"),
      event(0.5, "http-response", "129 bytes"), event(0.6, "open"),
      event(0.7, "message-sent", "text (5 bytes)"),
      event(0.72, "something-sent", "of which nothing is known"),
      event(0.9, "close-sent", "code 1000"),
      event(1.1, "close-received", "code 1000"), event(1.2, "ended") },
      { http = { status = 101 } })
    local server = record("server", 100, { event(0.05, "tcp-accepted"),
      event(0.3, "http-request", "190 bytes"), event(0.4, "open"),
      event(0.8, "message-received", "text (5 bytes)"),
      event(1.0, "close-received", "code 1000"),
      event(1.0, "close-sent", "code 1000") })
    assert.same({ "c>s TCP connect", "c>s HTTP upgrade request",
      "s>c HTTP 101", "c: WebSocket open", "c>s text message",
      "c>s something of which nothing is known lost",
      "c>s Close 1000", "s>c Close 1000" },
      shown(timeline.rows(client, server)))
  end)

  it("leave out the meaningless ChangeCipherSpec of TLS 1.3 only", function()
    local function count(version)
      return #timeline.rows(record("client", 0, {
        event(0, "change-cipher-spec-sent") },
        { tls = { version = version } }))
    end
    assert.equal(0, count "TLSv1.3")
    assert.equal(1, count "TLSv1.2")
  end)

  it("know TLS 1.3 by a message of its own, when no side says so", function()
    local client, server = fixture.records()
    client.tls = { version = "TLSv1.2" }
    assert.is_false(timeline.modern(client, server))
    table.insert(server.timeline, 4, event(0.00111, "tls-sent",
      "encrypted_extensions (21 bytes)"))
    assert.is_true(timeline.modern(client, server))
    assert.is_false(timeline.modern(nil, nil))
  end)

  it("are none for results without records", function()
    assert.same({}, timeline.rows(nil, nil))
    assert.same({}, timeline.rows({ exit = 1 }, nil))
  end)
end)

describe("the relay's deeds", function()
  local function relayed(records, modern)
    local rows = timeline.rows(fixture.records())
    local count = tampering.mark(rows, records, modern)
    return shown(rows), count
  end

  it("mark messages in clear by their name", function()
    local rows, count = relayed { { from = "client", type = "handshake",
      handshake = "client_hello", nth = 1, action = "flip" },
      { from = "server", type = "handshake", handshake = "server_hello",
        nth = 1 } }
    assert.equal("c>s ClientHello flip", rows[2])
    assert.equal("s>c ServerHello", rows[3])
    assert.equal(1, count)
  end)

  it("mark encrypted messages by their number", function()
    local rows = relayed({ { from = "server", type = "application",
      nth = 1, action = "drop" } }, true)
    assert.equal("s>c Certificate drop", rows[4])
    rows = relayed({ { from = "client", type = "application", nth = 1,
      action = "flip" } }, true)
    assert.equal("c>s alert 42 bad_certificate flip", rows[6])
  end)

  it("say once that a connection was cut", function()
    local rows = timeline.rows(fixture.records())
    local one = { from = "server", type = "handshake", action = "reset" }
    tampering.mark(rows, {
      setmetatable({ handshake = "server_hello" }, { __index = one }),
      setmetatable({ handshake = "certificate" }, { __index = one }) })
    assert.is_nil(rows[3].tampered.again)
    assert.is_true(rows[4].tampered.again)
    assert.is_true(rows[4].tampered.fatal)
  end)

  it("are rows of their own where no side saw the message", function()
    local rows, count = relayed({ { from = "server", type = "application",
      nth = 7, action = "inject", length = 10 } }, true)
    assert.equal(1, count)
    assert.equal("s>c application record inject", rows[#rows])
  end)
end)
