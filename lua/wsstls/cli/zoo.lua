--- `wsstls zoo`: broken servers for any client.
-- @module wsstls.cli.zoo
local terminal = require "wsstls.cli.terminal"

local zoo = {}

local function common(command)
  command:argument("names", "Only these scenarios."):args "*"
  command:option("--tags", "Only scenarios with this tag. Repeat for more.")
    :argname "TAG":count "*"
  return command
end

function zoo.define(parser)
  local command = parser:command("zoo")
    :summary "A local badssl for wss and https."
    :description("The catalogue's broken servers, for any client.")
  command:require_command(true):command_target("action")
  local list = common(command:command("list")
    :summary "What there is, and what a client should do about it.")
  list:flag("--json", "Print name, title and tags of every scenario as JSON.")
  list:flag("--impossible", "What is not in the zoo, and why.")
  local serve = common(command:command("serve")
    :summary "Serve every one at a port of its own, with an index page.")
  serve:option("--port", "Port of the index; the others follow (10440). 0: "
    .. "any."):argname "N":convert(tonumber)
  serve:option("--host", "Address to listen on (127.0.0.1).")
    :argname "ADDRESS"
  local run = common(command:command("run")
    :summary "Lead clients through it, and print what each accepted.")
  run:option("--client", "A command with {url} and {ca} in it that leaves "
    .. "with 0 when it was connected; or one of " ..
    require("wsstls.zoo.clients").names() .. "; or all: those of them that "
    .. "are installed. Repeat for a table. Without: our own.")
    :argname "COMMAND":count "*"
  run:flag("--broken-only", "Without the fixed twins.")
  run:flag("--json", "Print the verdicts as JSON.")
  run:flag("--verbose -v", "Print every verdict as it comes.")
end

local function animals_of(args)
  local list, others = require("wsstls.zoo").animals {
    tags = args.tags[1] and args.tags, names = args.names[1] and args.names }
  local known = {}
  for _, animal in ipairs(list) do known[animal.name] = true end
  for _, other in ipairs(others) do known[other.name] = other.why end
  for _, name in ipairs(args.names) do
    if not known[name] then
      terminal.stop(("zoo: there is no scenario '%s'"):format(name))
    elseif known[name] ~= true and args.action ~= "list" then
      terminal.stop(("zoo: %s is not in it: %s"):format(name, known[name]))
    end
  end
  return list, others
end

local function list_json(args)
  local out = {}
  for i, one in ipairs(require("wsstls.scenario").all {
      tags = args.tags[1] and args.tags or nil }) do
    out[i] = { name = one.name, title = one.title, tags = one.tags }
  end
  terminal.json(out)
  return 0
end

-- Of badssl.com: what OpenSSL 3 cannot show.
local function say_badssl()
  for _, case in ipairs(require "wsstls.catalogue.badssl") do
    if case.impossible then
      terminal.say(("badssl.com: %s: %s"):format(case[2], case.impossible))
    end
  end
end

local actions = {}

function actions.list(args)
  if args.json then return list_json(args) end
  local list, others = animals_of(args)
  for _, animal in ipairs(args.impossible and {} or list) do
    terminal.say(("%-7s %-34s %s"):format(animal.should, animal.name,
      animal.title or ""))
  end
  for _, other in ipairs(args.impossible and others or {}) do
    terminal.say(("%-34s %s"):format(other.name, other.why))
  end
  if args.impossible and not args.names[1] and not args.tags[1] then
    say_badssl()
  end
  return 0
end

function actions.serve(args)
  local animals = animals_of(args)
  local open = terminal.try(require "wsstls.zoo.serve", { animals = animals,
    host = args.host, port = args.port or 10440 })
  terminal.say(("%d servers; read %s"):format(#animals, open.url))
  io.stdout:flush()
  require("wsstls").run()
  return 0
end

local function clients_of(words)
  local clients = require "wsstls.zoo.clients"
  local list = {}
  for _, word in ipairs(words) do
    if word == "all" then
      for _, one in ipairs(clients.list) do
        local missing = clients.missing(one)
        if missing then
          terminal.complain(("%s is left out: %s is not installed"):format(
            one.name, missing))
        else
          list[#list + 1] = one
        end
      end
    else
      local one, bad = clients.read(word)
      if not one then terminal.stop("zoo run: " .. bad) end
      local missing = clients.missing(one)
      if missing then
        terminal.stop(("zoo run: %s is not installed"):format(missing))
      end
      list[#list + 1] = one
    end
  end
  return list
end

-- Our own client, by the scenarios' own expectations.
local function run_ours(args, animals)
  local cross = require "wsstls.zoo.table"
  local ours, rows = { name = "wsstls" }, {}
  for _, animal in ipairs(animals) do
    for _, fixed in ipairs(args.broken_only and { false }
        or animal.fixed and { false, true } or { false }) do
      local result = animal.scenario:run { fixed = fixed }
      local should = fixed and "accept" or animal.should
      local other = should == "accept" and "reject" or "accept"
      rows[#rows + 1] = { name = result.name, client = ours.name,
        should = should, did = result.ok and should or other,
        ok = result.ok }
    end
  end
  return rows, { ours }, cross
end

local function summary(cross, rows, clients)
  local wrong = 0
  for _, client in ipairs(clients) do
    local sum = cross.count(rows, client)
    wrong = wrong + sum.wrong
    terminal.say(("%s: %d of %d as it should be%s"):format(client.name,
      sum.right, sum.met, sum.skipped > 0
        and (", %d it cannot meet"):format(sum.skipped) or ""))
  end
  return wrong
end

-- What is told of each verdict as it comes: the verdict, or where we are.
local function teller(args, cross, total)
  if args.verbose then
    return function(row)
      terminal.say(cross.line(row))
      io.stdout:flush()
    end
  end
  if not terminal.is_terminal "stderr" then return nil end
  local done = 0
  return function(row)
    done = done + 1
    io.stderr:write(done < total and ("\r\27[K  %d of %d  %s: %s"):format(done,
      total, row.client, row.name) or "\r\27[K")
  end
end

local function count(animals, args, clients)
  local total = 0
  for _, animal in ipairs(animals) do
    total = total + (animal.fixed and not args.broken_only and 2 or 1)
  end
  return total * #clients
end

function actions.run(args)
  local animals = animals_of(args)
  local rows, clients, cross
  if not args.client[1] then
    rows, clients, cross = run_ours(args, animals)
  else
    cross, clients = require "wsstls.zoo.table", clients_of(args.client)
    local tell = teller(args, cross, count(animals, args, clients))
    rows = require("wsstls.zoo.run").all { clients = clients,
      animals = animals, fixed = not args.broken_only,
      on_row = function(row)
        terminal.heed()
        if tell then tell(row) end
      end }
  end
  if args.json then
    terminal.json(rows)
    for _, row in ipairs(rows) do
      if row.ok == false then return 4 end
    end
    return 0
  end
  terminal.say(cross.text(rows, clients))
  terminal.say ""
  for _, row in ipairs(rows) do
    if row.ok == false and not args.verbose then
      terminal.say(cross.line(row))
    end
  end
  return summary(cross, rows, clients) > 0 and 4 or 0
end

function zoo.run(args)
  require("wsstls.core").obey_termination()
  return actions[args.action](args)
end

return zoo
