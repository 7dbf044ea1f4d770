-- The same damage has the same outcome, every time and on every event loop.
local helper = require("helper")
local stress = require("core.stress")

-- Prints one line per rule and version: the outcome, or what differed.
local REPEATS = [==[
local lab = require("core.relay_lab")
local FORGED = wss.relay.record { type = "application",
  fragment = ("f"):rep(40) }
local RULES = {
  { "flip", "client" }, { "flip", "server" }, { "replay", "server" },
  { "reset", "client" }, { "inject", "server", bytes = FORGED },
  { "truncate", "client" },
}
local function outcome(version, case)
  local rule = { from = case[2], record = "application", action = case[1],
    bytes = case.bytes, nth = lab.DATA[version][case[2]] }
  local r = lab.run { version = version, rules = { rule }, talk = lab.twice }
  local words = { r.code or "ok", r.server and lab.code_of(r.server) or "-" }
  for _, side in ipairs { "client", "server" } do
    local record = r[side]
    for _, direction in ipairs { "sent", "received" } do
      words[#words + 1] = tostring(record
        and lab.alert(record, direction) or "-")
    end
    words[#words + 1] = record and record.close and record.close.code or "-"
  end
  words[#words + 1] = lab.touched(r.rows)[1].action
  words[#words + 1] = #r.unfired
  return table.concat(words, " ")
end
for _, version in ipairs(lab.VERSIONS) do
  for _, case in ipairs(RULES) do
    local first = outcome(version, case)
    for i = 2, tonumber(os.getenv("ROUNDS")) do
      local again = outcome(version, case)
      if again ~= first then
        error(("%s of the %s, %s, run %d: %s, before: %s"):format(case[1],
          case[2], version, i, again, first))
      end
    end
    print(version, case[1], case[2], first)
  end
end
]==]

local BAD = "tls%-bad%-record%-mac"

local function expect(output)
  for _, version in ipairs { "TLSv1.2", "TLSv1.3" } do
    for _, line in ipairs {
      "flip\tclient\t" .. BAD .. " " .. BAD .. " %- 20 1006 20 %- 1006 flip 0",
      "flip\tserver\t" .. BAD .. " " .. BAD .. " 20 %- 1006 %- 20 1006 flip 0",
      "replay\tserver\t" .. BAD .. " ",
      "inject\tserver\t" .. BAD .. " " .. BAD .. " 20 %- 1006 %- 20 1006",
      "reset\tclient\tclosed%-abnormally %S+ %- %- 1006 %- %- 1006 reset 0",
      "truncate\tclient\t" .. BAD .. " " .. BAD .. " %- 20 1006 20 %- 1006",
    } do
      assert.matches(version:gsub("%.", "%%.") .. "\t" .. line, output)
    end
  end
end

describe("#slow a relay", function()
  teardown(helper.cleanup)

  it("does the same 200 times #slow", function()
    expect(stress.must_child(REPEATS, { ROUNDS = stress.times(200) }, 180))
  end)
end)
