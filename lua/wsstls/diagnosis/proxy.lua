--- Diagnosis of the CONNECT proxy between the two sides.
-- @module wsstls.diagnosis.proxy
local RFC = "RFC 9110 9.3.6"

return function(add)
  add { slug = "proxy-auth-required", part = "proxy credentials",
    what = "The proxy answered 407 and no credentials had been given.",
    why = "this proxy serves known users only",
    fix = 'give them: proxy = "http://USER:PASSWORD@HOST:PORT"',
    source = RFC .. "; RFC 9110 15.5.8" }
  add { slug = "proxy-auth-rejected", part = "proxy credentials",
    what = "The proxy answered 407 to the credentials that were given.",
    why = "user name or password is wrong, or the proxy wants another scheme "
      .. "than Basic (its proxy-authenticate header names it)",
    fix = "check user and password; special characters in them must be "
      .. "percent-encoded in the URL",
    source = RFC .. "; RFC 9110 15.5.8" }
  add { slug = "proxy-forbidden", part = "proxy's rules",
    what = "The proxy answered 403: it will not connect to this destination.",
    why = "its rules forbid the host or the port; many proxies allow CONNECT "
      .. "to port 443 only",
    fix = "have the destination allowed, serve it on port 443, or go without "
      .. "the proxy where that is possible",
    source = RFC }
  add { slug = "proxy-bad-gateway", part = "way behind the proxy",
    title = "the proxy cannot reach the destination: {status}",
    what = "The proxy answered 502, 503 or 504.",
    why = "the proxy could not resolve or reach the destination; the fault "
      .. "lies between the proxy and the server",
    fix = "check that the proxy's machine can resolve and reach the host; "
      .. "try again",
    source = RFC .. "; RFC 9110 15.6" }
  add { slug = "proxy-closed", part = "proxy",
    what = "The proxy closed the connection before it answered CONNECT.",
    why = "the address is not that of an HTTP proxy, the proxy wants TLS, or "
      .. "it drops what its rules forbid",
    fix = "check the proxy's address and port, and its log",
    source = RFC }
  add { slug = "proxy-bad-response", part = "proxy",
    what = "What answered CONNECT does not speak HTTP.",
    why = "the address belongs to another service: SOCKS, TLS, or the server "
      .. "itself",
    fix = "check the proxy's address and port",
    source = "RFC 9112 4" }
  add { slug = "proxy-refused", part = "proxy address",
    title = "nothing listens at the proxy's address",
    what = "The proxy's machine answered that nobody listens at that port.",
    why = "the proxy is not running, or runs at another port",
    fix = "check the `proxy` option; with proxy = \"env\" the variables "
      .. "https_proxy and http_proxy",
    source = "connect(2): ECONNREFUSED" }
  add { slug = "proxy-failed", part = "proxy",
    what = "The proxy gave an answer that fits nothing else, or the way to it "
      .. "failed.",
    why = "see the status ({status}) or the system's error ({errno})",
    fix = "look at the proxy's log",
    source = RFC }
  add { slug = "timeout-proxy", part = "proxy",
    what = "The proxy took the connection and never answered CONNECT.",
    why = "it is overloaded, or waits itself for a destination that does not "
      .. "answer",
    fix = "try the destination from the proxy's machine; "
      .. "`timeout = {proxy = SECONDS}` gives it longer",
    source = RFC }
  add { slug = "proxy-tls-intercepted", part = "TLS interception",
    refines = "cert-untrusted", fault = "proxy", certainty = "likely",
    doubt = "the connection went through a proxy and the chain leads to a "
      .. "root that is not trusted here",
    title = "a proxy presents its own certificate for {host}, issued by "
      .. "{top_issuer}",
    applies = function(f)
      local through = f.o.proxy ~= nil or f:event("proxy-connected")
        or f:event("proxy-response")
      return through and (f:has(19) or f:has(20)) ~= nil
    end,
    what = "The proxy opens TLS itself and presents a certificate it made.",
    why = "an intercepting proxy signs with a CA of its own, which only "
      .. "machines of its organisation trust",
    fix = "if the interception is wanted, trust that CA: ca_file = the "
      .. "proxy's root, with system_ca = true beside it; if not, go without "
      .. "the proxy",
    source = "RFC 9110 9.3.6; RFC 8446 4.4.2" }
end
