--- A run as lines of text: one for each test in a pipe; on a terminal one
-- line that shows where the run is, and in full what did not pass.
-- @module wsstls.report.plain
local results = require "wsstls.report.result"
local words = require "wsstls.diagnosis.words"

local plain = {}
plain.__index = plain

local WORD = { passed = "ok", failed = "FAILED", error = "ERROR",
               skipped = "skipped" }
local COLOUR = { passed = "green", failed = "red", error = "red",
                 skipped = "yellow" }
local WIDTH = 79
local CLEAR = "\r\27[K"

local function no_colour(_, text) return text end

--- A reporter.
-- @tparam function write takes text
-- @tparam[opt] table options `terminal` = true for progress, `paint` =
-- function(colour, text), `verbose` = true to list what passed on a terminal
function plain.new(write, options)
  options = options or {}
  return setmetatable({ write = write, terminal = options.terminal,
    paint = options.paint or no_colour,
    verbose = options.verbose or not options.terminal,
    done = 0, bad = 0, begun = 0 }, plain)
end

function plain:run_start(info)
  self.files = info.files
  self.seed = info.seed
end

local function progress(self, name)
  if not self.terminal then return end
  local place = (self.files or 0) > 1
    and ("file %d of %d  "):format(self.begun, self.files) or ""
  local line = ("  %d done  %s%s%s"):format(self.done, self.bad > 0
    and ("%d not ok  "):format(self.bad) or "", place,
    words.safe(name, WIDTH))
  self.write(CLEAR .. words.utf8(line:sub(1, WIDTH)))
end

function plain:file_start(unit)
  self.begun = self.begun + 1
  progress(self, unit.file)
end

function plain:scenario_start(test)
  progress(self, test.name or test.file or "")
end

local function head(self, r, status)
  local word = WORD[status]
  local line = self.paint(COLOUR[status], word) .. (" "):rep(8 - #word)
    .. words.safe(r.name or r.file or "?")
  if status == "skipped" then
    return line .. "  " .. results.headline(r)
  end
  line = line .. "  " .. results.duration(r.duration)
  if (r.retries or 0) > 0 then
    line = ("%s  (try %d)"):format(line, r.retries + 1)
  end
  return line
end

function plain:result(r)
  local status = results.status(r)
  self.done = self.done + 1
  if status == "failed" or status == "error" then self.bad = self.bad + 1 end
  local quiet = status == "passed" and not self.verbose
  if quiet then return progress(self, r.name or "") end
  if self.terminal then self.write(CLEAR) end
  self.write(head(self, r, status) .. "\n")
  if status ~= "failed" and status ~= "error" then
    local idle = r.unfired and r.unfired[1]
    for _, row in ipairs(idle and results.remarks(r) or {}) do
      self.write("  " .. row .. "\n")
    end
    return
  end
  for _, line in ipairs(results.details(r)) do
    if line:find "^error%[" then
      line = line:gsub("^error%b[]", function(s)
        return self.paint("red", s)
      end)
    end
    self.write(line == "" and "\n" or "  " .. line .. "\n")
  end
  self.write "\n"
end

function plain:run_end(summary)
  if self.terminal then self.write(CLEAR) end
  local colour = (summary.failed + summary.error > 0) and "red"
    or summary.total > 0 and "green" or "yellow"
  local line = ("%s in %s"):format(self.paint(colour, results.counts(summary)),
    results.duration(summary.duration))
  if self.seed and summary.failed + summary.error > 0 then
    line = ("%s (--seed %s)"):format(line, words.number(self.seed))
  end
  self.write(line .. "\n")
end

return plain
