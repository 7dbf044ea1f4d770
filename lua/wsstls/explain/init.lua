--- What an error, a record, a code, a number or pasted text means.
--
-- The result is a table `{input, meanings}` that prints as text: one meaning
-- after the other, the most telling first. A meaning has `kind` ("error",
-- "code", "refinement", "x509", "alert", "close", "http", "openssl",
-- "client", "scenario"), what it is by number and name, and the diagnosis
-- texts of the code it stands for.
-- @module wsstls.explain
local codes = require "wsstls.codes"
local diagnosis = require "wsstls.diagnosis"
local names = require "wsstls.names"
local nearest = require "wsstls.nearest"
local pasted = require "wsstls.explain.pasted"
local text = require "wsstls.report.text"
local words = require "wsstls.diagnosis.words"

local explain = {}

local mt = { __name = "wsstls.Explanation" }

local function with_texts(meaning, slug)
  local general = slug and diagnosis.general(slug)
  if general then
    meaning.slug, meaning.title = slug, general.title
    meaning.what, meaning.why = general.what, general.why
    meaning.fix, meaning.elsewhere = general.fix, general.elsewhere
    meaning.source, meaning.refines = general.source, general.refines
  end
  return meaning
end

-- What a verifier with OpenSSL sends this alert for (measured: slugs).
local SENT_FOR = {
  [20] = { "tls-bad-record-mac" }, [40] = { "tls-no-shared-cipher",
    "tls-no-shared-group", "tls-no-shared-sigalg", "client-cert-missing",
    "cert-pin-mismatch", "cert-verify-callback" },
  [42] = { "cert-host-mismatch", "cert-ip-mismatch", "cert-not-yet-valid",
    "cert-key-too-weak", "cert-digest-too-weak" },
  [43] = { "cert-purpose" }, [44] = { "cert-revoked" },
  [45] = { "cert-expired", "crl-expired" },
  [46] = { "cert-name-not-permitted", "cert-name-excluded",
    "cert-unknown-critical-extension", "cert-strict" },
  [48] = { "cert-untrusted", "cert-self-signed", "cert-invalid-ca",
    "cert-path-length", "cert-depth", "crl-missing" },
  [51] = { "cert-bad-signature", "tls-bad-signature",
    "tls-wrong-private-key", "crl-bad-signature" },
  [70] = { "tls-version-mismatch" }, [80] = {
    "tls-version-security-level" },
  [112] = { "tls-sni-unknown", "tls-sni-missing" },
  [116] = { "client-cert-missing" }, [120] = { "tls-no-alpn" },
}

local ALERT_SLUG = { [20] = "tls-bad-record-mac",
  [40] = "tls-handshake-failure", [70] = "tls-version-mismatch",
  [112] = "tls-sni-unknown", [116] = "client-cert-missing",
  [120] = "tls-no-alpn" }

local make = {}

function make.x509(number)
  local row = names.x509(number)
  if not row then return nil end
  return with_texts({ kind = "x509", number = row.code, name = row.name,
                      text = row.text }, row.slug)
end

function make.alert(number)
  local name = names.alert(number)
  if not name then return nil end
  local meaning = { kind = "alert", number = number, name = name,
                    text = names.alert_text(number),
                    sent_for = SENT_FOR[number] }
  if number >= 42 and number <= 49 and number ~= 47 then
    meaning.seen_as = "cert-rejected at a server that receives it, "
      .. "client-cert-rejected at a client"
  end
  return with_texts(meaning, ALERT_SLUG[number])
end

function make.close(number)
  local name = names.close(number)
  if not name then return nil end
  local slug = { [1001] = "closed-going-away", [1002] = "ws-protocol-error",
    [1006] = "closed-abnormally", [1007] = "ws-invalid-utf8",
    [1008] = "closed-policy", [1009] = "ws-message-too-big",
    [1011] = "closed-internal-error", [1015] = "closed-tls-failed" }
  return with_texts({ kind = "close", number = number, name = name },
    slug[number] or number >= 3000 and "closed-application" or "closed")
end

local HTTP_SLUG = { [200] = "upgrade-not-websocket",
  [301] = "upgrade-redirect", [302] = "upgrade-redirect",
  [303] = "upgrade-redirect", [307] = "upgrade-redirect",
  [308] = "upgrade-redirect", [401] = "upgrade-unauthorized",
  [403] = "upgrade-forbidden", [404] = "upgrade-not-found",
  [407] = "proxy-auth-required", [426] = "upgrade-version",
  [502] = "upgrade-bad-gateway", [503] = "upgrade-unavailable" }

