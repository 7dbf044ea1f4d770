--- Thin clients of other makes. `wsstls zoo run --client node` means these.
--
-- Each connects, sends a message, and leaves with 0 when an answer came, when
-- the server closed as RFC 6455 wants it, or when nothing was wrong for three
-- seconds.
--
-- A client is `{ name, needs (programs), level ("wss" | "tls"), command, env,
-- stdin, timeout }`. `level = "tls"`: it gets no further than TLS or HTTPS, so
-- it meets only what shows there. The words in braces are those of
-- `wss.program`; all names lead to 127.0.0.1.
-- @module wsstls.zoo.clients
local clients = {}

-- ws (npm), Debian's node-ws
local NODE = [[
const fs = require('fs');
let WebSocket;
try { WebSocket = require('ws'); } catch (e) {
  console.error('the module ws is not installed');
  process.exit(127);
}
const [url, ca] = process.argv.slice(1);
let heard = false, failed = false, opened = false;
const here = (name, options, done) => options.all
  ? done(null, [{ address: '127.0.0.1', family: 4 }])
  : done(null, '127.0.0.1', 4);
const ws = new WebSocket(url, { ca: fs.readFileSync(ca), lookup: here,
  handshakeTimeout: 5000, perMessageDeflate: false });
ws.on('open', () => {
  opened = true;
  ws.send('zoo');
  setTimeout(() => process.exit(failed ? 1 : 0), 3000);
});
ws.on('message', () => { heard = true; ws.close(1000); });
ws.on('error', (e) => {
  failed = true;
  console.error(e.code, e.message);
  setTimeout(() => process.exit(1), 500); // its close frame may still go
});
ws.on('close', (code, reason) => {
  if (!heard && !failed) console.error('closed ' + code + ' ' + reason);
  process.exit(!failed && (heard || opened && code !== 1006) ? 0 : 1);
});
]]

local PYTHON = [[
import asyncio, ssl, sys
from urllib.parse import urlparse
try:
    import websockets
except ImportError:
    print("the module websockets is not installed", file=sys.stderr)
    sys.exit(127)

async def main(url, ca):
    context = ssl.create_default_context(cafile=ca)
    where = urlparse(url)
    async with websockets.connect(url, ssl=context, host="127.0.0.1",
                                  port=where.port, open_timeout=5,
                                  server_hostname=where.hostname,
                                  compression=None, close_timeout=2) as ws:
        try:
            await ws.send("zoo")
            await asyncio.wait_for(ws.recv(), 3)
        except asyncio.TimeoutError:
            if not ws.open:  # it has failed the connection, and waits
                raise
        except websockets.ConnectionClosed as e:
            # its own verdict goes out as one of these
            if e.rcvd is None or e.sent and e.sent.code in (1002, 1007, 1009):
                raise

try:
    asyncio.run(main(*sys.argv[1:3]))
except Exception as e:
    print(type(e).__name__, e, file=sys.stderr)
    sys.exit(1)
]]

-- Debian's modules belong to Debian's Python, whatever else is in the way.
local SYSTEM_PYTHON = "/usr/bin/python3"

-- A page, a trust store and a profile of its own; Chromium's log tells what
-- the page saw. It takes no argument that would make it leave by itself.
local CHROMIUM = [[
url=$1 ca=$2 HOME=$3
export HOME
mkdir -p "$HOME/.pki/nssdb"
certutil -d "sql:$HOME/.pki/nssdb" -N --empty-password || exit 2
certutil -d "sql:$HOME/.pki/nssdb" -A -t CP,, -n zoo -i "$ca" || exit 2
cat >"$HOME/page.html" <<PAGE
<script>
const ws = new WebSocket("$url");
let said = false;
const say = (word) => { if (!said) console.log("zoo-" + word); said = true; };
ws.onopen = () => {
  ws.send("zoo");
  setTimeout(() => say("accepted"), 3000);
};
ws.onmessage = () => say("accepted");
ws.onclose = (e) => say((e.wasClean ? "accepted " : "rejected ") + e.code
  + " " + e.reason);
</script>
PAGE
mkfifo "$HOME/log"
ulimit -S -v unlimited # it reserves much, and uses little
chromium --headless --no-sandbox --disable-gpu --no-first-run \
  --disable-background-networking --disable-component-update \
  --disable-sync --disable-dev-shm-usage --enable-logging=stderr \
  --user-data-dir="$HOME/profile" --remote-debugging-port=0 \
  --host-resolver-rules="MAP * 127.0.0.1" \
  "file://$HOME/page.html" >"$HOME/log" 2>&1 &
pid=$!
status=3
while read -r line; do
  case $line in
    *net_error*) echo "$line" ;;
    *zoo-accepted*) status=0; break ;;
    *zoo-rejected*) echo "$line"; status=1; break ;;
  esac
