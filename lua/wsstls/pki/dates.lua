--- Dates: epoch seconds, or "2026-01-31", "2026-01-31T12:00:00Z".
-- @module wsstls.pki.dates
local dates = {}

--- 1950-01-01T00:00:00Z and 9999-12-31T23:59:59Z, what RFC 5280 can write.
dates.first, dates.last = -631152000, 253402300799

-- Days since 1970-01-01; os.time knows local time and 32 bits in places.
local function days_from_civil(year, month, day)
  if month <= 2 then year = year - 1 end
  local era = math.floor(year / 400)
  local of_era = year - era * 400
  local of_year = math.floor((153 * (month + (month > 2 and -3 or 9)) + 2) / 5)
    + day - 1
  return era * 146097 + of_era * 365 + math.floor(of_era / 4)
    - math.floor(of_era / 100) + of_year - 719468
end

local MONTH = { 31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31 }

local function parse(text)
  local year, month, day, rest =
    text:match("^(%d%d%d%d)%-(%d%d)%-(%d%d)(.*)$")
  if not year then return nil end
  local hour, minute, second = 0, 0, 0
  if rest ~= "" then
    hour, minute, second = rest:match("^[T ](%d%d):(%d%d):(%d%d)Z?$")
    if not hour then return nil end
  end
  year, month, day = tonumber(year), tonumber(month), tonumber(day)
  hour, minute, second = tonumber(hour), tonumber(minute), tonumber(second)
  if month < 1 or month > 12 or day < 1 or day > MONTH[month] or hour > 23
     or minute > 59 or second > 60 then
    return nil
  end
  return days_from_civil(year, month, day) * 86400 + hour * 3600
    + minute * 60 + second
end

--- Epoch seconds of `value`.
-- @tparam number|string value
-- @tparam string name the option's, for the sentence
-- @treturn number|nil or nil and a sentence
function dates.read(value, name)
  local seconds = value
  if type(value) == "string" then seconds = parse(value) end
  if type(seconds) ~= "number" or seconds ~= seconds then
    return nil, ("option '%s': expected epoch seconds or \"2026-01-31\", "
      .. "got %s"):format(name, type(value) == "string"
      and "'" .. value .. "'" or type(value))
  end
  seconds = math.floor(seconds)
  if seconds < dates.first or seconds > dates.last then
    return nil, ("option '%s': the date lies outside the years 1950 to 9999")
      :format(name)
  end
  return seconds
end

--- not_before and not_after from what is given of `o`.
-- A date that is not given follows from the other one, so that
-- `not_after = yesterday` alone makes an expired certificate.
-- @tparam table o not_before, not_after, days
-- @tparam number days when neither days nor not_after is given
-- @treturn number|nil not_before; or nil and a sentence
-- @treturn number not_after
function dates.validity(o, days)
  local now = os.time()
  local from, to, bad
  if o.not_before ~= nil then
    from, bad = dates.read(o.not_before, o.names and o.names[1]
      or "not_before")
    if not from then return nil, bad end
  end
  if o.not_after ~= nil then
    to, bad = dates.read(o.not_after, o.names and o.names[2] or "not_after")
    if not to then return nil, bad end
  end
  if o.days ~= nil then
    if type(o.days) ~= "number" or o.days <= 0 or o.days ~= o.days
       or o.days > 4e6 then
      return nil, "option 'days': expected a number above 0, and not beyond "
        .. "the year 9999, got " .. tostring(o.days)
    end
    if to then return nil, "options 'days' and 'not_after': give one" end
    days = o.days
  end
  if not to then
    to = math.min(math.floor((from or now) + days * 86400), dates.last)
  end
  if not from then
    from = now - 3600
    if from >= to then from = math.max(to - days * 86400, dates.first) end
  end
  if from > to and not o.unchecked then
    return nil, ("options '%s' and '%s': the end comes before the beginning")
      :format(o.names and o.names[1] or "not_before",
        o.names and o.names[2] or "not_after")
  end
  return from, to
end

return dates
