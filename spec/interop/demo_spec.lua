-- What `make demo` runs, part by part: everything behaves as it states, and
-- a stranger's terminal of 80 columns can show it.
local show = require("demo.show")

describe("the demo", function()
  local out, text = show.out, nil

  before_each(function()
    text, show.checked, show.wrong = "", 0, 0
    show.out = function(s) text = text .. s end
  end)
  after_each(function() show.out = out end)

  local function is_as_stated()
    assert.equal(0, show.wrong, text)
    assert.is_nil(text:find("[WRONG]", 1, true))
    for line in text:gmatch("[^\n]+") do
      assert.is_true(#line <= 80, line)
    end
  end

  it("repairs our own server while it runs", function()
    require("demo.own_server")()
    assert.equal(25, show.checked)
    assert.is_truthy(text:find("X509 18 DEPTH_ZERO_SELF_SIGNED_CERT", 1, true))
    is_as_stated()
  end)

  it("says what the certificate of libwebsockets-test-server lacks",
    function()
      assert.is_nil(require("demo.lws_server")())
      assert.equal(21, show.checked)
      assert.is_truthy(text:find("X509 66 EE_KEY_TOO_SMALL", 1, true))
      is_as_stated()
    end)

  it("counts and prints a statement that does not hold", function()
    assert.is_false(show.check("two and two make five", false, 4))
    assert.equal(1, show.wrong)
    assert.equal("  [WRONG] two and two make five; got 4\n", text)
    assert.has_error(function() show.must("a thing is there", nil, "no") end,
      "stopped: a thing is there: no")
    assert.equal(2, show.wrong)
  end)
end)