done <"$HOME/log"
kill "$pid" 2>/dev/null
exit $status
]]

local function is_ip(host)
  return require("wsstls.url").ip_version(host) ~= nil
end

local function exists(path)
  local file = io.open(path, "rb")
  if file then file:close() end
  return file ~= nil
end

local function python()
  return { exists(SYSTEM_PYTHON) and SYSTEM_PYTHON or "python3", "-c", PYTHON,
           "{url}", "{ca}" }
end

local function openssl(animal)
  local words = { "openssl", "s_client", "-connect", "127.0.0.1:{port}",
    "-CAfile", "{ca}", "-verify_return_error", "-brief" }
  local names = is_ip(animal.host) and { "-verify_ip", "{host}",
    "-noservername" } or { "-verify_hostname", "{host}", "-servername",
    "{host}" }
  for _, word in ipairs(names) do words[#words + 1] = word end
  return words
end

clients.list = {
  { name = "node", needs = { "node" }, level = "wss",
    command = { "node", "-e", NODE, "{url}", "{ca}" },
    env = { NODE_PATH = (os.getenv "NODE_PATH" or "") .. ":"
      .. "/usr/share/nodejs:/usr/lib/node_modules" } },
  { name = "python", needs = { "python3" }, level = "wss",
    command = python },
  { name = "chromium", needs = { "chromium", "certutil" }, level = "wss",
    timeout = 40, command = { "/bin/sh", "-c", CHROMIUM, "chromium", "{url}",
      "{ca}", "{dir}" } },
  { name = "openssl", needs = { "openssl" }, level = "tls", stdin = "Q\n",
    command = openssl },
  { name = "curl", needs = { "curl" }, level = "tls",
    command = { "curl", "--silent", "--show-error", "--fail", "--max-time",
      "5", "--noproxy", "*", "--cacert", "{ca}", "--resolve",
      "{host}:{port}:127.0.0.1", "--output", "/dev/null",
      "https://{host}:{port}/" } },
  { name = "websocat", needs = { "websocat" }, level = "wss", stdin = "zoo\n",
    command = { "websocat", "--one-message", "--no-close", "{url}" },
    env = { SSL_CERT_FILE = "{ca}" }, resolves = true },
}

clients.by_name = {}
for _, one in ipairs(clients.list) do clients.by_name[one.name] = one end

-- Words as a shell cuts them: at blanks, "..." and '...' keep them together.
local function words_of(text)
  local words, at = {}, 1
  while true do
    local from = text:find("%S", at)
    if not from then return words end
    local quote = text:match("^[\"']", from)
    local to
    if quote then
      to = text:find(quote, from + 1, true)
      if not to then
        return nil, ("--client: %s has no second %s"):format(text, quote)
      end
      words[#words + 1], at = text:sub(from + 1, to - 1), to + 1
    else
      to = (text:find("%s", from) or #text + 1) - 1
      words[#words + 1], at = text:sub(from, to), to + 1
    end
  end
end

--- The client that a word of the command line means: one of ours, or a
-- command.
-- @treturn table|nil client; nil and a sentence
function clients.read(text)
  local known = clients.by_name[text]
  if known then return known end
  local words, bad = words_of(text)
  if not words then return nil, bad end
  if not words[1] then return nil, "--client: an empty command" end
  local address = text:find("{port}", 1, true)
  if not text:find("{url}", 1, true) and not address then
    return nil, ("--client: '%s' is none of ours (%s), and a command needs "
      .. "{url} (and {ca}) in it"):format(text, clients.names())
  end
  return { name = words[1]:match "[^/]+$" or words[1], level = "wss",
           command = words, needs = { words[1] }, resolves = not address }
end

--- The names of ours, for messages.
function clients.names()
  local names = {}
  for i, one in ipairs(clients.list) do names[i] = one.name end
  return table.concat(names, ", ")
end

local function installed(name)
  if name:find "[/{]" then return name:find "{" ~= nil or exists(name) end
  for folder in (os.getenv "PATH" or ""):gmatch "[^:]+" do
    if exists(folder .. "/" .. name) then return true end
  end
  return false
end

--- Which of its programs is not installed, or nil.
function clients.missing(client)
  for _, name in ipairs(client.needs or {}) do
    if not installed(name) then return name end
  end
  return nil
end

return clients
