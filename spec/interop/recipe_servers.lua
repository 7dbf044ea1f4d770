--- A server of ours for every recipe of a server's certificate, and what
-- foreign clients say of them.
local dkjson = require("dkjson")
local helper = require("helper")
local recipes = require("wsstls.recipes")
local tools = require("interop.recipe_tools")
local wss = require("wsstls")

local servers = {}
servers.__index = servers

--- Starts them. Every case has keys of its own, so that one store can trust
-- all of their roots. `page`: what GET / answers.
function servers.start(page)
  local self = setmetatable({ list = {}, by_slug = {}, jobs = {},
    opened = {} }, servers)
  for _, slug in ipairs(select(2, recipes.all())) do
    local case = recipes.make(slug)
    if case.owner == "server" and not case.wrong and not case.live then
      self:add(case, page)
    end
  end
  self.file = helper.write(helper.dir() .. "/jobs.json",
    dkjson.encode(self.jobs))
  return self
end

function servers:add(case, page)
  local slug, o = case.slug, {}
  for name, value in pairs(case.server) do o[name] = value end
  o.on_open = function() self.opened[slug] = true end
  o.on_request = page
  local server = assert(wss.listen(o))
  local paths = tools.save(case)
  self.list[#self.list + 1] = { case = case, server = server, paths = paths }
  self.by_slug[slug] = self.list[#self.list]
  self.jobs[#self.jobs + 1] = { slug = slug, port = server.port,
    host = case.host, ip = case.ip, ca = paths["ca.pem"],
    crl = paths["crl.pem"], crls = paths.crls,
    crl_check = case.verify.crl_check,
    strict = case.verify.strict, level = case.verify.security_level }
end

--- Runs a client over all of them; slug -> its word.
function servers:ask(...)
  local command = { ... }
  command[#command + 1] = self.file
  local client = helper.spawn { command = command }
  local status, output = client:wait(60)
  assert(status == 0, output)
  return assert(dkjson.decode(output:match("({[^\n]*})%s*$")))
end

function servers:stop()
  for _, one in ipairs(self.list) do one.server:close() end
end

return servers
