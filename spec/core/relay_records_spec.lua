-- Records that come twice, late, never, changed or from nowhere: what both
-- ends say, in both directions and both versions.
local endings = require("core.endings")
local helper = require("helper")
local lab = require("core.relay_lab")
local pki = require("wsstls.pki")
local wss = require("wsstls")

local OTHER = { client = "server", server = "client" }

local FORGED = wss.relay.record { type = "application",
  fragment = ("f"):rep(40) }

-- what is done to the first data record, and what the log calls it
local DAMAGE = {
  { "duplicated", { action = "duplicate" } },
  { "duplicated five times", { action = "duplicate", count = 5 } },
  { "replayed", { action = "replay" } },
  { "replayed after the next", { action = "replay", count = 1 } },
  { "replayed later", { action = "replay", seconds = 0.05 } },
  { "dropped", { action = "drop" } },
  { "preceded by a forged one", { action = "inject", bytes = FORGED } },
  { "replaced", { action = "replace", with = ("r"):rep(64) } },
  { "truncated", { action = "truncate", length = 10 } },
  { "cut in half", { action = "truncate" } },
}

describe("#slow a data record", function()
  teardown(helper.cleanup)

  for _, version in ipairs(lab.VERSIONS) do
    for _, from in ipairs { "client", "server" } do
      for _, case in ipairs(DAMAGE) do
        it(("of the %s, %s, is a bad record to the %s (%s)"):format(from,
          case[1], OTHER[from], version), function()
          local r = lab.run { version = version, talk = function(conn)
            local answer, err, code = lab.twice(conn)
            if not answer or case[2].action ~= "replay" then
              return answer, err, code
            end
            return conn:receive(3) -- the replay may still be to come
          end, rules = { lab.with({ from = from, record = "application",
            nth = lab.DATA[version][from] }, case[2]) } }
          assert.equal("tls-bad-record-mac", r.code, tostring(r.err))
          local hurt, other = r[OTHER[from]], r[from]
          assert.equal(20, lab.alert(hurt, "sent"))
          assert.is_nil(lab.alert(hurt, "received"))
          assert.equal(20, lab.alert(other, "received"))
          assert.is_nil(lab.alert(other, "sent"))
          assert.equal("tls-bad-record-mac", lab.code_of(r.server)
            or r.server.error and r.server.error.code)
          local touched = lab.touched(r.rows)
          assert.equal(1, #touched)
          assert.equal(case[2].action, touched[1].action)
          assert.equal("application", touched[1].type)
          assert.equal(lab.DATA[version][from], touched[1].nth)
        end)
      end
    end
  end

  it("that was dropped on purpose is counted as lost", function()
    local r = lab.run { version = "TLSv1.3", talk = lab.twice, rules = {
      { from = "client", record = "application", nth = 3,
        action = "drop" } } }
    assert.equal(1, r.connections[1].lost_records.client)
    assert.equal(0, r.connections[1].lost_records.server)
    assert.is_true(r.connections[1].lost_bytes.client > 10)
  end)
end)

describe("#slow a certificate replaced in flight", function()
  teardown(helper.cleanup)

  local function replaced(with, version, more)
    return lab.run(lab.with({ version = version or "TLSv1.2", rules = {
      { from = "server", action = "replace", with = with } } }, more))
  end

  it("is judged as what the client got (TLS 1.2)", function()
    local r = replaced(pki.self_signed { cn = "localhost",
      dns = "localhost", ip = "127.0.0.1" })
    assert.equal("cert-self-signed", r.code)
    assert.equal(18, r.client.verify.code)
    assert.equal(48, lab.alert(r.client, "sent"))
    assert.equal(48, lab.alert(r.server, "received"))
    assert.equal("cert-rejected", lab.code_of(r.server))
    local touched = lab.touched(r.rows)
    assert.equal("certificate", touched[1].handshake)
    assert.equal("replace", touched[1].action)
  end)

  it("by one of the same authority fails at the signature", function()
    local other = endings.certs().ca:issue { cn = "localhost",
      dns = "localhost", ip = "127.0.0.1" }
    -- OpenSSL's answer is examined at length: slow under valgrind
    local r = replaced(other, nil, { client = { timeout = 60 },
      server = { handshake_timeout = 60 } })
    assert.equal("tls-wrong-private-key", r.code)
    assert.equal(51, lab.alert(r.client, "sent"))
    assert.equal(51, lab.alert(r.server, "received"))
    assert.is_truthy(endings.openssl_codes(r.client):find("0A00007B"))
  end)

  it("may be as long as several records", function()
    local dns = {}
    for i = 1, 900 do dns[i] = ("host-number-%d.example.test"):format(i) end
    dns[#dns + 1] = "localhost"
    local r = replaced(pki.self_signed { cn = "localhost", dns = dns })
    assert.equal("cert-self-signed", r.code)
    assert.equal(901, #r.client.verify.chain[1].san.dns)
  end)

  it("given as PEM text is one as well", function()
    local r = replaced(pki.self_signed { cn = "localhost" }:pem())
    assert.equal("cert-self-signed", r.code)
  end)

  it("brings its intermediates", function()
    local root = pki.ca { cn = "Elsewhere" }
    local leaf = root:intermediate { cn = "Between" }:issue {
      cn = "localhost", dns = "localhost" }
    local r = replaced(leaf)
    assert.equal("cert-untrusted", r.code)
    assert.equal(2, #r.client.verify.sent)
  end)

  it("never happens in TLS 1.3, and the relay says so", function()
    local r = replaced(pki.self_signed { cn = "localhost" }, "TLSv1.3")
    assert.equal("over the wire", r.answer)
    assert.equal(1, #r.unfired)
    assert.matches("no certificate message in clear came from the server",
      r.unfired[1].why)
    assert.matches("in TLS 1.3 it is encrypted", r.unfired[1].why)
  end)
end)

describe("#slow handshake messages", function()
  teardown(helper.cleanup)

  it("are named in clear, and not after it", function()
    local r = lab.run { version = "TLSv1.2" }
    local names = {}
    for _, row in ipairs(r.rows) do
      if row.type == "handshake" then
        names[#names + 1] = row.from .. ":" .. (row.handshake or "-")
      end
    end
    assert.same({ "client:client_hello", "server:server_hello",
      "server:certificate", "server:server_key_exchange",
      "server:server_hello_done", "client:client_key_exchange", "client:-",
      "server:new_session_ticket", "server:-" }, names)
  end)

  it("are named up to the ServerHello in TLS 1.3", function()
    local r = lab.run { version = "TLSv1.3" }
    for _, row in ipairs(r.rows) do
      assert.equal(row.type == "handshake", row.handshake ~= nil)
    end
    assert.equal("server_hello", r.rows[2].handshake)
    assert.equal("TLSv1.2", r.rows[2].version) -- as it says on the wire
  end)

  it("of a HelloRetryRequest are told from a ServerHello", function()
    local r = lab.run { version = "TLSv1.3", server = { groups = "P-384" },
      client = { groups = "X25519:P-384" } }
    assert.equal("over the wire", r.answer)
    local names = {}
    for _, row in ipairs(r.rows) do names[#names + 1] = row.handshake end
    assert.same({ "client_hello", "hello_retry_request", "client_hello",
      "server_hello" }, names)
  end)

  it("are found wherever records cut them", function()
    -- here the certificate is longer than one may be
    local dns = {}
    for i = 1, 900 do dns[i] = ("host-number-%d.example.test"):format(i) end
    dns[#dns + 1] = "localhost"
    dns[#dns + 1] = "127.0.0.1"
    local long = endings.certs().ca:issue { cn = "localhost", dns = dns,
      ip = "127.0.0.1" }
    local r = lab.run { version = "TLSv1.2", server = { cert = long },
      rules = { { from = "server", handshake = "certificate",
                  action = "flip" } } }
    assert.equal("cert-bad-signature", r.code, tostring(r.err))
    assert.equal(51, lab.alert(r.client, "sent"))
    local touched = lab.touched(r.rows)
    assert.equal(1, #touched)
    assert.equal("certificate", touched[1].handshake)
    assert.is_true(touched[1].length > 16384)
    r = lab.run { version = "TLSv1.2", server = { cert = long },
      rules = { { from = "server", handshake = "server_key_exchange",
                  nth = 2, action = "flip" } } }
    assert.equal("over the wire", r.answer)
  end)
end)
