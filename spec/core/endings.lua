-- What the specs of endings share: a peer that does as it is told, and one
-- judgement of an ending that looks at every part of it.
local helper = require("helper")
local wss = require("wsstls")
local frame = require("wsstls.frame")
local pki = require("wsstls.pki")

local assert = require("luassert")

local endings = {}

local concat = table.concat

-- ------------------------------------------------------------- judgement

--- Checks one error against `expect`: code, phase, fault, rejected_by (left
-- out: not judged), sent, received (fatal alerts; left out: there is none),
-- and what every error owes: a valid observation, a printable sentence, a
-- story.
function endings.judge(err, expect)
  assert.equal("table", type(err), "no error: " .. tostring(err))
  local said = tostring(err)
  for _, part in ipairs { "code", "phase", "fault", "rejected_by" } do
    if expect[part] then
      assert.equal(expect[part], err[part], ("%s of: %s"):format(part, said))
    end
  end
  assert.equal(err.code .. ": " .. err.message, said)
  assert.is_true(#err.message > 10, said)
  assert.is_nil(said:find("unknown", 1, true) and err.code == "unknown"
    or nil, said)
  assert.equal("string", type(err:story()))
  assert.equal("boolean", type(err.temporary))
  local o = helper.validated(err.observation)
  endings.judge_record(o, expect, said)
  return err, o
end

--- The same for a record alone (server:failures).
function endings.judge_record(o, expect, said)
  helper.validated(o)
  said = said or (o.error and o.error.code) or "a record"
  assert.equal(expect.sent, helper.fatal_alert(o, "sent"),
    "alert sent, " .. said)
  assert.equal(expect.received, helper.fatal_alert(o, "received"),
    "alert received, " .. said)
  if expect.verify then
    assert.equal(expect.verify, o.verify and o.verify.code, said)
  end
  if expect.depth then
    assert.equal(expect.depth, o.verify and o.verify.depth, said)
  end
  if expect.version then assert.equal(expect.version, o.tls.version) end
  return o
end

--- Judges a record of `server:failures()`, which carries its own verdict.
function endings.judge_failure(o, expect)
  helper.validated(o)
  assert.equal("table", type(o.error), "a failure says how it ended")
  for _, part in ipairs { "code", "phase", "fault", "rejected_by" } do
    if expect[part] then
      assert.equal(expect[part], o.error[part], part .. " at the server: "
        .. tostring(o.error.message))
    end
  end
  assert.equal("server", o.side)
  assert.equal("127.0.0.1", o.peer.ip)
  assert.is_true(o.peer.port > 0)
  assert.equal("string", type(wss.explain(o).text or tostring(o.error.code)))
  return endings.judge_record(o, expect)
end

--- Dials, expects a failure, and that it is told exactly once.
function endings.fails(url, opts, expect)
  local o, told = {}, {}
  for name, value in pairs(opts or {}) do o[name] = value end
  o.on_error = function(_, err) told[#told + 1] = err end
  o.timeout = o.timeout or 4
  local conn, err, code = wss.connect(url, o)
  if conn then
    conn:close()
    error(("expected %s, and it connected"):format(expect.code), 2)
  end
  assert.equal(err.code, code)
  wss.step(0)
  assert.equal(1, #told, "on_error, times")
  assert.equal(err.code, told[1].code)
  return endings.judge(err, expect)
end

-- ------------------------------------------------------------ certificates

local made = {}

--- A root and what it issued, made once: ca, leaf (localhost, 127.0.0.1),
-- client; other (another root), stranger (its client certificate).
function endings.certs()
  if made.ca then return made end
  made.ca = assert(pki.ca { cn = "Test CA" })
  made.leaf = assert(made.ca:issue { cn = "localhost",
    dns = { "localhost" }, ip = { "127.0.0.1", "::1" } })
  made.client = assert(made.ca:issue { cn = "client" })
  made.other = assert(pki.ca { cn = "Another CA" })
  made.stranger = assert(made.other:issue { cn = "stranger" })
  return made
end

-- ------------------------------------------------------------ both sides

--- A server of ours that counts what it is told.
function endings.serve(opts)
  local seen = { opened = 0, tls_errors = {}, errors = {}, closes = {} }
  local o = {}
  for name, value in pairs(opts or {}) do o[name] = value end
  if o.cert == nil and not o.sni_only and o.tls ~= false then
    o.cert = endings.certs().leaf
  end
  o.sni_only = nil -- no certificate but those of `sni`
  local on_open = o.on_open
  o.on_open = function(conn)
    seen.opened = seen.opened + 1
    seen.conn = conn
    if on_open then on_open(conn) end
  end
  o.on_tls_error = function(record)
    seen.tls_errors[#seen.tls_errors + 1] = record
  end
  o.on_error = function(_, err) seen.errors[#seen.errors + 1] = err end
  o.on_close = function(conn, close)
    seen.closes[#seen.closes + 1] = { conn = conn, close = close }
  end
  local server = assert(wss.listen(o))
  seen.server = server
  return server, seen
end

--- Waits for the one failure of a server and judges it.
function endings.failure(server, seen, expect)
  helper.wait(function() return server:failures()[1] end, 5,
    "the record of the failure")
  local list = server:failures()
  assert.equal(1, #list, "failures")
  assert.equal(0, seen.opened, "connections that must not open")
  return endings.judge_failure(list[1], expect)
end

--- One server, one client, both must fail as expected.
function endings.both(o)
  local server, seen = endings.serve(o.server)
  local url = o.url or server.url
  if o.host then url = ("wss://%s:%d/"):format(o.host, server.port) end
  local ok, err = pcall(function()
    local e, observation = endings.fails(url, o.client, o.expect.client)
    local record = endings.failure(server, seen, o.expect.server)
    local late = o.expect.server.phase == "upgrade"
    assert.equal(late and 0 or 1, #seen.tls_errors, "on_tls_error, times")
    if o.check then o.check(e, observation, record) end
  end)
  server:close()
  wss.step(0)
  if not ok then error(err, 0) end
end

-- --------------------------------------------------------------- the peer

--- Peers that go through steps (core/lab.lua); one lab for a spec file.
function endings.lab()
  return require("core.lab").new(endings.certs())
end

-- ------------------------------------------------------------- the record

--- OpenSSL's codes of a record, as hexadecimal words between blanks.
function endings.openssl_codes(record)
  local list = {}
  for i, row in ipairs(record.openssl) do
    list[i] = type(row.code) == "number" and ("%08X"):format(row.code)
      or tostring(row.code):gsub("^0x", ""):upper()
  end
  return " " .. concat(list, " ") .. " "
end

-- -------------------------------------------------------------- the bytes

--- A request for an upgrade; `change` replaces lines, false removes them.
function endings.request(change, first)
  change = change or {}
  local lines = { first or "GET / HTTP/1.1" }
  for _, pair in ipairs {
    { "Host", "localhost" }, { "Upgrade", "websocket" },
    { "Connection", "Upgrade" }, { "Sec-WebSocket-Version", "13" },
    { "Sec-WebSocket-Key", "dGhlIHNhbXBsZSBub25jZQ==" },
  } do
    local value = change[pair[1]]
    if value == nil then value = pair[2] end
    if value then lines[#lines + 1] = pair[1] .. ": " .. value end
  end
  if change.more then lines[#lines + 1] = change.more end
  return concat(lines, "\r\n") .. "\r\n\r\n"
end

--- A good answer to an upgrade; `change` as above.
function endings.answer(change, first)
  change = change or {}
  local lines = { first or "HTTP/1.1 101 Switching Protocols" }
  for _, pair in ipairs {
    { "Upgrade", "websocket" }, { "Connection", "Upgrade" },
    { "Sec-WebSocket-Accept", "{accept}" },
  } do
    local value = change[pair[1]]
    if value == nil then value = pair[2] end
    if value then lines[#lines + 1] = pair[1] .. ": " .. value end
  end
  if change.more then lines[#lines + 1] = change.more end
  return concat(lines, "\r\n") .. "\r\n\r\n"
end

local char = string.char

--- One frame: `first` is the whole first byte; `mask` true masks with zeros,
-- which leaves the payload readable.
function endings.frame(first, payload, mask)
  return char(first) .. frame.build { payload = payload,
    mask = mask and "\0\0\0\0" }:sub(2)
end

--- The payload of a close frame.
endings.close_payload = frame.close_payload

--- The close code of a frame as a peer read it, masked or not; nil when it
-- is no close frame or says none.
function endings.close_code(bytes)
  local f = frame.parse(bytes)
  return f and f.fin and f.opcode == 8 and frame.close_reason(f.payload)
    or nil
end

return endings
