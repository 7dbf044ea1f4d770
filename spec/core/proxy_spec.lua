-- The `proxy` option of connect, and the CONNECT proxy of ours.
local helper = require "helper"
local stress = require "core.stress"

describe("a CONNECT proxy", function()
  local wss, ca, leaf, server

  setup(function()
    wss = require "wsstls"
    ca = wss.pki.ca { cn = "Proxy Spec CA" }
    leaf = ca:issue { cn = "localhost", dns = { "localhost" },
                      ip = { "127.0.0.1" } }
  end)

  teardown(function() helper.cleanup() end)

  local proxies

  before_each(function()
    proxies = {}
    server = assert(wss.listen { cert = leaf,
      on_message = function(c, data, kind) assert(c:send(data, kind)) end })
  end)

  after_each(function()
    for _, one in ipairs(proxies) do one:close() end
    server:close()
    wss.step(0)
  end)

  local function listen(o)
    local proxy = assert(wss.proxy(o))
    proxies[#proxies + 1] = proxy
    return proxy
  end

  local function with_user(proxy, userinfo)
    return "http://" .. userinfo .. "@" .. proxy.url:gsub("^http://", "")
  end

  local function dial(proxy, o)
    o = o or {}
    o.ca, o.proxy = o.ca or ca, o.proxy or proxy.url
    local target = o.url or server.url
    o.url = nil
    return wss.connect(target, o)
  end

  local function failing(code, conn, err, got)
    assert.is_nil(conn)
    assert.equal(code, got)
    helper.validated(err.observation)
    assert.equal("proxy", err.phase)
    assert.equal("proxy", err.observation.phase)
    return err
  end

  it("is gone through, and the record says so", function()
    local proxy = listen()
    local conn = assert(dial(proxy))
    assert(conn:send("through"))
    assert.equal("through", (assert(conn:receive(5))))
    local o = helper.validated(conn:observation())
    assert.same({ host = "127.0.0.1", port = proxy.port, status = 200 },
      o.proxy)
    assert.same({ ip = "127.0.0.1", port = proxy.port }, o.peer)
    assert.equal("proxy-connected", o.timeline[1].event)
    assert(conn:close())
    local asked = proxy:requests()
    assert.equal(1, #asked)
    assert.equal("CONNECT", asked[1].method)
    assert.equal("127.0.0.1:" .. server.port, asked[1].target)
    assert.equal(200, asked[1].status)
    -- what the proxy took of its time, it took of nobody else's
    assert.equal(30, require("wsstls.options").defaults.timeout.total)
  end)

  it("carries ws:// as well", function()
    local plain = assert(wss.listen { tls = false,
      on_message = function(c, data) assert(c:send(data)) end })
    local conn = assert(dial(listen(), { url = plain.url }))
    assert(conn:send("plain"))
    assert.equal("plain", (assert(conn:receive(5))))
    assert(conn:close())
    plain:close()
  end)

  it("carries a large message unharmed, both ways", function()
    local conn = assert(dial(listen()))
    local big = ("0123456789abcdef"):rep(2 ^ 17)
    assert(conn:send(big, "binary"))
    assert.is_true(big == assert(conn:receive(20)))
    assert(conn:close())
  end)

  it("resolves the name that the client does not", function()
    local conn = assert(dial(listen(), {
      url = "wss://localhost:" .. server.port .. "/" }))
    assert(conn:close())
  end)

  it("is taken with credentials, percent-encoded in the URL", function()
    local proxy = listen { auth = "me:p@ss:word" }
    local conn = assert(dial(proxy, {
      proxy = with_user(proxy, "me:p%40ss%3Aword") }))
    assert(conn:close())
    assert.equal("Basic bWU6cEBzczp3b3Jk",
      proxy:requests()[1].headers["proxy-authorization"])
  end)

  it("demands credentials", function()
    local err = failing("proxy-auth-required",
      dial(listen { auth = "me:secret" }))
    assert.equal("client", err.fault)
    local http = err.observation.http
    assert.equal(407, http.status)
    assert.equal("Proxy Authentication Required", http.reason)
    assert.equal('Basic realm="wsstls proxy"',
      http.headers["proxy-authenticate"])
    assert.equal("this proxy wants to know you\n", http.body)
    assert.matches("407", err:story())
  end)

  it("rejects wrong credentials, which nothing of ours repeats", function()
    local proxy = listen { auth = "me:secret" }
    local err = failing("proxy-auth-rejected", dial(proxy, {
      proxy = with_user(proxy, "me:hunter2") }))
    assert.equal(407, err.observation.http.status)
    assert.is_nil(wss.json(err.observation):find("hunter2", 1, true))
    assert.is_nil(err:story():find("hunter2", 1, true))
  end)

  for status, code in pairs { [403] = "proxy-forbidden",
      [502] = "proxy-bad-gateway", [503] = "proxy-bad-gateway",
      [504] = "proxy-bad-gateway", [429] = "proxy-failed" } do
    it(("answers %d"):format(status), function()
      local err = failing(code, dial(listen { answer = status }))
      assert.equal(status, err.observation.http.status)
      assert.equal(status, err.observation.proxy.status)
      assert.matches("answers " .. status, err.observation.http.body)
    end)
  end

  it("answers 407 whatever it is told", function()
    local proxy = listen { answer = 407 }
    failing("proxy-auth-rejected", dial(proxy, {
      proxy = with_user(proxy, "me:secret") }))
  end)

  it("closes instead of answering", function()
    failing("proxy-closed", dial(listen { answer = "close" }))
  end)

  it("answers what is not HTTP", function()
    local err = failing("proxy-bad-response",
      dial(listen { answer = "garbage" }))
    assert.is_nil(err.observation.http)
  end)

  it("never answers", function()
    local err = failing("timeout-proxy", dial(listen { answer = "hang" },
      { timeout = { proxy = 0.2 } }))
    assert.is_true(err.temporary)
    failing("timeout-proxy", dial(listen { answer = "hang" },
      { timeout = 0.2 }))
  end)

  it("is not there", function()
    local proxy = listen()
    proxy:close()
    local err = failing("proxy-refused", dial(proxy))
    assert.equal("ECONNREFUSED", err.observation.os_error.name)
    assert.equal("proxy", err.fault)
    -- the record alone says the same
    assert.same({ "proxy-refused", "proxy", "proxy" },
      { err.observation.error.code, err.observation.error.phase,
        err.observation.error.fault })
  end)

  it("cannot reach the server", function()
    local port = helper.free_port()
    local err = failing("proxy-bad-gateway", dial(listen(),
      { url = "wss://127.0.0.1:" .. port .. "/" }))
    assert.equal(502, err.observation.http.status)
    assert.matches("refused", err.observation.http.body)
  end)

  it("lets the server's own faults through", function()
    local other = wss.pki.ca { cn = "Another CA" }
    local conn, err, code = dial(listen(), { ca = other })
    assert.is_nil(conn)
    assert.equal("cert-untrusted", code)
    assert.equal("verify", err.phase)
    assert.equal(48, helper.fatal_alert(err.observation, "sent"))
    local failure = helper.wait(function() return server:failures()[1] end)
    assert.equal(48, helper.fatal_alert(failure, "received"))
  end)

  it("intercepts TLS, and is recognised by its foreign root", function()
    local foreign = wss.pki.ca { cn = "Corporate Inspection CA" }
    local proxy = listen { intercept = foreign }
    local conn, err, code = dial(proxy)
    assert.is_nil(conn)
    assert.equal("cert-untrusted", code)
    assert.is_true(err:matches "proxy-tls-intercepted")
    assert.equal("proxy", err:findings()[1].fault)
    assert.matches("Corporate Inspection CA", err:story())
    conn = assert(dial(proxy, { ca = foreign }))
    assert(conn:send("read by the proxy"))
    assert.equal("read by the proxy", (assert(conn:receive(5))))
    assert.equal("CN=Corporate Inspection CA",
      conn:verify_result().chain[1].issuer)
    assert(conn:close())
  end)

  it("is named by the environment only when that is asked for", function()
    local child = helper.dir() .. "/child.lua"
    helper.write(child, [[
      local wss = require "wsstls"
      local ca = wss.pki.ca { cn = "Child CA" }
      local server = assert(wss.listen { cert = ca:issue { cn = "x",
        ip = { "127.0.0.1" } } })
      local function try(o)
        o.ca = ca
        local conn, _, code = wss.connect(server.url, o)
        print(conn and "open" or code)
        if conn then conn:close() end
      end
      try {}
      try { proxy = "env" }
    ]])
    local function run(env)
      return (helper.must(("env %s %s %s"):format(env, stress.lua, child)))
    end
    local port = helper.free_port()
    local proxy = "https_proxy=http://127.0.0.1:" .. port
    assert.equal("open\nproxy-refused", run(proxy))
    assert.equal("open\nopen", run(proxy .. " no_proxy=127.0.0.1"))
    assert.equal("open\nopen", run("-u https_proxy"))
  end)

  it("works inside run, many at a time", function()
    local proxy = listen()
    local done = 0
    wss.run(function()
      for i = 1, 20 do
        wss.spawn(function()
          local conn = assert(dial(proxy))
          assert(conn:send("task " .. i))
          assert.equal("task " .. i, (assert(conn:receive(10))))
          assert(conn:close())
          done = done + 1
        end)
      end
    end)
    assert.equal(20, done)
    assert.equal(20, #proxy:requests())
  end)

  it("does not survive bad options", function()
    local function raises(pattern, fn, ...)
      local ok, err = pcall(fn, ...)
      assert.is_false(ok)
      assert.matches(pattern, err)
    end
    raises("unknown option 'anser' %(did you mean 'answer'", wss.proxy,
      { anser = 407 })
    raises("'answer': expected a status", wss.proxy, { answer = "no" })
    raises("'answer': expected a status", wss.proxy, { answer = 200 })
    raises("'auth': expected 'user:password'", wss.proxy, { auth = "me" })
    raises("'intercept': expected a CA", wss.proxy, { intercept = "ca.pem" })
    raises("expected a table", wss.proxy, "http://x")
    raises("scheme 'socks5://'", wss.connect, server.url,
      { proxy = "socks5://127.0.0.1:1" })
    raises("option 'proxy'", wss.connect, server.url, { proxy = "" })
    raises("is not a port", wss.connect, server.url,
      { proxy = "http://127.0.0.1:x" })
    local _, _, code = wss.proxy { port = server.port }
    assert.equal("listen-in-use", code)
  end)

  it("closes what goes through it when it is closed", function()
    local proxy = listen()
    local conn = assert(dial(proxy))
    proxy:close()
    local data, _, code = conn:receive(5)
    assert.is_nil(data)
    assert.equal("closed-abnormally", code)
  end)
end)
