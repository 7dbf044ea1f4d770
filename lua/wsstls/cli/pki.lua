--- `wsstls pki ...`: making, showing and converting certificates.
-- @module wsstls.cli.pki
local terminal = require "wsstls.cli.terminal"

local cli_pki = {}

local MODULES = { "make", "show", "p12", "rehash", "dhparam", "broken" }
local FILES = { rehash = "tools", dhparam = "tools", broken = "tools" }

local function module_of(name)
  return require("wsstls.cli.pki_" .. (FILES[name] or name))
end

function cli_pki.define(parser)
  local command = parser:command("pki")
    :summary "Make, show and convert certificates."
    :description "Make, show and convert certificates, keys and CRLs."
    :require_command(false):command_target("subcommand")
  for _, name in ipairs(MODULES) do
    module_of(name).define(command, name)
  end
end

function cli_pki.run(args)
  if not args.subcommand then
    terminal.stop("pki: say what to do: make, show, p12, rehash, dhparam or "
      .. "broken; see: wsstls pki --help")
  end
  return module_of(args.subcommand).run(args)
end

return cli_pki
