--- Diagnosis of frames, pings and closes.
-- @module wsstls.diagnosis.frames
local BROKEN = "ws-protocol-error"

local function code_is(test)
  return function(f)
    local code = f.o.close and f.o.close.code
    return code ~= nil and test(code)
  end
end

-- The patterns are found in the core's own words, in the close reason we
-- sent, and in the log lines of libwebsockets 4.1 and 4.3. The last field is
-- the close code, 1002 when it is absent.
local RULES = {
  { "ws-rsv-bits", { "rsv" },
    "a frame sets reserved bits that nobody negotiated",
    "RSV1, RSV2 and RSV3 must be 0 unless an extension gives them a meaning",
    "a compressed frame without permessage-deflate does this: let both "
      .. "sides agree on compression", "RFC 6455 5.2" },
  { "ws-bad-opcode", { "opcode", "bad opc" },
    "a frame has an opcode that does not exist",
    "opcodes 3 to 7 and 11 to 15 are reserved",
    "repair the sender's framing", "RFC 6455 5.2, 11.8" },
  { "ws-fragmented-control", { "frag ctl", "can't be fragmented",
                               "fragmented control" },
    "a control frame is fragmented",
    "close, ping and pong must be whole (FIN set)",
    "repair the sender's framing", "RFC 6455 5.4, 5.5" },
  { "ws-control-too-long", { "xtended length", "control.*125",
                             "control.*too long", "control too long" },
    "a control frame carries more than 125 bytes",
    "close, ping and pong may carry at most 125 bytes",
    "shorten the ping or the close reason", "RFC 6455 5.5" },
  { "ws-bad-continuation", { "bad cont", "continuation", "bad fin",
                             "owed us a fin" },
    "the fragments of a message are out of order",
    "a continuation came without a beginning, or a new message began inside "
      .. "another",
    "repair the sender's framing; two threads that write to one connection "
      .. "do this", "RFC 6455 5.4" },
  { "ws-bad-length", { "not minimal", "63 bits", "b63" },
    "a frame's length is not written as it must be",
    "the shortest of the three forms that fits must be used, and the first "
      .. "of 64 bits is 0",
    "repair the sender's framing", "RFC 6455 5.2" },
  { "ws-masked-server-frame", { "%f[%a]masked server",
                                 "server.*%f[%a]masked" },
    "the server masks its frames",
    "only the client masks",
    "repair the server's framing", "RFC 6455 5.1" },
  { "ws-unmasked-client-frame", { "client unmasked", "unmasked" },
    "the client does not mask its frames",
    "a client must mask every frame, so that caches in between cannot be "
      .. "poisoned", "repair the client's framing", "RFC 6455 5.1, 10.3" },
  { "ws-bad-close-code", { "close code", "bad close", "close.*invalid" },
    "a close frame carries a code that must not be sent",
    "999 and below, 1004, 1005, 1006, 1015 and 5000 and above never stand "
      .. "on the wire", "repair the sender: 1000, or 3000 to 4999 of its own",
    "RFC 6455 7.4" },
  { "ws-bad-deflate", { "bad deflate" },
    "a compressed message cannot be inflated",
    "permessage-deflate was agreed on, and the message is no deflate stream, "
      .. "is cut short, or refers to a window it may not use",
    "repair the sender's compression; compress = false does without",
    "RFC 7692 7.2.2, RFC 6455 7.4.1", 1007 },
}

local function rules(add)
  for _, row in ipairs(RULES) do
    local patterns, code = row[2], row[7] or 1002
    add { slug = row[1], refines = BROKEN, title = row[3], part = "frame",
      what = "The peer broke the framing rules and the connection was "
        .. "closed with " .. code .. ": " .. row[3] .. ".",
      why = row[4], fix = row[5],
      source = ("%s (close %d)"):format(row[6], code),
      applies = function(f)
        for _, pattern in ipairs(patterns) do
          if f:says(pattern) then return true end
        end
        return false
      end }
  end
  add { slug = BROKEN, part = "frame", title = "a frame from the {other} "
      .. "breaks the WebSocket protocol",
    what = "The peer broke the framing rules; the connection was closed with "
      .. "1002.",
    why = "reserved bits, an opcode, a length, the mask or the order of "
      .. "fragments is not as RFC 6455 wants it; nothing recorded says which",
    fix = "repair the {other}'s framing; a capture of the connection shows "
      .. "the frame (keylog makes one of wss:// readable)",
    source = "RFC 6455 5, 7.4.1 (close 1002)" }
  add { slug = "ws-invalid-utf8", part = "message",
    title = "the {other} sent text that is not UTF-8",
    what = "A text message or a close reason is not valid UTF-8; the "
      .. "connection was closed with 1007.",
    why = "text frames must be UTF-8 as a whole message; binary data in a "
      .. "text frame is the usual cause",
    fix = 'send such data as "binary", or encode the text',
    source = "RFC 6455 5.6, 8.1 (close 1007)" }
  add { slug = "ws-message-too-big", part = "message",
    title = "a message of the {other} is larger than max_message",
    what = "A message is longer than this side takes; the connection was "
      .. "closed with 1009.",
    why = "max_message bounds a whole message, all fragments together and "
      .. "after decompression (64 MiB by default)",
    fix = "raise max_message, or send smaller messages",
    source = "RFC 6455 7.4.1, 10.4 (close 1009)" }
