--- What is filled in for the `{words}` of a foreign program's command, and
-- the files behind them.
-- @module wsstls.program_files
local core = require "wsstls.core"
local errors = require "wsstls.errors"
local url = require "wsstls.url"

local program_files = {}

local methods = {}
local mt = { __index = methods }

local function raise(code, message)
  error(errors.new { code = code, phase = "config", message = message }, 0)
end

local function directory(self)
  if not self.path then
    local handle, code, message = core.tempdir()
    if not handle then raise(code, message) end
    self.handle, self.path = handle, handle:path()
  end
  return self.path
end

local function write(self, name, bytes)
  local path = directory(self) .. "/" .. name
  local ok, code, message =
    core.pki.write { { path = path, bytes = bytes, secret = true } }
  if not ok then raise(code, message) end
  return path
end

local function pem_of(x, method)
  if type(x) == "string" then return x end
  if type(x) == "table" and x.material then
    local text, err = x[method](x)
    if not text then error(err, 0) end
    return text
  elseif type(x) == "table" then
    local parts = {}
    for i, item in ipairs(x) do parts[i] = pem_of(item, method) end
    return table.concat(parts)
  end
  error("program: a pki object, PEM or a path is needed, got " .. type(x), 0)
end

-- A path is used as it is; anything else becomes a file.
local function pem_file(self, name, x, method)
  if type(x) == "string" and not x:find("-----BEGIN", 1, true) then
    return x
  end
  return write(self, name .. ".pem", pem_of(x, method))
end

local WORDS = {}

function WORDS.host(self) return self.o.host or "127.0.0.1" end

function WORDS.port(self)
  if not self.port then
    local port, err = self.free_port()
    if not port then error(err, 0) end
    self.port = port
  end
  return tostring(self.port)
end

function WORDS.url(self)
  return self.o.url or ("wss://%s/"):format(url.format_authority(
    WORDS.host(self), tonumber(WORDS.port(self)), "wss"))
end

function WORDS.ca(self)
  return self.o.ca and pem_file(self, "ca", self.o.ca, "pem")
end

function WORDS.cert(self)
  return self.o.cert and pem_file(self, "cert", self.o.cert, "chain_pem")
end

function WORDS.key(self)
  local key = self.o.key
  if key == nil then
    key = self.o.cert
    -- a PEM file may hold both
    if type(key) == "string" then return pem_file(self, "cert", key) end
  end
  return key and pem_file(self, "key", key, "key_pem")
end

function WORDS.password(self) return self.o.password or "" end

function WORDS.p12(self)
  local x = self.o.pkcs12 or self.o.cert
  if type(x) == "table" and x.material then
    local bytes, err = x:pkcs12(self.o.password or "")
    if not bytes then error(err, 0) end
    return write(self, "identity.p12", bytes)
  elseif type(x) == "string" and x:byte(1) == 0x30 then
    return write(self, "identity.p12", x)
  end
  return x
end

function WORDS.dir(self) return directory(self) end

local function quoted(text)
  return "'" .. text:gsub("'", "'\\''") .. "'"
end

local function word(self, name)
  local value = self.values[name]
  if value == nil and WORDS[name] then
    value = WORDS[name](self)
    if value == nil or value == false then
      raise("program-not-started", ("{%s} is asked for, and there is no "
        .. "option '%s'"):format(name, name == "p12" and "pkcs12" or name))
    end
    self.values[name] = value
  end
  return value
end

--- Removes the files.
function methods:remove()
  if self.handle then self.handle:remove() end
end

--- The words of one program.
-- @tparam table o options of wss.program
-- @tparam function free_port gives a port nobody listens on, or nil, err
-- @treturn table with `fill(text, shell)`, which raises an error object when
-- something cannot be had; `port`, `path` once they were asked for
function program_files.new(o, free_port)
  local self = setmetatable({ o = o, port = o.port, values = {},
    free_port = free_port }, mt)
  --- `shell`: quote what is filled in
  function self.fill(text, shell)
    return (text:gsub("{([%l%d]+)}", function(name)
      local value = word(self, name)
      if value == nil then return nil end
      return shell and quoted(value) or value
    end))
  end
  return self
end

return program_files
