local names = require("wsstls.names")
local codes = require("wsstls.codes")

describe("the names", function()
  it("of X509 verdicts are found by number and by name", function()
    assert.equal("IP_ADDRESS_MISMATCH", names.x509(64).name)
    assert.equal(64, names.x509("ip_address_mismatch").code)
    assert.equal(64, names.x509("X509_V_ERR_IP_ADDRESS_MISMATCH").code)
    assert.equal(0, names.x509("X509_V_OK").code)
    assert.is_nil(names.x509(200))
    assert.is_nil(names.x509("NO_SUCH"))
    assert.is_nil(names.x509(nil))
  end)

  it("give every X509 verdict but OK a code of ours, client's too", function()
    for _, row in ipairs(names.x509_rows()) do
      if row.code ~= 0 then
        assert.truthy(codes.get(row.slug), row.name)
        assert.truthy(codes.get("client-" .. row.slug), row.name)
      end
    end
    assert.is_nil(names.x509(0).slug)
  end)

  it("agree with the C core's table, where that is built", function()
    local ok, core = pcall(require, "wsstls.core")
    if not ok or not core.x509 then return end
    for _, row in ipairs(core.x509()) do
      local ours = names.x509(row.name)
      assert.truthy(ours, row.name)
      if row.code ~= 0 then assert.equal(row.slug, ours.slug, row.name) end
    end
  end)

  it("of alerts are RFC 8446's, both ways", function()
    assert.equal("bad_certificate", names.alert(42))
    assert.equal("certificate_required", names.alert(116))
    assert.equal(42, names.alert_number("bad_certificate"))
    assert.equal(48, names.alert_number("Unknown CA"))
    assert.is_nil(names.alert(99))
    assert.is_nil(names.alert_number("nonsense"))
    assert.is_nil(names.alert_number(42))
  end)

  it("of every alert come with a text", function()
    local rows = names.alert_rows()
    assert.is_true(#rows >= 30)
    for i, row in ipairs(rows) do
      assert.truthy(row.text, row.name)
      assert.is_true(i == 1 or rows[i - 1].number < row.number)
    end
  end)

  it("of 24 numbers are both an X509 verdict and an alert", function()
    local both = 0
    for _, row in ipairs(names.alert_rows()) do
      if names.x509(row.number) then both = both + 1 end
    end
    assert.equal(24, both)
  end)

  it("of close codes know the ranges", function()
    assert.equal("protocol error", names.close(1002))
    assert.equal("private to an application", names.close(4001))
    assert.equal("registered by a library", names.close(3000))
    assert.is_nil(names.close(5000))
    assert.is_nil(names.close(999))
    assert.is_nil(names.close(nil))
  end)

  it("tell the close codes that may be sent", function()
    for _, code in ipairs { 1000, 1001, 1003, 1011, 1014, 3000, 4999 } do
      assert.is_true(names.close_sendable(code), tostring(code))
    end
    for _, code in ipairs { 999, 1004, 1005, 1006, 1015, 2999, 5000, 1000.5 }
    do
      assert.is_false(names.close_sendable(code), tostring(code))
    end
    assert.is_false(names.close_sendable("1000"))
  end)

  it("of HTTP statuses are RFC 9110's", function()
    assert.equal("Unauthorized", names.http(401))
    assert.is_nil(names.http(799))
  end)

  it("write OpenSSL's packed codes in one way", function()
    assert.equal("0A000086", names.openssl_code(0x0A000086))
    assert.equal("0A000086", names.openssl_code("0xa000086"))
    assert.equal("05800074", names.openssl_code("5800074"))
    assert.is_nil(names.openssl_code("xyz"))
    assert.is_nil(names.openssl_code("123456789"))
    assert.is_nil(names.openssl_code({}))
    assert.equal("wrong version number", names.openssl("0A00010B").text)
    assert.is_nil(names.openssl("FFFFFFFF"))
  end)

  it("of OpenSSL's reasons lead to codes and alerts that exist", function()
    for _, row in ipairs(names.openssl_rows()) do
      assert.equal(row.code, names.openssl_code(row.code))
      if row.slug then assert.truthy(codes.get(row.slug), row.code) end
      if row.alert then assert.truthy(names.alert(row.alert), row.code) end
    end
  end)
end)
