--- JUnit XML in the form that Ant's schema and Jenkins' both accept.
--
-- One suite for each group, one case for each result. What one schema
-- demands and the other allows is always there (properties, system-out,
-- system-err, id, package); nothing is there that one of them forbids.
-- @module wsstls.report.junit
local results = require "wsstls.report.result"
local words = require "wsstls.diagnosis.words"
local xml = require "wsstls.report.xml"

local junit = {}
junit.__index = junit

--- A reporter; the text is written when the run ends.
-- @tparam function write takes text
function junit.new(write)
  return setmetatable({ write = write, suites = {}, properties = {} }, junit)
end

function junit:run_start(info)
  self.started = info.started
  for _, name in ipairs { "seed", "jobs" } do
    if info[name] then self.properties[name] = words.number(info[name]) end
  end
end

local function suite_of(self, name)
  for _, suite in ipairs(self.suites) do
    if suite.name == name then return suite end
  end
  local suite = { name = name, cases = {}, output = {}, seconds = 0,
    passed = 0, failed = 0, error = 0, skipped = 0 }
  self.suites[#self.suites + 1] = suite
  return suite
end

local function seconds(x) return ("%.6f"):format(x or 0) end

-- Names are tokens there: no blanks at the ends, none empty.
local function token(s)
  s = words.trim(words.safe(s):gsub("%s+", " "))
  return xml.attribute(s == "" and "?" or s)
end

local TYPE = { failed = "failure", error = "error" }

local function case_text(r, suite, status)
  local head = ('<testcase classname="%s" name="%s" time="%s"'):format(
    token(suite), token(r.name or r.file), seconds(r.duration))
  if status == "passed" then return head .. "/>" end
  if status == "skipped" then
    return ('%s>\n      <skipped message="%s"/>\n    </testcase>'):format(head,
      xml.attribute(results.headline(r)))
  end
  local element = TYPE[status]
  local kind = status == "error" and "error"
    or r.mismatches and r.mismatches[1] and r.mismatches[1].field or "failed"
  return ('%s>\n      <%s type="%s" message="%s">%s</%s>\n    </testcase>')
    :format(head, element, xml.attribute(words.safe(kind)),
      xml.attribute(results.headline(r)),
      xml.text(table.concat(results.details(r), "\n")), element)
end

function junit:result(r)
  local suite = suite_of(self, results.group(r))
  local status = results.status(r)
  suite[status] = suite[status] + 1
  suite.seconds = suite.seconds + (r.duration or 0)
  suite.cases[#suite.cases + 1] = case_text(r, suite.name, status)
  if r.output and r.output ~= "" then
    suite.output[#suite.output + 1] = xml.text(table.concat(
      results.lines(r.output), "\n"))
  end
end

local function put_suite(self, suite, id)
  local write = self.write
  write(('  <testsuite id="%d" name="%s" package="%s" timestamp="%s"')
    :format(id, token(suite.name), token(suite.name),
      os.date("!%Y-%m-%dT%H:%M:%S", self.started)))
  write((' hostname="localhost" tests="%d" failures="%d" errors="%d"')
    :format(#suite.cases, suite.failed, suite.error))
  write((' skipped="%d" time="%s">\n'):format(suite.skipped,
    seconds(suite.seconds)))
  write "    <properties>\n"
  for _, name in ipairs { "jobs", "seed" } do
    if self.properties[name] then
      write(('      <property name="%s" value="%s"/>\n'):format(name,
        xml.attribute(self.properties[name])))
    end
  end
  write "    </properties>\n"
  for _, case in ipairs(suite.cases) do write("    " .. case .. "\n") end
  write("    <system-out>" .. table.concat(suite.output, "\n")
    .. "</system-out>\n    <system-err></system-err>\n  </testsuite>\n")
end

function junit:run_end()
  self.write '<?xml version="1.0" encoding="UTF-8"?>\n<testsuites>\n'
  for i, suite in ipairs(self.suites) do put_suite(self, suite, i - 1) end
  self.write "</testsuites>\n"
end

return junit
