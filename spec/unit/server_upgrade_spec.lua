local fake = require "unit.fake_core"
local fake_server = require "unit.fake_server"

local head, arrive = fake_server.head, fake_server.arrive
local answer_of, accepted = fake_server.answer_of, fake_server.accepted

local PLAIN = "GET /health HTTP/1.1\r\nHost: a.test\r\n\r\n"

describe("a server asked to upgrade", function()
  local wss, core
  fake.each(function(...) wss, core = ... end)

  local function listen(o)
    return assert(wss.listen(o)), core.listener
  end

  it("answers bad upgrades itself", function()
    local server, listener = listen()
    for _, case in ipairs {
        { head { ["Sec-WebSocket-Version"] = "8" }, 426,
          "upgrade-client-version" },
        { head { ["Sec-WebSocket-Key"] = false }, 400, "upgrade-missing-key" },
        { head { Connection = "close" }, 400, "upgrade-bad-request" },
        { (head():gsub("^GET", "POST")), 405, "upgrade-bad-method" },
        { (head():gsub("HTTP/1.1", "HTTP/1.0", 1)), 505,
          "upgrade-http-version" },
        { "garbage\r\n\r\n", 400, "upgrade-bad-request" },
        { head { ["X-A"] = ("x"):rep(20000) }, 431, "upgrade-bad-request" } }
    do
      local h = arrive(listener, case[1])
      wss.step(0)
      wss.step(0)
      local status, _, slug = answer_of(h)
      assert.equal(case[2], status)
      assert.equal(case[3], slug)
      assert.equal(1, #server:failures { clear = true })
    end
    assert.same({}, server:connections())
  end)

  it("answers 404 to requests that are no upgrades", function()
    local _, listener = listen()
    local h = arrive(listener, PLAIN)
    wss.step(0)
    assert.equal(404, (answer_of(h)))
  end)

  it("asks on_request for requests that are no upgrades", function()
    local request
    local server, listener = listen { on_request = function(r)
      request = r
      return { status = 200, headers = { ["X-A"] = "b" }, body = "fine" }
    end }
    local h = arrive(listener, "GET /health?q=1 HTTP/1.1\r\nHost: a.test\r\n"
      .. "Origin: http://b.test\r\n\r\n")
    wss.step(0)
    wss.step(0)
    local status, bytes, slug = answer_of(h)
    assert.equal(200, status)
    assert.matches("X%-A: b\r\n.*\r\n\r\nfine$", bytes)
    assert.is_nil(slug)
    assert.same({ "GET", "/health", "q=1", "a.test", "http://b.test" },
      { request.method, request.path, request.query, request.host,
        request.origin })
    assert.same({ ip = "192.0.2.1", port = 4711 }, request.peer)
    assert.same({ dropped = 0 }, server:failures())
  end)

  it("takes a short answer of on_request", function()
    local _, listener = listen { on_request = function()
      return { 204, { A = "b" } }
    end }
    local h = arrive(listener, PLAIN)
    wss.step(0)
    assert.equal(204, (answer_of(h)))
  end)

  it("answers 500 and raises when on_request fails", function()
    for _, fn in ipairs { function() error("boom", 0) end,
        function() return 5 end, function() return { status = "x" } end,
        function() return { 200, { ["a b"] = "c" } } end,
        function() return { 200, {}, 5 } end } do
      local _, listener = listen { on_request = fn }
      local h = arrive(listener, PLAIN)
      assert.is_false((pcall(function() wss.step(0) wss.step(0) end)))
      assert.equal(500, (answer_of(h)))
    end
  end)

  it("asks on_upgrade, and only true opens", function()
    local verdict
    local server, listener = listen { on_upgrade = function(request)
      assert.equal("/chat", request.path)
      return verdict
    end }
    local function try(value)
      verdict = value
      local h = arrive(listener, head { target = "/chat" })
      wss.step(0)
      return h
    end
    assert.is_true((accepted(try(true))))
    local h = try { status = 401, headers = { ["WWW-Authenticate"] = "Basic" },
                    body = "who?" }
    local status, bytes, slug = answer_of(h)
    assert.equal(401, status)
    assert.equal("upgrade-refused", slug)
    assert.matches("WWW%-Authenticate: Basic", bytes)
    assert.equal(403, (answer_of(try(false))))
    assert.equal(403, (answer_of(try(nil))))
    wss.step(0)
    assert.equal(3, #server:failures())
    verdict = 5
    h = arrive(listener, head { target = "/chat" })
    assert.is_false((pcall(wss.step, 0)))
    assert.equal(500, (answer_of(h)))
  end)

  it("may wait in on_upgrade", function()
    local _, listener = listen { on_upgrade = function()
      wss.sleep(3)
      return true
    end }
    local h = arrive(listener, head())
    wss.step(0)
    assert.is_false((accepted(h)))
    wss.sleep(4)
    assert.is_true((accepted(h)))
  end)

  it("has services by path, with what they lack from the top", function()
    local seen = {}
    local function note(name)
      return function(_, data) seen[#seen + 1] = name .. data end
    end
    local _, listener = listen { on_message = note "top ",
      protocols = { "p" }, paths = {
        ["/own"] = { on_message = note "own ", protocols = { "q" } },
        ["/top"] = {} } }
    local function talk(target, offer)
      local h = arrive(listener, head { target = target,
        ["Sec-WebSocket-Protocol"] = offer })
      wss.step(0)
      h:push("message", target, "text")
      wss.step(0)
      return h
    end
    assert.same({ true, "q" }, { accepted(talk("/own?x", "p, q")) })
    assert.same({ true, "p" }, { accepted(talk("/top", "p, q")) })
    assert.equal(404, (answer_of(talk("/none"))))
    assert.equal(404, (answer_of(talk("/own/"))))
    assert.same({ "own /own?x", "top /top" }, seen)
  end)

  it("chooses subprotocols", function()
    local _, listener = listen { protocols = { "b", "c" },
      on_message = function() end }
    local function try(offer)
      local h = arrive(listener, head { ["Sec-WebSocket-Protocol"] = offer })
      wss.step(0)
      return h
    end
    assert.same({ true, "c" }, { accepted(try("a, c, b")) })
    assert.same({ true, nil }, { accepted(try(nil)) })
    local status, _, slug = answer_of(try("a"))
    assert.equal(400, status)
    assert.equal("upgrade-no-subprotocol", slug)
  end)
end)
