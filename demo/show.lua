-- What the demo prints, and the statements it checks on the way.
--
-- Plain text, at most 80 columns wide: it must read the same on a terminal
-- and in a pipe. A statement that does not hold is printed as WRONG, counted,
-- and makes the exit code of the demo 1.
local text = require "wsstls.report.text"

local show = { checked = 0, wrong = 0 }

local WIDTH = 78

--- Takes the text; a spec puts another function here.
function show.out(s)
  -- at once, also into a pipe: whoever reads along sees each step
  io.stdout:write(s)
  io.stdout:flush()
end

local function line(s)
  show.out(s .. "\n")
end

--- A part of the demo.
function show.part(title)
  line("")
  line(("="):rep(WIDTH))
  line(title)
  line(("="):rep(WIDTH))
end

--- A step of a part.
function show.step(title)
  line("")
  line("--- " .. title .. " " .. ("-"):rep(WIDTH - 5 - #title))
  line("")
end

--- An empty line.
function show.gap()
  line("")
end

--- A paragraph; several arguments are several paragraphs.
function show.say(...)
  for i, paragraph in ipairs { ... } do
    if i > 1 then line("") end
    for _, words in ipairs(text.wrap(paragraph, WIDTH)) do line(words) end
  end
end

--- A story, or whatever else is text of its own, set off by empty lines.
function show.block(block)
  line("")
  line((tostring(block):gsub("\n+$", "")))
  line("")
end

--- Rows of a small table: a label, and what belongs to it.
function show.rows(rows)
  local widest = 0
  for _, row in ipairs(rows) do widest = math.max(widest, #row[1]) end
  for _, row in ipairs(rows) do
    local label = "  " .. row[1] .. (" "):rep(widest - #row[1] + 2)
    local lines = text.wrap(tostring(row[2]), WIDTH - #label)
    for _, words in ipairs(lines) do
      line(label .. words)
      label = (" "):rep(#label)
    end
  end
end

--- States something and checks it.
-- @tparam string claim what should be so
-- @param holds true when it is so
-- @param got what is there instead, for a claim that does not hold
-- @return holds
function show.check(claim, holds, got)
  show.checked = show.checked + 1
  local mark = "  [ok] "
  if not holds then
    show.wrong = show.wrong + 1
    mark = "  [WRONG] "
    if got ~= nil then claim = ("%s; got %s"):format(claim, tostring(got)) end
  end
  for _, words in ipairs(text.wrap(claim, WIDTH - #mark)) do
    line(mark .. words)
    mark = (" "):rep(#mark)
  end
  return holds
end

--- The same for a call that returns nil, err: the part cannot go on after it.
function show.must(claim, result, err)
  if not show.check(claim, result, err) then
    if type(err) == "table" and err.story then show.block(err:story()) end
    error("stopped: " .. claim .. ": no", 0)
  end
  return result
end

--- Every fault of a verification as one text: "66@0 18@0 64@0".
function show.faults(result)
  local list = {}
  for i, fault in ipairs(result and result.errors or {}) do
    list[i] = ("%d@%d"):format(fault.code, fault.depth)
  end
  return #list > 0 and table.concat(list, " ") or "none"
end

--- The fatal alerts of a record as one text: "48 unknown_ca sent".
function show.alerts(observation)
  local list = {}
  for _, alert in ipairs(observation and observation.alerts or {}) do
    if alert.level == "fatal" then
      list[#list + 1] = ("%d %s %s"):format(alert.number, alert.name,
        alert.direction)
    end
  end
  return #list > 0 and table.concat(list, ", ") or "none"
end

--- A certificate's alternative names as one text.
function show.names(cert)
  local list = {}
  for _, kind in ipairs { "dns", "ip" } do
    for _, name in ipairs(cert.san[kind]) do
      list[#list + 1] = kind:upper() .. ":" .. name
    end
  end
  return #list > 0 and table.concat(list, ", ") or "none"
end

return show
