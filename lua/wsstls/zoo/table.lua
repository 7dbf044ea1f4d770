--- The cross-client table: a line for each animal, a column for each client.
-- @module wsstls.zoo.table
local words = require "wsstls.diagnosis.words"

local cross = {}

local function pad(text, width)
  return text .. (" "):rep(math.max(1, width - #text))
end

-- "reject", or "ACCEPT" where it should not have.
local function cell(row)
  if not row then return "" end
  if row.skipped then return "-" end
  return row.ok and row.did or row.did:upper()
end

-- name -> client -> row, and the names in their order.
local function arrange(rows)
  local names, by_name = {}, {}
  for _, row in ipairs(rows) do
    if not by_name[row.name] then
      by_name[row.name] = { should = row.should }
      names[#names + 1] = row.name
    end
    by_name[row.name][row.client] = row
  end
  return names, by_name
end

--- The table as text; capitals are verdicts that differ from what they
-- should be, "-" is an animal that a client cannot meet.
-- @tparam table rows of `wsstls.zoo.run`
-- @tparam table clients in the order of the columns
-- @treturn string
function cross.text(rows, clients)
  local names, by_name = arrange(rows)
  local width, columns = #"scenario", {}
  for _, name in ipairs(names) do width = math.max(width, #name) end
  for i, client in ipairs(clients) do columns[i] = client.name end
  local lines = {}
  local function line(name, should, cells)
    local parts = { pad(name, width + 2), pad(should, 8) }
    for i, text in ipairs(cells) do
      parts[#parts + 1] = pad(text, math.max(#columns[i] + 2, 10))
    end
    lines[#lines + 1] = (table.concat(parts):gsub("%s+$", ""))
  end
  line("scenario", "should", columns)
  for _, name in ipairs(names) do
    local cells = {}
    for i, column in ipairs(columns) do cells[i] = cell(by_name[name][column])
    end
    line(name, by_name[name].should, cells)
  end
  return table.concat(lines, "\n")
end

--- How many of a client's verdicts are what they should be.
-- @treturn table `{met, right, wrong, skipped}`
function cross.count(rows, client)
  local sum = { met = 0, right = 0, wrong = 0, skipped = 0 }
  for _, row in ipairs(rows) do
    if row.client == client.name then
      if row.skipped then
        sum.skipped = sum.skipped + 1
      else
        sum.met = sum.met + 1
        local key = row.ok and "right" or "wrong"
        sum[key] = sum[key] + 1
      end
    end
  end
  return sum
end

--- One verdict in one line, with what the client said and the server saw.
function cross.line(row)
  if row.skipped then
    return ("-     %s: %s (%s)"):format(row.client, row.name, row.skipped)
  end
  local line = ("%s  %s: %s: %sed"):format(row.ok and "ok  " or "DIFF",
    row.client, row.name, row.did)
  if row.did == "hung" or row.did == "crashed" or row.did == "broken" then
    line = line:gsub("ed$", "")
  end
  if not row.ok then line = line .. (", should %s"):format(row.should) end
  line = line .. "; the server saw " .. words.safe(row.seen or "nothing", 60)
  if row.complaint and row.did ~= "accept" then
    line = line .. "; it says: " .. words.safe(row.complaint, 120)
  end
  return line
end

return cross
