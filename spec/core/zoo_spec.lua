-- The zoo: which scenarios any client can meet, its servers and its pages.
local helper = require "helper"

describe("the zoo", function()
  local wss, zoo, animals, by_name

  setup(function()
    wss = require "wsstls"
    zoo = require "wsstls.zoo"
    animals = zoo.animals()
    by_name = {}
    for _, animal in ipairs(animals) do by_name[animal.name] = animal end
  end)

  teardown(helper.cleanup)

  it("has every scenario that asks nothing of a client but a CA", function()
    assert.is_true(#animals >= 70)
    assert.equal("reject", by_name["cert-expired"].should)
    assert.equal("tls", by_name["cert-expired"].level)
    assert.equal("accept", by_name["control-good"].should)
    assert.equal("wss", by_name["upgrade-bad-accept"].level)
    assert.is_truthy(by_name["cert-expired"].fixed)
  end)

  it("says of the others why they are not in it", function()
    local _, others = zoo.animals()
    local why = {}
    for _, other in ipairs(others) do why[other.name] = other.why end
    assert.equal("its fault is the client's", why["cert-depth"])
    assert.equal("its client needs 'crl'", why["cert-revoked"])
    assert.equal("its server does not start", why["config-key-mismatch"])
    assert.equal("its server does not start", why["listen-in-use"])
    for name in pairs(why) do assert.is_nil(by_name[name]) end
    assert.equal(#wss.scenario.all {}, #animals + #others)
  end)

  it("lists what cannot be, also of badssl.com", function()
    local run = require "core.command"
    local status, out = run("zoo", "list", "--impossible")
    assert.equal(0, status)
    assert.is_truthy(out:find("cert%-depth +its fault is the client's"))
    assert.is_truthy(out:find("badssl.com: rc4: Debian's OpenSSL 3", 1, true))
    assert.is_nil(out:find("\ncert%-expired +"))
    status, out = run("zoo", "list", "--impossible", "cert-depth")
    assert.equal(0, status)
    assert.is_nil(out:find("badssl.com", 1, true))
  end)

  describe("while it serves", function()
    local open, chosen

    setup(function()
      chosen = zoo.animals { names = { "cert-expired", "control-good",
        "upgrade-bad-accept", "cert-wildcard-apex" } }
      open = assert(require "wsstls.zoo.serve" { animals = chosen })
    end)

    teardown(function() open.close() end)

    local function find(name)
      for _, animal in ipairs(chosen) do
        if animal.name == name then return animal end
      end
    end

    local function get(path)
      local raw = assert(wss.raw.connect { port = open.port, tls = false,
        timeout = 10 })
      raw:write("GET " .. path .. " HTTP/1.1\r\nHost: x\r\n\r\n")
      local text = assert(raw:read("all", 10))
      raw:close()
      return text
    end

    it("gives every animal a port and its CA", function()
      for _, name in ipairs { "cert-expired", "control-good" } do
        local animal = find(name)
        local conn, err, code = wss.connect(animal.url,
          { ca = animal.ca_pem, connect_to = "127.0.0.1:" .. animal.port })
        if animal.should == "reject" then
          assert.is_nil(conn)
          assert.equal(name, code)
        else
          assert(conn, tostring(err))
          assert(conn:send("hello"))
          assert.equal("hello", (assert(conn:receive(5))))
          assert(conn:close())
        end
      end
    end)

    it("serves one visitor after the other, also with bytes of its own",
      function()
        local animal = find "upgrade-bad-accept"
        for _ = 1, 3 do
          local conn, _, code = wss.connect(animal.url, { ca = animal.ca_pem })
          assert.is_nil(conn)
          assert.equal("upgrade-bad-accept", code)
        end
      end)

    it("has an index that leads to each", function()
      local text = get "/"
      assert.matches("^HTTP/1.1 200 OK\r\n", text)
      for _, animal in ipairs(chosen) do
        assert.is_truthy(text:find(animal.url:gsub("^ws", "http"), 1, true))
        assert.is_truthy(text:find('href="/' .. animal.name .. '.pem"', 1,
          true))
      end
      assert.is_nil(text:find("src=", 1, true))
    end)

    it("explains each on a page of its own, with what to type", function()
      local text = get "/cert-expired"
      assert.matches("A client should <b class=\"reject\">reject</b>", text)
      assert.matches("RFC 5280 4.1.2.5", text)
      assert.matches("curl https://localhost:%d+/ %-%-cacert "
        .. "cert%-expired.pem\n?<", text)
      assert.matches("^HTTP/1.1 404 ", get "/no-such-page")
    end)

    it("hands out the CAs, one by one and together", function()
      assert.matches("\r\n\r\n%-%-%-%-%-BEGIN CERTIFICATE",
        get "/control-good.pem")
      local _, count = get("/ca.pem"):gsub("BEGIN CERTIFICATE", "")
      assert.equal(4, count)
    end)

    it("answers HTTPS visitors", function()
      local animal = find "control-good"
      local peer = assert(wss.raw.connect { port = animal.port,
        tls = { ca = animal.ca_pem, verify_host = "localhost" } })
      peer:write("GET / HTTP/1.1\r\nHost: localhost\r\n\r\n")
      assert.matches("^HTTP/1.1 200 OK\r\n.*<h1>control%-good</h1>",
        (assert(peer:read("all", 10))))
      peer:close()
    end)

    it("says which port is taken", function()
      local list = zoo.animals { names = { "control-good" } }
      local server = assert(wss.listen { tls = false })
      local none, err, code = require "wsstls.zoo.serve" { animals = list,
        port = server.port - 1 }
      assert.is_nil(none)
      assert.equal("listen-in-use", code)
      assert.matches("control%-good at port " .. server.port, err.message)
      server:close()
    end)
  end)

  describe("reads a client's command:", function()
    local clients = require "wsstls.zoo.clients"

    it("one of ours, or words with {url}", function()
      assert.equal("node", clients.read("node").name)
      local one = clients.read "/usr/bin/prog -x 'two words' {url} {ca}"
      assert.same({ "/usr/bin/prog", "-x", "two words", "{url}", "{ca}" },
        one.command)
      assert.equal("prog", one.name)
      assert.equal("/usr/bin/prog", clients.missing(one))
      assert.is_nil(clients.missing((clients.read "/bin/sh {url}")))
    end)

    it("and says what is wrong with others", function()
      local one, bad = clients.read "prog"
      assert.is_nil(one)
      assert.matches("'prog' is none of ours %(node, python, .*{url}", bad)
      one, bad = clients.read "prog '{url}"
      assert.is_nil(one)
      assert.matches("has no second '", bad)
      one, bad = clients.read "  "
      assert.is_nil(one)
      assert.matches("an empty command", bad)
    end)
  end)

  describe("leads a client through:", function()
    local meet = require("wsstls.zoo.run").meet

    local function sh(script)
      return { name = "sh", level = "wss", command = { "/bin/sh", "-c",
        script, "sh", "{url}", "{ca}" } }
    end

    it("its exit status is its verdict, its last words are kept", function()
      local row = meet(sh "echo trying $1; echo 'Error: too old'; exit 1",
        by_name["cert-expired"])
      assert.equal("reject", row.did)
      assert.is_true(row.ok)
      assert.equal("Error: too old", row.complaint)
      row = meet(sh "exit 0", by_name["cert-expired"])
      assert.equal("accept", row.did)
      assert.is_false(row.ok)
      assert.equal("nothing", row.seen)
      assert.is_true(meet(sh "exit 0", by_name["cert-expired"], true).ok)
    end)

    it("crashing, hanging and missing are not rejecting", function()
      assert.equal("crashed", meet(sh "kill -SEGV $$",
        by_name["cert-expired"]).did)
      assert.equal("broken", meet(sh "no-such-program",
        by_name["cert-expired"]).did)
      assert.equal("broken", meet({ name = "x", level = "wss",
        command = { "/no/such/program" } }, by_name["cert-expired"]).did)
      local slow = sh "sleep 60"
      slow.timeout = 0.2
      assert.equal("hung", meet(slow, by_name["cert-expired"]).did)
    end)

    it("one that hangs three times in a row is not asked again", function()
      local slow = sh "sleep 60"
      slow.timeout = 0.1
      local rows = require("wsstls.zoo.run").all { clients = { slow },
        animals = { by_name["cert-expired"], by_name["cert-host-mismatch"] } }
      assert.equal(4, #rows)
      assert.equal("hung", rows[3].did)
      assert.equal("it hung 3 times in a row", rows[4].skipped)
      assert.is_nil(rows[4].did)
    end)

    it("what it cannot meet is skipped with the reason", function()
      local client = { name = "tls", level = "tls", command = { "true" } }
      local row = meet(client, by_name["upgrade-bad-accept"])
      assert.equal("it ends before the upgrade", row.skipped)
      client = { name = "x", level = "wss", resolves = true,
                 command = { "true" } }
      assert.matches("^it would have to resolve ", meet(client,
        by_name["cert-wildcard-apex"]).skipped)
    end)
  end)
end)
