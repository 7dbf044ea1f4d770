-- wsstls.pki.names, idn, dates and check: pure tables in, pure tables out.
local check = require "wsstls.pki.check"
local dates = require "wsstls.pki.dates"
local idn = require "wsstls.pki.idn"
local names = require "wsstls.pki.names"

local function refused(pattern, value, sentence)
  assert.is_nil(value)
  assert.matches(pattern, sentence)
end

describe("pki.idn", function()
  it("encodes the examples of RFC 3492 and of the wild", function()
    local cases = {
      ["b\195\188cher.test"] = "xn--bcher-kva.test",
      ["m\195\188nchen"] = "xn--mnchen-3ya",
      ["\228\190\139\227\129\136.test"] = "xn--r8jz45g.test",
      ["\208\191\208\190\209\135\208\181\208\188\209\131"] =
        "xn--e1aoedxv",
      ["\240\159\146\169.la"] = "xn--ls8h.la",
    }
    for unicode, ascii in pairs(cases) do
      assert.equal(ascii, idn.to_ascii(unicode))
    end
  end)

  it("leaves ASCII alone and refuses what is not UTF-8", function()
    assert.equal("A.test", idn.to_ascii("A.test"))
    assert.is_nil(idn.to_ascii("a\255.test"))
    assert.is_nil(idn.to_ascii("a\195"))
  end)
end)

describe("pki.names.subject", function()
  it("is nil when nothing is given and empty when that is said", function()
    assert.is_nil(names.subject {})
    assert.same({}, names.subject { subject = {} })
    assert.same({}, names.subject { subject = "" })
  end)

  it("reads RFC 2253 text backwards, as it is written", function()
    assert.same({ { "C", "DE" }, { "O", "a, b" }, { "CN", "x" } },
      names.subject { subject = "CN=x,O=a\\, b,C=DE" })
    assert.same({ { "O", "\195\164" } },
      names.subject { subject = "O=\\C3\\A4" })
  end)

  it("reads slashes forwards, as openssl req -subj does", function()
    assert.same({ { "C", "DE" }, { "CN", "a,b" } },
      names.subject { subject = "/C=DE/CN=a,b" })
  end)

  it("orders a table from the country down to the name", function()
    assert.same({ { "C", "DE" }, { "O", "o" }, { "serialNumber", "7" },
      { "CN", "x" } }, names.subject { subject = { CN = "x", C = "DE",
        serialNumber = "7", O = "o" } })
  end)

  it("keeps a list's order and appends cn", function()
    assert.same({ { "CN", "a" }, { "O", "b" }, { "CN", "c" } },
      names.subject { subject = { { "CN", "a" }, { "O", "b" } }, cn = "c" })
  end)

  it("refuses text without names", function()
    refused("expected 'CN=...,O=...', got 'hello'",
      names.subject { subject = "hello" })
    refused("expected {name, value}", names.subject { subject = { "CN" } })
  end)
end)

describe("pki.names.alternatives", function()
  it("is nil without names: none is invented", function()
    assert.is_nil(names.alternatives { cn = "localhost" })
  end)

  it("takes strings and lists of every kind, in a fixed order", function()
    assert.same({ { "dns", "a.test" }, { "dns", "*.b.test" },
      { "ip", "::1" }, { "email", "x@xn--bcher-kva.test" },
      { "uri", "https://a.test/" }, { "rid", "1.2.3" } },
      names.alternatives { rid = "1.2.3", uri = "https://a.test/",
        email = "x@b\195\188cher.test", ip = "[::1]",
        dns = { "a.test", "*.b.test" } })
  end)

  it("lets an address pass as a DNS name: people need to make that", function()
    assert.same({ { "dns", "127.0.0.1" } },
      names.alternatives { dns = "127.0.0.1" })
  end)

  it("says what is wrong with a name", function()
    local bad = {
      [""] = "cannot be empty", ["a b"] = "blank", ["a..b"] = "empty label",
      ["https://a"] = "URL", ["a.test:443"] = "port", ["a.test."] = "dot",
      ["a.*.test"] = "left%-most label", ["w*.test"] = "left%-most label",
      [("x"):rep(64)] = "63 bytes", [("x."):rep(127) .. "x"] = "253 bytes",
      ["a\255"] = "UTF%-8",
    }
    for name, pattern in pairs(bad) do
      refused(pattern, names.alternatives { dns = name })
    end
    refused("no @", names.alternatives { email = "a.test" })
    refused("no scheme", names.alternatives { uri = "a.test" })
    refused("got number", names.alternatives { dns = { 7 } })
  end)

  it("lets everything through with unchecked", function()
    assert.same({ { "dns", "a.*.test" }, { "dns", "" } },
      names.alternatives { dns = { "a.*.test", "" }, unchecked = true })
  end)
end)

