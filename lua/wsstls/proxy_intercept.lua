--- The proxy that opens TLS: it shows the client a certificate of its own
-- making, and speaks TLS to the server itself.
-- @module wsstls.proxy_intercept

local splice = require "wsstls.raw_splice"
local url = require "wsstls.url"

local intercept = {}

local function mint(minted, ca, host)
  if not minted[host] then
    local names = url.ip_version(host) and { ip = { host } }
      or { dns = { host } }
    names.cn = host
    minted[host] = ca:issue(names)
  end
  return minted[host]
end

--- Serves one connection whose CONNECT was answered 200.
-- @tparam table minted host -> certificate, kept by the proxy
-- @tparam table ca who signs them
-- @param peer raw peer of the client
-- @param far raw peer of the server
-- @tparam string host what CONNECT asked for
function intercept.serve(minted, ca, peer, far, host)
  local cert = mint(minted, ca, host)
  -- such a proxy judges the server itself; here that is not the question
  local ok = far:start_tls({ verify = false,
    sni = not url.ip_version(host) and host or false }, "client")
    and peer:start_tls({ cert = cert }, "server")
  if not ok then
    far:close("reset")
    peer:close("reset")
    return
  end
  splice.run(peer, far)
end

return intercept
