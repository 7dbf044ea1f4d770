--- The zoo's pages: the index, and what an HTTPS visitor of an animal reads.
-- @module wsstls.zoo.pages
local explain = require "wsstls.explain"
local xml = require "wsstls.report.xml"

local pages = {}

local STYLE = [[
:root { color-scheme: light dark; }
body { font: 15px/1.5 system-ui, sans-serif; margin: 2rem auto;
  max-width: 70rem; padding: 0 1rem; }
table { border-collapse: collapse; width: 100%; }
th, td { text-align: left; padding: .3rem .8rem .3rem 0;
  border-bottom: 1px solid #8884; vertical-align: top; }
td:first-child { white-space: nowrap; }
h2 { margin-top: 2rem; }
pre { overflow-x: auto; padding: 1rem; background: #8881; }
.reject { color: #c33; } .accept { color: #292; }
output { font-family: monospace; }
]]

local FRAME = [[<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>%s</title>
<meta name="viewport" content="width=device-width">
<style>%s</style></head><body>
%s
</body></html>
]]

local function html(title, body, status)
  return { status = status or 200,
    headers = { ["Content-Type"] = "text/html; charset=utf-8",
                ["Cache-Control"] = "no-store" },
    body = FRAME:format(xml.text(title), STYLE, body) }
end

--- PEM text of whatever stands for a CA: an object, PEM, or a list of them.
function pages.pem(x)
  if type(x) == "string" then return x end
  if type(x) ~= "table" then return "" end
  if x.material then return x:pem() end
  local parts = {}
  for i, item in ipairs(x) do parts[i] = pages.pem(item) end
  return table.concat(parts)
end

local function explanation(animal)
  local found = explain.explain(animal.slug)
  return found and tostring(found) or ""
end

-- A page may try the WebSocket of its own server.
local TRY = [[
<p><button onclick="attempt()">Open %s</button> <output id="o"></output></p>
<script>
function attempt() {
  const ws = new WebSocket("%s"), o = document.getElementById("o");
  o.textContent = "connecting";
  ws.onopen = () => { o.textContent = "open"; ws.send("zoo"); };
  ws.onmessage = (e) => { o.textContent = "open, and heard " + e.data; };
  ws.onclose = (e) => {
    o.textContent += "; closed " + e.code + " " + e.reason;
  };
}
</script>
]]

local function try_button(animal)
  if not animal.url then return "" end
  local where = xml.text(animal.url)
  return TRY:format(where, where)
end

-- What to type; curl's words are ours, too.
local function commands(animal)
  local https = animal.url:gsub("^ws", "http")
  local host, port = https:match "^https?://([^:/]+):(%d+)"
  local options = ("--cacert %s.pem"):format(animal.name)
  if host and host ~= "localhost" and not host:find "^[%d.]+$" then
    options = ("%s --resolve %s:%s:127.0.0.1"):format(options, host, port)
  end
  return ('<p>Fetch <a href="/%s.pem">%s.pem</a>, the CA to trust, and:</p>'
    .. "<pre>wsstls check %s %s\ncurl %s %s</pre>"
    .. '<p><a href="/">All of them</a></p>'):format(animal.name, animal.name,
    xml.text(animal.url), xml.text(options), xml.text(https),
    xml.text(options))
end

--- The page of one animal.
-- @tparam table animal
-- @tparam[opt] boolean indexed it is a page of the index
function pages.animal(animal, indexed)
  return html(animal.name, ([[
<h1>%s</h1><p>%s</p><p>A client should <b class="%s">%s</b> this.</p>
%s<pre>%s</pre>%s]]):format(xml.text(animal.name),
    xml.text(animal.title), animal.should, animal.should,
    try_button(animal), xml.text(explanation(animal)),
    indexed and commands(animal) or ""))
end

local function row(animal)
  local https = animal.url:gsub("^ws", "http")
  return ([[<tr><td><a href="/%s">%s</a></td><td>%s</td>
<td class="%s">%s</td><td><a href="%s">%s</a></td>
<td><a href="/%s.pem">CA</a></td></tr>
]]):format(xml.text(animal.name), xml.text(animal.name),
    xml.text(animal.title), animal.should, animal.should, xml.text(https),
    xml.text(animal.url), xml.text(animal.name))
end

local INTRO = [[
<h1>The wsstls zoo</h1>
<p>Every line is a server with one thing wrong, at a port of its own, for
wss:// and, as far as TLS goes, for https://. Point a client at it and see
whether it does what it should. Each has a CA that the client is to trust:
the link at the end of its line, or <a href="/ca.pem">all of them in one
file</a>. Never add them to a store that serves for anything else. Names that
are not localhost lead to this machine only if you say so
(<code>curl --resolve</code>, <code>chromium
--host-resolver-rules="MAP * 127.0.0.1"</code>).</p>
]]

local function overview(animals)
  local parts, group = { INTRO }, nil
  for _, animal in ipairs(animals) do
    if animal.tags[1] ~= group then
      if group then parts[#parts + 1] = "</tbody></table>" end
      group = animal.tags[1]
      parts[#parts + 1] = ("<h2>%s</h2><table><thead><tr><th>Name</th>"
        .. "<th>What is wrong</th><th>Client should</th><th>URL</th>"
        .. "<th></th></tr></thead><tbody>"):format(xml.text(group))
    end
    parts[#parts + 1] = row(animal)
  end
  if group then parts[#parts + 1] = "</tbody></table>" end
  return html("wsstls zoo", table.concat(parts))
end

local function pem_answer(text)
  return { status = 200, body = text,
           headers = { ["Content-Type"] = "application/x-pem-file" } }
end

-- Every CA once.
local function bundle(animals)
  local seen, parts = {}, {}
  for _, animal in ipairs(animals) do
    local pattern = "%-%-%-%-%-BEGIN CERTIFICATE.-END CERTIFICATE%-%-%-%-%-\n"
    for cert in animal.ca_pem:gmatch(pattern) do
      if not seen[cert] then
        seen[cert] = true
        parts[#parts + 1] = cert
      end
    end
  end
  return table.concat(parts)
end

--- What answers the requests to the index.
function pages.index(animals)
  local by_name = {}
  for _, animal in ipairs(animals) do by_name[animal.name] = animal end
  return function(request)
    local path = request.path
    if path == "/" then return overview(animals) end
    if path == "/ca.pem" then return pem_answer(bundle(animals)) end
    local animal = by_name[path:match "^/([%w-]+)%.pem$"]
    if animal then return pem_answer(animal.ca_pem) end
    animal = by_name[path:match "^/([%w-]+)$"]
    if animal then return pages.animal(animal, true) end
    return html("not here", "<h1>There is no such page</h1>", 404)
  end
end

return pages
