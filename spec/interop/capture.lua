-- Captures of the loopback interface, and tshark to read them.
local helper = require("helper")

local capture = {}

--- True where tshark may capture; else nil and why not.
function capture.possible()
  if not helper.installed("tshark") then return nil, "tshark is missing" end
  local out = helper.shell("timeout 20 tshark -i lo -a duration:1 -c 1 2>&1")
  if out:find("permission") or out:find("not permitted") then
    return nil, "tshark may not capture on the loopback interface here"
  end
  return true
end

local methods = {}

--- Begins a capture of these ports, into `dir`.
function capture.start(dir, ports)
  local self = setmetatable({ ports = ports, pcap = dir .. "/capture.pcap" },
    { __index = methods })
  local filter = {}
  for i, port in ipairs(ports) do filter[i] = "tcp port " .. port end
  self.tshark = helper.spawn { ready = "Capture started",
    command = { "tshark", "-i", "lo", "-f", table.concat(filter, " or "),
      "-w", self.pcap } }
  return self
end

--- Reads it as TLS with the key log `keys`, once the text that `options`
-- (of tshark) give matches `pattern`: tshark writes behind.
function methods:read(keys, options, pattern)
  local words = { "tshark -r", self.pcap, "-o tls.keylog_file:" .. keys }
  for _, port in ipairs(self.ports) do
    words[#words + 1] = ("-d tcp.port==%d,tls"):format(port)
  end
  words[#words + 1] = options .. " 2>/dev/null"
  local command, text = table.concat(words, " "), nil
  helper.wait(function()
    text = helper.shell(command)
    return text:find(pattern)
  end, 20, "the capture")
  self.tshark:stop()
  return text
end

return capture
