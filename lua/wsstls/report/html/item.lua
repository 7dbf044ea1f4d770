--- One result as a row of the report that opens.
-- @module wsstls.report.html.item
local chain = require "wsstls.report.html.chain"
local diagram = require "wsstls.report.html.diagram"
local expected = require "wsstls.report.html.expected"
local json = require "wsstls.json"
local results = require "wsstls.report.result"
local words = require "wsstls.diagnosis.words"
local xml = require "wsstls.report.xml"

local item = {}

local MAX_RECORDS = 200

-- The same data with each certificate once and without its PEM block: the
-- fingerprint stands for it. The chain comes before what repeats it.
local function shortened(x, seen)
  if type(x) ~= "table" then return x end
  if x.sha256 and seen[x.sha256] then return { sha256 = x.sha256 } end
  if x.sha256 then seen[x.sha256] = true end
  local copy = { chain = shortened(x.chain, seen) }
  for key, value in pairs(x) do
    if key ~= "pem" and key ~= "chain" then
      copy[key] = shortened(value, seen)
    end
  end
  return copy
end

-- JSON for people. A line break of the text itself is never a real one in
-- JSON, so that what follows one is a key.
local function pretty(x)
  local text = json.encode(shortened(x, {}), { indent = true })
  return (text:gsub('(\n%s*"[%w_-]+":)', "%1 "))
end

local function fold(title, body)
  return ('<details class="raw"><summary>%s</summary>%s</details>'):format(
    title, body)
end

local function record_fold(r, side)
  local record = r[side]
  if type(record) ~= "table" or next(record) == nil then return "" end
  return fold(("what the %s recorded"):format(side),
    "<pre>" .. xml.text(pretty(record)) .. "</pre>")
end

