--- Every recipe, and its repaired twin, as other verifiers judge it: the same
-- reason, or the recipe says why not.
local helper = require("helper")
local recipes = require("wsstls.recipes")
local tools = require("interop.recipe_tools")
local verdicts = require("interop.recipe_verdicts")

local TOOLS = { { "openssl", "openssl" }, { "gnutls", "certtool" },
  { "nss", "vfychain" } }

local base = recipes.base(require("wsstls.pki"))

for _, tool in ipairs(TOOLS) do
  local name, program = tool[1], tool[2]
  local test = helper.installed(program) and it or pending

  describe(program .. " and we agree on", function()
    after_each(helper.cleanup)

    local function judged(case)
      -- certtool wants an anchor to read
      if not case.verify or (name == "gnutls" and not case.ca[1]) then
        return
      end
      local word, output = tools[name](case, tools.save(case))
      assert.equal(verdicts.expected(name, case), word, output)
    end

    for _, slug in ipairs(select(2, recipes.all())) do
      test(slug, function()
        judged(recipes.make(slug, { base = base }))
        judged(recipes.make(slug, { base = base, fixed = true }))
      end)
    end
  end)
end
