--- `wsstls check URL`: every layer of a connection, and why it fails.
-- @module wsstls.cli.check
local connection = require "wsstls.cli.connection"
local terminal = require "wsstls.cli.terminal"
local text = require "wsstls.report.text"
local words = require "wsstls.diagnosis.words"

local check = {}

function check.define(parser)
  local command = parser:command("check")
    :summary "Examine a ws:// or wss:// server layer by layer."
    :description("Connects, pings and closes, and says of every layer (dns, "
      .. "tcp, proxy, tls, verify, upgrade, echo) what it showed; of the one "
      .. "that fails, why, and what to do about it.")
  command:argument("url", "wss://HOST:PORT/PATH")
  connection.define(command)
  command:flag("--json", "Print the report as JSON.")
  command:option("--record", "When it fails, write what reproduces it "
    .. "offline to this folder."):argname "DIR"
end

local function show(layer)
  local mark = layer.ok and terminal.paint("green", "ok  ")
    or terminal.paint("red", "FAIL")
  local detail = layer.detail
  if not detail and layer.err then detail = layer.err.code end
  terminal.say(("%s  %-8s %7.1f ms  %s"):format(mark, layer.name,
    layer.seconds * 1000, words.safe(detail or "", 200)))
end

local function record(dir, err, o)
  terminal.folder(dir)
  local made, bad = require("wsstls.bundle").write(dir, err, o)
  if not made then terminal.stop("--record: " .. bad) end
  terminal.complain(made.replays
    and ("reproduced by: wsstls run " .. made.script)
    or ("written to %s, but not replayed: %s"):format(dir, made.why))
end

function check.run(args)
  local wss = require "wsstls"
  local o = connection.options(args)
  local report = terminal.try(wss.check, args.url, o)
  local last = report.layers[#report.layers].err
  if args.record and last then record(args.record, last, o) end
  if args.json then
    terminal.json(report)
    return report.ok and 0 or 3
  end
  for _, layer in ipairs(report.layers) do show(layer) end
  if report.ok then return 0 end
  if last then
    terminal.say ""
    terminal.say(terminal.story(text.story(last)))
  end
  return 3
end

return check
