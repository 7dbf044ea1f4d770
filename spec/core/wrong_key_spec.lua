-- A private key that is not the certificate's, and a handshake damaged on
-- the way: OpenSSL says the same of both, the two sides do not.
local endings = require("core.endings")
local helper = require("helper")
local diagnosis = require("wsstls.diagnosis")
local pki = require("wsstls.pki")
local wss = require("wsstls")

local KEYS = { ec = { type = "ec" }, rsa = { type = "rsa" },
               ["P-384"] = { type = "ec", curve = "P-384" },
               ed25519 = { type = "ed25519" } }

local function leaf(key)
  return assert(endings.certs().ca:issue { cn = "localhost",
    dns = "localhost", ip = "127.0.0.1", key = KEYS[key] })
end

local function foreign(key)
  return assert(pki.mismatched(leaf(key), assert(pki.key(KEYS[key]))))
end

local function decider(x)
  return diagnosis.decider(diagnosis.diagnose(x))
end

describe("#slow a key that is not the certificate's", function()
  teardown(helper.cleanup)

  for key in pairs(KEYS) do
    for _, version in ipairs { "TLSv1.2", "TLSv1.3" } do
      it(("is tls-wrong-private-key on both sides: %s, %s"):format(key,
          version), function()
        endings.both {
          server = { cert = foreign(key), max_version = version },
          client = { ca = endings.certs().ca },
          expect = {
            client = { code = "tls-wrong-private-key", phase = "tls",
              fault = "server", rejected_by = "client", sent = 51,
              version = version },
            server = { code = "tls-wrong-private-key", phase = "tls",
              fault = "server", rejected_by = "client", received = 51 },
          },
          check = function(err, o, record)
            assert.is_truthy(endings.openssl_codes(o):find("0A00007B"))
            local sure = version == "TLSv1.3" and "certain" or "likely"
            assert.equal(sure, decider(err).certainty)
            assert.equal(sure == "likely",
              (err:story():find("damaged on the way", 1, true)) ~= nil)
            assert.equal(version == "TLSv1.2",
              diagnosis.matches("tls-damaged-key-exchange", err))
            assert.equal("certain", decider(record).certainty)
          end,
        }
      end)
    end
  end

  it("is tls-wrong-private-key at the server with RSA's exchange", function()
    endings.both {
      server = { cert = foreign("rsa"), max_version = "TLSv1.2",
        ciphers = "AES128-GCM-SHA256" },
      client = { ca = endings.certs().ca, ciphers = "AES128-GCM-SHA256" },
      expect = {
        client = { code = "tls-bad-record-mac", received = 20,
          rejected_by = "server" },
        server = { code = "tls-wrong-private-key", sent = 20,
          fault = "server", rejected_by = "server" },
      },
      check = function(err, _, record)
        assert.is_truthy(endings.openssl_codes(record):find("0A000119"))
        -- the client can only suspect it
        assert.equal("tls-wrong-private-key", decider(err).slug)
        assert.equal("likely", decider(err).certainty)
        assert.is_true(diagnosis.matches("tls-damaged-client-hello", err))
      end,
    }
  end)

  it("is the client's where the server sees it", function()
    local c = endings.certs()
    local mine = assert(pki.mismatched(c.client, assert(pki.key())))
    endings.both {
      server = { ca = c.ca, max_version = "TLSv1.2" },
      client = { ca = c.ca, cert = mine },
      expect = {
        client = { code = "client-cert-rejected", received = 51 },
        server = { code = "tls-bad-signature", sent = 51, fault = "client",
          rejected_by = "server" },
      },
      check = function(_, _, record)
        assert.is_truthy(decider(record).title:find("the client's signature",
          1, true))
      end,
    }
  end)
end)

describe("#slow a key exchange that is damaged on the way", function()
  teardown(helper.cleanup)

  -- Dials through a path that flips a byte of the first such message.
  local function through(server, options, ...)
    local path = helper.spawn { ready = "^port ", command = {
      "/usr/bin/python3", "-I", helper.path("spec/core/peers/flip.py"),
      tostring(server.port), ... } }
    local port = path:output():match("port (%d+)")
    local _, err, code = wss.connect("wss://localhost:" .. port, options)
    return err, code
  end

  local KEY_EXCHANGE, HELLO = "12", "2"
  local CASES = {
    { "ec", KEY_EXCHANGE, "-1", "1", "the signature's last byte" },
    { "rsa", KEY_EXCHANGE, "-1", "128", "the signature's last byte" },
    { "ed25519", KEY_EXCHANGE, "-1", "1", "the signature's last byte" },
    { "ec", KEY_EXCHANGE, "12", "4", "a byte of the public value" },
    { "ec", HELLO, "20", "32", "a byte of the server's random value" },
  }
  for _, row in ipairs(CASES) do
    local key, message, offset, mask, where = row[1], row[2], row[3], row[4],
      row[5]
    it(("is told from a wrong key: %s, %s"):format(key, where), function()
      local server, seen = endings.serve { cert = leaf(key),
        max_version = "TLSv1.2" }
      local err = through(server, { ca = endings.certs().ca }, message,
        offset, mask)
      endings.judge(err, { code = "tls-bad-signature", phase = "tls",
        fault = "network", rejected_by = "client", sent = 51 })
      assert.equal("tls-damaged-key-exchange", decider(err).slug)
      assert.equal("certain", decider(err).certainty)
      assert.is_truthy(err:story():find("flipped back", 1, true))
      -- the server's key is good, and it knows
      endings.failure(server, seen, { code = "cert-rejected",
        received = 51 })
      server:close()
    end)
  end

  it("cannot be told from it when more than one bit has changed", function()
    local server = endings.serve { cert = leaf "ec",
      max_version = "TLSv1.2" }
    local err, code = through(server, { ca = endings.certs().ca },
      KEY_EXCHANGE, "-1", "255")
    assert.equal("tls-wrong-private-key", code)
    assert.is_true(diagnosis.matches("tls-damaged-key-exchange", err))
    assert.equal("likely", decider(err).certainty)
    assert.is_truthy(err:story():find("damaged on the way", 1, true))
    server:close()
  end)
end)
