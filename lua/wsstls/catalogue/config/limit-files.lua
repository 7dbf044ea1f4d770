local wss = require "wsstls"

return wss.scenario {
  name = "limit-files", fault = "client",
  title = "No file descriptor is left for the socket",
  text = "EMFILE: `ulimit -n` is reached; here it is lowered to what is open.",
  tags = { "config", "catalogue" },
  versions = { "TLSv1.3" }, -- in any other it is the same
  needs = "prlimit --pid $$ --nofile",

  pki = function(pki, ctx)
    local root = pki.ca { cn = "Test Root" }
    wss.connect "ws://127.0.0.1:1/" -- whatever it loads is loaded now
    -- nothing can be started any more when it is to be set right again
    local restore = assert(io.popen("n=$(ulimit -n); read _; "
      .. "prlimit --pid $PPID --nofile=$n:", "w"))
    assert(os.execute "prlimit --pid $PPID --nofile=3:")
    ctx.at_end(function()
      restore:write "\n"
      restore:close()
    end)
    return { root = root }
  end,

  server = false,
  client = { url = "wss://127.0.0.1:1/", ca = "$root" },

  expect = {
    client = { code = "limit-files", phase = "tcp", fault = "client" },
  },
  fixed = {
    pki = function(pki)
      local root = pki.ca { cn = "Test Root" }
      return { root = root,
        server = root:issue { cn = "localhost", dns = "localhost" } }
    end,
    server = { cert = "$server" }, client = { url = "$none" },
  },
}
