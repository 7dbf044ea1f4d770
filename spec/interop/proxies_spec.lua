-- Debian's squid and tinyproxy between our client and our server.
local helper = require "helper"

describe("our client behind", function()
  local wss, ca, server

  setup(function()
    wss = require "wsstls"
    ca = wss.pki.ca { cn = "Real Proxy CA" }
    server = assert(wss.listen {
      cert = ca:issue { cn = "localhost", dns = { "localhost" },
                        ip = { "127.0.0.1" } },
      on_message = function(c, data, kind) assert(c:send(data, kind)) end })
  end)

  teardown(function()
    server:close()
    helper.cleanup()
  end)

  -- Each starts a proxy that knows the user me:secret when `auth`, and does
  -- not connect to port `denied`.
  local start = {}

  function start.squid(o)
    local dir, port = helper.dir(), helper.free_port()
    -- squid leaves root for this user
    helper.must("chmod 755 " .. dir)
    helper.write(dir .. "/check.sh", "#!/bin/sh\nwhile read -r who; do\n"
      .. "[ \"$who\" = 'me secret' ] && echo OK || echo ERR\ndone\n")
    helper.must("chmod 755 " .. dir .. "/check.sh")
    helper.write(dir .. "/squid.conf", table.concat({
      "http_port 127.0.0.1:" .. port, "pid_filename none", "cache deny all",
      "access_log none", "cache_log /dev/null", "shutdown_lifetime 0 seconds",
      "coredump_dir /tmp", "netdb_filename none", "logfile_rotate 0",
      "visible_hostname squid.test", "cache_effective_user nobody",
      "pinger_enable off",
      o.auth and "auth_param basic program " .. dir .. "/check.sh" or "",
      o.auth and "acl known proxy_auth REQUIRED" or "",
      o.denied and "acl bad port " .. o.denied or "",
      o.denied and "http_access deny bad" or "",
      o.auth and "http_access allow known" or "http_access allow all",
      "http_access deny all", "" }, "\n"))
    local process = helper.spawn {
      command = { "/bin/sh", "-c",
        "exec $(command -v squid || echo /usr/sbin/squid) -N -d 1 -n t"
        .. port .. " -f " .. dir .. "/squid.conf" }, -- -n names its memory
      ready = "Accepting HTTP Socket connections", timeout = 20 }
    -- it says so before it listens
    helper.wait(function()
      local stream = wss.raw.connect { port = port, tls = false }
      return stream and (stream:close() or true)
    end, 20, "squid")
    return "127.0.0.1:" .. port, process
  end

  function start.tinyproxy(o)
    local dir, port = helper.dir(), helper.free_port()
    helper.must("chmod 755 " .. dir)
    helper.write(dir .. "/filter", "^denied%.test$\n")
    helper.write(dir .. "/tiny.conf", table.concat({
      "Port " .. port, "Listen 127.0.0.1", "Timeout 30", "MaxClients 20",
      "LogLevel Info", "Allow 127.0.0.1",
      o.auth and "BasicAuth me secret" or "",
      -- CONNECT to the ports named, and no other
      o.denied and "ConnectPort " .. (o.denied == 443 and 80 or 443) or "",
      "" }, "\n"))
    local process = helper.spawn {
      command = { "tinyproxy", "-d", "-c", dir .. "/tiny.conf" },
      ready = "Accepting connections|Starting main loop", timeout = 20 }
    return "127.0.0.1:" .. port, process
  end

  local function dial(at, user, target)
    return wss.connect(target or server.url, { ca = ca, timeout = 20,
      proxy = "http://" .. (user and user .. "@" or "") .. at })
  end

  for _, name in ipairs { "squid", "tinyproxy" } do
    describe(name, function()
      it("exchanges messages with our server", function()
        local at = start[name] {}
        local conn = assert(dial(at))
        assert(conn:send("through " .. name))
        assert.equal("through " .. name, (assert(conn:receive(10))))
        local o = helper.validated(conn:observation())
        assert.equal(200, o.proxy.status)
        assert.is_true(o.verify.ok)
        assert(conn:close())
      end)

      it("needs the right credentials", function()
        local at = start[name] { auth = true }
        local conn, err, code = dial(at)
        assert.is_nil(conn)
        assert.equal("proxy-auth-required", code)
        assert.equal(407, err.observation.http.status)
        assert.matches("^Basic ", err.observation.http.headers[
          "proxy-authenticate"])
        assert.is_true(#err.observation.http.body > 0)
        conn, err, code = dial(at, "me:wrong")
        assert.is_nil(conn)
        assert.matches("^proxy%-", code)
        assert.equal(code, err.observation.http.status == 407
          and "proxy-auth-rejected" or "proxy-failed")
        conn = assert(dial(at, "me:secret"))
        assert(conn:close())
      end)

      it("is told that the destination is forbidden", function()
        local at = start[name] { denied = server.port }
        local conn, err, code = dial(at)
        assert.is_nil(conn)
        assert.equal("proxy-forbidden", code)
        assert.equal(403, err.observation.http.status)
        assert.is_true(#err.observation.http.body > 0)
      end)

      it("is told that nobody listens behind it", function()
        local at = start[name] {}
        local conn, err, code = dial(at, nil,
          "wss://127.0.0.1:" .. helper.free_port() .. "/")
        assert.is_nil(conn)
        assert.equal("proxy", err.phase)
        assert.is_true(code == "proxy-bad-gateway" or code == "proxy-failed",
          tostring(err))
        assert.is_true(err.observation.http.status >= 500)
      end)
    end)
  end
end)
