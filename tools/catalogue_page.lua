-- Writes docs/catalogue.md: every installed scenario, and what badssl.com has.
--     lua tools/catalogue_page.lua       writes it
--     lua tools/catalogue_page.lua -     prints it
-- It needs the built module, like the scenarios themselves.
local PATH = "docs/catalogue.md"

local HEAD = [[
# The catalogue

Every failure here is one command away, and so is its fixed twin:

    wsstls test --tags catalogue                       # all of them
    wsstls test --tags catalogue --filter cert-expired
    wsstls explain cert-expired
    wsstls zoo list

A scenario is a file, `lua/wsstls/catalogue/GROUP/NAME.lua`, and an example:
what is made, both sides, what each of them must observe, and what repairs it.
All of them are run by `spec/scenario/catalogue_spec.lua`, in TLS 1.2 and 1.3
unless they are about one of the two, with their twins. One that needs a
foreign program which is not there is skipped, and says so; `make peers` builds
that of websocketpp (put build/peers on the PATH).

"Client" and "server" are the codes on the two sides ("-": there is nothing to
judge, or the side is a raw peer that does the wrong thing itself). This page
is written by `make catalogue`.
]]

local UNSTAGED = [[

## Codes without a scenario

`wsstls explain` has a page for these, too.

| code | why |
|---|---|
]]

-- What a seed names and Debian and npm do not have.
local ABSENT = [[

Of the peers that the seeds name one is not here: websocket-sharp. It is
published on NuGet only, neither as a Debian package nor as one of npm, and
nothing else stands for it.
]]

local BADSSL = [[

## badssl.com

Every case of badssl.com, and the scenario that shows it; "(fixed)" is the
twin of that name.

| badssl.com | here |
|---|---|
]]

local groups, order = {}, {}
for _, entry in ipairs(require "wsstls.catalogue") do
  if not groups[entry[1]] then
    groups[entry[1]] = {}
    order[#order + 1] = entry[1]
  end
  table.insert(groups[entry[1]],
    (require(("wsstls.catalogue.%s.%s"):format(entry[1], entry[2]))))
end

local function code_of(expect)
  if not expect then return "-" end
  local code = expect.code or expect.ok and "ok" or "-"
  if type(code) ~= "table" then return code end
  local list = {}
  for version, one in pairs(code) do
    list[#list + 1] = ("%s: %s"):format(version:sub(5), one)
  end
  table.sort(list)
  return table.concat(list, "; ")
end

local out = { HEAD }
local function write(...) out[#out + 1] = string.format(...) end

for _, group in ipairs(order) do
  write("\n## %s (%d)\n\n", group, #groups[group])
  write("| scenario | what | at fault | client | server |\n"
    .. "|---|---|---|---|---|\n")
  for _, one in ipairs(groups[group]) do
    write("| %s | %s | %s | %s | %s |\n", one.name, one.title,
      one.fault == "none" and "-" or one.fault, code_of(one.expect.client),
      code_of(one.expect.server))
  end
end

write("%s%s", ABSENT, UNSTAGED)
local unstaged = require "wsstls.catalogue.unstaged"
for _, code in ipairs(require "wsstls.codes".list()) do
  if unstaged[code] then write("| %s | %s |\n", code, unstaged[code]) end
end

write("%s", BADSSL)
for _, case in ipairs(require "wsstls.catalogue.badssl") do
  local here = case[3] and case[3] .. (case.twin and " (fixed)" or "")
  if case.impossible then
    here = (here and here .. "; but " or "not possible: ") .. case.impossible
  end
  write("| %s: %s | %s |\n", case[1], case[2], here)
end

local text = table.concat(out)
local how = ...
if how == "text" then
  return text -- for the spec that compares
elseif how == "-" then
  io.write(text)
else
  local file = assert(io.open(PATH, "w"))
  file:write(text)
  file:close()
end
