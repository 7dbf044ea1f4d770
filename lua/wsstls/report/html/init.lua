--- The HTML report: one file that needs nothing else, not even a script.
--
-- Each result becomes text when it arrives, so that a long run does not keep
-- its records; the page is written when the run ends, what failed on top.
-- @module wsstls.report.html
local item = require "wsstls.report.html.item"
local page = require "wsstls.report.html.page"
local results = require "wsstls.report.result"

local html = {}
html.__index = html

local MAX_TAGS = 40

--- A reporter.
-- @tparam function write takes text
function html.new(write)
  return setmetatable({ write = write, info = {}, rows = {}, bad = {},
    entries = {}, groups = {}, tags = {}, numbers = {} }, html)
end

function html:run_start(info) self.info = info end

local function count(self, r, status)
  local name = results.section(r)
  local group = self.groups[name]
  if not group then
    group = { name = name, total = 0, passed = 0, failed = 0, error = 0,
              skipped = 0 }
    self.groups[name] = group
    self.groups[#self.groups + 1] = group
  end
  group.total = group.total + 1
  group[status] = group[status] + 1
end

-- The classes of the result's tags and group, which are numbered as they
-- come.
local function classes_of(self, r)
  local names, seen, out = { results.section(r) }, {}, {}
  for _, tag in ipairs(r.tags or {}) do names[#names + 1] = tag end
  for _, name in ipairs(names) do
    name = tostring(name)
    local number = self.numbers[name]
    if not number and #self.tags < MAX_TAGS then
      number = #self.tags + 1
      self.numbers[name] = number
      self.tags[number] = { name = name, count = 0 }
    end
    if number and not seen[number] then
      seen[number] = true
      self.tags[number].count = self.tags[number].count + 1
      out[#out + 1] = "g" .. number
    end
  end
  return table.concat(out, " ")
end

function html:result(r)
  local id = ("r%d"):format(#self.entries + 1)
  local status = results.status(r)
  self.entries[#self.entries + 1] = { id = id, name = r.name or r.file or "?",
    duration = r.duration or 0 }
  count(self, r, status)
  local list = (status == "failed" or status == "error") and self.bad
    or self.rows
  list[#list + 1] = item.html(r, id, classes_of(self, r))
end

function html:run_end(summary)
  local rows = self.bad
  for _, row in ipairs(self.rows) do rows[#rows + 1] = row end
  page.write(self.write, { info = self.info, summary = summary,
    tags = self.tags, groups = self.groups, entries = self.entries,
    rows = rows })
end

return html
