local codes = require("wsstls.codes")

local function header()
  local file = assert(io.open("src/core/status.h", "rb"))
  local text = file:read("*a"):gsub("\\\n", " ")
  file:close()
  local from = assert(text:find("#define WSSTLS_STATUSES", 1, true))
  local to = assert(text:find("typedef enum wsstls_status", from, true))
  return text:sub(from, to)
end

-- The rows of the X-macro: slug, phase, temporary, sentence.
local function rows()
  local list = {}
  for slug, phase, temporary, rest in header():gmatch(
      'X%([%u%d_]+,%s*"([^"]+)",%s*(%u+),%s*(%d),%s*(".-")%s*%)') do
    local sentence = rest:gsub('"%s*"', ""):gsub('^"', ""):gsub('"$', "")
    list[#list + 1] = { slug = slug, phase = phase:lower(),
                        temporary = temporary == "1", text = sentence }
  end
  return list
end

describe("the codes", function()
  it("are exactly the statuses of the C core, in their order", function()
    local slugs = {}
    for i, row in ipairs(rows()) do slugs[i] = row.slug end
    assert.is_true(#slugs > 100)
    assert.same(slugs, codes.list())
  end)

  it("agree with the core on phase, sentence and another try", function()
    for _, row in ipairs(rows()) do
      local code = codes.get(row.slug)
      assert.equal(row.phase, code.phase, row.slug)
      assert.equal(row.temporary, code.temporary, row.slug)
      assert.equal(row.text, code.text, row.slug)
    end
  end)

  it("have a phase that docs/api.md knows", function()
    local known = {}
    for _, phase in ipairs(codes.phases) do known[phase] = true end
    for _, slug in ipairs(codes.list()) do
      assert.is_true(slug == "ok" or known[codes.get(slug).phase], slug)
    end
  end)

  it("name a party for both sides", function()
    local known = {}
    for _, party in ipairs(codes.parties) do known[party] = true end
    for _, slug in ipairs(codes.list()) do
      assert.is_true(known[codes.fault(slug, "client")], slug)
      assert.is_true(known[codes.fault(slug, "server")], slug)
    end
  end)

  it("blame the side that was configured, and the other for its frames",
    function()
      assert.equal("client", codes.fault("config-key-mismatch"))
      assert.equal("server", codes.fault("config-key-mismatch", "server"))
      assert.equal("client", codes.fault("ws-protocol-error", "server"))
      assert.equal("server", codes.fault("ws-protocol-error", "client"))
    end)

  it("of others are nil, and blame nobody", function()
    assert.is_nil(codes.get("no-such-code"))
    assert.equal("unknown", codes.fault("no-such-code"))
  end)

  it("are listed as a copy", function()
    codes.list()[1] = "changed"
    assert.equal("ok", codes.list()[1])
  end)
end)
