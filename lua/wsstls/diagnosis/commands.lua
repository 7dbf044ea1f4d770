--- What a person can type: the only place where the diagnosis names commands
-- and calls of this project.
--
-- A command stands between backquotes and is never broken by the wrapping of
-- a text; one that is too long for a line brings its own line breaks, as a
-- shell takes them.
-- @module wsstls.diagnosis.commands
local commands = {}

-- The story's text has 65 columns, and what follows the command needs some.
local COLUMNS = 62

--- A command of the shell from its words, which stay whole.
local function shell(list)
  local lines, line = {}, nil
  for _, word in ipairs(list) do
    if line and #line + 1 + #word > COLUMNS - 2 then
      lines[#lines + 1], line = line, "  " .. word
    else
      line = line and line .. " " .. word or word
    end
  end
  lines[#lines + 1] = line
  return "`" .. table.concat(lines, " \\\n") .. "`"
end

--- Makes a certificate, its key, and the CA that issues it, as files.
-- @tparam table names a list of `{"dns" | "ip" | "cn", value}`; the values
-- need no quotes in a shell
-- @tparam string owner "server" or "client"
function commands.make(names, owner)
  local list = { "wsstls pki make " .. owner }
  for _, name in ipairs(names) do
    list[#list + 1] = ("--%s %s"):format(name[1], name[2])
  end
  return shell(list)
end

--- Explains a code, a number or text.
function commands.explain(x) return ("`wsstls explain %s`"):format(x) end

commands.ca = "`wsstls pki make ca`"
commands.show = "`wsstls pki show FILE`"
commands.same_key = "`openssl x509 -in CERT -noout -pubkey` and "
  .. "`openssl pkey -in KEY -pubout` print the same when they match"
commands.rehash = "`wsstls pki rehash DIR`"
commands.dhparam = "`wsstls pki dhparam 2048`"
commands.p12 = "`wsstls pki p12 FILE.pem`"
commands.report = "`print(wss.json(err.observation))`"
commands.failures = "`server:failures()`"

return commands
