--- Two raw peers joined: what one sends, the other gets, until both ended.
-- @module wsstls.raw_splice

local raw = require "wsstls.raw"
local task = require "wsstls.task"

local splice = {}

local NEAR_SECONDS = 10

-- One direction. An end is handed on as what it was: a half-close stays one,
-- a reset is a reset.
local function copy(from, to)
  while true do
    local bytes, err, code = from:read "some"
    if not bytes then
      if code == "closed" or code == "tls-eof" then
        to:shutdown(code == "tls-eof" and "abrupt" or nil)
      elseif err.code ~= "cancelled" or from.state == "closed" then
        to:close "reset"
      end
      if code ~= "cancelled" or from.state == "closed" then return end
    elseif not to:write(bytes) then
      from:close "reset"
      return
    end
  end
end

--- Joins two open peers and returns when both directions are over.
function splice.run(a, b)
  local back = task.background(copy, b, a)
  copy(a, b)
  repeat
    local _, _, code = back:join()
  until code ~= "cancelled" or back.state ~= "running"
  a:close()
  b:close()
end

-- The connection that `tunnel.owner` made, and nobody else's: any program of
-- this machine could dial the port.
local function accept_owner(tunnel, listener)
  while true do
    local near, _, code = listener:accept(NEAR_SECONDS)
    if near then
      local owner = tunnel.owner
      if owner and near.peer.port == owner:local_port() then return near end
      near:close "reset"
    elseif code ~= "cancelled" then
      return nil
    end
  end
end

--- A port of this machine behind which is `far`: for one connection, which
-- must come within ten seconds.
-- @treturn table|nil tunnel: `port`; set `owner` to the handle (with
-- `local_port`) of whoever dials it; or `nil, err, code`
function splice.tunnel(far)
  local listener, err, code = raw.listen { tls = false, backlog = 4 }
  if not listener then return nil, err, code end
  local tunnel = { port = listener.port }
  task.background(function()
    local near = accept_owner(tunnel, listener)
    listener:close()
    if not near then return far:close() end
    splice.run(near, far)
  end)
  return tunnel
end

return splice
