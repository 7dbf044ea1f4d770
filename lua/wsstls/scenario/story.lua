--- A result in words: its mismatches, and what each side says of it.
-- @module wsstls.scenario.story
local diagnosis = require "wsstls.diagnosis"
local words = require "wsstls.diagnosis.words"
local text = require "wsstls.report.text"

local story = {}

-- Of a foreign program's output.
local SHOWN = 500

local function foreign(record)
  local end_ = record.signal and "signal " .. record.signal
    or record.exit and "status " .. record.exit or "no status"
  local output = record.output or ""
  if #output > SHOWN then output = "..." .. output:sub(-SHOWN) end
  return ("it ended with %s and wrote: %s"):format(end_,
    words.safe(output, 2 * SHOWN))
end

local function of_side(record)
  if not record.schema then return foreign(record) end
  if diagnosis.diagnose(record)[1] then return text.paragraph(record) end
  return ("no error; it came as far as phase \"%s\""):format(record.phase)
end

--- One line.
function story.line(result)
  if result.skipped then
    return ("skipped %s: %s"):format(result.name, result.skipped)
  end
  return ("%s %s"):format(result.ok and "ok" or "FAILED", result.name)
end

--- The line, and one for each mismatch.
function story.text(result)
  local lines = { story.line(result) }
  for _, row in ipairs(result.mismatches) do
    lines[#lines + 1] = "  " .. row.text
  end
  return table.concat(lines, "\n")
end

--- That, and a paragraph for each side.
function story.tell(result)
  local lines = { story.text(result) }
  for _, side in ipairs { "client", "server" } do
    if result[side] then
      lines[#lines + 1] = ("%s: %s"):format(side, of_side(result[side]))
    end
  end
  return table.concat(lines, "\n")
end

return story
