-- What the relay's specs share: a server of ours, a relay in front of it, a
-- client, and what became of each of them.
local endings = require("core.endings")
local helper = require("helper")
local wss = require("wsstls")

local lab = {}

lab.VERSIONS = { "TLSv1.2", "TLSv1.3" }

-- The first data record of a side after the upgrade (docs/relay.md).
lab.DATA = {
  ["TLSv1.2"] = { client = 2, server = 2 },
  ["TLSv1.3"] = { client = 3, server = 8 },
}

--- Copies a table, with changes.
function lab.with(base, more)
  local out = {}
  for name, value in pairs(base or {}) do out[name] = value end
  for name, value in pairs(more or {}) do out[name] = value end
  return out
end

--- One exchange: what is sent comes back.
function lab.echo(conn, text)
  local sent, err, code = conn:send(text or "over the wire")
  if not sent then return nil, err, code end
  return conn:receive(3)
end

--- Two messages there and back: whatever is missing or too much is noticed.
function lab.twice(conn)
  local answer, err, code
  for i = 1, 2 do
    local sent
    sent, err, code = conn:send("message " .. i)
    if not sent then return nil, err, code end
  end
  for i = 1, 2 do
    answer, err, code = conn:receive(3)
    if not answer then return nil, err, code end
    if answer ~= "message " .. i then
      error("not what was sent: " .. answer, 0)
    end
  end
  return answer
end

-- How the server saw it end: a record of its own, once there is one.
local function server_record(server, seen)
  local failure = seen.tls_errors[1] or server:failures()[1]
  if failure then return failure end
  local close = seen.closes[1]
  return close and close.conn:observation()
end

--- Opens server and relay. `o.rules`, `o.server`, `o.relay`.
function lab.open(o)
  local server, seen = endings.serve(lab.with({ handshake_timeout = 5,
    ping_interval = false,
    on_message = function(conn, data, kind) conn:send(data, kind) end },
    o.server))
  local relay = assert(wss.relay(lab.with({ rules = o.rules,
    upstream = "127.0.0.1:" .. server.port }, o.relay)))
  return relay, server, seen
end

--- Runs one connection: `o.version`, `o.rules`, `o.client`, `o.server`,
-- `o.talk(conn)`. Gives `err` (of connect, or of the talk), `code`,
-- `client` and `server` (their records), `rows`, `unfired`, `answer`.
function lab.run(o)
  local relay, server, seen = lab.open(o)
  local r = { }
  local conn, err, code = wss.connect(o.url or relay.url, lab.with({
    ca = endings.certs().ca, max_version = o.version, timeout = 4,
    min_version = o.version, ping_interval = false }, o.client))
  if conn then
    r.conn = conn
    r.answer, err, code = (o.talk or lab.echo)(conn)
    if r.answer then err, code = nil, nil end
  end
  r.err, r.code = err, code
  if o.settle ~= false and (err or o.settle) then
    helper.wait(function() return server_record(server, seen) end, 5,
      "the server's record")
  end
  r.server = server_record(server, seen)
  if r.server then helper.validated(r.server) end
  if conn then conn:close(1000, "", 1) end
  r.client = err and err.observation or conn and conn:observation()
  if r.client then helper.validated(r.client) end
  r.rows, r.connections = relay:records(), relay:connections()
  local _, unfired = relay:close()
  r.unfired = unfired
  server:close()
  return r
end

--- The number of the fatal alert a record has, or nil.
function lab.alert(record, direction)
  local number = helper.fatal_alert(record, direction)
  return number
end

--- The rows that a rule has touched.
function lab.touched(rows)
  local list = {}
  for _, row in ipairs(rows) do
    if row.rule then list[#list + 1] = row end
  end
  return list
end

--- The code of a record that carries its own verdict, or of its connection.
function lab.code_of(record)
  return record.error and record.error.code
end

return lab
