--- The name somebody probably meant.
-- @module wsstls.nearest

-- Optimal string alignment (Damerau-Levenshtein with adjacent swaps), three
-- rows; `limit` ends it early.
local function distance(a, b, limit)
  local before, previous, previous_best = nil, {}, 0
  for j = 0, #b do previous[j] = j end
  for i = 1, #a do
    local row, best = { [0] = i }, i
    for j = 1, #b do
      local cost = a:byte(i) == b:byte(j) and 0 or 1
      local value = previous[j - 1] + cost
      if previous[j] + 1 < value then value = previous[j] + 1 end
      if row[j - 1] + 1 < value then value = row[j - 1] + 1 end
      if before and j > 1 and a:byte(i) == b:byte(j - 1)
         and a:byte(i - 1) == b:byte(j) and before[j - 2] + 1 < value then
        value = before[j - 2] + 1
      end
      row[j] = value
      if value < best then best = value end
    end
    -- a swap reaches back two rows
    if best > limit and previous_best > limit then return limit + 1 end
    before, previous, previous_best = previous, row, best
  end
  return previous[#b]
end

-- "caFile", "ca-file" and "CA_FILE" are one word.
local function squeeze(name)
  return (name:lower():gsub("[^%w]", ""))
end

--- The member of `list` nearest to `name`.
-- @tparam string name
-- @tparam table list of strings
-- @tparam[opt] table aliases neighbours' spelling -> member of `list`
-- @treturn string|nil nil when nothing is near
local function nearest(name, list, aliases)
  local wanted = squeeze(name)
  local limit = math.max(1, math.floor(#wanted / 3))
  local best, best_distance = nil, limit + 1
  local function try(candidate, answer)
    local d = distance(wanted, squeeze(candidate), limit)
    if d < best_distance then best, best_distance = answer, d end
  end
  for _, candidate in ipairs(list) do try(candidate, candidate) end
  local known = {}
  for _, candidate in ipairs(list) do known[candidate] = true end
  local names = {}
  for alias, answer in pairs(aliases or {}) do
    if known[answer] then names[#names + 1] = alias end
  end
  table.sort(names)
  for _, alias in ipairs(names) do try(alias, aliases[alias]) end
  return best
end

return nearest
