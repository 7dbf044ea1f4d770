--- The page around the results: counts, filters, the slowest.
--
-- The filters are radio buttons and CSS: there is no script in the page, and
-- its policy forbids everything but its own style. It is well-formed XML, so
-- that any parser can read it.
-- @module wsstls.report.html.page
local results = require "wsstls.report.result"
local style = require "wsstls.report.html.style"
local words = require "wsstls.diagnosis.words"
local xml = require "wsstls.report.xml"

local page = {}

local MAX_SLOW, MAX_GROUPS = 10, 12
local STATES = { "failed", "error", "passed", "skipped" }

-- The label of the choice that is made, or that the keyboard is at.
local LABEL_RULES = '#%s:checked~.fi label[for="%s"]{background:var(--ink);'
  .. "color:var(--page);border-color:var(--ink)}\n"
  .. '#%s:focus-visible~.fi label[for="%s"]{outline:2px solid var(--link);'
  .. "outline-offset:2px}"

local function filter_style(tags)
  local out = {}
  local function rules(id, class)
    if class then
      out[#out + 1] = ("#%s:checked~.list>.s:not(.%s){display:none}"):format(
        id, class)
    end
    out[#out + 1] = LABEL_RULES:format(id, id, id, id)
  end
  for _, state in ipairs(STATES) do rules("f-" .. state, state) end
  for i in ipairs(tags) do rules("t-" .. i, "g" .. i) end
  rules "f-all"
  rules "t-all"
  return table.concat(out, "\n")
end

local function radio(name, id, checked)
  return ('<input type="radio" name="%s" id="%s"%s/>'):format(name, id,
    checked and ' checked="checked"' or "")
end

local function chip(id, label, count)
  return ('<label for="%s">%s <span>%d</span></label>'):format(id, label,
    count)
end

local function filters(summary, tags)
  local inputs = { radio("f", "f-all", true), radio("t", "t-all", true) }
  local states = { chip("f-all", "all", summary.total) }
  for _, state in ipairs(STATES) do
    if summary[state] > 0 then
      inputs[#inputs + 1] = radio("f", "f-" .. state)
      states[#states + 1] = chip("f-" .. state, state, summary[state])
    end
  end
  local chips = { chip("t-all", "every tag", summary.total) }
  for i, tag in ipairs(tags) do
    inputs[#inputs + 1] = radio("t", "t-" .. i)
    chips[#chips + 1] = chip("t-" .. i, xml.text(words.safe(tag.name, 40)),
      tag.count)
  end
  return table.concat(inputs) .. '\n<div class="fi"><div>'
    .. table.concat(states) .. "</div>" .. (#tags > 0 and "<div>"
    .. table.concat(chips) .. "</div>" or "") .. "</div>\n"
end

local function bar(summary)
  if summary.total == 0 then return "" end
  local out = {}
  for _, state in ipairs { "passed", "skipped", "failed", "error" } do
    if summary[state] > 0 then
      out[#out + 1] = ('<span class="%s" style="flex:%d" title="%d %s">'
        .. "</span>"):format(state, summary[state], summary[state], state)
    end
  end
  return '<div class="bar">' .. table.concat(out) .. "</div>"
end

-- A line for each group: how much of it passed.
local function groups(list)
  if #list < 2 then return "" end
  local out = {}
  for i = 1, math.min(MAX_GROUPS, #list) do
    local group = list[i]
    out[#out + 1] = ('<li><span>%s</span>%s<span class="du">%d/%d</span>'
      .. "</li>"):format(xml.text(words.safe(group.name, 40)), bar(group),
        group.passed, group.total)
  end
  if #list > MAX_GROUPS then
    out[#out + 1] = ("<li><span>and %d more</span></li>"):format(
      #list - MAX_GROUPS)
  end
  return '<ol class="gp">' .. table.concat(out) .. "</ol>"
end

local function figures(summary)
  local out = {}
  for _, row in ipairs { { "passed", "passed" }, { "failed", "failed" },
      { "error", summary.error == 1 and "error" or "errors" },
      { "skipped", "skipped" } } do
    out[#out + 1] = ('<div class="%s%s"><b>%d</b><span>%s</span></div>')
      :format(row[1], summary[row[1]] == 0 and " zero" or "",
        summary[row[1]], row[2])
  end
  return '<div class="fg">' .. table.concat(out) .. "</div>"
end

local function slowest(list)
  if #list < 2 then return "" end
  local sorted = {}
  for i, entry in ipairs(list) do sorted[i] = entry end
  table.sort(sorted, function(a, b)
    if a.duration ~= b.duration then return a.duration > b.duration end
    return a.id < b.id
  end)
  local top = sorted[1].duration
  local out = {}
  for i = 1, math.min(MAX_SLOW, #sorted) do
    local entry = sorted[i]
    out[#out + 1] = ('<li><a href="#%s">%s</a><span class="tk"><i style="'
      .. 'width:%.1f%%"></i></span><span class="du">%s</span></li>'):format(
      entry.id, xml.text(words.safe(entry.name, 60)),
      top > 0 and entry.duration / top * 100 or 0,
      results.duration(entry.duration))
  end
  return '<section class="sl"><h2>Slowest</h2><ol>' .. table.concat(out)
    .. "</ol></section>"
end

local function facts(info, summary)
  local out = { words.date(summary.started),
    "took " .. results.duration(summary.duration) }
  if info.seed then out[#out + 1] = "seed " .. words.number(info.seed) end
  if (info.jobs or 1) > 1 then
    out[#out + 1] = words.number(info.jobs) .. " jobs"
  end
  local versions = info.versions or {}
  for _, name in ipairs { "wsstls", "openssl", "libwebsockets", "lua" } do
    local version = tostring(versions[name] or ""):gsub("%-$", "")
    if version ~= "" then
      local said = version:lower():find(name, 1, true)
      out[#out + 1] = words.safe(said and version or name .. " " .. version,
        60)
    end
  end
  for i, fact in ipairs(out) do
    out[i] = "<span>" .. xml.text(fact) .. "</span>"
  end
  return '<p class="fa">' .. table.concat(out) .. "</p>"
end

local function headline(summary)
  if summary.total == 0 then return "Nothing was tested" end
  local bad = summary.failed + summary.error
  if bad == 0 then
    return summary.passed == 1 and "The one test passed"
      or ("All %d tests passed"):format(summary.passed)
  end
  return ("%d of %d tests did not pass"):format(bad, summary.total)
end

--- Writes the page.
-- @tparam function write
-- @tparam table o `info` (of run_start), `summary` (of run_end), `tags`
-- (list of `{name, count}`, as the rows' classes g1, g2... number them),
-- `groups` (list of `{name, total, passed, ...}`), `entries` (list of
-- `{id, name, duration}`), `rows` (list of HTML)
function page.write(write, o)
  local summary = o.summary
  write('<!DOCTYPE html>\n<html lang="en">\n<head>\n<meta charset="utf-8"/>\n'
    .. '<meta http-equiv="Content-Security-Policy" content="default-src '
    .. "'none'; style-src 'unsafe-inline'\"/>\n"
    .. '<meta name="viewport" content="width=device-width, initial-scale=1"/>'
    .. '\n<meta name="color-scheme" content="light dark"/>\n<title>'
    .. xml.text(headline(summary)) .. " - wsstls</title>\n<style>\n"
    .. style .. filter_style(o.tags) .. "\n</style>\n</head>\n<body>\n")
  write('<header><p class="br">wsstls test</p><h1>' .. xml.text(
    headline(summary)) .. "</h1>" .. facts(o.info, summary) .. "</header>\n")
  write("<main>\n" .. '<div class="ov"><section>' .. figures(summary)
    .. bar(summary) .. groups(o.groups) .. "</section>"
    .. slowest(o.entries) .. "</div>\n")
  write(filters(summary, o.tags))
  write '<div class="list">\n'
  for _, row in ipairs(o.rows) do write(row) end
  write "</div>\n</main>\n</body>\n</html>\n"
end

return page
