--- `wsstls relay`: a hostile network between any two programs.
-- @module wsstls.cli.relay
local terminal = require "wsstls.cli.terminal"

local relay = {}

local DESCRIPTION = "Listens, passes every connection on to the upstream "
  .. "address, and prints the TLS records as they pass. Rules damage, delay "
  .. "or end them; without a rule everything passes unharmed."
local RULE = "What to do to which records: from=client|server, "
  .. "record=handshake|application|alert|change_cipher_spec, "
  .. "handshake=certificate|..., nth=N, probability=P, byte=N; action= flip, "
  .. "drop, duplicate, replay, inject, replace, truncate, split, coalesce, "
  .. "delay, latency, throttle, stall, slow_close, half_close, close, reset "
  .. "or limit; and what the action reads: offset= mask= bytes= with= "
  .. "length= count= seconds= jitter= rate= to=. Bytes: the word itself, "
  .. "hex:170303, or @FILE. Repeat for more rules."

function relay.define(parser)
  local command = parser:command("relay")
    :summary "Pass connections on, and damage them as told."
    :description(DESCRIPTION)
  command:option("--upstream", "Where to: HOST:PORT or a ws(s):// URL.")
    :argname "ADDRESS"
  command:option("--host", "The address to listen at (127.0.0.1).")
    :argname "ADDRESS"
  command:option("--port", "The port to listen at (any free one).")
    :argname "N":convert(tonumber)
  command:option("--rule", RULE):argname "RULE":count "*":target "rules"
  command:flag("--no-answer", "Accept connections and never answer.")
  command:option("--refuse-after", "Refuse connections after so many.")
    :argname "N":convert(tonumber)
  command:option("--seed", "Of what happens by chance."):argname "N"
    :convert(tonumber)
  command:option("--connections", "Leave when so many are over, and say "
    .. "which rules never fired."):argname "N":convert(tonumber)
  command:flag("--json", "Print a JSON object per line.")
end

local NUMBERS = { nth = true, byte = true, probability = true, offset = true,
  mask = true, length = true, seconds = true, jitter = true, rate = true,
  count = true }

local function bytes_of(word)
  local path, hex = word:match "^@(.+)$", word:match "^hex:(.*)$"
  if path then return terminal.read(path) end
  if not hex then return word end
  if #hex % 2 == 1 or hex:find "%X" then
    terminal.stop("--rule: '" .. word .. "' is not hexadecimal")
  end
  return (hex:gsub("%x%x", function(two)
    return string.char(tonumber(two, 16))
  end))
end

-- "from=server,nth=5,action=flip" -> a rule; its values are judged later.
local function read_rule(text)
  local rule = {}
  for part in text:gmatch "[^,]+" do
    local name, value = part:match "^%s*([%w_-]+)=(.*)$"
    if not name then
      terminal.stop(("--rule: '%s' is not NAME=VALUE"):format(part))
    end
    name = name:gsub("-", "_")
    if NUMBERS[name] then value = tonumber(value) or value end
    if name == "bytes" or name == "with" then value = bytes_of(value) end
    rule[name] = value
  end
  return rule
end

local function say_row(row)
  terminal.say(("%9.4f  #%d %s  %-18s %-20s %6d%s"):format(row.at,
    row.connection, row.from, row.type, row.handshake or "", row.length,
    row.action and "  " .. terminal.paint("yellow", row.action
      .. (row.rule and " (rule " .. row.rule .. ")" or "")) or ""))
end

local function say_end(c)
  local lost = c.lost_records.client + c.lost_records.server
  terminal.say(("%9.4f  #%d ended by %s%s: %d bytes from the client, %d "
    .. "from the server%s"):format(c.over, c.connection, c.ended_by,
    c.code and " (" .. c.code .. ")" or "", c.bytes.client, c.bytes.server,
    lost > 0 and (", %d records lost"):format(lost) or ""))
end

local function say_json(x)
  terminal.say(require("wsstls.json").encode(x))
end

-- The connections that are over and were not shown yet, oldest first.
local function newly_over(self, shown)
  local list = {}
  for _, c in ipairs(self:connections()) do
    if c.over and not shown[c.connection] then
      shown[c.connection] = true
      list[#list + 1] = c
    end
  end
  return list
end

local function say_unfired(self, json)
  local _, unfired = self:close()
  for _, row in ipairs(unfired) do
    if json then
      say_json { unfired = row }
    else
      terminal.complain(("rule %d (%s) never fired: %s"):format(row.rule,
        row.action, row.why))
    end
  end
end

function relay.run(args)
  local wss = require "wsstls"
  local loop = require "wsstls.loop"
  local rules = {}
  for i, text in ipairs(args.rules) do rules[i] = read_rule(text) end
  local self = terminal.try(wss.relay, { upstream = args.upstream,
    host = args.host, port = args.port, rules = rules, seed = args.seed,
    accept = not args.no_answer, refuse_after = args.refuse_after,
    on_record = args.json and say_json or say_row })
  io.stdout:setvbuf "line" -- somebody may be watching a pipe
  if args.json then
    say_json { url = self.url, port = self.port, upstream = args.upstream }
  else
    terminal.say(("relay %s -> %s"):format(self.url,
      args.upstream or "nowhere"))
  end
  local count, shown = 0, {}
  while count < (args.connections or math.huge) do
    loop.wait(self)
    for _, c in ipairs(newly_over(self, shown)) do
      count = count + 1
      if args.json then say_json(c) else say_end(c) end
    end
  end
  say_unfired(self, args.json)
  return 0
end

return relay
