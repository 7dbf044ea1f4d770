--- Diagnosis: from a record to what happened, why, and what to do.
--
-- One entry per code and per refinement. An entry is data:
-- `slug`, `refines` (a code or several), `applies(facts)` for refinements,
-- and texts (`title`, `what`, `why`, `fix`, `elsewhere`) with `{words}` that
-- the record fills. Pure: no C core, no clock, no output.
-- @module wsstls.diagnosis
local codes = require "wsstls.codes"
local evidence = require "wsstls.diagnosis.evidence"
local exchange = require "wsstls.diagnosis.exchange"
local facts = require "wsstls.diagnosis.facts"
local infer = require "wsstls.diagnosis.infer"
local vars = require "wsstls.diagnosis.vars"

local diagnosis = {}

local GROUPS = { "config", "network", "proxy", "tls", "wire", "cert", "names",
                 "trust", "usage", "crl", "client_cert", "upgrade", "frames",
                 "waits" }

local registry

-- Built on first use, not on require: most programs never fail.
local function entries()
  if registry then return registry end
  local built = { by_slug = {}, order = {}, refinements = {} }
  local function add(entry)
    assert(not built.by_slug[entry.slug], entry.slug)
    built.by_slug[entry.slug] = entry
    built.order[#built.order + 1] = entry.slug
    local refines = entry.refines
    if type(refines) == "string" then refines = { refines } end
    entry.refines = refines
    for _, code in ipairs(refines or {}) do
      built.refinements[code] = built.refinements[code] or {}
      table.insert(built.refinements[code], entry)
    end
  end
  for _, group in ipairs(GROUPS) do
    require("wsstls.diagnosis." .. group)(add, built)
  end
  registry = built
  return built
end

--- The entry of a code or refinement, or nil. Read only.
function diagnosis.entry(slug) return entries().by_slug[slug] end

--- Every slug that has an entry, codes and refinements.
function diagnosis.slugs()
  local copy = {}
  for i, slug in ipairs(entries().order) do copy[i] = slug end
  return copy
end

--- The slugs that refine a code, in the order in which they are tried.
function diagnosis.refinements(code)
  local list = {}
  for i, entry in ipairs(entries().refinements[code] or {}) do
    list[i] = entry.slug
  end
  return list
end

-- The most specific entry the record speaks for. An `indistinct` one is
-- never chosen (or not for the code it names): the record agrees with it, and
-- with others as well.
local function pick(f, used)
  local code = f:about()
  for _, entry in ipairs(entries().refinements[code] or {}) do
    if entry.indistinct ~= true and entry.indistinct ~= code
       and not entry.summary
       and not (used and used[entry.slug]) and entry.applies(f) then
      return entry
    end
  end
  return entries().by_slug[code]
end

-- The headline. The core's own words come first where the entry has none,
-- or cannot fill its own from this record.
local function title_of(f, entry)
  local title = entry.title
  if type(title) == "function" then title = title(f) end
  local complete = title ~= nil
  if title then
    for name in title:gmatch("{([%w_]+)}") do
      if not vars.known(f, name) then complete = false end
    end
  end
  if f.detail and not complete and f:about() == f.code then
    return vars.known(f, "detail")
  end
  if title then return f:fill(title) end
  local row = codes.get(f:about())
  return row and row.text or entry.slug
end

local function fault_of(f, entry)
  local fault = entry.fault
  if type(fault) == "function" then fault = fault(f) end
  if fault == "owner" then return f:owner() end
  if fault == "verifier" then return f:verifier() end
  if fault then return fault end
  return f:about() == f.code and f.fault or codes.fault(f:about(), f.side)
end

local function describe(f, entry)
  local title = title_of(f, entry)
  local certainty = entry.certainty or "certain"
  if type(certainty) == "function" then certainty = certainty(f) end
  local finding = {
    slug = entry.slug, code = f:about(), title = title,
    what = f:fill(entry.what), why = f:fill(entry.why),
    fix = f:fill(entry.fix), elsewhere = f:fill(entry.elsewhere),
    source = entry.source, certainty = certainty,
    doubt = f:fill(entry.doubt), fault = fault_of(f, entry),
    part = f:fill(entry.part), decides = false, summary = entry.summary,
    evidence = {}, chain = {}, request = {}, answer = {}, offered = {},
  }
  local row = f:culprit()
  if row and f:slug_of(row) == finding.code then
    finding.evidence[1] = evidence.fault(row)
  end
  return finding, entry
end

-- The finding that is the error's own carries the rest of the story. `told`
-- are the faults that have a finding of their own.
local function describe_decider(f, entry, told)
  local finding = describe(f, entry)
  finding.decides = true
  finding.phase, finding.rejected_by = f.phase, f.rejected_by
  finding.url = vars.known(f, "url")
  finding.peer = vars.known(f, "peer")
  finding.evidence = evidence.lines(f, finding.title, told)
  finding.chain = evidence.chain(f)
  finding.request = exchange.request(f)
  finding.answer = exchange.answer(f)
  finding.offered = exchange.offered(f, entry.offered)
  if entry.negotiated then
    finding.negotiated = exchange.negotiated(f)
  end
  -- where the names fit they are no part of the story
  if f.v and not f.v.ok and f.v.expected and (f:has(62) or f:has(64)) then
    finding.expected = vars.known(f, "expected_tag")
    finding.presented = vars.known(f, "presented")
  end
  return finding
end

-- These say how it ended, not why: what else the record holds comes first,
-- when it says more. The higher rank says more.
local SYMPTOM = {
  ["unknown"] = 1, ["tls-failed"] = 1, ["closed-abnormally"] = 1,
  ["upgrade-no-response"] = 1, ["upgrade-truncated"] = 1,
  ["tls-eof"] = 2, ["tcp-reset"] = 2, ["tls-alert"] = 3, ["closed"] = 0,
}

local function add_cause(list, f)
  local rank, cause = SYMPTOM[f.code], infer.code(f.o)
  if not rank or f.code == "closed" or not cause or cause == f.code then
    return
  end
  if (SYMPTOM[cause] or 9) <= rank then return end
  -- ETIMEDOUT of a connection that stood is no failed dial
  if cause == "timeout-connect" and f:established() then return end
  local g = f:with(cause)
  local entry = pick(g)
  if entry then list[#list + 1] = describe(g, entry) end
end

-- One finding for each code beside the deciding one. Gives the rows that are
-- told by it, and the entries by finding.
local function beside(f, decider)
  local v, list, told, cures = f.v, {}, {}, {}
  if not v or v.ok then return list, told, cures end
  local seen, used = { [f.code] = true }, { [decider.slug] = true }
  for _, row in ipairs(v.errors or {}) do
    local code = f:slug_of(row)
    if not row.implied and not seen[code] then
      seen[code] = true
      local g = f:with(code)
      local entry = pick(g, used)
      if entry then
        used[entry.slug], told[row] = true, true
        local finding = describe(g, entry)
        list[#list + 1], cures[finding] = finding, entry.cure or "other"
      end
    end
  end
  return list, told, cures
end

-- One certificate, issued anew, cures every fault of the old one; and with
-- the CA it comes from the client trusts it. So there is one fix, not three.
local function merge_fixes(f, entry, finding, others, cures)
  local several = false
  for _, other in ipairs(others) do
    if cures[other] == "certificate" and (entry.cure == "certificate"
       or entry.cure == "trust" or entry.cure == "chain") then
      several, other.fix = true, nil
    elseif cures[other] == "trust" and entry.cure == "certificate" then
      several, other.fix = true, nil
    elseif other.fix == finding.fix then
      other.fix = nil
    end
  end
  if several then
    finding.fix = f:fill("one new certificate cures all of this: {make} ; then "
      .. "{install}")
  end
end

local function add_summaries(list, f)
  for _, entry in ipairs(entries().refinements[f.code] or {}) do
    if entry.summary and entry.applies(f) then
      list[#list + 1] = describe(f, entry)
    end
  end
end

--- What is behind a failure, cause before symptom.
-- @tparam table x an error, an observation or a verify-result
-- @treturn table a list of findings `{slug, code, title, what, why, fix,
-- elsewhere, source, certainty, fault, part, evidence, decides}`; the one
-- with `decides = true` is the error's own and carries the rest of the story
-- (`phase, rejected_by, expected, presented, chain, answer, offered,
-- negotiated`). A finding whose cure is part of another one's has no `fix`.
-- Empty when nothing failed.
function diagnosis.diagnose(x)
  local f = facts.new(x)
  local list = {}
  if not f.code or f.code == "ok" then return list end
  add_cause(list, f)
  local entry = pick(f)
  if not entry then return list end
  local others, told, cures = beside(f, entry)
  local finding = describe_decider(f, entry, told)
  merge_fixes(f, entry, finding, others, cures)
  list[#list + 1] = finding
  for _, other in ipairs(others) do list[#list + 1] = other end
  add_summaries(list, f)
  return list
end

--- The finding that decides, of a list `diagnose` gave.
function diagnosis.decider(findings)
  for _, finding in ipairs(findings) do
    if finding.decides then return finding end
  end
  return nil
end

--- One line on a failure, without its code in front.
-- @tparam table x as for `diagnose`
-- @treturn string
function diagnosis.sentence(x)
  local f = facts.new(x)
  local entry = f.code and pick(f)
  if not entry then return "no error" end
  local title = title_of(f, entry)
  local short = evidence.short(f, title)
  return short and title .. ": " .. short or title
end

--- True when `slug` is the failure's code, or a refinement that applies.
-- @tparam string slug
-- @tparam table x an error, an observation or a verify-result
function diagnosis.matches(slug, x)
  local f = facts.new(x)
  if not f.code then return false end
  if slug == f.code then return true end
  local entry = entries().by_slug[slug]
  for _, code in ipairs(entry and entry.refines or {}) do
    if code == f.code and entry.applies(f) then return true end
  end
  return false
end

--- One entry's texts without a failure at hand, in general words.
-- @tparam string slug
-- @treturn table|nil `{slug, refines, title, what, why, fix, elsewhere,
-- source, part}`
function diagnosis.general(slug)
  local entry = entries().by_slug[slug]
  if not entry then return nil end
  local f = facts.new(nil, entry.refines and entry.refines[1] or slug)
  local title = entry.title and f:fill(entry.title)
  return {
    slug = slug, refines = entry.refines,
    title = title or codes.get(f:about()) and codes.get(f:about()).text,
    what = f:fill(entry.what), why = f:fill(entry.why),
    fix = f:fill(entry.fix), elsewhere = f:fill(entry.elsewhere),
    source = entry.source, part = f:fill(entry.part),
  }
end

return diagnosis
