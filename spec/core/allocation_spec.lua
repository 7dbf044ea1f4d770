-- Memory runs out at every place where pki and wss.verify ask for some: an
-- error each time or the same result, no crash, nothing lost (which the
-- sanitizer sees), nothing accepted that should not be.
local helper = require "helper"
local stress = require "core.stress"

-- The allocator is built for this Lua, beside the module.
local function build()
  local out, lua = os.getenv("LUA_CPATH"):match("^([^;]*)/([^/;]+)/%?%.so")
  local path = ("%s/%s/failalloc.so"):format(out, lua)
  helper.must(("make -s BUILD=%s LUA=%s %s"):format(out, lua, path))
  return path
end

describe("#slow memory that runs out", function()
  teardown(helper.cleanup)

  it("ends pki and verification with an error, at every allocation",
    function()
      if (os.getenv("LD_PRELOAD") or ""):find("vgpreload") then
        return pending("valgrind has an allocator of its own")
      end
      local env = { LD_PRELOAD = build(),
        ASAN_OPTIONS = "verify_asan_link_order=0:detect_leaks=1:"
          .. "fast_unwind_on_malloc=0",
        -- the loader's own, which it frees itself
        LSAN_OPTIONS = "print_suppressions=0:suppressions="
          .. helper.path("tools/lsan.supp") }
      local output = stress.must_child(([[
        arg = { %d, %d }
        dofile "spec/core/failalloc.lua"
      ]]):format(stress.full and 300 or 50, stress.full and 61 or 997), env,
        240)
      assert.matches("verify as browsers do: %d+ allocations", output)
      assert.matches("\ndone$", output)
    end)
end)
