--- make vectors FILE=...: a corpus in x509-limbo's form.
local helper = require "helper"
local pki = require "wsstls.pki"
local vectors = require "wsstls.vectors"
local wss = require "wsstls"

describe("a corpus of vectors", function()
  local dir

  setup(function() dir = helper.dir() end)
  teardown(function() helper.cleanup() end)

  local function run(corpus)
    local path = helper.write(dir .. "/corpus.json",
      type(corpus) == "string" and corpus or wss.json(corpus))
    local out = {}
    local reports, err = vectors.main(path, function(text)
      out[#out + 1] = text
    end)
    return reports and table.concat(out), err
  end

  it("is judged by both policies, and each difference is told", function()
    local ca = assert(pki.ca { cn = "Root" })
    local function case(id, expected, o)
      return { id = id, expected_result = expected,
        validation_kind = "SERVER", trusted_certs = { ca:pem() },
        peer_certificate = assert(ca:issue(o)):pem(),
        expected_peer_name = { kind = "DNS", value = "a.test" } }
    end
    assert.equal("test::cn\n  expected FAILURE\n  openssl  DIFFERS accepted\n"
      .. "  webpki   agrees  62@0 HOSTNAME_MISMATCH\n"
      .. "openssl: 2 of 3 as expected\nwebpki: 3 of 3 as expected\n",
      run { testcases = { case("test::good", "SUCCESS", { dns = "a.test" }),
        case("test::cn", "FAILURE", { cn = "a.test" }),
        case("test::other", "FAILURE", { dns = "b.test" }) } })
  end)

  it("is refused with a sentence when it is none", function()
    for text, pattern in pairs { ["junk"] = "no valid JSON",
        ["{}"] = "no list 'testcases'",
        ['{"testcases":[5]}'] = "testcase 1 needs a peer_certificate" } do
      local output, err = run(text)
      assert.is_nil(output)
      assert.matches(pattern, err)
    end
    assert.matches("No such file", select(2, vectors.main(dir .. "/nope")))
  end)
end)
