--- What the core tells of the file system.
local core = require("wsstls.core")
local helper = require("helper")

describe("core.stat and core.list", function()
  local dir

  setup(function() dir = helper.dir() end)
  teardown(helper.cleanup)

  it("tell files, folders and others apart", function()
    helper.write(dir .. "/file", "x")
    helper.must("ln -s file " .. dir .. "/link; mkfifo " .. dir .. "/fifo")
    assert.equal("file", (core.stat(dir .. "/file")))
    assert.equal("file", (core.stat(dir .. "/link")))
    assert.equal("directory", (core.stat(dir)))
    assert.equal("other", (core.stat(dir .. "/fifo")))
    assert.is_nil((core.stat(dir .. "/nothing")))
  end)

  it("notice each change, also two within a second", function()
    local path = helper.write(dir .. "/changing", "1")
    local _, before = core.stat(path)
    helper.must("touch -d '2026-01-01 00:00:00.25 UTC' " .. path)
    local _, after = core.stat(path)
    assert.is_true(before ~= after)
    assert.equal(1767225600.25, after)
  end)

  it("name what is in a folder, sorted", function()
    local inside = dir .. "/inside"
    helper.must("mkdir " .. inside)
    assert.same({}, core.list(inside))
    for _, name in ipairs { "b", "a", ".hidden", "a b\nc" } do
      helper.write(inside .. "/" .. name, "")
    end
    assert.same({ ".hidden", "a", "a b\nc", "b" }, core.list(inside))
    local list, code = core.list(dir .. "/nothing")
    assert.is_nil(list)
    assert.equal("config-file-missing", code)
    assert.equal("config-file-unreadable", select(2, core.list(dir
      .. "/file")))
  end)
end)
