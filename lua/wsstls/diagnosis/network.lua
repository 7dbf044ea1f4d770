--- Diagnosis of names and addresses: DNS and TCP.
-- @module wsstls.diagnosis.network
return function(add)
  add { slug = "dns-not-found", part = "host name",
    title = "the host name {looked_up} does not resolve",
    what = "The resolver knows no address for the host name.",
    why = "the name is misspelt, does not exist, or exists only in another "
      .. "network's DNS",
    fix = "try `getent hosts {looked_up}`; to dial an address and still check "
      .. "the certificate for a name, use connect_to = \"ADDRESS:PORT\"",
    source = "getaddrinfo(3): EAI_NONAME" }
  add { slug = "dns-failed", title = "the resolver failed on {looked_up}",
    part = "resolver",
    what = "The resolver did not answer, or answered with an error.",
    why = "no name server could be reached, or it had a temporary failure",
    fix = "try again; see /etc/resolv.conf, and `getent hosts {looked_up}`",
    source = "getaddrinfo(3): EAI_AGAIN, EAI_FAIL" }
  add { slug = "tcp-refused", title = "nothing listens at {peer}",
    part = "address",
    what = "The machine answered that nobody listens at that port.",
    why = "the server is not running, listens at another port, or only at "
      .. "another address (127.0.0.1 is not the machine's outer address)",
    fix = "start the server; see on its machine with `ss -ltn` where it "
      .. "listens",
    source = "connect(2): ECONNREFUSED" }
  add { slug = "tcp-reset", part = "connection",
    title = function(f)
      local at = { tls = "during the TLS handshake", tcp = "while connecting",
                   upgrade = "during the HTTP upgrade",
                   verify = "during the TLS handshake" }
      return "the TCP connection was reset "
        .. (at[f.phase] or "while it was in use")
    end,
    what = "An RST arrived: the other end, or something between, dropped the "
      .. "connection without a word.",
    why = "a crashed or killed server, a load balancer or firewall that cuts "
      .. "connections, or a program that closes with unread data does this",
    fix = "look at the other side's log at this time; a reset always at the "
      .. "same step points to a device between",
    source = "RFC 9293 3.5.2; read(2): ECONNRESET" }
  add { slug = "tcp-unreachable", title = "{peer} cannot be reached",
    part = "route",
    what = "No route leads to the address.",
    why = "the network is down, the address belongs to another network, or "
      .. "IPv6 is dialled where there is none",
    fix = "try `ip route get ADDRESS`; dial the other address family, or "
      .. "bring the network up",
    source = "connect(2): ENETUNREACH, EHOSTUNREACH" }
  add { slug = "tcp-failed", part = "connection",
    title = "the TCP connection failed with {errno}",
    what = "The system ended the connection with an error that has no code "
      .. "of its own here.",
    why = "the system answered connect, read or write with {errno}",
    fix = function(f)
      if (f.o.peer and f.o.peer.ip or ""):find("^[Ff][Ee]80:[^%%]*$") then
        return "name the interface of a link-local address, as in "
          .. "[fe80::1%eth0] (`ip -6 route`)"
      end
      return "look the error up in connect(2); firewalls answer EACCES or EPERM"
    end,
    source = "connect(2), read(2), write(2)" }
  add { slug = "timeout-connect", part = "route",
    title = "nothing answers at {peer}: no TCP connection in the time allowed",
    what = "The connection request was not answered at all.",
    why = "a firewall drops the packets, or the machine is off; a machine "
      .. "that is up and has nobody listening would have refused at once",
    fix = "check address and port, and the firewalls on the way; "
      .. "`timeout = {connect = SECONDS}` gives it longer",
    source = "RFC 9293 3.8.3" }
end
