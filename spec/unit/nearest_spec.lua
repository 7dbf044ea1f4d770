local nearest = require "wsstls.nearest"

local NAMES = { "ca_file", "ca_path", "cert", "verify", "verify_host",
                "ping_interval", "protocols" }

describe("nearest", function()
  it("finds a name with a slip of the finger", function()
    assert.equal("verify", nearest("verfy", NAMES))
    assert.equal("ping_interval", nearest("ping_intervl", NAMES))
    assert.equal("protocols", nearest("protocol", NAMES))
  end)

  it("ignores case and punctuation", function()
    assert.equal("ca_file", nearest("caFile", NAMES))
    assert.equal("verify_host", nearest("verify-host", NAMES))
  end)

  it("finds nothing where nothing is near", function()
    assert.is_nil(nearest("zzzzzz", NAMES))
    assert.is_nil(nearest("", NAMES))
    assert.is_nil(nearest("x", {}))
  end)

  it("takes neighbours' names for ours", function()
    assert.equal("cert", nearest("certificate", NAMES,
      { certificate = "cert" }))
  end)

  it("does not answer with a name that is not in the list", function()
    assert.is_nil(nearest("servername", NAMES, { servername = "sni" }))
  end)
end)
