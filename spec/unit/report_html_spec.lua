--- The HTML report: its structure, and that it is nobody's but ours.
local diagram = require("wsstls.report.html.diagram")
local fixture = require("unit.report_fixture")
local helper = require("helper")
local html = require("wsstls.report.html")
local r = require("unit.records")
local chain = require("wsstls.report.html.chain")

describe("the HTML report", function()
  local dir, path, text

  setup(function()
    dir = helper.dir()
    text = fixture.run(html.new)
    path = helper.write(dir .. "/report.html", text)
  end)
  teardown(helper.cleanup)

  -- It is well-formed XML: libxml2 reads it without forgiving anything.
  local function query(xpath)
    return helper.must(("xmllint --xpath %s %s"):format(helper.quote(xpath),
      path))
  end

  local function count(xpath)
    return tonumber(query("string(count(" .. xpath .. "))"))
  end

  it("has a row for each result, what failed first and open", function()
    assert.equal(6, count "//details[contains(@class,'s ')]")
    assert.equal(3, count "//details[@open]")
    assert.equal(3, count "//details[@open][position()<=3]")
    assert.is_truthy(query("string(//div[@class='list']/details[1]/summary)")
      :find("cert-expired", 1, true))
    assert.equal("3 of 6 tests did not pass", query "string(//h1)")
  end)

  it("counts, names the slowest, and filters by state and tag", function()
    assert.equal("2", query "string(//div[@class='passed']/b)")
    assert.equal("the gateway is refused",
      query "string(//section[@class='sl']//li[1]/a)")
    assert.equal(1, count "//input[@id='f-failed']")
    assert.equal("certificate 2", query("string(//label[@for='t-1'])"))
    assert.is_truthy(text:find("#t-1:checked~.list>.s:not(.g1){display:none}",
      1, true))
    assert.equal(2, count "//details[contains(@class,' g1')]")
  end)

  it("shows the expectations that were not met, field by field", function()
    local row = "(//details)[1]//table[@class='mm']//tr[td][1]"
    assert.equal("client.code", query("string(" .. row .. "/th)"))
    assert.equal("cert-expired", query("string(" .. row .. "/td[1])"))
    assert.equal("cert-ip-mismatch", query("string(" .. row .. "/td[2])"))
  end)

  it("says what had to happen, by side and in words", function()
    local row = "//table[@class='ex']//tr[th='%s']/td[%d]"
    local function cell(field, side)
      return query("string(" .. row:format(field, side) .. ")")
    end
    assert.equal("cert-ip-mismatch", cell("code", 1))
    assert.equal("64 IP_ADDRESS_MISMATCH", cell("verify", 1))
    assert.equal("42 bad_certificate", cell("alert sent", 1))
    assert.equal("none", cell("close code", 1))
    assert.equal("no", cell("ok", 2))
    assert.equal("", cell("code", 2))
    assert.equal("An address is no name.", query "string(//p[@class='tx'])")
  end)

  it("marks the wrong field of the wrong certificate", function()
    local wrong = "(//details)[1]//div[@class='ct bad']//tr[@class='wr']"
    assert.equal(1, count(wrong))
    assert.equal("names", query("string(" .. wrong .. "/th)"))
    assert.equal("DNS:localhost", query("string(" .. wrong .. "/td[1])"))
    assert.equal("IP:127.0.0.1", query("string(" .. wrong .. "/td[2])"))
  end)

  it("holds the story and both records", function()
    assert.is_truthy(query("string((//details)[1]//pre)"):find(
      "error[cert-ip-mismatch]: the certificate", 1, true))
    assert.equal(2, count "(//details)[1]//details[@class='raw']")
    assert.is_truthy(query("string((//details)[1]//details[1]/pre)"):find(
      '"schema": 1', 1, true))
    assert.is_nil(text:find("-----BEGIN", 1, true))
  end)

  it("needs nothing from anywhere and runs nothing", function()
    assert.equal(0, count "//script" + count "//link" + count "//img"
      + count "//iframe" + count "//object" + count "//base")
    assert.equal(0, count "//@src" + count "//@onload" + count "//@onclick")
    assert.equal(0, count "//@href[not(starts-with(.,'#'))]")
    assert.equal(0, count "//*[starts-with(name(),'foreign')]")
    local style = query "string(//style)"
    assert.is_nil(style:find("url%s*%("))
    assert.is_nil(style:find("@import", 1, true))
    assert.is_truthy(text:find("default-src 'none'", 1, true))
  end)

  it("shows what a peer sent, and is not what a peer sent", function()
    assert.is_nil(text:gsub("\n", ""):find("%c"))
    assert.is_nil(text:find("<script", 1, true))
    assert.is_truthy(text:find("&lt;/script&gt;&lt;script&gt;alert(1)", 1,
      true))
    assert.equal(0, count "//@*[starts-with(name(),'on')]")
  end)

  it("is a page even when nothing was tested", function()
    local empty = helper.write(dir .. "/empty.html",
      fixture.run(html.new, {}))
    local said, status = helper.shell("xmllint --noout " .. empty)
    assert.equal(0, status, said)
  end)
end)

describe("the sequence diagram", function()
  local client, server = fixture.records()

  it("has life lines, times, and alerts in red", function()
    local svg = diagram.svg { client = client, server = server }
    assert.equal(2, select(2, svg:gsub('class="life"', "")))
    assert.is_truthy(svg:find('class="tm" text%-anchor="end">0%.00 ms<'))
    assert.is_truthy(svg:find('class="ar t-bad"', 1, true))
    assert.is_truthy(svg:find("alert 42 bad_certificate", 1, true))
  end)

  it("has the relay between them and its deed on the arrow", function()
    local svg = diagram.svg { client = client, server = server, records = {
      { at = 0, from = "server", type = "application", nth = 1,
        action = "flip" } } }
    assert.equal(3, select(2, svg:gsub('class="life"', "")))
    assert.is_truthy(svg:find('class="pt" text-anchor="middle">flip<', 1,
      true))
    assert.is_truthy(svg:find("t-amber", 1, true))
  end)

  it("says how long a pause was", function()
    local late = fixture.records()
    late.timeline[#late.timeline].at = 2.5
    local svg = diagram.svg { client = late }
    assert.is_truthy(svg:find("… 2.497 s …", 1, true))
  end)

  it("is not there without a record", function()
    assert.is_nil(diagram.svg {})
    assert.is_nil(diagram.svg { client = { exit = 1, output = "x" } })
  end)
end)

describe("the tree of the chain", function()
  it("shows the issuer that nobody has", function()
    local certs = { r.cert("localhost", "Mid") }
    local tree = chain.html(r.verdict({ { 20, 0 }, { 21, 0, true } }, certs))
    assert.is_truthy(tree:find('<b>Mid</b><span class="bd">missing</span>', 1,
      true))
    assert.is_truthy(tree:find("the one trusted certificate", 1, true))
  end)

  it("is nothing without a chain", function()
    assert.is_nil(chain.html(nil))
    assert.is_nil(chain.html { ok = true, errors = {}, chain = {} })
  end)
end)
