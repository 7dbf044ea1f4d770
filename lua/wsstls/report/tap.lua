--- The Test Anything Protocol, version 13 or 14 (testanything.org).
--
-- One point for each result, the plan at the end (how many there are is not
-- known before), and below what did not pass a YAML block that says why.
-- @module wsstls.report.tap
local results = require "wsstls.report.result"
local words = require "wsstls.diagnosis.words"

local tap = {}
tap.__index = tap

--- A reporter.
-- @tparam function write takes text
-- @tparam[opt] table options `version` = 13 or 14
function tap.new(write, options)
  return setmetatable({ write = write, count = 0,
    version = options and options.version or 13 }, tap)
end

-- What follows a "#" would be a directive.
local function description(s)
  return (words.safe(s):gsub("[\\#]", "\\%0"))
end

-- A YAML scalar between quotes: words.safe has left no control character.
local function quoted(s)
  return '"' .. words.safe(s, 2000):gsub('[\\"]', "\\%0") .. '"'
end

function tap:run_start(info)
  self.write(("TAP version %d\n"):format(self.version))
  if info.seed then
    self.write(("# seed %s\n"):format(words.number(info.seed)))
  end
end

local function put_block(self, r, status)
  local write = self.write
  write "  ---\n"
  write("  message: " .. quoted(results.headline(r)) .. "\n")
  write(("  severity: %s\n"):format(status == "error" and "error" or "fail"))
  write(("  duration_ms: %.3f\n"):format((r.duration or 0) * 1000))
  if r.file then write("  file: " .. quoted(r.file) .. "\n") end
  if r.mismatches and #r.mismatches > 0 then
    write "  mismatches:\n"
    for _, m in ipairs(r.mismatches) do
      write("    - field: " .. quoted(m.field) .. "\n")
      write("      expected: " .. quoted(results.value(m.expected)) .. "\n")
      write("      got: " .. quoted(results.value(m.got)) .. "\n")
    end
  end
  write "  details: |\n"
  for _, line in ipairs(results.details(r)) do
    write("    " .. line .. "\n")
  end
  write "  ...\n"
end

function tap:result(r)
  local status = results.status(r)
  self.count = self.count + 1
  local ok = status == "passed" or status == "skipped"
  local line = ("%s %d - %s"):format(ok and "ok" or "not ok", self.count,
    description(r.name or r.file or "?"))
  if status == "skipped" then
    line = line .. " # SKIP " .. description(results.headline(r))
  end
  self.write(line .. "\n")
  if not ok then put_block(self, r, status) end
end

function tap:run_end()
  self.write(("1..%d\n"):format(self.count))
end

return tap
