--- `wsstls pki rehash`, `dhparam` and `broken`.
-- @module wsstls.cli.pki_tools
local terminal = require "wsstls.cli.terminal"

local tools, define, run = {}, {}, {}

function define.rehash(parent)
  local command = parent:command("rehash")
    :summary "Make a folder what --capath and ca_path want."
    :description("Link every certificate and CRL of a folder by its subject "
      .. "hash, as `openssl rehash` does; links to what is gone are removed.")
  command:argument("dir", "The folder.")
  command:flag("--json", "Print JSON.")
end

function run.rehash(args)
  local links = terminal.try(require("wsstls.pki").rehash, args.dir)
  if args.json then
    terminal.json(links)
    return 0
  end
  for _, link in ipairs(links) do
    terminal.say(("%s -> %s"):format(link.link, link.file))
  end
  if #links == 0 then
    terminal.complain(args.dir .. " holds no certificate and no CRL")
  end
  return 0
end

function define.dhparam(parent)
  local command = parent:command("dhparam")
    :summary "Diffie-Hellman parameters for dh_file."
    :description("Write a standard group (RFC 7919) as PEM, at once. With "
      .. "--custom search for a prime of your own: that takes minutes.")
  command:argument("bits", "2048 (default), 3072, 4096, ...")
    :args "?":convert(tonumber)
  command:option("--out -o", "Write to this file."):argname "FILE"
    :target "out"
  command:flag("--custom", "Search for a prime of your own.")
end

function run.dhparam(args)
  local function progress()
    io.stderr:write "."
    io.stderr:flush()
  end
  local pem = terminal.try(require("wsstls.pki").dhparam, {
    bits = args.bits or 2048, custom = args.custom,
    progress = args.custom and progress or nil })
  if args.custom then io.stderr:write "\n" end
  if not args.out then
    io.stdout:write(pem)
    return 0
  end
  terminal.write { [args.out] = pem }
  terminal.say("wrote    " .. args.out)
  return 0
end

function define.broken(parent)
  local command = parent:command("broken")
    :summary "Make certificates that are broken in one named way."
    :description("Write the files of a certificate failure: the chain, its "
      .. "key, what the other side trusts, CRLs. Without a name the recipes "
      .. "are listed.")
  command:argument("slug", "cert-expired, cert-chain-incomplete, ..."):args "?"
  command:option("--dir", "The folder (default: one of the recipe's name).")
    :argname "DIR"
  command:flag("--fixed", "The same, repaired.")
  command:flag("--json", "Print JSON.")
end

local function listing(args)
  local recipes = require "wsstls.recipes"
  local base, all = recipes.base(require "wsstls.pki"), {}
  for i, slug in ipairs(select(2, recipes.all())) do
    local case = recipes.make(slug, { base = base })
    all[i] = { name = slug, code = case.code, title = case.title }
  end
  if args.json then
    terminal.json(all)
    return 0
  end
  for _, one in ipairs(all) do
    terminal.say(("%-34s %s"):format(one.name, one.title))
  end
  return 0
end

function run.broken(args)
  if not args.slug then return listing(args) end
  local recipes = require "wsstls.recipes"
  local slug = args.slug
  if not recipes.all()[slug] then
    local near = require "wsstls.nearest"(slug, select(2, recipes.all()))
    terminal.stop(("no recipe is called '%s'%s"):format(slug, near
      and (" (did you mean '%s'?)"):format(near) or ""))
  end
  local case = recipes.make(slug, { fixed = args.fixed })
  local dir, files, written = args.dir or slug, {}, {}
  for name, text in pairs(recipes.files(case)) do
    local path = terminal.path(dir, name)
    files[path], written[#written + 1] = text, path
  end
  table.sort(written)
  terminal.folder(dir)
  terminal.write(files)
  if args.json then
    terminal.json { name = slug, title = case.title, code = case.code,
      files = written, host = case.host, ip = case.ip, faults = case.faults }
    return 0
  end
  for _, path in ipairs(written) do terminal.say("wrote    " .. path) end
  local name = case.ip or case.host
  terminal.say(("%s%s"):format(args.fixed and "repaired: " or "",
    case.title) .. (name and "; dial it as " .. name or ""))
  return 0
end

function tools.define(parent, name) define[name](parent) end

function tools.run(args) return run[args.subcommand](args) end

return tools
