--- The rows of a sequence diagram, out of the records of both sides.
--
-- A message that one side sent and the other received becomes one row; what
-- only one side saw stays a row of its own. Nothing is drawn here: a row is
-- plain data. `{kind="arrow", from, to, at, took, label, size, tone, lost,
-- tampered}`, `{kind="note", side, at, label, tone}` or `{kind="gap", at,
-- label}`; `at` is seconds from the first event, tones are "normal" "muted"
-- "good" "bad" "http" "frame".
-- @module wsstls.report.html.timeline
local words = require "wsstls.diagnosis.words"

local timeline = {}

local OTHER = { client = "server", server = "client" }

-- What each event is: sent, received, and the kind both ends share.
local SENT = { ["tls-sent"] = "tls", ["alert-sent"] = "alert",
               ["change-cipher-spec-sent"] = "ccs",
               ["close-sent"] = "close" }
local RECEIVED = { ["tls-received"] = "tls", ["alert-received"] = "alert",
                   ["change-cipher-spec-received"] = "ccs",
                   ["close-received"] = "close", ["tcp-accepted"] = "tcp" }
-- The HTTP events have one name on both sides.
local HTTP = { ["http-request"] = "client", ["http-response"] = "server",
               ["http-interim"] = "server" }

-- client_hello is ClientHello, as the RFCs write it.
local function camel(name)
  return (words.safe(name, 60):gsub("_?(%a)([^_]*)", function(first, rest)
    return first:upper() .. rest
  end))
end

local function classify(side, e)
  local event, detail = e.event, tostring(e.detail or "")
  if event == "connecting" then return "sent", "tcp", "" end
  local by = HTTP[event]
  if by then return by == side and "sent" or "received", event, "" end
  local kind, way = SENT[event], "sent"
  if not kind then kind, way = RECEIVED[event], "received" end
  if not kind then
    local stem, direction = event:match "^(.-)%-(%a+)$"
    if direction == "sent" or direction == "received" then
      return direction, stem, detail
    end
    return nil
  end
  local key = detail
  if kind == "tls" then key = detail:match "^[%w_]+" or detail end
  if kind == "tcp" or kind == "ccs" then key = "" end
  return way, kind, key
end