end

local function closes(add)
  local rows = {
    { "closed-going-away", function(c) return c == 1001 end,
      "the peer goes away",
      "a server shuts down, or a browser leaves the page",
      "connect again when the service is back" },
    { "closed-policy", function(c) return c == 1008 end,
      "the peer closed for its policy",
      "the peer refuses what it received",
      "look at the peer's rules: size, rate, permission, message format" },
    { "closed-internal-error", function(c) return c == 1011 end,
      "the peer closed with an internal error",
      "the peer's program failed",
      "look at the peer's log" },
    { "closed-application", function(c) return c >= 3000 and c <= 4999 end,
      "the peer closed with its own code {close_code}",
      "codes from 3000 to 4999 are the application's own",
      "look the code up in the application's documents" },
  }
  for _, row in ipairs(rows) do
    add { slug = row[1], refines = "closed", applies = code_is(row[2]),
      title = row[3], why = row[4], fix = row[5], part = "close",
      what = "The connection was closed properly; code and reason are kept.",
      source = "RFC 6455 7.4" }
  end
  add { slug = "closed", part = "close",
    title = function(f)
      return f.o.close and f.o.close.code and "the connection was closed: "
        .. "{close_code}" or "the connection is closed"
    end,
    what = "The connection, server, relay or raw peer is closed: by a clean "
      .. "close of either side, or by you.",
    why = "nothing can be sent or received on it any more; "
      .. "err.observation.close holds code and reason",
    fix = "nothing, when the close was meant",
    source = "RFC 6455 7.1" }
  -- A record, not a code: err.code stays the cause (1015 is how browsers
  -- number it).
  add { slug = "closed-tls-failed", part = "handshake",
    title = "the TLS handshake failed (recorded as close 1015)",
    what = "A failed TLS handshake, as browsers number it: 1015 is never on "
      .. "the wire.",
    why = "the code of the error is the cause; 1015 stands in the record "
      .. "only",
    fix = "see the error's own code",
    source = "RFC 6455 7.4.1" }
  add { slug = "closed-abnormally", part = "connection",
    title = "the connection was lost without a close frame",
    what = "TCP or TLS ended under an open WebSocket; locally this is 1006.",
    why = function(f)
      -- told as the cause
      if f.o.os_error then return nil end
      if f:alert("received") then
        return "the {other} ended TLS with alert {received}"
      end
      return "the {other} ended the connection without a close frame: a "
        .. "crash, a kill, or a device between that cut it"
    end,
    fix = "look at the other side's log at this time; proxies cut idle "
      .. "connections (often after 60 s): let ping_interval be shorter",
    source = "RFC 6455 7.1.5, 7.4.1 (1006)" }
  add { slug = "timeout-ping", part = "connection",
    what = "A ping was not answered in time, so the peer counts as lost; "
      .. "locally this is 1006.",
    why = "the peer's machine or the network went away without a word, or "
      .. "the peer is too busy to answer",
    fix = "look at the peer; ping_timeout gives it longer, ping_interval = "
      .. "false turns the check off",
    source = "RFC 6455 5.5.2, 5.5.3" }
  add { slug = "timeout-close", part = "close",
    what = "The close frame was not answered in time; the connection was "
      .. "closed by force.",
    why = "the peer does not read any more, or does not answer closes",
    fix = "nothing is lost of what was sent before; timeout = {close = "
      .. "SECONDS} waits longer",
    source = "RFC 6455 7.1.1" }
end

return function(add)
  rules(add)
  closes(add)
end
