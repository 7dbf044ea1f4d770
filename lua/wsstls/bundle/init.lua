--- A reproduction bundle: a failure, as files that show it again anywhere.
--
-- A folder with `repro.lua` (a scenario: `wsstls run`, `wsstls test` and
-- busted take it), the certificates it needs, `observation.json`, `story.txt`
-- and, of the real peer, `peer-chain.pem`. Private keys are only those that
-- were made for the bundle: the peer's chain is replayed by stand-ins with
-- the same names, dates, extensions and kinds of key.
-- @module wsstls.bundle
local json = require "wsstls.json"
local replay = require "wsstls.bundle.replay"
local script = require "wsstls.bundle.script"

local bundle = {}

local function story_of(x)
  return require("wsstls.report.text").story(x)
end

local function chain_pem(observation)
  local verify = observation.verify
  local parts = {}
  for i, cert in ipairs(verify and verify.sent or {}) do parts[i] = cert.pem end
  return parts[1] and table.concat(parts) or nil
end

--- Writes a bundle.
-- @tparam string dir an existing folder
-- @param x an error with an observation, or an observation that says how it
-- ended
-- @tparam[opt] table o options of the connection, as given to connect
-- @treturn table|nil `{script = path, replays = boolean, why}`; or
-- `nil, sentence` when it could not be written
function bundle.write(dir, x, o)
  local observation = x.observation or x
  local err = x.observation and x or observation.error
  if not err or not observation.side then
    return nil, "there is no failure to reproduce"
  end
  dir = dir:gsub("(.)/+$", "%1")
  local plan = replay.plan(err, observation, o or {})
  local files = { ["repro.lua"] = script.text(plan, err),
    ["observation.json"] = json.encode(observation, { indent = true }),
    ["story.txt"] = story_of(x) .. "\n",
    ["peer-chain.pem"] = chain_pem(observation) }
  for name, bytes in pairs(plan.files) do files[name] = bytes end
  local list = {}
  for name, bytes in pairs(files) do
    list[#list + 1] = { path = dir .. "/" .. name, bytes = bytes,
                        secret = name:find "%.key$" ~= nil }
  end
  local ok, _, bad = require("wsstls.core").pki.write(list)
  if not ok then return nil, bad end
  return { script = dir .. "/repro.lua", replays = plan.why == nil,
           why = plan.why }
end

return bundle
