--- The story of a failure as text for a terminal.
--
-- Lays out what the diagnosis found and decides nothing. Prose is wrapped to
-- 80 columns behind a column of labels; commands (between backquotes in the
-- diagnosis) are never broken, so that they can be copied.
-- @module wsstls.report.text
local commands = require "wsstls.diagnosis.commands"
local diagnosis = require "wsstls.diagnosis"
local words = require "wsstls.diagnosis.words"

local text = {}

local LABEL = 15
local WIDTH = 80

local PHASE = {
  config = "while reading the configuration", dns = "while resolving the name",
  tcp = "while connecting", proxy = "while asking the proxy",
  tls = "during the TLS handshake", verify = "while verifying",
  upgrade = "during the HTTP upgrade", open = "while open",
  close = "while closing",
}

-- Phase "config", too, and more than reading.
local DOING = { listen = "while opening the port",
                program = "while starting the program" }

-- Characters, not bytes: continuation bytes of UTF-8 take no column.
local function columns(s)
  local _, continuation = s:gsub("[\128-\191]", "")
  return #s - continuation
end

-- Words to wrap at; what stands between backquotes is one word.
local function tokens(s)
  local list = {}
  local function prose(part)
    for word in part:gmatch("%S+") do list[#list + 1] = word end
  end
  local at = 1
  while true do
    local from, to, command = s:find("`([^`]*)`", at)
    if not from then break end
    prose(s:sub(at, from - 1))
    -- punctuation and brackets stay with the command they touch
    local open = s:sub(from - 1, from - 1)
    local after = s:match("^[%)%],.;:]+", to + 1) or ""
    -- its own line breaks are kept, marked for wrap
    local first, rest = command:match("^([^\n]*)(.*)$")
    if open == "(" and #list > 0 and list[#list]:sub(-1) == "(" then
      list[#list] = list[#list] .. first
    else
      list[#list + 1] = first
    end
    for line in rest:gmatch("\n[^\n]*") do list[#list + 1] = line end
    list[#list] = list[#list] .. after
    at = to + 1 + #after
  end
  prose(s:sub(at))
  return list
end

--- Wraps prose; a word that is longer than a line stands alone on one.
-- @tparam string s
-- @tparam number width columns for each line
-- @treturn table lines
function text.wrap(s, width)
  local lines, line = {}, nil
  for _, word in ipairs(tokens(s)) do
    if word:sub(1, 1) == "\n" then
      lines[#lines + 1], line = line, word:sub(2)
    elseif not line then
      line = word
    elseif columns(line) + 1 + columns(word) <= width then
      line = line .. " " .. word
    else
      lines[#lines + 1], line = line, word
    end
  end
  lines[#lines + 1] = line
  return lines
end

local function put(out, label, s, width)
  if not s or s == "" then return end
  local head = "  " .. label .. (" "):rep(LABEL - 2 - #label)
  for _, line in ipairs(text.wrap(s, width - LABEL)) do
    out[#out + 1] = head .. line
    head = (" "):rep(LABEL)
  end
end

local function put_list(out, label, list, width)
  for i, line in ipairs(list or {}) do
    put(out, i == 1 and label or "", line, width)
  end
end

-- A certificate's line is broken between its parts where that is possible.
local function put_chain(out, list, width)
  for i, line in ipairs(list or {}) do
    local parts = line:gsub("`", "'"):gsub("[^,]+", function(part)
      local text_of = part:match("^%s*(.*)$")
      return columns(text_of) <= width - LABEL - 2 and " `" .. text_of .. "`"
        or nil
    end)
    put(out, i == 1 and "chain" or "", parts, width)
  end
end

-- Short pieces share a line; a piece begins a new one before it is broken.
local function put_joined(out, label, list, width)
  local lines = {}
  for _, piece in ipairs(list or {}) do
    local last = lines[#lines]
    if last and columns(last) + 2 + columns(piece) <= width - LABEL then
      lines[#lines] = last .. "; " .. piece
    else
      lines[#lines + 1] = piece
    end
  end
  put_list(out, label, lines, width)
end

local function party(finding)
  local who = finding.fault
  if who == "network" then return "the network" end
  local part = finding.part
  if part and part:find("^either side") then
    if who == "unknown" or not who then return part end
    part = part:gsub("^either side's ", "")
  end
  if who == "unknown" or not who then
    return finding.part and "not known (" .. finding.part .. ")"
      or "not known"
  end
  -- "the proxy's proxy credentials", "the server's server name"
  if part and part:sub(1, #who) == who then part = part:gsub("^%a+ ?", "") end
  if part == "" or not part then return "the " .. who end
  return who .. "'s " .. part
end

local function put_parties(out, finding, width)
  local label = "rejected by"
  local who = finding.rejected_by
  local where = DOING[finding.code:match("^%a+")]
    or PHASE[finding.phase] or ""
  local what
  if finding.code == "closed" then
    out[#out + 1] = "  ended        " .. where
    return
  elseif who == "unknown" or not who then
    label, what = "failed", where
  else
    what = (who == "network" and "the network" or who) .. ", " .. where
  end
  local fault = "at fault  " .. party(finding)
  local gap = 30 - columns(what)
  if gap < 2 then gap = 2 end
  local line = "  " .. label .. (" "):rep(LABEL - 2 - #label) .. what
  if columns(line) + gap + columns(fault) <= width then
    out[#out + 1] = line .. (" "):rep(gap) .. fault
  else
    out[#out + 1] = line
    put(out, "at fault", party(finding), width)
  end
end

local function headline(out, finding, width)
  local head = ("error[%s]: "):format(finding.code)
  local lines = text.wrap(head .. finding.title, width)
  for i, line in ipairs(lines) do
    out[#out + 1] = i == 1 and line or "  " .. line
  end
end

-- What stands beside the deciding fault, one sentence for each; a cause
-- comes before it, with its reason.
local function put_others(out, findings, decider, width)
  local before = true
  for _, finding in ipairs(findings) do
    if finding == decider then
      before = false
    elseif before then
      put(out, "cause", finding.title, width)
      put(out, "", finding.why, width)
    elseif not finding.summary then
      put(out, "also", (finding.evidence[1] or finding.slug) .. ": "
        .. finding.title, width)
    end
  end
end

-- That of a cause is in its reason already.
local function put_fixes(out, findings, decider, width)
  put(out, "fix", decider.fix, width)
  local after = false
  for _, finding in ipairs(findings) do
    if finding == decider then
      after = true
    elseif after and finding.fix and not finding.summary
       and finding.fix ~= decider.fix then
      put(out, "", ("for %s: %s"):format(finding.slug, finding.fix), width)
    end
  end
end

-- The deciding finding first; of the others, the codes.
local function more(findings, decider)
  local list, seen = { commands.explain(decider.slug) },
    { [decider.slug] = true, [decider.code] = true }
  for _, finding in ipairs(findings) do
    if not seen[finding.code] and not finding.summary and #list < 3 then
      seen[finding.code] = true
      list[#list + 1] = commands.explain(finding.code)
    end
  end
  return table.concat(list, ", ")
end

local function elsewhere(findings, decider)
  if decider.elsewhere then return decider.elsewhere end
  for _, finding in ipairs(findings) do
    if finding.summary then return finding.elsewhere end
  end
  return nil
end

--- The story of a failure.
-- @tparam table x an error, an observation, a verify-result, or the list of
-- findings that `diagnosis.diagnose` gave for one
-- @tparam[opt] table options `width` (80 columns)
-- @treturn string several lines, without a newline at the end
function text.story(x, options)
  local width = options and options.width or WIDTH
  local findings = x[1] and x[1].slug and x or diagnosis.diagnose(x)
  local decider = diagnosis.decider(findings)
  if not decider then return "no error" end
  local out = {}
  headline(out, decider, width)
  put_parties(out, decider, width)
  put(out, "url", decider.url, width)
  -- the address is news at a server, and where a name was dialled
  if decider.peer and not (decider.url or ""):find(decider.peer, 1, true) then
    put(out, "peer", decider.peer, width)
  end
  put_joined(out, "evidence", decider.evidence, width)
  put_others(out, findings, decider, width)
  put_list(out, "request", decider.request, width)
  put_list(out, "answer", decider.answer, width)
  put(out, "expected", decider.expected, width)
  put(out, "presented", decider.presented, width)
  put_chain(out, decider.chain, width)
  put_list(out, "offered", decider.offered, width)
  put(out, "negotiated", decider.negotiated, width)
  put(out, "why", decider.why, width)
  if decider.certainty ~= "certain" then
    put(out, "how sure", decider.certainty
      .. (decider.doubt and ": " .. decider.doubt or ""), width)
  end
  put(out, "elsewhere", elsewhere(findings, decider), width)
  put_fixes(out, findings, decider, width)
  put(out, "more", more(findings, decider), width)
  return table.concat(out, "\n")
end

--- Several lines of labelled text in the form of the story; for explain.
-- @tparam string head the first line
-- @tparam table rows `{label, text}` pairs; those without a text are left out
-- @tparam[opt=80] number width
function text.block(head, rows, width)
  width = width or WIDTH
  local out = text.wrap(head, width)
  for _, row in ipairs(rows) do put(out, row[1], row[2], width) end
  return table.concat(out, "\n")
end

--- One paragraph for an assertion's failure message.
-- @param x as for `story`, not a list
function text.paragraph(x)
  local findings = diagnosis.diagnose(x)
  local decider = diagnosis.decider(findings)
  if not decider then return "no error" end
  local parts = { ("%s: %s"):format(decider.code, diagnosis.sentence(x)) }
  if decider.why then parts[#parts + 1] = "Why: " .. decider.why end
  if decider.fix then parts[#parts + 1] = "Fix: " .. decider.fix end
  local line = table.concat(parts, ". "):gsub("`", ""):gsub(" \\\n *", " ")
  return words.safe(line, 2000)
end

return text
