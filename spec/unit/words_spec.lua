local words = require("wsstls.diagnosis.words")

describe("the words", function()
  it("escape what can deceive a terminal", function()
    assert.equal("a\\x1B[31mb\\n\\r\\t\\x00\\x7F",
      words.safe("a\27[31mb\n\r\t\0\127"))
    assert.equal("\\xC2\\x9B", words.safe("\194\155"))
    assert.equal("\\xE2\\x80\\xAE", words.safe("\226\128\174"))
    assert.equal("\\xFF\\xC0\\xAF", words.safe("\255\192\175"))
    assert.equal("Zürich 東京", words.safe("Zürich 東京"))
    assert.equal("\\xED\\xA0\\x80", words.safe("\237\160\128"))
    assert.equal("", words.safe(nil))
  end)

  it("cut long text and mark it, at a whole character", function()
    assert.equal(("x"):rep(300) .. "...", words.safe(("x"):rep(500)))
    assert.equal("ab...", words.safe("abé", 3))
  end)

  it("hide secrets by their place", function()
    assert.equal("http://u:[redacted]@proxy:3128/",
      words.redact("http://u:pw@proxy:3128/"))
    assert.equal("Authorization: [redacted]\r\nHost: a",
      words.redact("Authorization: Basic abc\r\nHost: a"))
    assert.equal("wss://h/?Token=[redacted]&x=1",
      words.redact("wss://h/?Token=abc&x=1"))
    assert.equal("plain text", words.redact("plain text"))
  end)

  it("hide a key also when its end is missing", function()
    local begin = "-----BEGIN EC PRIVATE KEY-----"
    assert.equal(begin .. "[redacted]", words.redact(begin .. "\nMHc"))
    assert.equal(begin .. "[redacted]-----END EC PRIVATE KEY-----\nmore",
      words.redact(begin .. "\nMHc\n-----END EC PRIVATE KEY-----\nmore"))
    local two = "a://b:[redacted]@c/ d://e:[redacted]@f wss://h:80/"
    assert.equal(two, words.redact("a://b:1@c/ d://e:2@f wss://h:80/"))
  end)

  it("read hostile text in linear time", function()
    local before = os.clock()
    for _, piece in ipairs { "x", "://", "a://b:c", " ", "a ", "token=",
        "cookie:", "--BEGIN PRIVATE KEY-----", "\\", "\255", "-----END" } do
      local text = piece:rep(math.floor(65536 / #piece))
      words.redact(text)
      words.quote(text)
      words.trim(text)
      words.dn("CN=" .. text)
    end
    assert.is_true(os.clock() - before < 2)
  end)

  it("cut before they look for secrets, and hide them still", function()
    assert.equal(("x"):rep(20) .. "...", words.quote(("x"):rep(65536), 20))
    assert.is_nil(words.quote("password=secret " .. ("x"):rep(65536), 40)
      :find("secret", 1, true))
  end)

  it("trim blanks", function()
    assert.equal("a b", words.trim(" \n a b\t "))
    assert.equal("", words.trim(" \n "))
    assert.equal("", words.trim(""))
  end)

  it("call a name as people do", function()
    assert.equal("localhost (lws-test)", words.dn(
      "emailAddress=a@b,CN=localhost,O=lws-test,L=All around,C=GB"))
    assert.equal("localhost", words.dn("CN=localhost"))
    assert.equal("Lab, Inc.", words.dn("O=Lab\\, Inc.,C=DE"))
    assert.equal("é", words.dn("CN=\\C3\\A9"))
    assert.equal("ST=Erewhon,C=GB", words.dn("ST=Erewhon,C=GB"))
    assert.equal("(empty subject)", words.dn(""))
    assert.equal("a (b)", words.dn("CN=a+OU=b"))
    assert.is_nil(words.dn("CN=a\27[31m\0"):find("%c"))
    assert.is_nil(words.dn(nil))
  end)

  it("write dates of any year", function()
    assert.equal("1970-01-01 00:00:00 UTC", words.date(0))
    assert.equal("1950-01-01 00:00:00 UTC", words.date(-631152000))
    assert.equal("9999-12-31 23:59:59 UTC", words.date(253402300799))
    assert.equal("2024-02-29", words.date(1709164800, true))
    assert.equal("2000-02-29", words.date(951782400, true))
    assert.equal("?", words.date("x"))
    assert.equal("?", words.date(0 / 0))
  end)

  it("write spans, lists and numbers", function()
    assert.equal("3 days", words.span(3 * 86400 + 5))
    assert.equal("1 hour", words.span(-3600))
    assert.equal("less than a second", words.span(0.5))
    assert.equal("", words.list {})
    assert.equal("a", words.list { "a" })
    assert.equal("a, b and c", words.list { "a", "b", "c" })
    assert.equal("a, b and 1 more", words.list({ "a", "b", "c" }, 2))
    assert.equal("42", words.number(42.0))
    assert.equal("0.5", words.number(0.5))
  end)
end)
