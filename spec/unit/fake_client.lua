-- Connections of the fake core, opened by script.
local fake_client = {}

local HEAD = "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\n"
  .. "Connection: Upgrade\r\nSec-WebSocket-Accept: x\r\nX-A: b\r\n\r\n"
fake_client.HEAD = HEAD

--- Lets the next connect succeed with these items after the opening.
function fake_client.answers(core, head, ...)
  local items = { ... }
  core.on_connect = function(h)
    h:push("response", head)
    h.answers.accept = function()
      h:push("open")
      for _, item in ipairs(items) do
        h:push((unpack or table.unpack)(item))
      end
    end
    h.answers.refuse = function(_, slug, message)
      h.outcome_now = { code = slug, phase = "upgrade", message = message,
        fault = "server", rejected_by = "client" }
      h:push("closed")
    end
    h.answers.close = function(_, code, reason)
      h.record.close = { code = code, reason = reason, clean = true,
        initiated_by = "local" }
      h:push("closed")
    end
    h.answers.abort = function() h:push("closed") end
  end
end

function fake_client.open(wss, core, opts, ...)
  fake_client.answers(core, HEAD, ...)
  local conn = assert(wss.connect("wss://a.test:8443/chat?x", opts))
  return conn, core.handle
end

function fake_client.lose(h, code)
  h.outcome_now = { code = code or "closed-abnormally", phase = "open",
    fault = "network", rejected_by = "unknown", message = "gone" }
  h.record.close = { code = 1006, clean = false, initiated_by = "network" }
  h:push("closed")
end

return fake_client
