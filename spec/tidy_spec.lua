-- The rules of the house that a machine can check.
local helper = require("helper")
local unpack = table.unpack or unpack

local function files(...)
  local list = {}
  for _, find in ipairs({ ... }) do
    local output = helper.must("find " .. find .. " | LC_ALL=C sort")
    for path in output:gmatch("[^\n]+") do list[#list + 1] = path end
  end
  assert.is_true(#list > 0, "no files found: the spec looks in vain")
  return list
end

local function sources(...)
  local places = {}
  for _, place in ipairs({ ... }) do
    if helper.shell("test -d " .. place .. " && echo yes") == "yes" then
      places[#places + 1] = place
    end
  end
  return files(table.concat(places, " ") ..
    " -name '*.c' -o -name '*.h' -o -name '*.lua'")
end

local function lines(path)
  return (helper.read(path):gsub("\n?$", "\n")):gmatch("(.-)\n")
end

-- Calls check(line, number) for every line; what it returns is a finding.
local function findings(paths, check)
  local found = {}
  for _, path in ipairs(paths) do
    local number = 0
    for line in lines(path) do
      number = number + 1
      local finding = check(line, path, number)
      if finding then
        found[#found + 1] = ("%s:%d: %s"):format(path, number, finding)
      end
    end
  end
  return table.concat(found, "\n")
end

local function starts_with_one_of(name, prefixes)
  for prefix in prefixes:gmatch("%S+") do
    if name:sub(1, #prefix) == prefix then return true end
  end
  return false
end

local function basename(path)
  return path:match("([^/]+)%.%w+$")
end

local ALL = { "src", "lua", "spec", "bench", "tools", "demo", "certs" }

describe("the source tree", function()
  it("keeps lines within 80 columns", function()
    assert.equal("", findings(sources(unpack(ALL)), function(line)
      -- bytes of UTF-8 continuation take no column
      local width = #(line:gsub("[\128-\191]", ""))
      return width > 80 and width .. " columns"
    end))
  end)

  it("keeps files within 400 lines", function()
    assert.equal("", findings(sources(unpack(ALL)), function(_, _, number)
      return number == 401 and "the file is too long"
    end))
  end)

  it("keeps C functions within 50 lines", function()
    local start
    assert.equal("", findings(files("src bench -name '*.c'"),
      function(line, _, number)
        if line == "{" then start = number end
        if line:find("^}") and start then
          local length = number - start - 1
          start = nil
          return length > 50 and length .. " lines in one function"
        end
      end))
  end)

  it("leaves no unfinished business", function()
    local marks = { "TO" .. "DO", "FIX" .. "ME", "X" .. "XX", "HA" .. "CK" }
    assert.equal("", findings(sources(unpack(ALL)), function(line)
      for _, mark in ipairs(marks) do
        if line:find("%f[%w]" .. mark .. "%f[%W]") then return line end
      end
    end))
  end)

  it("has no tabs and no trailing blanks", function()
    assert.equal("", findings(sources(unpack(ALL)), function(line)
      return line:find("\t") and "a tab" or line:find("%s$") and "blanks"
    end))
  end)

  it("asks for versions in the compatibility headers only", function()
    local paths = files("src -name '*.[ch]' ! -name compat.h" ..
      " ! -name lcompat.h ! -name lutil.c")
    assert.equal("", findings(paths, function(line)
      return line:find("^%s*#%s*if") and
        (line:find("VERSION") or line:find("__linux__")) and line
    end))
  end)
end)

describe("the C core", function()
  -- The layers of docs/architecture.md, the top one first. A file belongs to
  -- the first that has a prefix of its name.
  local LAYERS = {
    { name = "connections",
      prefixes = "conn classify listener acceptor stream raw relay program " ..
        "orphans" },
    { name = "loop",
      prefixes = "loop io poller backends resolver logging linger" },
    { name = "observation", prefixes = "observer record signature bio" },
    { name = "verification",
      prefixes = "tlsconf trust verify webpki x509names" },
    { name = "certificates", prefixes = "cert material pki files" },
    { name = "ground",
      prefixes = "compat status timer bytes chunks deflate hello pin socket " ..
        "tempdir tlsnames wskey" },
  }

  local function layer(name)
    for i, l in ipairs(LAYERS) do
      if starts_with_one_of(name, l.prefixes) then return i end
    end
  end

  local function includes(line)
    return line:match('^%s*#%s*include%s*[<"]([^>"]+)[>"]')
  end

  it("knows nothing of Lua", function()
    assert.equal("", findings(files("src/core -name '*.[ch]'"),
      function(line)
        local name = includes(line)
        return name and (name:find("^lua") or name:find("lauxlib") or
          name:find("bind/")) and line
      end))
  end)

  it("includes libwebsockets in three places only", function()
    local function allowed(path)
      return starts_with_one_of(basename(path),
        "loop logging conn")
    end
    assert.equal("", findings(files("src -name '*.[ch]'"),
      function(line, path)
        local name = includes(line)
        return name == "libwebsockets.h" and not allowed(path) and line
      end))
  end)

  it("never includes upward", function()
    assert.equal("", findings(files("src/core -name '*.[ch]'"),
      function(line, path, number)
        local from, name = layer(basename(path)), includes(line)
        if not from then return number == 1 and "it has no layer" end
        -- loop.c puts everything together: it gives lws the callbacks
        if not name or name:find("/") or path == "src/core/loop.c" then
          return
        end
        local to = layer(basename(name) or "")
        if to and to < from then
          return ("%s is above %s"):format(LAYERS[to].name, LAYERS[from].name)
        end
      end))
  end)
end)

describe("the diagnosis", function()
  it("requires nothing but itself and tables of names", function()
    assert.equal("", findings(files("lua/wsstls/diagnosis -name '*.lua'"),
      function(line)
        local name = line:match('require%s*%(?%s*"wsstls%.([%w_.]+)')
        if name and name ~= "codes" and not starts_with_one_of(name,
            "diagnosis names") then
          return line
        end
      end))
  end)
end)

describe("the bindings", function()
  it("never include openssl themselves", function()
    assert.equal("", findings(files("src/bind -name '*.[ch]'"),
      function(line)
        return line:find("#%s*include%s*<openssl/") and line
      end))
  end)

  it("export luaopen_wsstls_core and nothing else", function()
    local module = assert(package.searchpath("wsstls.core", package.cpath))
    local exports = helper.must("nm -D --defined-only " .. module)
    assert.equal("luaopen_wsstls_core", exports:match("(%S+)$"))
    assert.is_nil(exports:find("\n"))
  end)
end)

describe("the map", function()
  local map = helper.read("docs/architecture.md")

  it("names files that there are", function()
    local there = {}
    for _, path in ipairs(files("src lua spec certs docs -type f")) do
      there[path:match("[^/]+$")] = true
    end
    local missing = {}
    for name in map:gmatch("`[%w_/.]-([%w_]+%.%l+)`") do
      local kind = name:match("%.(%l+)$")
      if (kind == "c" or kind == "h" or kind == "lua" or kind == "md") and
          name ~= "lua.h" and not there[name] then
        missing[#missing + 1] = name
      end
    end
    assert.equal("", table.concat(missing, "\n"))
  end)

  it("has a place for every file of src and lua/wsstls", function()
    local places = {}
    for quoted in map:gmatch("`([^`\n]+)`") do
      for word in quoted:gmatch("%S+") do
        places[#places + 1] = "^" .. word:gsub("/$", "")
          :gsub("%p", "%%%0"):gsub("%%%*", ".*") .. "$"
      end
    end
    local lost = {}
    for _, path in ipairs(files("src/core src/bind lua/wsstls" ..
        " -mindepth 1 -maxdepth 1")) do
      local name, found = path:match("([^/.]+)[^/]*$"), false
      for _, place in ipairs(places) do
        found = found or name:find(place) ~= nil
      end
      if not found then lost[#lost + 1] = path end
    end
    assert.equal("", table.concat(lost, "\n"))
  end)
end)

describe("the build", function()
  local function rockspec()
    local spec = {}
    local chunk = assert(loadfile("wsstls-scm-1.rockspec", "t", spec))
    if setfenv then setfenv(chunk, spec) end
    chunk()
    return spec
  end

  local function sorted(list)
    table.sort(list)
    return table.concat(list, "\n")
  end

  it("compiles every C file, by Makefile and by rockspec", function()
    local on_disk = files("src -name '*.c'")
    local core = rockspec().build.modules["wsstls.core"]
    local makefile = {}
    for path in helper.must("env -u MAKEFLAGS make -s sources"):gmatch("%S+") do
      makefile[#makefile + 1] = path
    end
    -- `make rockspec` mends both
    assert.equal(sorted(on_disk), sorted(core.sources))
    assert.equal(sorted(on_disk), sorted(makefile))
  end)

  it("installs every Lua module under its name", function()
    local expected, listed = {}, {}
    for _, path in ipairs(files("lua/wsstls certs/recipes -name '*.lua'")) do
      local name = path:gsub("^lua/", ""):gsub("^certs/", "wsstls/")
        :gsub("%.lua$", ""):gsub("/", ".")
      expected[#expected + 1] = name:gsub("%.init$", "") .. " = " .. path
    end
    for name, path in pairs(rockspec().build.modules) do
      if type(path) == "string" then
        listed[#listed + 1] = name .. " = " .. path
      end
    end
    assert.equal(sorted(expected), sorted(listed))
  end)
end)

describe("the catalogue", function()
  it("has every installed scenario in its index", function()
    -- `make catalogue` mends it
    assert.equal(helper.must("lua5.4 tools/catalogue.lua -") .. "\n",
      helper.read("lua/wsstls/catalogue/init.lua"))
  end)
end)

describe("the codes", function()
  it("are all explained in docs/ or by a diagnosis", function()
    local text = {}
    for _, path in ipairs(files(
        "$(ls -d docs lua/wsstls/diagnosis 2>/dev/null) -type f")) do
      text[#text + 1] = helper.read(path)
    end
    text = table.concat(text, "\n")
    local missing, count = {}, 0
    local status = helper.read("src/core/status.h")
    local row = 'X%([A-Z0-9_]+,[%s\\]*"([a-z0-9-]+)",[%s\\]*[A-Z]'
    for slug in status:gmatch(row) do
      count = count + 1
      local word = "%f[%w-]" .. slug:gsub("%-", "%%-") .. "%f[^%w-]"
      if slug ~= "ok" and not text:find(word) then
        missing[#missing + 1] = slug
      end
    end
    assert.is_true(count > 100, "the table of status.h was not understood")
    assert.equal("", table.concat(missing, "\n"))
  end)
end)
