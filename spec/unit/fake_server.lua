-- Clients that arrive at a server on the fake core, and their heads.
local fake = require "unit.fake_core"
local fake_server = {}

function fake_server.head(changes)
  local lines = { "GET " .. (changes and changes.target or "/")
    .. " HTTP/1.1", "Host: a.test:8443" }
  local fields = { Upgrade = "websocket", Connection = "Upgrade",
    ["Sec-WebSocket-Key"] = "dGhlIHNhbXBsZSBub25jZQ==",
    ["Sec-WebSocket-Version"] = "13" }
  for name, value in pairs(changes or {}) do
    if name ~= "target" then fields[name] = value or nil end
  end
  for name, value in pairs(fields) do
    lines[#lines + 1] = name .. ": " .. value
  end
  return table.concat(lines, "\r\n") .. "\r\n\r\n"
end

--- A client that the listener accepted, with its head already there.
function fake_server.arrive(listener, text)
  local h = fake.handle(listener.core)
  h.answers.accept = function(_, protocol)
    h.protocol_now = protocol
    h:push("open")
  end
  h.answers.respond = function(_, _, slug, message)
    if slug then
      h.outcome_now = { code = slug, phase = "upgrade", message = message,
        fault = "client", rejected_by = "server" }
    end
    h:push("closed")
  end
  h.answers.close = function(_, code, reason)
    h.record.close = { code = code, reason = reason, clean = true,
      initiated_by = "local" }
    h:push("closed")
  end
  h.answers.abort = function() h:push("closed") end
  if text then h:push("request", text) end
  listener:push("accepted", h)
  return h
end

function fake_server.answer_of(h)
  for _, call in ipairs(h.calls) do
    if call[1] == "respond" then
      return tonumber(call[2]:match("^HTTP/1.1 (%d+) ")), call[2], call[3],
        call[4]
    end
  end
end

function fake_server.accepted(h)
  for _, call in ipairs(h.calls) do
    if call[1] == "accept" then return true, call[2] end
  end
  return false
end

return fake_server
