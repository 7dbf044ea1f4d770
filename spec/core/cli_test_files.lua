-- Files for the specs of `wsstls test`: scenarios that pass, that fail, and
-- that are broken in every way.
local helper = require("helper")

local files = {}

local GOOD = [[
-- describe("this is only talk")
return require "wsstls".scenario {
  name = "NAME", title = "Dialled by IP", tags = { "certificate", "TAG" },
  pki = function(pki)
    local ca = pki.ca { cn = "Test CA" }
    return { ca = ca, server = ca:issue { dns = { "localhost" } },
             good = ca:issue { ip = { "127.0.0.1" } } }
  end,
  server = { cert = "$server" },
  client = { host = "127.0.0.1", ca = "$ca" },
  expect = { client = { code = "CODE", alert_sent = 42 } },
  fixed = { server = { cert = "$good" } },
}
]]

local function scenario(name, tag, code)
  return (GOOD:gsub("NAME", name):gsub("TAG", tag)
    :gsub("CODE", code or "cert-ip-mismatch"))
end

files.text = {
  ["scenarios/a/good.lua"] = scenario("one-good", "first"),
  ["scenarios/a/other.lua"] = scenario("another-good", "second"),
  ["scenarios/b/failing.lua"] = scenario("it-fails", "first",
    "cert-expired"),
  ["scenarios/broken/syntax.lua"] = "return wss.scenario { name = = 1 }",
  ["scenarios/broken/field.lua"] = scenario("x", "y"):gsub("title =",
    "titel ="),
  ["scenarios/broken/code.lua"] = scenario("x", "y", "cert-ip-mismatsch"),
  ["scenarios/module.lua"] = "error('a module is not run')",
  ["scripts/good.lua"] = "print('all is well', require('wsstls').check)",
  ["scripts/bad.lua"] = "print('before')\nerror('this script fails')",
  ["scripts/endless.lua"] = "io.stdout:write('on and on\\n') io.stdout:flush() "
    .. "while true do end",
  ["spec/some_spec.lua"] = [[
describe("a spec #tagged", function()
  it("passes", function() assert.is_true(true) end)
  it("fails", function() assert.equal("this", "that") end)
  it("raises", function() error("oh dear") end)
  pending("waits for better days")
end)
]],
  ["spec/broken_spec.lua"] = "describe('x', function( end)",
}

--- Writes some of them below a new directory.
-- @tparam string pattern which: a Lua pattern on their names
-- @treturn string the directory
function files.write(pattern)
  local dir = helper.dir()
  for name, text in pairs(files.text) do
    if name:find(pattern) then
      helper.must("mkdir -p " .. helper.quote(dir .. "/"
        .. name:match("^(.*)/")))
      helper.write(dir .. "/" .. name, text)
    end
  end
  return dir
end

return files
