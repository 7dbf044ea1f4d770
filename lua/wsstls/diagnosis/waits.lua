--- Diagnosis of waits that ended, and of what has no better name.
-- @module wsstls.diagnosis.waits
return function(add)
  add { slug = "timeout",
    what = "A wait ended (receive, accept, read, send); nothing was lost and "
      .. "the object stays usable.",
    why = "nothing came within the time given to the call",
    fix = "call again, or give it longer",
    source = "wsstls: conn:receive" }
  add { slug = "cancelled",
    what = "The loop or the task that waited was stopped.",
    why = "wss.stop() or task:cancel() ended every wait",
    fix = "nothing, when the stop was meant",
    source = "wsstls: wss.stop" }
  add { slug = "unknown",
    what = "The connection ended and nothing in the record says why.",
    why = "neither an alert, nor OpenSSL, nor the system, nor the peer gave "
      .. "a reason that has a code",
    fix = "please report it with what {report} prints: it holds everything "
      .. "that is known",
    source = "wsstls" }
end