local function collect(record, side, base, list)
  for i, e in ipairs(record and record.timeline or {}) do
    local way, kind, key = classify(side, e)
    list[#list + 1] = { side = side, at = (record.started or base) - base
      + (e.at or 0), event = tostring(e.event), way = way, kind = kind,
      key = key, detail = e.detail, index = #list + i }
  end
end

-- Joins each message that was sent with the same one received.
local function pair(list)
  local waiting = {}
  for _, e in ipairs(list) do
    if e.way then
      local id = ("%s %s %s"):format(e.way == "sent" and e.side
        or OTHER[e.side], e.kind, e.key)
      local slot = waiting[id] or { sent = {}, received = {} }
      waiting[id] = slot
      local other = table.remove(slot[e.way == "sent" and "received"
        or "sent"], 1)
      if other then
        e.peer, other.peer = other, e
      else
        table.insert(slot[e.way], e)
      end
    end
  end
end

-- Clocks of two machines differ, and times in a file are rounded: the
-- server's events are moved so that nothing arrives before it was sent.
local function align(list)
  local low, high = -math.huge, math.huge
  for _, e in ipairs(list) do
    if e.way == "sent" and e.peer then
      local gap = e.at - e.peer.at
      if e.side == "client" then
        low = math.max(low, gap)
      else
        high = math.min(high, -gap)
      end
    end
  end
  local shift = 0
  if low > 0 or high < 0 then
    shift = low == -math.huge and high or high == math.huge and low
      or (low + high) / 2
  end
  for _, e in ipairs(list) do
    if e.side == "server" then e.at = e.at + shift end
  end
end

local LABEL = { tcp = "TCP connect", ccs = "ChangeCipherSpec" }

local function bytes_of(detail)
  return tonumber(tostring(detail or ""):match "(%d+) bytes")
end

local function status_of(sides)
  local http = sides.client and sides.client.http
    or sides.server and sides.server.http
  return http and http.status
end

local function arrow_label(e, sides)
  local detail = tostring(e.detail or "")
  if e.kind == "tls" then return camel(e.key) end
  if e.kind == "alert" then
    local level, name, number = detail:match "^(%a+) ([%w_]+) %((%d+)%)$"
    if not level then return "alert " .. words.safe(detail, 60) end
    return ("alert %s %s"):format(number, name), level
  end
  if e.kind == "close" then
    local code = detail:match "%d+"
    return "Close" .. (code and code ~= "0" and " " .. code or "")
  end
  if e.kind == "http-request" then return "HTTP upgrade request" end
  if e.kind == "http-response" or e.kind == "http-interim" then
    local status = status_of(sides)
    if e.kind == "http-response" and status then
      return "HTTP " .. words.number(status)
    end
    return e.kind == "http-response" and "HTTP answer" or "HTTP 1xx"
  end
  if e.kind == "message" then
    return (detail:match "^%a+" or "") .. " message"
  end
  return LABEL[e.kind] or words.safe(e.kind .. " " .. detail, 60)
end

local MUTED = { new_session_ticket = true }

local function tone_of(e, level)
  if e.kind == "alert" then
    return (level == "warning" or e.key:find "close_notify") and "muted"
      or "bad"
  end
  if e.kind == "ccs" or MUTED[e.key] then return "muted" end
  if e.kind:find "^http" then return "http" end
  if e.kind == "tls" or e.kind == "tcp" then return "normal" end
  return "frame"
end

-- What a raw peer does with bytes is not in its record.
local function would_be_seen(record, kind)
  return record and (record.engine ~= "raw" or kind == "tls"
    or kind == "alert" or kind == "tcp")
end

local function arrow(e, sides)
  local from = e.way == "sent" and e.side or OTHER[e.side]
  local label, level = arrow_label(e, sides)
  local row = { kind = "arrow", what = e.kind, name = e.key, from = from,
    to = OTHER[from], at = e.at, label = label, tone = tone_of(e, level),
    size = bytes_of(e.detail), index = e.index }
  if e.peer and (row.size or 0) == 0 then row.size = bytes_of(e.peer.detail) end
  if e.peer then
    row.took = math.max(0, e.peer.at - e.at)
  elseif e.way == "sent" and row.tone ~= "muted"
         and would_be_seen(sides[OTHER[e.side]], e.kind) then
    row.lost = true
  end
  return row
end

local function note(e, record)
  local label, tone = words.safe(e.event, 60), "muted"
  local detail = words.safe(e.detail, 80)
  if e.event == "verified" then
    local verdict, what = detail:match "^(%a+) %((.*)%)$"
    tone = verdict == "accepted" and "good" or "bad"
    label = verdict == "accepted" and "certificate accepted"
      or "certificate rejected: " .. (what or detail)
  elseif e.event == "tls-established" then
    local tls = record.tls or {}
    label, tone = (tls.version and words.safe(tls.version, 20) or "TLS")
      .. " established", "good"
  elseif e.event == "open" then
    label, tone = "WebSocket open", "good"
  elseif e.event == "ended" then
    if not record.error then return nil end
    label, tone = words.safe(record.error.code, 60), "bad"
  elseif e.event == "eof" then
    label = "end of the stream"
  elseif e.event == "reset" then
    label, tone = "connection reset", "bad"
  elseif e.event == "timeout" then
    label, tone = "timed out", "bad"
  elseif e.event == "resolved" then
    label = "name resolved"
  elseif detail ~= "" then
    label = label .. " " .. detail
  end
  return { kind = "note", side = e.side, at = e.at, label = label,
           tone = tone, index = e.index, event = e.event }
end

-- Said by both sides at nearly the same moment: once is enough.
local ONCE = { open = true, ["tls-established"] = true }

--- True when the two spoke TLS 1.3, as far as either of them knew.
function timeline.modern(...)
  for i = 1, select("#", ...) do
    local record = select(i, ...) or {}
    if record.tls and record.tls.version == "TLSv1.3" then return true end
    for _, e in ipairs(record.timeline or {}) do
      if tostring(e.detail):find("^encrypted_extensions") then return true end
    end
  end
  return false
end

local function rows_of(list, sides)
  local rows, said, connected = {}, {}, false
  local modern = timeline.modern(sides.client, sides.server)
  for _, e in ipairs(list) do
    if e.event == "tcp-connected" then connected = true end
  end
  for _, e in ipairs(list) do
    -- a part of the row of whoever sent it; or a ritual without meaning
    local told = e.way == "received" and e.peer or e.event == "tcp-connected"
      or e.kind == "ccs" and modern
    if e.way and not told then
      local row = arrow(e, sides)
      if e.kind == "tcp" and e.way == "sent" then
        row.lost = not (connected or e.peer)
      end
      rows[#rows + 1] = row
    elseif not told and not (ONCE[e.event] and said[e.event]) then
      said[e.event] = true
      rows[#rows + 1] = note(e, sides[e.side])
    end
  end
  table.sort(rows, function(a, b)
    if a.at ~= b.at then return a.at < b.at end
    return a.index < b.index
  end)
  return rows
end

local function is_cut(record)
  return record and record.cut and record.cut.messages
end

-- A record keeps the first messages only: the reader must know.
local function mark_cut(rows, sides)
  if not (is_cut(sides.client) or is_cut(sides.server)) then return end
  for i = #rows, 1, -1 do
    if rows[i].what == "message" then
      table.insert(rows, i + 1, { kind = "gap", at = rows[i].at,
        label = "further messages were not recorded" })
      return
    end
  end
end

local function began(client, server)
  if client and server then
    return math.min(client.started or 0, server.started or 0)
  end
  return (client or server).started or 0
end

--- The rows.
-- @tparam table|nil client the client's record
-- @tparam table|nil server the server's record
-- @treturn table list of rows in the order of time
function timeline.rows(client, server)
  client = client and client.timeline and client or nil
  server = server and server.timeline and server or nil
  if not client and not server then return {} end
  local list, base = {}, began(client, server)
  collect(client, "client", base, list)
  collect(server, "server", base, list)
  pair(list)
  align(list)
  local sides = { client = client, server = server }
  local rows = rows_of(list, sides)
  mark_cut(rows, sides)
  local first = rows[1] and rows[1].at or 0
  for _, row in ipairs(rows) do row.at = math.max(0, row.at - first) end
  return rows
end

return timeline
