--- `wsstls explain X`: what a code, a number or a message means.
-- @module wsstls.cli.explain
local terminal = require "wsstls.cli.terminal"

local explain = {}

local DESCRIPTION = "Explain a code (cert-ip-mismatch), a number (64, "
  .. "x509:20, alert:48, close:1006, http:401), a name, text that another "
  .. "client printed, or a record in JSON. Without X, or with -, the text is "
  .. "read from standard input."

function explain.define(parser)
  local command = parser:command("explain")
    :summary "Explain a code, a number or another client's message."
    :description(DESCRIPTION)
  command:argument("x", "What to explain."):args "*"
  command:option("-f --file", "Explain what is in a file."):argname "FILE"
  command:flag("--json", "Print JSON.")
end

-- A record that was printed as JSON, or else the text.
local function value_of(text)
  if not text:find "^%s*{" then return text end
  local record = require("wsstls.json").decode(text)
  if type(record) ~= "table" then return text end
  return record
end

function explain.run(args)
  local text = table.concat(args.x, " ")
  if args.file then
    text = terminal.read(args.file)
  elseif text == "" or text == "-" then
    text = terminal.read "-"
  end
  if not text:find "%S" then
    terminal.stop "explain: there is nothing to explain"
  end
  local wss = require "wsstls"
  local explanation = terminal.try(wss.explain, value_of(text))
  if args.json then
    terminal.json { input = explanation.input,
                    meanings = explanation.meanings }
  else
    terminal.say(terminal.story(tostring(explanation)))
  end
  return 0
end

return explain
