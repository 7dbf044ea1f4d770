-- The main job: a wss server is dialled and fails, the failure is explained,
-- the certificate is repaired, the connection works. `make demo` runs it.
--
-- Exit code 0 when everything behaved as stated, 1 otherwise.
local here = (arg and arg[0] or "demo/demo.lua"):match("^(.*)/") or "."
package.path = here .. "/../?.lua;" .. package.path

local helper = require "spec.helper"
local show = require "demo.show"
local wss = require "wsstls"

local parts = {
  require("demo.own_server"), (require("demo.lws_server")),
}

local function versions()
  local v = wss.versions()
  return ("wsstls %s on %s, %s, libwebsockets %s"):format(v.wsstls, v.lua,
    v.openssl, v.libwebsockets)
end

show.say("wsstls dials wss:// servers and says why it does not work. This is "
  .. "its main job, twice: once against a server of its own, once against "
  .. "one it knows nothing about. Each line marked [ok] was checked while "
  .. "you read it; a line marked [WRONG] would make this program fail.")

local skipped = {}
for _, part in ipairs(parts) do
  local ok, lacking = pcall(part)
  if not ok then
    show.check("this part came to its end", false, lacking)
    -- Control-C means the whole program
    if tostring(lacking):find("interrupted!", 1, true) then break end
  elseif lacking then
    skipped[#skipped + 1] = lacking
  end
end

show.part("The end")
show.say(versions())
show.say(("%d statements checked, %d wrong."):format(show.checked, show.wrong))
for _, lacking in ipairs(skipped) do
  show.say("One part was not run: " .. lacking .. " is missing.")
end
if not helper.read(here .. "/../lua/bin/wsstls.lua") then
  show.gap()
  show.say("The command wsstls that the stories name is not part of this "
    .. "version yet. In Lua, wss.explain \"cert-ip-mismatch\" explains the "
    .. "same, and the module wsstls.pki makes the certificates.")
end
os.exit(show.wrong == 0 and 0 or 1)
