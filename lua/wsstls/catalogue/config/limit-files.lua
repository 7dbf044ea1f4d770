local wss = require "wsstls"

local function set_limit(files)
  assert(os.execute("prlimit --pid $PPID --nofile=" .. files .. ":"))
end

return wss.scenario {
  name = "limit-files", fault = "client",
  title = "No file descriptor is left for the socket",
  text = "EMFILE: `ulimit -n` is reached, here by files that nobody closed.",
  tags = { "config", "catalogue" },
  needs = "prlimit --pid $$ --nofile",

  pki = function(pki, ctx)
    local root = pki.ca { cn = "Test Root" }
    wss.connect "ws://127.0.0.1:1/" -- whatever it loads is loaded now
    local before, files = io.popen("ulimit -n"):read "*l", {}
    set_limit(512)
    ctx.at_end(function()
      for _, file in ipairs(files) do file:close() end
      set_limit(before)
    end)
    repeat
      local file = io.open "/dev/null"
      files[#files + 1] = file
    until not file
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
