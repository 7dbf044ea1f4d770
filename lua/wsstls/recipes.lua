--- Fault-first recipes: a broken certificate or CRL is a good one with one
-- thing changed.
--
--     local recipes = require "wsstls.recipes"
--     local case = recipes.make("cert-expired")
--     wss.listen(case.server)            -- presents it
--     wss.connect(url, case.client)      -- refuses it
--     wss.verify(case.verify)            -- says the same without a network
--     recipes.make("cert-expired", { fixed = true })   -- passes
--
-- The recipes themselves are the tables of certs/recipes, slug ->
-- function(pki, base); each returns `base.change{...}`:
--
-- `row` of the catalogue, `title`, `code` (when the slug refines one),
-- `owner` of the certificate ("server" | "client"), `fault` (whose);
-- `root inter leaf`: options of wsstls.pki laid over the good ones; `direct`:
-- no intermediate; `self_signed`: the leaf signs itself;
-- `host` or `ip`: what is dialled;
-- `sent(c)`: what is sent, leaf first; `trust(c)`: what the verifier trusts;
-- `crl(c)`: its CRLs; c = {root, inter, leaf};
-- `verifier`, `sender`: options of the two sides of a connection;
-- `faults`: OpenSSL's, "code@depth" ("*": follows from another); `alert`;
-- `only`: the TLS version it can be seen in; `live`: what a connection gives
-- where it is not the usual; `differs`: peer -> what it says instead, and why;
-- `fixed`: what the repaired twin has besides the good certificates.
-- @module wsstls.recipes
local recipes = {}

--- In the order of the catalogue.
recipes.groups = { "trust", "dates", "names", "usage", "issuers", "crypto",
  "crl", "strict", "control", "client", "keys" }

local DAY = 86400

local function merged(...)
  local out = {}
  for i = 1, select("#", ...) do
    for name, value in pairs((select(i, ...)) or {}) do out[name] = value end
  end
  return out
end

-- Stands for an option that the good certificate has and this one has not.
local ABSENT = {}

local function options(...)
  local out = merged(...)
  for name, value in pairs(out) do
    if value == ABSENT then out[name] = nil end
  end
  return out
end

local base_methods = {}
local base_mt = { __index = base_methods }

--- What a recipe is given besides wsstls.pki: `now`, `day`, `past`, `future`
-- (dates of a certificate), `absent`, and the functions below.
-- @tparam table pki
-- @tparam[opt] table o `now`: epoch seconds everything is judged at; `key`:
-- function(label, spec) -> key object, for keys that outlive this call
function recipes.base(pki, o)
  o = o or {}
  local now = o.now or os.time()
  return setmetatable({ pki = pki, now = now, day = DAY, fixed_date = o.now,
    absent = ABSENT, keys = {}, find_key = o.key,
    past = { not_before = now - 397 * DAY, not_after = now - DAY },
    future = { not_before = now + 30 * DAY, not_after = now + 397 * DAY },
    good = { not_before = now - 30 * DAY, not_after = now + 367 * DAY },
    ca_dates = { not_before = now - 365 * DAY, not_after = now + 3285 * DAY },
  }, base_mt)
end

--- The key of that label; the same one every time.
-- @tparam string label
-- @tparam[opt] table spec as option `key` of wsstls.pki
function base_methods:key(label, spec)
  if not self.keys[label] then
    self.keys[label] = self.find_key and self.find_key(label, spec)
      or assert(self.pki.key(spec))
  end
  return self.keys[label]
end

--- A root of its own.
function base_methods:root(o)
  return assert(self.pki.ca(options({ cn = "Test Root",
    key = self:key "root" }, self.ca_dates, o)))
end

--- A root that nothing here is issued by.
function base_methods:stranger(o)
  return self:root(merged({ cn = "Another Root",
    key = self:key "stranger" }, o))
end

--- An intermediate of `root`.
function base_methods:inter(root, o)
  return assert(root:intermediate(options({ cn = "Test Intermediate",
    key = self:key "inter" }, self.ca_dates, o)))
end

--- A leaf of `issuer`: localhost and 127.0.0.1.
function base_methods:leaf(issuer, o)
  return assert(issuer:issue(options({ cn = "localhost", dns = "localhost",
    ip = "127.0.0.1", key = self:key "leaf" }, self.good, o)))
end

--- A current CRL of `ca`.
function base_methods:crl(ca, revoked, o)
  return assert(ca:crl(merged({ revoked = revoked,
    this_update = self.now - DAY, next_update = self.now + 30 * DAY }, o)))
end

local CLIENT = { cn = "client", dns = ABSENT, ip = ABSENT }

local function certificates(self, o)
  local client = o.owner == "client" and CLIENT or nil
  if o.self_signed then
    return { leaf = assert(self.pki.self_signed(options({ cn = "localhost",
      dns = "localhost", ip = "127.0.0.1", key = self:key "leaf" },
      self.good, client, o.leaf))), root = self:root() }
  end
  local c = { root = self:root(o.root) }
  if not o.direct then c.inter = self:inter(c.root, o.inter) end
  c.leaf = self:leaf(c.inter or c.root, merged(client, o.leaf))
  return c
end

local function chain_of(c)
  return { c.leaf, c.inter }
end

local function pems(list)
  local out = {}
  for i, item in ipairs(list) do out[i] = item:pem() end
  return out
end

-- Certificate, key and what is sent behind it, as options of a connection.
local function identity(case, o)
  local rest = {}
  for i = 2, #case.sent do rest[i - 1] = case.sent[i]:pem() end
  return merged({ cert = case.sent[1]:pem(), key = case.key:key_pem(),
    chain = rest[1] and rest or nil }, o.sender)