function make.http(number)
  local name = names.http(number)
  if not name then return nil end
  return with_texts({ kind = "http", number = number, name = name },
    HTTP_SLUG[number] or number ~= 101 and "upgrade-rejected" or nil)
end

function make.openssl(code)
  local row = names.openssl(code)
  if not row then return nil end
  local meaning = { kind = "openssl", name = row.code, text = row.text }
  if row.code == "0A000086" then
    meaning.remark = "it says only that a certificate was refused; the reason "
      .. "is the verify code, which other lines or the record hold"
  end
  return with_texts(meaning, row.slug)
end

function make.slug(slug)
  if not diagnosis.entry(slug) then return nil end
  local meaning = with_texts({ kind = codes.get(slug) and "code"
                               or "refinement", name = slug }, slug)
  meaning.refinements = diagnosis.refinements(slug)
  local row = codes.get(slug)
  if row then meaning.phase, meaning.temporary = row.phase, row.temporary end
  return meaning
end

local function expected_at(side)
  if not side then return nil end
  local code = side.code or side.ok and "ok"
  if type(code) == "table" then
    local versions = {}
    for version, one in pairs(code) do
      versions[#versions + 1] = ("%s (%s)"):format(one, version)
    end
    table.sort(versions)
    code = table.concat(versions, ", ")
  end
  return code
end

-- A scenario of the catalogue that is no code and refines none: what passes
-- although it looks odd, and what refines a code for another reason only.
function make.scenario(name)
  for _, entry in ipairs(require "wsstls.catalogue") do
    if entry[2] == name then
      local one = require(("wsstls.catalogue.%s.%s"):format(entry[1], name))
      local expect = one.expect
      return { kind = "scenario", name = name, title = one.title,
        what = one.text, group = entry[1], slug = one.slug,
        client = expected_at(expect.client),
        server = expected_at(expect.server),
        seen = "wsstls test --tags catalogue --filter " .. name }
    end
  end
  return nil
end

function make.client(found)
  return with_texts({ kind = "client", name = found.client,
                      text = found.fragment, remark = found.remark },
    found.slug)
end

local KINDS = { "x509", "alert", "close", "http" }

local function number_meanings(number)
  local list = {}
  for _, kind in ipairs(KINDS) do
    list[#list + 1] = make[kind](number)
  end
  return list
end

-- "x509:20", "alert:bad_certificate", "close:1002", "http:401"
local function chosen(s)
  local kind, value = s:lower():match("^%s*(%a[%w]*)%s*:%s*([%w_]+)%s*$")
  if kind == "openssl" then return { make.openssl(value) } end
  if not kind or not make[kind] then return nil end
  local number = tonumber(value)
  if not number and kind == "x509" then
    local row = names.x509(value)
    number = row and row.code
  elseif not number and kind == "alert" then
    number = names.alert_number(value)
  end
  return { number and make[kind](number) or nil }
end

local function name_meanings(s)
  local list = {}
  list[#list + 1] = make.slug(s:lower()) or make.scenario(s:lower())
  local x509 = names.x509(s)
  list[#list + 1] = x509 and make.x509(x509.code) or nil
  local alert = names.alert_number(s)
  list[#list + 1] = alert and make.alert(alert) or nil
  if #s == 8 or s:find("^0[xX]") then list[#list + 1] = make.openssl(s) end
  return list
end

local function text_meanings(s)
  local list = {}
  for _, found in ipairs(pasted.read(s)) do
    list[#list + 1] = make[found.kind](found.kind == "client" and found
                                       or found.value)
  end
  return list
end

local function string_meanings(s)
  local trimmed = s:match("^%s*(.-)%s*$")
  local list
  if trimmed:find("^%d+$") then
    list = number_meanings(tonumber(trimmed))
    -- some packed OpenSSL codes have no letter: 05800074
    if #trimmed == 8 then list[#list + 1] = make.openssl(trimmed) end
    return list
  end
  list = chosen(trimmed)
  if list and #list > 0 then return list end
  list = name_meanings(trimmed)
  if #list > 0 then return list end
  return text_meanings(s)
end

-- The slug that was probably meant, and those that share a word with it.
local function near(s)
  if #s > 60 then return {} end
  local best = nearest(s, diagnosis.slugs())
  local list = { best }
  for _, slug in ipairs(diagnosis.slugs()) do
    for word in s:lower():gmatch("[%l%d]+") do
      if #word > 3 and slug ~= best and slug:find(word, 1, true)
         and #list < 6 then
        list[#list + 1] = slug
        break
      end
    end
  end
  return list
end

local function nothing(s)
  local message = ("nothing here explains %q"):format(words.quote(s, 80))
  local close = near(s)
  if #close > 0 then
    message = message .. "; near it: " .. table.concat(close, ", ")
  end
  return require("wsstls.errors").fail { code = "unknown",
    phase = "config", message = message }
end

--- Explains something.
-- @param x an error, an observation or a verify-result; a slug; an X509
-- number or name; "x509:20", "alert:20", "close:1002", "http:401"; a bare
-- number (every meaning is listed: 24 of them are both an X509 error and an
-- alert); or text pasted from another client
-- @treturn table|nil `{input, meanings}`, which prints as text; when nothing
-- is known of it `nil, err, "unknown"`. Raises for other types.
function explain.explain(x)
  local kind, list = type(x), nil
  if kind == "table" then
    local findings = diagnosis.diagnose(x)
    list = {}
    if #findings > 0 then
      list[1] = { kind = "error", findings = findings }
    elseif x.schema or x.ok ~= nil or x.code then -- one of ours, without fault
      list[1] = { kind = "error", findings = {}, title = "no error" }
    end
  elseif kind == "number" then
    list = number_meanings(x)
  elseif kind == "string" then
    list = string_meanings(x)
  else
    error("explain: expected an error, a record, a number or text, got "
      .. kind, 2)
  end
  if #list == 0 then return nothing(tostring(x)) end
  return setmetatable({ input = kind ~= "table" and x or nil,
                        meanings = list }, mt)
end

local HEAD = {
  x509 = function(m)
    return ("X509 %d %s: %s"):format(m.number, m.name, m.text)
  end,
  alert = function(m)
    return ("alert %d %s: %s"):format(m.number, m.name, m.text)
  end,
  close = function(m) return ("close %d: %s"):format(m.number, m.name) end,
  http = function(m) return ("HTTP %d %s"):format(m.number, m.name) end,
  openssl = function(m) return ("OpenSSL %s: %s"):format(m.name, m.text) end,
  client = function(m) return ("%s says: %s"):format(m.name, m.text) end,
  code = function(m) return ("%s: %s"):format(m.name, m.title) end,
  refinement = function(m) return ("%s: %s"):format(m.name, m.title) end,
  scenario = function(m)
    return ("%s (a scenario of the catalogue): %s"):format(m.name, m.title)
  end,
}

local function show(m)
  if m.kind == "error" then
    return #m.findings > 0 and text.story(m.findings) or "no error"
  end
  local own = m.kind == "code" or m.kind == "refinement"
  local rows = { { "remark", m.remark } }
  local function row(label, value) rows[#rows + 1] = { label, value } end
  row("code", not own and m.slug and m.kind ~= "scenario"
      and m.slug .. ": " .. m.title or nil)
  row("sent for", m.sent_for and words.list(m.sent_for))
  row("seen as", m.seen_as)
  row("refines", own and m.refines and words.list(m.refines) or nil)
  row("what", m.what)
  row("why", m.why)
  row("at client", m.client)
  row("at server", m.server)
  row("see also", m.kind == "scenario" and m.slug or nil)
  row("to see it", m.seen)
  row("elsewhere", m.elsewhere)
  row("fix", m.fix)
  row("refined by", m.refinements and #m.refinements > 0
      and words.list(m.refinements) or nil)
  row("source", m.source)
  -- rows without a text would end the list early for ipairs
  local full = {}
  for i = 1, #rows do
    if rows[i][2] then full[#full + 1] = rows[i] end
  end
  return text.block(HEAD[m.kind](m), full)
end

mt.__tostring = function(explanation)
  local parts = {}
  for i, meaning in ipairs(explanation.meanings) do parts[i] = show(meaning) end
  return table.concat(parts, "\n\n")
end

return explain
