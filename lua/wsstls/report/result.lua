--- What every report wants to know of one result.
--
-- A result is a table: `name title tags group file kind` ("scenario",
-- "script" or "spec"), `ok duration mismatches client server records` as
-- `scenario:run` gives them, and of the runner `skipped` (the reason),
-- `error` (why it could not be run or judged: one text), `reason` (why a
-- spec failed), `retries`, `output`.
-- Everything here may hold what a peer sent: each function gives text that a
-- terminal can show.
-- @module wsstls.report.result
local text = require "wsstls.report.text"
local words = require "wsstls.diagnosis.words"

local result = {}

local MAX_VALUE = 200
-- Of a program's output.
local FIRST_LINES, LAST_LINES = 10, 30

--- "passed", "failed" (an expectation was not met), "error" (it could not be
-- run) or "skipped".
function result.status(r)
  if r.skipped then return "skipped" end
  if r.error then return "error" end
  return r.ok and "passed" or "failed"
end

--- The group that a report shows it under.
function result.group(r)
  if r.group then return r.group end
  if r.kind and r.kind ~= "scenario" and r.file then return r.file end
  return r.tags and r.tags[1] or r.file or "scenarios"
end

--- The same for people, where one for each file would be too many.
function result.section(r)
  local tag = r.group or r.tags and r.tags[1] or r.kind or "scenario"
  return tostring(tag)
end

local function plain(value)
  if type(value) == "number" then return words.number(value) end
  if type(value) == "string" then return words.quote(value, MAX_VALUE) end
  return tostring(value)
end

--- A value of an expectation as text: lists by their items.
function result.value(value)
  if value == nil then return "nothing" end
  if type(value) ~= "table" then return plain(value) end
  local out = {}
  for i, item in ipairs(value) do
    out[i] = type(item) == "table" and (plain(item.code) .. (item.depth
      and "@" .. plain(item.depth) or "")) or plain(item)
  end
  return #out > 0 and table.concat(out, ", ") or "nothing"
end

--- Each expectation that was not met as a sentence.
function result.mismatches(r)
  local out = {}
  for i, m in ipairs(r.mismatches or {}) do
    out[i] = m.text and words.quote(m.text, 2 * MAX_VALUE)
      or ("%s: expected %s, got %s"):format(words.safe(m.field),
        result.value(m.expected), result.value(m.got))
  end
  return out
end

--- The stories of the sides that failed.
-- @treturn table list of `{side, text}`, the client first
function result.stories(r)
  local out = {}
  for _, side in ipairs { "client", "server" } do
    local record = r[side]
    if type(record) == "table" and record.schema and record.error then
      out[#out + 1] = { side = side, text = text.story(record) }
    end
  end
  return out
end

--- One line: why it did not pass.
function result.headline(r)
  if r.skipped then
    return type(r.skipped) == "string" and words.quote(r.skipped) or "skipped"
  elseif r.error then
    return words.quote((tostring(r.error):match("^[^\n]*")))
  elseif r.ok then
    return "ok"
  end
  if r.reason then
    return words.quote((tostring(r.reason):match "^[^\n]*"))
  end
  local list = result.mismatches(r)
  if #list == 0 then return "failed" end
  return list[1] .. (#list > 1 and (" (and %d more)"):format(#list - 1) or "")
end

--- Text of several lines, each one made safe to show.
function result.lines(s)
  local out = {}
  for line in (tostring(s):gsub("\n$", "") .. "\n"):gmatch("(.-)\r?\n") do
    out[#out + 1] = words.quote(line:gsub("\t", "    "), 2000)
  end
  return out
end

local function how_it_ended(record)
  if record.stopped then return "still ran" end
  if record.signal then return "ended by signal " .. plain(record.signal) end
  if record.exit then return "ended with status " .. plain(record.exit) end
  return nil
end

--- What else must be known, a sentence for each: how the sides that are
-- foreign programs ended, and the relay's rules that did nothing.
function result.remarks(r)
  local out = {}
  for _, side in ipairs { "client", "server" } do
    local record = r[side]
    local how = type(record) == "table" and not record.schema
      and how_it_ended(record)
    if how then
      out[#out + 1] = ("the %s's program %s after %s%s"):format(side, how,
        result.duration(record.duration), how == "still ran"
          and ", and was killed" or record.children
          and ", and left others running, which were killed" or "")
    end
  end
  for _, row in ipairs(r.unfired or {}) do
    out[#out + 1] = ("the relay's rule %s (%s) never fired: %s"):format(
      plain(row.rule), words.safe(row.action), words.safe(row.why))
  end
  return out
end

-- The beginning and the end of a long output: the whole of it is in the
-- report that folds it.
local function shortened(lines)
  local cut = #lines - FIRST_LINES - LAST_LINES
  if cut <= 1 then return lines end
  local out = {}
  for i = 1, FIRST_LINES do out[i] = lines[i] end
  out[#out + 1] = ("... %d lines ..."):format(cut)
  for i = #lines - LAST_LINES + 1, #lines do out[#out + 1] = lines[i] end
  return out
end

--- Everything there is to say of a result that did not pass, as lines.
function result.details(r)
  local out = {}
  local function add(lines)
    for _, line in ipairs(lines) do out[#out + 1] = line end
  end
  if r.error then add(result.lines(r.error)) end
  if r.reason then add(result.lines(r.reason)) end
  add(result.mismatches(r))
  add(result.remarks(r))
  for _, story in ipairs(result.stories(r)) do
    out[#out + 1] = ""
    out[#out + 1] = "the " .. story.side .. " says"
    add(result.lines(story.text))
  end
  if r.output and r.output ~= "" then
    out[#out + 1] = ""
    out[#out + 1] = "output"
    add(shortened(result.lines(r.output)))
  end
  return out
end

--- Seconds for people: "0.4 ms", "12 ms", "3.20 s", "2 min 5 s".
function result.duration(seconds)
  seconds = tonumber(seconds) or 0
  if seconds < 0.01 then return ("%.1f ms"):format(seconds * 1000) end
  if seconds < 1 then return ("%.0f ms"):format(seconds * 1000) end
  if seconds < 60 then return ("%.2f s"):format(seconds) end
  return ("%d min %d s"):format(math.floor(seconds / 60),
    math.floor(seconds % 60))
end

--- "12 passed, 1 failed, 2 errors, 1 skipped"; what is zero is left out,
-- except the passed ones.
function result.counts(summary)
  local parts = { ("%d passed"):format(summary.passed) }
  if summary.failed > 0 then
    parts[#parts + 1] = ("%d failed"):format(summary.failed)
  end
  if summary.error > 0 then
    parts[#parts + 1] = ("%d error%s"):format(summary.error,
      summary.error == 1 and "" or "s")
  end
  if summary.skipped > 0 then
    parts[#parts + 1] = ("%d skipped"):format(summary.skipped)
  end
  return table.concat(parts, ", ")
end

return result
