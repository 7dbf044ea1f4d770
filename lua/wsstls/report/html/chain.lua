--- A certificate chain as a tree, the root on top: the certificate that
-- failed is open, its wrong fields marked beside what was expected.
-- @module wsstls.report.html.chain
local fields = require "wsstls.report.html.fields"
local words = require "wsstls.diagnosis.words"
local xml = require "wsstls.report.xml"

local chain = {}

local function faults_at(verify, depth)
  local list = {}
  for _, fault in ipairs(verify.errors or {}) do
    if fault.depth == depth then list[#list + 1] = fault end
  end
  return list
end

local function is_in(list, cert)
  for _, other in ipairs(list or {}) do
    if other.sha256 == cert.sha256 then return true end
  end
  return false
end

local function badges(verify, cert, depth, last)
  local out = {}
  local function add(class, label)
    out[#out + 1] = ('<span class="bd %s">%s</span>'):format(class, label)
  end
  add("", depth == 0 and "leaf" or cert.self_signed and last and "root"
    or "intermediate")
  local anchor = verify.anchor
  if anchor and anchor.sha256 == cert.sha256 then add("ok", "trusted") end
  -- a root is not sent; an intermediate from a store may not be there
  if not cert.self_signed and verify.sent and not is_in(verify.sent, cert) then
    add("", "not sent")
  end
  return table.concat(out)
end

local function fault_line(fault)
  return ('<p class="ft%s"><b>%s %s</b> %s</p>'):format(
    fault.implied and " im" or "", words.number(fault.code),
    xml.text(words.safe(fault.name, 60)),
    xml.text(words.safe(fault.text or "", 160)))
end

-- Each field once; the wrong ones with what was expected.
local function field_table(verify, cert, faults)
  local wrong = {}
  for _, fault in ipairs(faults) do
    local name = fields.of(fault)
    if name then
      wrong[name] = wrong[name] or fields.expected(fault, verify) or ""
    end
  end
  local out = { '<table class="fl"><thead><tr><th>field</th><th>presented'
    .. '</th><th>expected</th></tr></thead><tbody>' }
  for _, row in ipairs(fields.rows(cert)) do
    local expected = wrong[row[1]]
    out[#out + 1] = ('<tr%s><th scope="row">%s</th><td>%s</td><td>%s</td></tr>')
      :format(expected and ' class="wr"' or "", row[1], xml.text(row[2]),
        xml.text(expected))
  end
  out[#out + 1] = "</tbody></table>"
  return table.concat(out)
end

local function node(verify, cert, depth, last)
  local faults = faults_at(verify, depth)
  local bad = #faults > 0
  local out = { ('<div class="ct%s"><p class="cn"><b>%s</b>%s'):format(
    bad and " bad" or "", xml.text(words.dn(cert.subject)),
    badges(verify, cert, depth, last)),
    ('<span class="dp">depth %d</span></p>'):format(depth) }
  if bad then
    for _, fault in ipairs(faults) do out[#out + 1] = fault_line(fault) end
    out[#out + 1] = field_table(verify, cert, faults)
  else
    out[#out + 1] = ('<p class="cl">%s</p>'):format(xml.text(
      fields.line(cert)))
  end
  out[#out + 1] = "</div>"
  return table.concat(out)
end

local MISSING = { UNABLE_TO_GET_ISSUER_CERT_LOCALLY = true,
                  UNABLE_TO_GET_ISSUER_CERT = true,
                  UNABLE_TO_VERIFY_LEAF_SIGNATURE = true }

-- The certificate nobody has: above the one whose issuer was looked for.
local function ghost(verify, certs)
  local top = certs[#certs]
  for _, fault in ipairs(verify.errors or {}) do
    if MISSING[fault.name] and fault.depth == #certs - 1
       and not top.self_signed then
      return ('<div class="ct gh"><p class="cn"><b>%s</b><span class="bd">'
        .. 'missing</span></p><p class="cl">neither sent nor trusted</p>'
        .. '</div>'):format(xml.text(words.dn(top.issuer)))
    end
  end
  return nil
end

-- What has no place in the chain: faults of a depth that it does not reach.
local function other_faults(verify, count)
  local out = {}
  for _, fault in ipairs(verify.errors or {}) do
    if fault.depth >= count or fault.depth < 0 then
      out[#out + 1] = fault_line(fault)
    end
  end
  return table.concat(out)
end

local function summary(verify)
  local out = {}
  if verify.expected then
    out[#out + 1] = ('<div><h5>dialled</h5><p>%s:%s</p></div>'):format(
      xml.text(verify.expected.kind:upper()),
      xml.text(words.quote(verify.expected.value, 120)))
  end
  local presented = verify.presented
  if presented and verify.expected then
    local text = {}
    if presented.cn then
      text[1] = "CN=" .. words.quote(presented.cn, 80)
    end
    for _, kind in ipairs { "dns", "ip" } do
      for i, name in ipairs(presented[kind] or {}) do
        if i <= 8 then
          text[#text + 1] = kind:upper() .. ":" .. words.quote(name, 80)
        end
      end
    end
    local matched = false
    for _, row in ipairs(verify.compared or {}) do
      matched = matched or row.match
    end
    out[#out + 1] = ('<div class="%s"><h5>presented</h5><p>%s</p></div>')
      :format(matched and "hit" or "miss", xml.text(#text > 0
        and table.concat(text, ", ") or "no name"))
  end
  if #out == 0 then return "" end
  return '<div class="vs">' .. table.concat(out) .. "</div>"
end

--- The tree.
-- @tparam table verify a verify-result
-- @treturn string|nil HTML; nil when there is no chain
function chain.html(verify)
  if type(verify) ~= "table" then return nil end
  local certs = verify.chain and #verify.chain > 0 and verify.chain
    or verify.sent or {}
  if #certs == 0 then return nil end
  local out = { summary(verify), '<div class="tree">' }
  local indent = 0
  local function place(html)
    out[#out + 1] = ('<div class="lv" style="--l:%d">%s</div>'):format(
      math.min(indent, 6), html)
    indent = indent + 1
  end
  local missing = ghost(verify, certs)
  if missing then place(missing) end
  for i = #certs, 1, -1 do
    place(node(verify, certs[i], i - 1, i == #certs))
  end
  out[#out + 1] = "</div>"
  out[#out + 1] = other_faults(verify, #certs)
  return table.concat(out)
end

return chain