end

local function trust(self, case, o)
  return merged({ ca = pems(case.ca), crl = case.crl and pems(case.crl),
    verify_time = self.fixed_date }, o.verifier)
end

local function connect_options(self, case, o)
  if case.owner == "client" then
    local server = self:root { cn = "Server Root", key = self:key "server" }
    case.server = merged(trust(self, case, o), { client_verify = "required",
      cert = self:leaf(server, { key = self:key "server" }):pem(),
      key = self:key("server"):key_pem() })
    case.client = merged({ ca = server:pem(),
      verify_time = self.fixed_date }, case.sent[1] and identity(case, o))
    case.server_ca = server
  else
    case.server = identity(case, o)
    case.client = trust(self, case, o)
    case.client.verify_host, case.client.verify_ip = case.host, case.ip
  end
end

local function verify_options(self, case, o)
  local v = merged({ chain = pems(case.sent), ca = pems(case.ca),
    crl = case.crl and pems(case.crl), time = self.now,
    purpose = case.owner == "client" and "sslclient" or nil }, o.verifier)
  v.host, v.ip = case.host, case.ip
  case.verify = v
end

local ALWAYS = { "row", "title", "code", "owner", "fault", "host", "ip",
  "direct", "verifier", "sender", "only", "control" }

-- The repaired twin: the same two sides, good certificates.
local function repaired(o)
  if o.control then return o end
  local out = {}
  for _, name in ipairs(ALWAYS) do out[name] = o[name] end
  out.faults = ""
  for name, value in pairs(o.fixed or {}) do
    if value == ABSENT then value = nil end
    out[name] = value
  end
  return out
end

--- Makes a case of what differs from a good one (the fields: see above).
function base_methods:change(o)
  if self.fixing then o = repaired(o) end
  local c = certificates(self, o)
  local case = { row = o.row, title = o.title, code = o.code,
    owner = o.owner or "server", fault = o.fault, host = o.host, ip = o.ip,
    sent = (o.sent or chain_of)(c), key = o.key and o.key(c) or c.leaf,
    ca = o.trust and o.trust(c) or { c.root }, crl = o.crl and o.crl(c),
    faults = o.faults, alert = o.alert, only = o.only, live = o.live,
    control = o.control, differs = o.differs or {}, now = self.now,
    wrong = o.wrong }
  if case.owner == "server" and not case.host and not case.ip then
    case.host = "localhost"
  end
  if case.sent[1] then verify_options(self, case, o) end
  connect_options(self, case, o)
  return case
end

local here = debug.getinfo(1, "S").source:match("^@(.*)recipes%.lua$")

-- Installed, the tables stand beside this file; in the source tree they are
-- in certs/recipes.
local function group(name)
  local found, list = pcall(require, "wsstls.recipes." .. name)
  if found then return list end
  local path = here and here .. "../../certs/recipes/" .. name .. ".lua"
  local chunk = path and loadfile(path)
  if not chunk then error(list, 0) end
  list = chunk()
  package.loaded["wsstls.recipes." .. name] = list
  return list
end

--- Every recipe: slug -> function(pki, base), and the slugs sorted.
-- @tparam[opt] string name of one group; nil for all
-- @treturn table
-- @treturn table
function recipes.all(name)
  local all, slugs = {}, {}
  for _, one in ipairs(name and { name } or recipes.groups) do
    for slug, make in pairs(group(one)) do
      all[slug] = make
      slugs[#slugs + 1] = slug
    end
  end
  table.sort(slugs)
  return all, slugs
end

--- Makes one case, with everything in it made anew.
-- @tparam string slug
-- @tparam[opt] table o `fixed` = true for the repaired twin, `base` (one that
-- is reused keeps its keys), `now`, `pki`
-- @treturn table `slug code row title owner fault host ip`, `sent` (objects,
-- leaf first), `key`, `ca`, `crl` (objects), `faults alert only live differs`,
-- and ready options: `server` (wss.listen), `client` (wss.connect), `verify`
-- (wss.verify; nil where nothing is sent). Raises when there is no such slug.
function recipes.make(slug, o)
  o = o or {}
  local make = recipes.all()[slug]
  if not make then
    error("no recipe is called '" .. tostring(slug) .. "'", 2)
  end
  local pki = o.pki or require "wsstls.pki"
  local base = o.base or recipes.base(pki, { now = o.now })
  base.fixing = o.fixed == true
  local case = make(pki, base)
  base.fixing = nil
  case.slug = slug
  case.code = case.code or slug
  return case
end

--- A case as files: name -> text. `<owner>.pem` is the chain as it is sent,
-- `<owner>.key` its key, `ca.pem` what the verifier trusts, `crl.pem` its
-- CRLs; for a client certificate also `server.pem`, `server.key` and
-- `server-ca.pem` of the good server it is shown to.
-- @tparam table case
-- @treturn table
function recipes.files(case)
  local files = {}
  local function add(name, list)
    local text = table.concat(pems(list or {}))
    if text ~= "" then files[name] = text end
  end
  add(case.owner .. ".pem", case.sent)
  if case.sent[1] then files[case.owner .. ".key"] = case.key:key_pem() end
  add("ca.pem", case.ca)
  add("crl.pem", case.crl)
  if case.owner == "client" then
    files["server.pem"] = case.server.cert
    files["server.key"] = case.server.key
    add("server-ca.pem", { case.server_ca })
  end
  return files
end

return recipes
