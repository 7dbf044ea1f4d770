-- Certificates for the interop specs, saved as the files foreign programs
-- want.
local helper = require("helper")

local material = {}

local function save(dir, name, leaf)
  local files = {
    cert = dir .. "/" .. name .. ".pem", key = dir .. "/" .. name .. ".key",
  }
  assert(leaf:save { cert = files.cert, key = files.key })
  return files
end

--- ca: path of the root; other_ca: of one nobody uses; server: localhost and
-- 127.0.0.1; wrong: elsewhere.test only; client: of the same root; stranger:
-- a client certificate of the other root. Pairs have cert and key.
function material.make()
  local pki = require("wsstls.pki")
  local dir = helper.dir()
  local root = assert(pki.ca { cn = "Interop CA" })
  local other = assert(pki.ca { cn = "Another CA" })
  assert(root:save { cert = dir .. "/ca.pem" })
  assert(other:save { cert = dir .. "/other.pem" })
  local server = {
    cn = "localhost", dns = { "localhost" }, ip = { "127.0.0.1" },
  }
  local wrong = { cn = "elsewhere.test", dns = { "elsewhere.test" } }
  return {
    dir = dir, ca = dir .. "/ca.pem", other_ca = dir .. "/other.pem",
    server = save(dir, "server", assert(root:issue(server))),
    wrong = save(dir, "wrong", assert(root:issue(wrong))),
    client = save(dir, "client", assert(root:issue { cn = "client one" })),
    stranger = save(dir, "stranger", assert(other:issue { cn = "stranger" })),
  }
end

return material
