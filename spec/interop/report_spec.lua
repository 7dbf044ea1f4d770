--- The HTML report in a browser, and the terminal's progress.
local fixture = require("unit.report_fixture")
local helper = require("helper")
local html = require("wsstls.report.html")
local stress = require("core.stress")

local quote = helper.quote

describe("the HTML report in Chromium", function()
  if not helper.installed("chromium") then
    pending("needs chromium")
    return
  end

  local dir, dom

  setup(function()
    dir = helper.dir()
    helper.write(dir .. "/report.html", fixture.run(html.new))
    dom = helper.must(("ulimit -v unlimited; "
      .. "timeout 60 chromium --headless --no-sandbox "
      .. "--disable-gpu --user-data-dir=%s/profile --dump-dom "
      .. "file://%s/report.html 2>%s/log"):format(dir, dir, dir))
  end)
  teardown(helper.cleanup)

  it("is read as it was written: nothing a peer sent became an element",
    function()
      assert.equal(6, select(2, dom:gsub('<details class="s ', "")))
      assert.is_nil(dom:find("<script", 1, true))
      assert.equal(3, select(2, dom:gsub("<svg ", "")))
      assert.equal(3, select(2, dom:gsub("</svg>", "")))
      assert.is_truthy(dom:find("&lt;/script&gt;&lt;script&gt;alert(1)", 1,
        true))
    end)

  it("breaks none of its own rules", function()
    local log = helper.read(dir .. "/log")
    assert.is_nil(log:find("Content Security Policy", 1, true), log)
    assert.is_nil(log:find("Refused to", 1, true), log)
  end)

  it("is drawn in both schemes, and they differ", function()
    local sizes = {}
    for i, flags in ipairs { "", "--force-dark-mode "
        .. "--blink-settings=preferredColorScheme=0 " } do
      local path = ("%s/%d.png"):format(dir, i)
      helper.must(("ulimit -v unlimited; "
        .. "timeout 60 chromium --headless --no-sandbox --disable-gpu "
        .. "--user-data-dir=%s/profile %s--screenshot=%s "
        .. "--window-size=800,900 file://%s/report.html 2>&1"):format(dir,
        flags, path, dir))
      sizes[i] = helper.read(path)
      assert.equal("\137PNG", sizes[i]:sub(1, 4))
    end
    assert.is_true(sizes[1] ~= sizes[2])
  end)
end)

describe("wsstls test on a terminal", function()
  if not helper.installed("script") then
    pending("needs script(1)")
    return
  end

  local dir

  setup(function()
    dir = helper.dir()
    helper.write(dir .. "/good_spec.lua",
      'describe("it", function() it("works", function() end) end)')
  end)
  teardown(helper.cleanup)

  local function on_terminal(env)
    return helper.must(("%s script -qec %s /dev/null"):format(env,
      quote(("%s lua/bin/wsstls.lua test %s"):format(stress.lua,
        quote(dir .. "/good_spec.lua")))))
  end

  it("shows where it is on one line, in colour unless NO_COLOR is set",
    function()
      local shown = on_terminal("TERM=xterm NO_COLOR=")
      assert.is_truthy(shown:find("\r\27[K  0 done  it works", 1, true), shown)
      assert.is_truthy(shown:find("\27[32m1 passed\27[0m in ", 1, true))
      assert.is_nil(shown:find("ok      it works", 1, true))
      shown = on_terminal("TERM=xterm NO_COLOR=1")
      assert.is_nil(shown:find("\27[32m", 1, true))
    end)
end)
