--- An output handler of busted that tells another process what happens: a
-- line of JSON for each event, appended to the file $WSSTLS_EVENTS.
-- @module wsstls.runner.busted_output
local json = require "wsstls.json"

local function message_text(message)
  if type(message) == "string" then return message end
  if type(message) == "table" and message.message then
    return tostring(message.message)
  end
  return message == nil and "Nil error" or tostring(message)
end

local function place(trace)
  if type(trace) ~= "table" or not trace.short_src then return "" end
  return ("%s:%s: "):format(trace.short_src, trace.currentline or "?")
end

-- Why it failed, with the way there when it was no assertion.
local function reason(entry)
  local trace = entry.trace or entry.element and entry.element.trace
  local text = message_text(entry.message)
  if not text:find "^[^\n]-%.lua:%d+:" then text = place(trace) .. text end
  if entry.isError and type(trace) == "table" and trace.traceback then
    text = text .. "\n" .. tostring(trace.traceback)
  end
  return text
end

return function(options)
  local busted = require "busted"
  local handler = require "busted.outputHandlers.base"()
  local path = assert(os.getenv "WSSTLS_EVENTS", "WSSTLS_EVENTS is not set")
  local out = assert(io.open(path, "ab"))
  local started

  local function emit(event)
    out:write(json.encode(event), "\n")
    out:flush()
  end

  local function result(element, parent, fields)
    fields.event, fields.kind = "result", "spec"
    fields.name = handler.getFullName(element)
    fields.duration = element.duration
    fields.parent = parent and parent.name
    emit(fields)
  end

  busted.subscribe({ "test", "start" }, function(element)
    started = handler.getFullName(element)
    emit { event = "scenario-start", name = started, kind = "spec" }
    return nil, true
  end, { predicate = handler.cancelOnPending })

  busted.subscribe({ "test", "end" }, function(element, parent, status)
    local fields = { ok = status == "success" }
    if status == "pending" then
      local last = handler.pendings[#handler.pendings]
      fields.skipped = last and last.message
        and message_text(last.message) or "pending"
    elseif status == "failure" then
      fields.reason = reason(handler.failures[#handler.failures])
    elseif status == "error" then
      fields.error = reason(handler.errors[#handler.errors])
    end
    result(element, parent, fields)
    started = nil
    return nil, true
  end, { predicate = handler.cancelOnPending })

  -- a file that does not load, a before_each that raises
  busted.subscribe({ "error" }, function(element, parent)
    if element.descriptor ~= "it" then
      result(element, parent, { ok = false,
        error = reason(handler.errors[#handler.errors]) })
    end
    return nil, true
  end)

  busted.subscribe({ "suite", "end" }, function()
    emit { event = "run-end" }
    out:close()
    return nil, true
  end)
  return handler, options
end
