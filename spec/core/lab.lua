--- Peers that do exactly what they are told, right or wrong: raw peers that
-- go through steps, one word each, with an argument after a blank.
--
--   tls [key=value]...   TLS from here on: cert key min max ciphers alpn sni
--   head                 read to the end of an HTTP head
--   read N               read N bytes; rest: read to the end of the stream
--   frame                read one WebSocket frame of at most 125 bytes
--   skip                 read to the end of the stream, keep nothing
--   send BYTES           {accept} stands for the answer to the head's key
--   drip BYTES           the same, one byte at a time
--   fin, rst, half       close; close with a reset; end our direction
--   notify               TLS close_notify, and wait for theirs; then close
local frame = require("wsstls.frame")
local helper = require("helper")
local raw = require("wsstls.raw")
local wss = require("wsstls")

local LIMIT = 5

local lab = {}
lab.__index = lab

local steps = {}

-- What was read is kept: it is the job's result.
local function take(job, what)
  local bytes, err = job.peer:read(what, LIMIT)
  if not bytes then return nil, err end
  job.kept = job.kept .. bytes
  return bytes
end

function steps.tls(job, text)
  local words = {}
  for key, value in text:gmatch("(%w+)=(%S+)") do words[key] = value end
  local o = { cert = words.cert, key = words.key, min_version = words.min,
    max_version = words.max, ciphers = words.ciphers, alpn = words.alpn
      and words.alpn:gsub(",", ":") }
  if job.peer.side == "client" then
    o.verify, o.verify_host, o.sni = false, false, words.sni or false
  end
  return job.peer:start_tls(o)
end

function steps.head(job)
  local from = #job.kept + 1
  while not job.kept:find("\r\n\r\n", from, true) do
    local ok, err = take(job, 1)
    if not ok then return nil, err end
  end
  return true
end

function steps.read(job, count)
  local wanted = tonumber(count)
  local bytes, err = take(job, wanted)
  if bytes and #bytes < wanted then return nil, "the stream ended" end
  return bytes, err
end

function steps.frame(job)
  local head, err = steps.read(job, 2)
  if not head then return nil, err end
  local n = head:byte(2)
  return steps.read(job, n % 128 + (n >= 128 and 4 or 0))
end

-- A stream that is reset or damaged has failed the step, one that ends has
-- not.
function steps.rest(job)
  local bytes, err
  repeat bytes, err = take(job, "some") until not bytes
  if err.code == "closed" or err.code == "tls-eof" then return true end
  return nil, err
end

function steps.skip(job)
  repeat until not job.peer:read("some", LIMIT)
  return true
end

local function filled_in(job, text)
  return (text:gsub("{accept}", function()
    return frame.accept(job.kept:lower():find("sec%-websocket%-key:")
      and job.kept:match("[Kk]ey: *(%S+)") or "")
  end))
end

function steps.send(job, text)
  return job.peer:write(filled_in(job, text))
end

function steps.drip(job, text)
  for c in filled_in(job, text):gmatch(".") do
    local ok, err = job.peer:write(c)
    if not ok then return nil, err end
    wss.sleep(0.0005) -- so that it is a segment, and a record, of its own
  end
  return true
end

function steps.fin(job) return job.peer:close("abrupt") end
function steps.rst(job) return job.peer:close("reset") end
function steps.half(job) return job.peer:shutdown("abrupt") end

function steps.notify(job)
  job.peer:shutdown("notify")
  steps.skip(job)
  return job.peer:close("abrupt")
end

local function run(job, list)
  for _, step in ipairs(list) do
    local word, argument = step:match("^(%l+) ?(.*)$")
    local ok, err = steps[word](job, argument)
    if not ok then
      job.problem = tostring(err)
      break
    end
  end
  job.peer:close("abrupt")
  job.done = true
end

--- A lab for a whole spec file: certificates of `certs` (ca, leaf) for `tls`.
function lab.new(certs)
  local dir = helper.dir()
  local self = setmetatable({ listeners = {}, dir = dir,
    cert = dir .. "/leaf.pem", key = dir .. "/leaf.key" }, lab)
  assert(certs.leaf:save { cert = self.cert, key = self.key })
  return self
end

--- The step for a server's side of TLS.
function lab:tls(more)
  return ("tls cert=%s key=%s %s"):format(self.cert, self.key, more or "")
end

--- A server that goes through the steps with everybody; its port and the job
-- of the first that comes.
function lab:listen(...)
  local list = { ... }
  local listener = assert(raw.listen {})
  self.listeners[#self.listeners + 1] = listener
  local first = { kept = "" }
  wss.spawn(function()
    local job = first
    while true do
      local peer, _, code = listener:accept()
      if code == "closed" or code == "cancelled" then return end
      job.peer = assert(peer)
      wss.spawn(run, job, list)
      job = { kept = "" }
    end
  end)
  return listener.port, first
end

--- A client that dials our server; the job.
function lab:connect(port, ...) -- luacheck: ignore 212
  local job, list = { kept = "" }, { ... }
  wss.spawn(function()
    job.peer = assert(raw.connect { port = tonumber(port) })
    run(job, list)
  end)
  return job
end

local function finished(job)
  helper.wait(function() return job.done end, 12, "the peer's steps")
end

--- What the job read, when it is done; an error when it failed.
function lab:result(job) -- luacheck: ignore 212
  finished(job)
  if job.problem then error("the peer failed: " .. job.problem, 2) end
  return job.kept
end

function lab:stop()
  for _, listener in ipairs(self.listeners) do listener:close() end
  self.listeners = {}
end

return lab
