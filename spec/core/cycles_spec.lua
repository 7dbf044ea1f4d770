-- One process connects, verifies and closes for a long time, half of the
-- attempts failing in different ways: nothing may be left behind.
local helper = require("helper")
local stress = require("core.stress")

describe("connect, verify and close, over and over #slow", function()
  local wss, server, ca, ended, failed
  local silent

  setup(function()
    wss = require("wsstls")
    ca = stress.identity()
    ended, failed = 0, 0
    server = stress.server {
      handshake_timeout = 5,
      on_message = function(conn, data, kind) conn:send(data, kind) end,
      on_close = function() ended = ended + 1 end,
      on_tls_error = function() failed = failed + 1 end,
      on_upgrade = function(request)
        if request.path == "/no" then return { status = 403 } end
        return true
      end,
    }
    silent = helper.free_port()
  end)

  teardown(function()
    server:close()
    helper.cleanup()
  end)

  local function good()
    local conn = assert(wss.connect(server.url, { ca = ca }))
    assert(conn:send("round"))
    assert.equal("round", (conn:receive(5)))
    assert.is_true(conn:close(1000, "done"))
    assert.is_nil(conn:error())
  end

  local function fails(code, ...)
    local _, _, got = wss.connect(...)
    assert.equal(code, got)
  end

  local other
  local failures = {
    function() fails("cert-host-mismatch", server.url,
      { ca = ca, verify_host = "nope.test" }) end,
    function()
      other = other or require("wsstls.pki").ca { cn = "Another" }
      fails("cert-untrusted", server.url, { ca = other })
    end,
    function() fails("tcp-refused", ("wss://127.0.0.1:%d/"):format(silent),
      { ca = ca }) end,
    function() fails("upgrade-rejected", server.url .. "no", { ca = ca }) end,
    function() fails("tls-handshake-failure", server.url,
      { ca = ca, min_version = "TLSv1.2", max_version = "TLSv1.2",
        ciphers = "ECDHE-RSA-AES128-GCM-SHA256" }) end,
    function() -- lost without a goodbye
      local conn = assert(wss.connect(server.url, { ca = ca }))
      conn.handle:abort()
      assert.equal("closed", conn.state)
    end,
  }

  local function cycles(n)
    for i = 1, n do
      good()
      failures[i % #failures + 1]()
    end
    -- an ended connection may keep its descriptor for one more turn
    helper.wait(function()
      return #server:connections() == 0 and server.handle:count() == 0
    end, 5, "the server's connections end")
    stress.collect()
  end

  it("leaves descriptors and memory flat over 2,000 attempts", function()
    local quarter = stress.times(250)
    cycles(stress.times(450)) -- fills what is bounded: 256 failures
    local fds, lua, rss = stress.fds(), collectgarbage("count"), {}
    for i = 1, 4 do
      cycles(quarter)
      rss[i] = stress.rss()
    end
    -- our side of the last one may keep its descriptor for a turn, too
    helper.wait(function() return stress.fds() <= fds end, 5,
      "no descriptor more")
    if stress.full then
      -- the allocator takes a while to settle; a leak never does
      assert.is_true(rss[4] - rss[2] < 1024, "resident memory in KiB: "
        .. table.concat(rss, ", "))
      assert.is_true(collectgarbage("count") - lua < 512)
    end
  end)
end)
