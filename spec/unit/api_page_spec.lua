-- docs/api.md names everything there is, and nothing that is not; of the
-- rules of a relay spec/core/relay_rules_spec.lua says the same.
local helper = require "helper"

local conn = require "wsstls.conn"
local observation = require "wsstls.observation"
local options = require "wsstls.options"
local pki_object = require "wsstls.pki.object"
local pki_spec = require "wsstls.pki.spec"
local specs = require "wsstls.options_specs"
local wss = require "wsstls"

local API = "docs/api.md"
local PAGE = helper.read(helper.path(API))

-- Adds the words in backquotes to `set`; calls are no words.
local function words(text, set)
  set = set or {}
  for span in text:gmatch "`([^`]+)`" do
    if not span:find("(", 1, true) then
      for word in span:gmatch "[%a_][%w_]*" do set[word] = true end
    end
  end
  return set
end

-- The lines below a heading of any level, down to the next heading.
local function section(heading)
  local lines, inside = {}, false
  for line in PAGE:gmatch "([^\n]*)\n" do
    local title = line:match "^#+ (.*)$"
    if title then inside = title == heading end
    if inside then lines[#lines + 1] = line end
  end
  assert.is_true(#lines > 0, ("no heading '%s' in %s"):format(heading, API))
  return lines
end

-- The rows of the tables below a heading whose first column is called `kind`.
local function rows(heading, kind)
  local list, column = {}, nil
  for _, line in ipairs(section(heading)) do
    local cells = {}
    for cell in line:gmatch "|([^|]*)" do cells[#cells + 1] = cell end
    if not cells[1] then
      column = nil
    elseif not column then
      column = cells[1]:match "%S+"
    elseif column == kind and not line:find "^|%-" then
      list[#list + 1] = cells
    end
  end
  return list
end

-- What the first column of an "option" or "field" table names.
local function named(heading, kind)
  local set = {}
  for _, cells in ipairs(rows(heading, kind)) do words(cells[1], set) end
  return set
end

-- The functions of `object` that the "call" tables of the sections have.
local function calls(object, ...)
  local set = {}
  for _, heading in ipairs { ... } do
    for _, cells in ipairs(rows(heading, "call")) do
      for name in cells[1]:gmatch("`" .. object .. "[.:]([%w_]+)") do
        set[name] = true
      end
    end
  end
  return set
end

local function names_of(...)
  local set = {}
  for _, t in ipairs { ... } do
    for name in pairs(t) do
      if not name:find "^_" then set[name] = true end
    end
  end
  return set
end

-- The names in the table that a module keeps to itself.
local function kept(path, name)
  local text, set = helper.read(helper.path(path)), {}
  text = text:match("local " .. name .. " = (%b{})")
  for word in text:gmatch "[{,]%s+([%l_]+%d*) = " do set[word] = true end
  return set
end

-- The methods of an object that a module keeps to itself.
local function methods(path, object)
  local text, set = helper.read(helper.path(path)), {}
  for name in text:gmatch("\nfunction " .. object .. "[.:](%l[%w_]*)") do
    set[name] = true
  end
  for name in text:gmatch("\n" .. object .. "%.(%l[%w_]*) = ") do
    set[name] = true
  end
  return set
end

local function same(real, told, where)
  local wrong = {}
  for name in pairs(real) do
    if not told[name] then wrong[#wrong + 1] = name .. " is missing" end
  end
  for name in pairs(told) do
    if not real[name] then wrong[#wrong + 1] = name .. " does not exist" end
  end
  table.sort(wrong)
  assert(#wrong == 0 and next(real), ("%s, %s: %s"):format(API, where,
    table.concat(wrong, ", ")))
end

local GROUPS = {
  ["Own certificate"] = specs.identity, Trust = specs.trust,
  TLS = specs.wire, ["Server TLS"] = specs.answer,
  ["Expected name"] = specs.name, Session = specs.session,
  Client = specs.client, Offline = specs.offline, Handlers = specs.handlers,
  Server = names_of(specs.server, { sni = true, paths = true }),
  ["Raw client"] = names_of(specs.raw_connect, { tls = true }),
  ["Raw listener"] = names_of(specs.raw_listen, { tls = true }),
  Frame = specs.frame, Relay = specs.relay,
}

local KINDS = { ["wss.connect"] = { "connect" }, ["wss.check"] = { "connect" },
  ["wss.listen"] = { "listen" }, ["server:reload"] = { "reload" },
  ["wss.verify"] = { "verify" }, ["wss.relay"] = { "relay" },
  ["frame.build"] = { "frame" }, ["raw.connect"] = { "raw_connect", "tls" },
  ["raw.listen"] = { "raw_listen", "tls_server" } }

local function union(text)
  local set = {}
  for heading in text:gsub("`[^`]*`", ""):gmatch "[^,;:]+" do
    heading = heading:match "^%s*(.-)%s*$"
    for name in pairs(GROUPS[heading] or {}) do set[name] = true end
  end
  return words(text, set)
end

describe("docs/api.md", function()
  it("has every option, and no other", function()
    for heading, group in pairs(GROUPS) do
      same(names_of(group), named(heading, "option"), heading)
    end
    same(kept("lua/wsstls/proxy.lua", "CHECKS"), named("proxy", "option"),
      "proxy")
    same(kept("lua/wsstls/program.lua", "OPTIONS"),
      named("program", "option"), "program")
    same(names_of(pki_spec.certificate),
      named("Options of certificates", "option"), "Options of certificates")
    same(names_of(pki_spec.crl), named("Options of CRLs", "option"),
      "Options of CRLs")
  end)

  it("says who takes which options", function()
    local seen = 0
    for _, cells in ipairs(rows("Options", "call")) do
      for call in cells[1]:gmatch "`([%w.:]+)`" do
        local real, told = {}, union(cells[2])
        for _, kind in ipairs(KINDS[call]) do
          for _, name in ipairs(options.names(kind)) do real[name] = true end
        end
        same(real, told, call)
        seen = seen + 1
      end
    end
    assert.equal(9, seen)
  end)

  it("has the defaults", function()
    for name, value in pairs(options.defaults) do
      if name ~= "timeout" then
        local row = PAGE:match("\n| `" .. name .. "` |([^\n]*)")
        assert(row and row:find(tostring(value), 1, true),
          ("%s: the default of '%s' is %s"):format(API, name,
            tostring(value)))
      end
    end
  end)

  it("has every function and method", function()
    local top = {}
    for name, value in pairs(wss) do
      if type(value) == "function" then top[name] = true end
    end
    top.check = true -- loaded when it is asked for
    same(top, calls("wss", "Top level"), "Top level")
    same(names_of(conn.methods), calls("conn", "conn"), "conn")
    same(methods("lua/wsstls/server.lua", "Server"),
      calls("server", "server"), "server")
    same(methods("lua/wsstls/task.lua", "Task"), names_of(calls("task",
      "Tasks"), { ended = true }), "Tasks")
    same(methods("lua/wsstls/relay.lua", "Relay"), calls("relay", "Relay"),
      "relay")
    same(methods("lua/wsstls/proxy.lua", "Proxy"), calls("proxy", "proxy"),
      "proxy")
    same(methods("lua/wsstls/raw.lua", "Listener"),
      calls("listener", "Raw listener"), "listener")
    same(methods("lua/wsstls/raw_peer.lua", "Peer"),
      calls("peer", "Raw listener"), "peer")
    same(methods("lua/wsstls/program.lua", "Program"),
      calls("program", "program"), "program")
    same(methods("lua/wsstls/errors.lua", "methods"),
      calls("err", "Errors"), "Errors")
    same(names_of(wss.pki), calls("pki", "pki"), "pki")
    same(names_of(pki_object.methods), calls("x", "Objects"), "Objects")
    same(names_of(pki_object.ca_methods), calls("ca", "pki"), "CA")
  end)

  it("has every field of a record", function()
    local parts = { observation = named("Observation", "field"),
                    verify = named("Verify-result", "field") }
    for _, heading in ipairs { "Observation", "Verify-result" } do
      for _, cells in ipairs(rows(heading, "part")) do
        parts[cells[1]:match "`(.-)`"] = words(cells[2])
      end
    end
    same(observation.records, parts, "records")
    for name, record in pairs(observation.records) do
      same(record, parts[name], "record " .. name)
    end
  end)

  it("has the options that a module of pki keeps to itself", function()
    local told = {}
    for _, heading in ipairs { "pki", "Objects" } do
      for _, cells in ipairs(rows(heading, "call")) do
        told[cells[1]:match "`([%w_:.]+)%("] =
          words(cells[2])
      end
    end
    same(kept("lua/wsstls/pki/init.lua", "STORE"), told["pki.store"],
      "pki.store")
    same(kept("lua/wsstls/pki/init.lua", "DH"), told["pki.dhparam"],
      "pki.dhparam")
    same(kept("lua/wsstls/pki/keys.lua", "SPEC"), told["pki.key"], "pki.key")
    same(kept("lua/wsstls/pki/object.lua", "SAVE"), told["x:save"], "x:save")
  end)
end)
