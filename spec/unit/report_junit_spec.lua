--- The JUnit report against the schema, and what a peer can do to it.
local fixture = require("unit.report_fixture")
local helper = require("helper")
local junit = require("wsstls.report.junit")
local xml = require("wsstls.report.xml")

local SCHEMA = helper.path("spec/junit.xsd")

describe("text for XML", function()
  it("is what it was, where that can be written", function()
    assert.equal("a &lt;b&gt; &amp; \"c\" 'd'\n\té",
      xml.text("a <b> & \"c\" 'd'\n\té"))
    assert.equal("a&#10;b&#9;c &quot;d&quot; &#39;&lt;",
      xml.attribute("a\nb\tc \"d\" '<"))
    assert.equal("", xml.text(nil))
    assert.equal("7", xml.text(7))
  end)

  it("names the bytes that no document may hold", function()
    assert.equal("\\x00\\x1B\\xFF\\xC2\\x85\\xEF\\xBF\\xBE\\xE2\\x80\\xAE\\r",
      xml.text("\0\27\255\194\133\239\191\190\226\128\174\r"))
  end)
end)

describe("the JUnit report", function()
  local dir, path, text

  setup(function()
    dir = helper.dir()
    text = fixture.run(junit.new)
    path = helper.write(dir .. "/junit.xml", text)
  end)
  teardown(helper.cleanup)

  local function query(xpath)
    return helper.must(("xmllint --xpath %s %s"):format(helper.quote(xpath),
      path))
  end

  it("keeps to the schema, hostile bytes and all", function()
    local said, status = helper.shell(("xmllint --noout --schema %s %s")
      :format(SCHEMA, path))
    assert.equal(0, status, said)
  end)

  it("counts by suite and says why", function()
    assert.equal("6", query "string(count(//testcase))")
    local suite = "//testsuite[@name='certificate']"
    assert.equal("2", query("string(" .. suite .. "/@tests)"))
    assert.equal("1", query("string(" .. suite .. "/@failures)"))
    assert.equal("client.code: expected cert-expired, got cert-ip-mismatch "
      .. "(and 1 more)", query("string(" .. suite .. "//failure/@message)"))
    assert.equal("curl is not installed", query "string(//skipped/@message)")
    assert.equal("1", query "string(count(//error))")
    assert.equal("7", query
      "string(//testsuite[1]//property[@name='seed']/@value)")
    assert.is_truthy(query("string(" .. suite .. "//failure)"):find(
      "error[cert-ip-mismatch]", 1, true))
  end)

  it("has no element that a peer made", function()
    assert.equal("0", query "string(count(//script))")
    assert.is_nil(text:gsub("\n", ""):find("%c"))
  end)

  it("is valid without any test, too", function()
    local empty = helper.write(dir .. "/empty.xml", fixture.run(junit.new, {}))
    local said, status = helper.shell(("xmllint --noout --schema %s %s")
      :format(SCHEMA, empty))
    assert.equal(0, status, said)
  end)
end)
