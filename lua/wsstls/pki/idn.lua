--- Host names beyond ASCII as certificates carry them (RFC 3492, RFC 5890).
-- Labels are encoded as they stand: no case folding beyond ASCII and no
-- normalisation, which would take Unicode's tables.
-- @module wsstls.pki.idn
local idn = {}

local BASE, TMIN, TMAX, SKEW, DAMP = 36, 1, 26, 38, 700
local INITIAL_BIAS, INITIAL_N = 72, 128

local function floor_div(a, b) return math.floor(a / b) end

-- UTF-8 to code points by hand: 5.1 has no utf8 library. nil when broken.
local function decode(text)
  local points, i = {}, 1
  while i <= #text do
    local byte = text:byte(i)
    local more = byte < 0x80 and 0 or byte >= 0xf0 and 3 or byte >= 0xe0 and 2
      or byte >= 0xc2 and 1 or -1
    if more < 0 or byte > 0xf4 then return nil end
    local point = more == 0 and byte or byte % 2 ^ (6 - more)
    for k = 1, more do
      local next_byte = text:byte(i + k)
      if not next_byte or next_byte < 0x80 or next_byte > 0xbf then
        return nil
      end
      point = point * 64 + next_byte % 64
    end
    points[#points + 1] = point
    i = i + more + 1
  end
  return points
end

local function adapt(delta, count, first)
  delta = first and floor_div(delta, DAMP) or floor_div(delta, 2)
  delta = delta + floor_div(delta, count)
  local k = 0
  while delta > (BASE - TMIN) * TMAX / 2 do
    delta = floor_div(delta, BASE - TMIN)
    k = k + BASE
  end
  return k + floor_div((BASE - TMIN + 1) * delta, delta + SKEW)
end

local function digit(value)
  return string.char(value < 26 and value + 97 or value - 26 + 48)
end

-- One number as a generalised variable-length integer.
local function write_delta(out, delta, bias)
  local q, k = delta, BASE
  while true do
    local t = k <= bias and TMIN or k >= bias + TMAX and TMAX or k - bias
    if q < t then break end
    out[#out + 1] = digit(t + (q - t) % (BASE - t))
    q = floor_div(q - t, BASE - t)
    k = k + BASE
  end
  out[#out + 1] = digit(q)
end

local function encode(points)
  local out, basic = {}, 0
  for _, point in ipairs(points) do
    if point < 128 then
      out[#out + 1] = string.char(point)
      basic = basic + 1
    end
  end
  if basic > 0 then out[#out + 1] = "-" end
  local n, delta, bias, handled = INITIAL_N, 0, INITIAL_BIAS, basic
  while handled < #points do
    local least = math.huge
    for _, point in ipairs(points) do
      if point >= n and point < least then least = point end
    end
    delta = delta + (least - n) * (handled + 1)
    n = least
    for _, point in ipairs(points) do
      if point < n then delta = delta + 1 end
      if point == n then
        write_delta(out, delta, bias)
        bias = adapt(delta, handled + 1, handled == basic)
        delta, handled = 0, handled + 1
      end
    end
    delta, n = delta + 1, n + 1
  end
  return table.concat(out)
end

--- The ASCII form of a host name: "bücher.test" -> "xn--bcher-kva.test".
-- @tparam string name UTF-8; pure ASCII comes back unchanged
-- @treturn string|nil nil when it is not UTF-8
function idn.to_ascii(name)
  if not name:find("[\128-\255]") then return name end
  -- U+3002 and its relatives separate labels too (RFC 3490 3.1)
  name = name:gsub("\227\128\130", "."):gsub("\239\188\142", ".")
  local labels = {}
  for label in (name .. "."):gmatch("([^.]*)%.") do
    if label:find("[\128-\255]") then
      local points = decode(label)
      if not points then return nil end
      for i, point in ipairs(points) do
        if point >= 65 and point <= 90 then points[i] = point + 32 end
      end
      label = "xn--" .. encode(points)
    end
    labels[#labels + 1] = label
  end
  return table.concat(labels, ".")
end

return idn
