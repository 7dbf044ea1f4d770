--- A sequence diagram as inline SVG: life lines, an arrow for each message,
-- the time of each at the left edge.
-- @module wsstls.report.html.diagram
local tampering = require "wsstls.report.html.tampering"
local timeline = require "wsstls.report.html.timeline"
local words = require "wsstls.diagnosis.words"
local xml = require "wsstls.report.xml"

local diagram = {}

-- In pixels of the drawing; the page scales it to its column.
local WIDTH, TOP, STEP, FOOT = 640, 52, 26, 18
local X = { time = 54, client = 110, relay = 344, server = 578 }
local PAUSE, PAUSE_STEP = 0.1, 22
local LABEL = 46

local function put(out, text, ...)
  out[#out + 1] = select("#", ...) > 0 and text:format(...) or text
end

-- "0.8 ms", "1.24 s": as short as it can be without lying.
local function time_text(seconds)
  local ms = seconds * 1000
  if ms < 10 then return ("%.2f ms"):format(ms) end
  if ms < 1000 then return ("%.0f ms"):format(ms) end
  return ("%.3f s"):format(seconds)
end

local function size_text(size)
  return size and size > 0 and (" <tspan class=\"sz\">%d B</tspan>")
    :format(size) or ""
end

local function text(out, x, y, class, anchor, s)
  put(out, '<text x="%g" y="%g" class="%s" text-anchor="%s">%s</text>', x, y,
    class, anchor, s)
end

-- A head that points where the arrow goes.
local function head(out, x, y, direction, class)
  put(out, '<path class="hd %s" d="M%g %g l%d -4 v8 z"/>', class, x, y,
    -7 * direction)
end

local function line(out, from, to, y, class)
  put(out, '<line class="ar %s" x1="%g" y1="%g" x2="%g" y2="%g"/>', class,
    from, y, to, y)
end

-- A message that passes the relay, or ends there.
local function tampered_arrow(out, row, from, to, y, direction)
  local mark = row.tampered
  line(out, from, X.relay, y, "t-" .. row.tone)
  if mark.fatal then
    put(out, '<path class="ct" d="M%g %g l8 8 m0 -8 l-8 8"/>', X.relay - 4,
      y - 4)
  else
    line(out, X.relay, to, y, "t-amber")
    head(out, to, y, direction, "t-amber")
  end
  if mark.again then return end
  local width = 12 + 6.2 * #mark.action
  put(out, '<rect class="pl" x="%g" y="%g" width="%g" height="14" rx="7"/>',
    X.relay - width / 2, y + 6, width)
  text(out, X.relay, y + 16.5, "pt", "middle", xml.text(mark.action))
end

local function put_arrow(out, row, y)
  local from, to = X[row.from], X[row.to]
  local direction = to > from and 1 or -1
  local class = "t-" .. row.tone .. (row.lost and " lost" or "")
  put(out, "<g><title>%s</title>", xml.text(("%s: %s%s%s"):format(row.from,
    row.label, row.took and ", " .. time_text(row.took) .. " on the way"
    or "", row.lost and ", never read" or "")))
  if row.tampered then
    tampered_arrow(out, row, from, to, y, direction)
  elseif row.lost then
    local stop = to - direction * 40
    line(out, from, stop, y, class)
    put(out, '<circle class="ar lost-end %s" cx="%g" cy="%g" r="3.5"/>',
      "t-" .. row.tone, stop + direction * 4, y)
  else
    line(out, from, to - direction * 5, y, class)
    head(out, to, y, direction, class)
  end
  text(out, (X.client + X.server) / 2, y - 6, "lb " .. class, "middle",
    xml.text(words.safe(row.label, LABEL)) .. size_text(row.size)
    .. (row.lost and ' <tspan class="sz">not read</tspan>' or ""))
  put(out, "</g>")
end

-- Text beside its own life line, towards the middle.
local function put_note(out, row, y)
  local client = row.side == "client"
  local x = X[row.side]
  put(out, '<circle class="dt n-%s" cx="%g" cy="%g" r="4"/>', row.tone, x, y)
  text(out, x + (client and 11 or -11), y + 4, "nt n-" .. row.tone,
    client and "start" or "end", xml.text(words.safe(row.label, 64)))
end

local function put_head(out, name, label, address, x)
  local shown = words.safe(address or "", 24)
  put(out, '<rect class="bx" x="%g" y="6" width="100" height="36" rx="6"/>',
    x - 50)
  text(out, x, shown == "" and 29 or 22, "hn", "middle", xml.text(label))
  if shown ~= "" then text(out, x, 35, "ha", "middle", xml.text(shown)) end
  out.heads[name] = true
end

local function address(peer)
  if not peer or not peer.ip then return nil end
  return peer.port and ("%s:%d"):format(peer.ip, peer.port) or peer.ip
end

local function put_gap(out, y, label)
  text(out, (X.client + X.server) / 2, y, "gap", "middle", xml.text(label))
end

local function put_rows(out, rows)
  local y, last = TOP, nil
  for _, row in ipairs(rows) do
    y = y + STEP
    if last and row.at - last > PAUSE then
      put_gap(out, y + 2, "… " .. time_text(row.at - last) .. " …")
      y = y + PAUSE_STEP
    end
    local pill = row.tampered and not row.tampered.again
    if pill then y = y + 2 end
    if row.kind == "gap" then
      put_gap(out, y - 4, row.label)
    else
      text(out, X.time, y + 4, "tm", "end", time_text(row.at))
      if row.kind == "arrow" then put_arrow(out, row, y)
      else put_note(out, row, y) end
    end
    if pill then y = y + 12 end
    last = row.at
  end
  return y + FOOT
end

local function describe(rows)
  local parts = {}
  for i, row in ipairs(rows) do
    parts[i] = row.kind == "arrow" and ("%s to %s: %s"):format(row.from,
      row.to, row.label) or (row.side and row.side .. ": " or "") .. row.label
  end
  return table.concat(parts, "; ")
end

--- The diagram of a result.
-- @tparam table result its `client`, `server` and `records` are used
-- @treturn string|nil SVG; nil when neither side kept a record
function diagram.svg(result)
  local client, server = result.client, result.server
  local rows = timeline.rows(client, server)
  if #rows == 0 then return nil end
  local has_relay = type(result.records) == "table" and #result.records > 0
  tampering.mark(rows, result.records, timeline.modern(client, server))
  local body = { heads = {} }
  local bottom = put_rows(body, rows)
  local out = { heads = {} }
  put(out, '<svg class="seq" viewBox="0 0 %d %d" role="img" aria-label="%s">',
    WIDTH, bottom, xml.attribute(words.safe("Sequence: " .. describe(rows),
      1500)))
  for _, name in ipairs(has_relay and { "client", "relay", "server" }
                        or { "client", "server" }) do
    local known = name == "relay" or type(result[name]) == "table"
    put(out, '<line class="life%s" x1="%g" y1="42" x2="%g" y2="%d"/>',
      known and "" or " dim", X[name], X[name], bottom - 6)
  end
  put_head(out, "client", "client", server and address(server.peer), X.client)
  if has_relay then put_head(out, "relay", "relay", nil, X.relay) end
  put_head(out, "server", "server", client and address(client.peer), X.server)
  for _, part in ipairs(body) do out[#out + 1] = part end
  put(out, "</svg>")
  return table.concat(out)
end

return diagram
