--- What became of a side, in the form in which it is judged:
-- `{ ok, code, err, record, x }`, where `x` is what a diagnosis reads.
-- @module wsstls.scenario.sides
local errors = require "wsstls.errors"
local observation = require "wsstls.observation"
local options = require "wsstls.options"

local sides = {}

-- Codes of a close that is nothing but an end (RFC 6455 7.4.1).
local QUIET = { [1000] = true, [1005] = true }

--- A side whose call failed.
function sides.of_error(err, name)
  local record = err.observation or observation.shape({ side = name,
    engine = "lws", phase = err.phase }, err)
  return { ok = false, code = err.code, err = err, record = record, x = err }
end

--- A side that left a record only (server:failures).
function sides.of_record(record)
  if not record then return {} end
  local err = record.error
  return { ok = err == nil, code = err and err.code or "ok", err = err,
           record = record, x = record }
end

--- A connection that opened, and is over now.
function sides.of_conn(conn)
  local err = conn:error()
  if err then return sides.of_error(err) end
  local record = conn:observation()
  local close = record.close
  local code = "ok"
  if close and close.code and not QUIET[close.code] then
    code = "closed"
    err = errors.new { code = code, observation = record }
  end
  return { ok = true, code = code, err = err, record = record,
           x = err or record }
end

--- A raw peer. It is ok when its handshake was: what it does with the stream
-- afterwards is its function's affair, how the stream ended is `code`.
function sides.of_peer(peer, failure, name)
  if failure then return sides.of_error(failure, name) end
  if not peer then return {} end
  local side = sides.of_record(peer:observation())
  side.ok = true
  return side
end

--- Options of a raw peer: those of TLS in a table of their own.
-- @treturn table for raw.listen and raw.connect
function sides.raw_options(run, own, name)
  local all, out, tls = run:options(own, name), {}, {}
  local of_tls = {}
  for _, one in ipairs(options.names "tls") do of_tls[one] = true end
  for key, value in pairs(all) do
    if of_tls[key] then tls[key] = value else out[key] = value end
  end
  if run.def[name].tls == false then tls = false end
  out.tls = tls
  return out
end


return sides