describe("pki.names.constraints", function()
  it("reads prefixes, and DNS without one", function()
    assert.same({ { "dns", "ok.test" }, { "ip", "10.0.0.0/8" },
      { "email", "a.test" }, { "dns", ".sub.test" } },
      names.constraints({ "ok.test", "IP:10.0.0.0/8", "email:a.test",
        "DNS:.sub.test" }, "here"))
  end)

  it("names the place of what is no string", function()
    refused("here%[2%]: expected a string, got number",
      names.constraints({ "a", 1 }, "here"))
  end)
end)

describe("pki.dates", function()
  it("reads dates as epoch seconds in UTC", function()
    assert.equal(0, dates.read("1970-01-01", "x"))
    assert.equal(1709251199, dates.read("2024-02-29T23:59:59Z", "x"))
    assert.equal(-631152000, dates.read("1950-01-01", "x"))
    assert.equal(253402300799, dates.read("9999-12-31 23:59:59", "x"))
    assert.equal(12, dates.read(12.9, "x"))
  end)

  it("refuses what is no date or lies outside 1950 to 9999", function()
    for _, bad in ipairs { "yesterday", "2024-13-01", "2024-02-30",
                           "24-01-01", "2024-01-01T25:00:00", 0 / 0 } do
      refused("option 'x'", dates.read(bad, "x"))
    end
    refused("1950 to 9999", dates.read(-631152001, "x"))
    refused("1950 to 9999", dates.read(253402300800, "x"))
    refused("1950 to 9999", dates.read(math.huge, "x"))
  end)

  it("counts days from the beginning that is given", function()
    local from, to = dates.validity({ not_before = 1000 }, 2)
    assert.same({ 1000, 1000 + 2 * 86400 }, { from, to })
    from, to = dates.validity({ not_before = 1000, days = 0.5 }, 2)
    assert.same({ 1000, 1000 + 43200 }, { from, to })
  end)

  it("puts the beginning before an end that is past", function()
    local from, to = dates.validity({ not_after = "2020-01-11" }, 10)
    assert.equal(dates.read("2020-01-01", ""), from)
    assert.equal(dates.read("2020-01-11", ""), to)
  end)

  it("refuses an end before the beginning, unless unchecked", function()
    local o = { not_before = "2024-01-02", not_after = "2024-01-01" }
    refused("the end comes before the beginning", dates.validity(o, 1))
    o.unchecked = true
    assert.equal(1704153600, (dates.validity(o, 1)))
  end)

  it("refuses days that are none", function()
    for _, days in ipairs { 0, -1, 0 / 0, math.huge } do
      refused("option 'days'", dates.validity({ days = days }, 1))
    end
    refused("give one", dates.validity({ days = 1, not_after = 0 }, 1))
  end)
end)

describe("pki.check", function()
  local SPEC = { dns = "string|table", cn = "string", not_after = "number" }

  it("names the option and the nearest one", function()
    refused("^f: unknown option 'dsn' %(did you mean 'dns'%?%)$",
      check.options(SPEC, { dsn = "x" }, "f"))
    refused("did you mean 'dns'", check.options(SPEC, { san = "x" }, "f"))
    refused("did you mean 'not_after'",
      check.options(SPEC, { notAfter = 1 }, "f"))
    refused("unknown option 'zzzzzz'$",
      check.options(SPEC, { zzzzzz = 1 }, "f"))
    refused("unknown option '1'", check.options(SPEC, { "x" }, "f"))
  end)

  it("names the types", function()
    refused("^f: option 'dns': expected string or table, got number$",
      check.options(SPEC, { dns = 1 }, "f"))
    refused("expected a table of options, got string",
      check.options(SPEC, "x", "f"))
  end)
end)
