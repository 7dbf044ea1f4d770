--- What the relay did, marked on the rows of a sequence diagram.
--
-- A relay sees records, an endpoint sees messages. Messages in clear carry
-- their name in both; of encrypted ones the n-th record belongs to the n-th
-- message of that direction, as OpenSSL puts each in a record of its own.
-- @module wsstls.report.html.tampering
local words = require "wsstls.diagnosis.words"

local tampering = {}

local HARMLESS = { forward = true, pass = true, none = true }

-- The end of the way for what was on it.
local FATAL = { drop = true, stall = true, close = true, reset = true,
                half_close = true, slow_close = true, limit = true }

local PLAIN = { client_hello = true, server_hello = true,
                hello_retry_request = true }
local AFTER = { http = true, frame = true, close = true }

local function is_data(row)
  local what = tostring(row.what)
  return AFTER[what] or what:find "^http" ~= nil or row.tone == "frame"
end

-- The type that the record of this row has on the wire.
local function wire_type(row, modern)
  if row.what == "tcp" then return nil end
  if is_data(row) then return "application" end
  if row.what == "ccs" then return "change_cipher_spec" end
  if modern and not PLAIN[row.name] and row.what ~= "ccs" then
    return "application"
  end
  return row.what == "alert" and "alert" or "handshake"
end

-- An alert before the sender has keys is in clear, in TLS 1.3 too.
local function fits(row, record, modern)
  return row.kind == "arrow" and row.from == record.from
    and (wire_type(row, modern) == record.type
      or record.type == "alert" and row.what == "alert")
end

local function find(rows, record, modern)
  local count = 0
  for i, row in ipairs(rows) do
    if fits(row, record, modern) then
      if record.handshake then
        if row.name == record.handshake and not row.tampered then
          return i
        end
      else
        count = count + 1
        if count == (tonumber(record.nth) or 0) then return i end
      end
    end
  end
  return nil
end

local function label_of(record)
  local what = words.safe(record.handshake or record.type or "bytes", 40)
  return record.handshake and what or what .. " record"
end

--- Marks rows, and adds one for each deed that belongs to none of them.
-- @tparam table rows as `timeline.rows` gives them; changed in place
-- @tparam table|nil records those of the relay
-- @tparam boolean modern true for TLS 1.3
-- @treturn number how many records were tampered with
function tampering.mark(rows, records, modern)
  local count, last, cut = 0, {}, nil
  for _, record in ipairs(records or {}) do
    local action = record.action
    local at = find(rows, record, modern)
    if at then last[record.from] = at end
    if type(action) == "string" and action ~= "" and not HARMLESS[action] then
      count = count + 1
      -- a connection that was cut stays cut: said once
      local key = ("%s %s"):format(record.from, action)
      local mark = { action = words.safe(action, 20),
        fatal = FATAL[action] or false,
        again = FATAL[action] and cut == key or nil }
      cut = key
      if at then
        rows[at].tampered = mark
      else
        local place = math.min((last[record.from] or #rows) + 1, #rows + 1)
        table.insert(rows, place, { kind = "arrow", from = record.from,
          to = record.from == "client" and "server" or "client",
          what = "record", at = rows[place - 1] and rows[place - 1].at or 0,
          label = label_of(record), size = tonumber(record.length),
          tone = "normal", tampered = mark })
      end
    end
  end
  return count
end

return tampering
