-- Records damaged on the way: codes and alerts at both ends (the catalogue's
-- 71 to 74).
local helper = require("helper")
local lab = require("core.relay_lab")

-- title, version, rule, code and alert sent/received at client and at server
local CASES = {
  { "a ClientHello", "TLSv1.2",
    { from = "client", record = "handshake", nth = 1 },
    "tls-bad-record-mac", nil, 20, "tls-bad-record-mac", 20, nil },
  { "a ClientHello", "TLSv1.3",
    { from = "client", handshake = "client_hello" },
    "tls-bad-record-mac", 20, nil, "tls-bad-record-mac", nil, 20 },
  { "a Certificate", "TLSv1.2",
    { from = "server", handshake = "certificate" },
    "cert-bad-signature", 51, nil, "cert-rejected", nil, 51 },
  { "a ServerKeyExchange", "TLSv1.2",
    { from = "server", handshake = "server_key_exchange" },
    "tls-bad-signature", 51, nil, "cert-rejected", nil, 51 },
  { "a client's Finished", "TLSv1.2",
    { from = "client", record = "handshake", nth = 3 },
    "tls-bad-record-mac", nil, 20, "tls-bad-record-mac", 20, nil },
  { "a server's Finished", "TLSv1.3",
    { from = "server", record = "application", nth = 4 },
    "tls-bad-record-mac", 20, nil, "tls-bad-record-mac", nil, 20 },
}

for _, version in ipairs(lab.VERSIONS) do
  local first = lab.DATA[version]
  CASES[#CASES + 1] = { "the client's data", version,
    { from = "client", record = "application", nth = first.client },
    "tls-bad-record-mac", nil, 20, "tls-bad-record-mac", 20, nil }
  CASES[#CASES + 1] = { "the server's data", version,
    { from = "server", record = "application", nth = first.server },
    "tls-bad-record-mac", 20, nil, "tls-bad-record-mac", nil, 20 }
end

describe("a flipped bit", function()
  teardown(helper.cleanup)

  for _, case in ipairs(CASES) do
    local title, version, rule = case[1], case[2], case[3]
    it(("in %s (%s) is known to both ends"):format(title, version),
      function()
      local r = lab.run { version = version,
        rules = { lab.with(rule, { action = "flip" }) } }
      assert.equal(case[4], r.code, tostring(r.err))
      assert.equal(case[5], lab.alert(r.client, "sent"))
      assert.equal(case[6], lab.alert(r.client, "received"))
      assert.equal(case[8], lab.alert(r.server, "sent"))
      assert.equal(case[9], lab.alert(r.server, "received"))
      assert.equal(case[7], lab.code_of(r.server))
      local touched = lab.touched(r.rows)
      assert.equal(1, #touched)
      assert.equal("flip", touched[1].action)
      assert.equal(1, touched[1].rule)
      assert.equal(rule.from, touched[1].from)
      assert.same({}, r.unfired)
    end)
  end

  it("at an offset and with a mask hits that bit of the fragment", function()
    -- the version of the ClientHello: 03 03 becomes 03 00
    local r = lab.run { version = "TLSv1.2", rules = {
      { from = "client", handshake = "client_hello", offset = 5, mask = 3,
        action = "flip" } } }
    assert.equal("tls-handshake-failure", r.code)
    assert.equal(40, lab.alert(r.client, "received"))
  end)

  it("of the stream's first byte makes it no TLS at all", function()
    local r = lab.run { version = "TLSv1.3", rules = {
      { from = "client", byte = 0, mask = 64, action = "flip" } } }
    assert.is_truthy(r.code)
    assert.equal("flip", r.rows[1].action)
    assert.equal("tls-plain-client", lab.code_of(r.server))
  end)
end)
