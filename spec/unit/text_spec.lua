local stories = require("unit.stories")
local text = require("wsstls.report.text")
local diagnosis = require("wsstls.diagnosis")
local observation = require("wsstls.observation")
local r = require("unit.records")

local function path(name) return "spec/golden/" .. name .. ".txt" end

local function read(name)
  local file = io.open(path(name), "rb")
  if not file then return nil end
  local content = file:read("*a")
  file:close()
  return content
end

local function columns(line)
  local _, continuation = line:gsub("[\128-\191]", "")
  return #line - continuation
end

describe("a story", function()
  for _, name in ipairs(stories.names) do
    it("is the golden one for " .. name, function()
      local err = stories.build[name]()
      local got = ("%s\n\n%s\n"):format(tostring(err), err:story())
      if os.getenv("WSSTLS_GOLDEN") == "write" then
        local file = assert(io.open(path(name), "wb"))
        file:write(got)
        file:close()
      end
      assert.equal(read(name), got)
    end)

    it("comes from a record that keeps to its schema: " .. name, function()
      local o = stories.build[name]().observation
      if not o then return end
      local ok, problems = observation.validate(o)
      assert.equal("", ok and "" or table.concat(problems, "\n"))
    end)

    it("is the same from the record alone: " .. name, function()
      local err = stories.build[name]()
      if not err.observation then return end
      assert.equal(err:story(), text.story(err.observation))
    end)

    it("stays within 80 columns: " .. name, function()
      for line in (stories.build[name]():story() .. "\n"):gmatch("(.-)\n") do
        assert.is_true(columns(line) <= 80, line)
      end
    end)

    it("shows no control character and no secret: " .. name, function()
      local err = stories.build[name]()
      local all = tostring(err) .. err:story() .. text.paragraph(err)
      assert.is_nil((all:gsub("\n", "")):find("%c"))
      assert.is_nil(all:find("secret", 1, true))
      assert.is_nil(all:find("u:pw@", 1, true))
    end)
  end

  it("has a headline, labelled fields and a fix", function()
    local story = stories.build["cert-ip-mismatch"]():story()
    local lines = {}
    for line in (story .. "\n"):gmatch("(.-)\n") do
      lines[#lines + 1] = line
    end
    assert.equal("error[cert-ip-mismatch]: the certificate does not cover "
      .. "192.168.0.8", lines[1])
    assert.equal("  rejected by  client, while verifying       at fault  "
      .. "server's certificate", lines[2])
    assert.truthy(story:find("\n  expected     IP:192.168.0.8\n", 1, true))
    assert.truthy(story:find(
      "\n  presented    CN=localhost; no subjectAltName\n", 1, true))
    assert.truthy(story:find("\n  fix          wsstls pki make server "
      .. "--ip 192.168.0.8 --dns localhost ;", 1, true))
    assert.equal("  more         wsstls explain cert-ip-mismatch",
      lines[#lines])
  end)

  it("says which fault decides and which stands beside it", function()
    local story = stories.build["cert-self-signed-no-san"]():story()
    assert.truthy(story:find("\n  evidence     X509 18 [%u_]+ at depth 0\n"))
    assert.truthy(story:find("\n  also         X509 64 IP_ADDRESS_MISMATCH at "
      .. "depth 0: the certificate does not\n", 1, true))
  end)

  it("says nothing twice, and has one fix for one certificate", function()
    for _, name in ipairs { "cert-many-faults", "seed-lws-test-server",
        "cert-self-signed-no-san" } do
      local story = stories.build[name]():story()
      local _, made = story:gsub("wsstls pki make", "")
      assert.equal(1, made, story)
      local seen = {}
      for line in (story .. "\n"):gmatch("(.-)\n") do
        assert.is_nil(seen[line:match("%S.*$")], line)
        seen[line:match("%S.*$")] = true
      end
    end
  end)

  it("has a command that a shell takes, however many the names", function()
    local story = stories.build["cert-host-mismatch-many-names"]():story()
    local command = story:match("  fix          (wsstls.-) ;")
    local joined = command:gsub(" \\\n%s+", " ")
    assert.equal("wsstls pki make server --dns chat.internal.example.com "
      .. "--dns www.example.com --dns '*.example.com' --ip 192.0.2.17 "
      .. "--ip 2001:db8::17", joined)
    assert.is_nil(joined:find("\n", 1, true))
    assert.truthy(text.paragraph(stories.build[
      "cert-host-mismatch-many-names"]()):find(joined, 1, true))
  end)

  it("keeps its lines whatever a certificate is called", function()
    local evil = "`" .. ("x "):rep(50) .. "`\n\27[31m, O=" .. ("y"):rep(200)
    local err = r.error("cert-untrusted", { phase = "verify",
      verify = r.verdict({ { 20 } }, { r.cert(evil, "`") }) })
    local story = err:story()
    assert.is_nil((story:gsub("\n", "")):find("%c"))
    for line in (story .. "\n"):gmatch("(.-)\n") do
      assert.is_true(columns(line) <= 80 or not line:find("%S%s+%S", 16),
        line)
    end
  end)

  it("of nothing says that there was no error", function()
    assert.equal("no error", text.story(r.record()))
    assert.equal("no error", text.paragraph(r.record()))
  end)

  it("never breaks a command between backquotes", function()
    local command = "openssl s_client -connect localhost:8443 -showcerts"
    local lines = text.wrap("try `" .. command .. "`, then look", 30)
    assert.same({ "try", command .. ",", "then look" }, lines)
  end)

  it("wraps by characters, not by bytes", function()
    assert.same({ "ééé ééé", "é" }, text.wrap("ééé ééé é", 7))
  end)

  it("can be made from findings", function()
    local err = stories.build["tcp-refused"]()
    assert.equal(err:story(), text.story(diagnosis.diagnose(err)))
  end)

  it("as a paragraph is one line", function()
    local line = text.paragraph(stories.build["cert-many-faults"]())
    assert.is_nil(line:find("\n", 1, true))
    assert.truthy(line:find("cert-untrusted: ", 1, true))
    assert.truthy(line:find("Fix: ", 1, true))
  end)
end)
