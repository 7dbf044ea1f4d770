--- The zoo: the catalogue's broken servers, for any client to be pointed at.
--
-- A scenario is an animal when all that is wrong with it is the server's or
-- the network's, so that a client which knows nothing of us but a URL and a
-- CA meets it. What a client of its own making needs (a CRL, a certificate,
-- an option) cannot be asked of a foreign one.
-- @module wsstls.zoo
local definition = require "wsstls.scenario.definition"
local scenario = require "wsstls.scenario"

local zoo = {}

-- What any client has, or does.
local COMMON = { ca = true, host = true, path = true, send = true,
  receive = true, run = true, timeout = true }

-- Groups whose faults show before the HTTP upgrade: also for clients that
-- speak TLS or HTTPS only.
local TLS_GROUPS = { certificate = true, negotiation = true, badssl = true }

-- Why a scenario is no animal; nil when it is one.
local function unfit(one, t)
  local serves = t.expect.server and t.expect.server.code
  if one.fault == "client" or one.fault == "proxy" then
    return "its fault is the " .. one.fault .. "'s"
  elseif type(serves) == "string"
     and (serves:find "^config%-" or serves:find "^listen%-") then
    return "its server does not start"
  elseif t.proxy then
    return "it needs a proxy"
  elseif t.server == false or t.server.command then
    return "it has no server of ours"
  elseif t.client == false then
    return "it has no client"
  end
  local met = t.expect.client and t.expect.client.code
  if met == "timeout-close" or met == "timeout-ping" then
    return "only a client that closes or pings first meets it"
  elseif t.relay and t.client.run then
    return "its client tells the relay what to do"
  end
  for name in pairs(t.client) do
    if not COMMON[name] then
      return ("its client needs '%s'"):format(name)
    end
  end
  return nil
end

local function rejects(t)
  local expect = t.expect.client or {}
  if expect.ok ~= nil then return not expect.ok end
  return expect.code ~= nil and expect.code ~= "closed"
end

local function animal_of(one)
  local t = definition.effective(one.definition, false)
  local why = unfit(one, t)
  if why then return nil, why end
  local twin = one.fixed and definition.effective(one.definition, true)
  if twin and unfit(one, twin) then twin = nil end
  return { name = one.name, title = one.title, text = one.text,
    slug = one.slug or one.name, tags = one.tags or {}, scenario = one,
    broken = t, fixed = twin, host = t.client.host or "localhost",
    level = TLS_GROUPS[(one.tags or {})[1]] and "tls" or "wss",
    should = rejects(t) and "reject" or "accept" }
end

--- The animals.
-- @tparam[opt] table o `tags` (list), `names` (list): only these
-- @treturn table list of `{name, title, text, slug, tags, host, level ("tls":
-- seen before the upgrade | "wss"), should ("reject" | "accept"), broken,
-- fixed, scenario}`
-- @treturn table list of `{name, why}`: scenarios that are no animals
function zoo.animals(o)
  o = o or {}
  local wanted
  for _, name in ipairs(o.names or {}) do
    wanted = wanted or {}
    wanted[name] = true
  end
  local list, others = {}, {}
  for _, one in ipairs(scenario.all { tags = o.tags or {} }) do
    if not wanted or wanted[one.name] then
      local animal, why = animal_of(one)
      if animal then
        list[#list + 1] = animal
      else
        others[#others + 1] = { name = one.name, why = why }
      end
    end
  end
  return list, others
end

return zoo