local function relay_fold(records)
  if type(records) ~= "table" or #records == 0 then return "" end
  local out = { '<table class="rl"><thead><tr><th>at</th><th>from</th>'
    .. '<th>record</th><th>bytes</th><th>nth</th><th>action</th></tr></thead>'
    .. "<tbody>" }
  for i, record in ipairs(records) do
    if i > MAX_RECORDS then
      out[#out + 1] = ('<tr><td colspan="6">and %d more</td></tr>'):format(
        #records - MAX_RECORDS)
      break
    end
    out[#out + 1] = ("<tr%s><td>%s</td><td>%s</td><td>%s</td><td>%s</td>"
      .. "<td>%s</td><td>%s</td></tr>"):format(
      record.action and ' class="wr"' or "",
      results.duration(record.at), xml.text(words.safe(record.from)),
      xml.text(words.safe(record.handshake or record.type)),
      xml.text(words.safe(record.length)), xml.text(words.safe(record.nth)),
      xml.text(words.safe(record.action)))
  end
  out[#out + 1] = "</tbody></table>"
  return fold("what the relay saw", table.concat(out))
end

local function mismatch_table(r)
  if not r.mismatches or #r.mismatches == 0 then return "" end
  local out = { '<table class="mm"><thead><tr><th>not met</th><th>expected'
    .. "</th><th>got</th></tr></thead><tbody>" }
  for _, m in ipairs(r.mismatches) do
    out[#out + 1] = ('<tr><th scope="row">%s</th><td>%s</td><td>%s</td></tr>')
      :format(xml.text(words.safe(m.field)),
        xml.text(words.quote(expected.value(m.field, m.expected))),
        xml.text(words.quote(expected.value(m.field, m.got))))
  end
  out[#out + 1] = "</tbody></table>"
  return table.concat(out)
end

local function text_block(title, s)
  if not s or s == "" then return "" end
  return ("<h4>%s</h4><pre>%s</pre>"):format(title, xml.text(table.concat(
    results.lines(s), "\n")))
end

local function stories(r)
  local out = {}
  for _, story in ipairs(results.stories(r)) do
    local body = xml.text(story.text):gsub("^(error%[[%w-]+%]:)",
      '<b class="er">%1</b>')
    out[#out + 1] = ('<section><h4>the %s&#8217;s story</h4><pre>%s</pre>'
      .. "</section>"):format(story.side, body)
  end
  return table.concat(out)
end

local CHAINS = { { "client", "the server&#8217;s certificate" },
                 { "server", "the client&#8217;s certificate" } }

local function chains(r)
  local out = {}
  for _, row in ipairs(CHAINS) do
    local record = r[row[1]]
    local html = type(record) == "table" and chain.html(record.verify)
    if html then
      out[#out + 1] = ("<section><h4>%s, as the %s verified it</h4>%s"
        .. "</section>"):format(row[2], row[1], html)
    end
  end
  return table.concat(out)
end

local function picture(r)
  local svg = diagram.svg(r)
  return svg and "<figure><h4>what happened</h4>" .. svg .. "</figure>" or ""
end

-- What is read on the left, what is looked at on the right; the picture
-- comes to the left where there is nothing to read.
local function columns(r)
  local left, right, tree = stories(r), picture(r), chains(r)
  if left == "" then left, right = right, tree else right = right .. tree end
  left = expected.html(r) .. left
  if left == "" and right == "" then return "" end
  if left == "" or right == "" then
    return '<div class="co one"><div>' .. left .. right .. "</div></div>"
  end
  return '<div class="co"><div>' .. left .. "</div><div>" .. right
    .. "</div></div>"
end

local function meta(r)
  local out = {}
  if r.file then
    out[1] = "<code>" .. xml.text(words.safe(r.file)) .. "</code>"
  end
  for _, tag in ipairs(r.tags or {}) do
    out[#out + 1] = '<span class="tg">' .. xml.text(words.safe(tag, 40))
      .. "</span>"
  end
  if (r.retries or 0) > 0 then
    out[#out + 1] = ("needed %d tries"):format(r.retries + 1)
  end
  if r.seed then out[#out + 1] = "seed " .. xml.text(words.number(r.seed)) end
  return '<p class="me">' .. table.concat(out, " ") .. "</p>"
end

local SIGN = { passed = "passed", failed = "failed", error = "error",
               skipped = "skipped" }

local function summary(r, status)
  local name, twin = words.safe(r.name or r.file or "?", 120):match(
    "^(.-)(/fixed)$")
  name = name or words.safe(r.name or r.file or "?", 120)
  return ('<summary><span class="sg">%s</span><span class="nm">%s%s</span>'
    .. '<span class="ti">%s</span><span class="gr">%s</span>'
    .. '<span class="du">%s</span></summary>'):format(SIGN[status],
    xml.text(name), twin and "<i>/fixed</i>" or "",
    twin and "the same, repaired" or xml.text(words.safe(r.title or "", 160)),
    xml.text(words.safe(results.section(r), 40)),
    status == "skipped" and "" or results.duration(r.duration))
end

--- The row.
-- @tparam table r the result
-- @tparam string id its anchor
-- @tparam string classes of its tags, for the filter
-- @treturn string HTML
function item.html(r, id, classes)
  local status = results.status(r)
  local open = (status == "failed" or status == "error")
    and ' open="open"' or ""
  local out = { ('<details class="s %s %s" id="%s"%s>'):format(status,
    classes, id, open),
    summary(r, status), '<div class="in">', meta(r) }
  if r.text and r.text ~= "" then
    local text = xml.text(words.quote(r.text, 2000))
    out[#out + 1] = '<p class="tx">' .. text:gsub("`([^`]*)`",
      "<code>%1</code>") .. "</p>"
  end
  if status == "skipped" then
    out[#out + 1] = "<p>" .. xml.text(results.headline(r)) .. "</p>"
  end
  out[#out + 1] = text_block("what went wrong", r.error)
  out[#out + 1] = text_block("why it failed", r.reason)
  out[#out + 1] = mismatch_table(r)
  out[#out + 1] = columns(r)
  for _, line in ipairs(results.remarks(r)) do
    out[#out + 1] = '<p class="en">' .. xml.text(line) .. "</p>"
  end
  out[#out + 1] = text_block("output", r.output)
  out[#out + 1] = record_fold(r, "client") .. record_fold(r, "server")
    .. relay_fold(r.records)
  out[#out + 1] = "</div></details>\n"
  return table.concat(out)
end

return item
