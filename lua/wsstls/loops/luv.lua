--- wsstls inside a luv (libuv) loop.
--
--     local uv = require "luv"
--     require("wsstls.loops.luv").attach(uv)
--     coroutine.wrap(function() local conn = wss.connect(...) ... end)()
--     uv.run()
--
-- Source: luv's manual, uv_poll_t, uv_timer_t and uv_prepare_t.
-- @module wsstls.loops.luv

local core = require "wsstls.core"
local loop = require "wsstls.loop"
local start = require "wsstls.start"

local adapter = {}

-- luv has no scheduler: a coroutine is whoever waits, we resume it.
local function unpark(rec)
  local ok, err = coroutine.resume(rec.thread)
  if ok then return end
  if type(err) == "string" then err = debug.traceback(rec.thread, err) end
  loop.fail(err)
end

local function park(rec)
  rec.thread = coroutine.running()
  repeat coroutine.yield() until rec.done
end

--- Lets luv's loop serve wsstls: blocking calls made in any coroutine yield
-- until there is an answer. Its handle keeps `uv.run()` going.
-- @param[opt] uv the module, `require "luv"` or Luvit's "uv"
-- @treturn function detach(): ends it
function adapter.attach(uv)
  uv = uv or require "luv"
  start.must()
  local poll, timer = uv.new_poll(core.pollfd()), uv.new_timer()
  local prepare = uv.new_prepare()
  local mine = { park = park, unpark = unpark,
                 owns = function() return true end }
  loop.adapter = mine
  local function step()
    loop.step(0)
  end
  uv.poll_start(poll, "r", step)
  -- before each wait: what is due next may have changed
  uv.prepare_start(prepare, function()
    local timeout = loop.timeout()
    if timeout then
      uv.timer_start(timer, math.ceil(timeout * 1000), 0, step)
    else
      uv.timer_stop(timer)
    end
  end)
  uv.unref(timer)
  uv.unref(prepare)
  return function()
    if loop.adapter ~= mine then return end
    loop.adapter = nil
    for _, handle in ipairs { poll, timer, prepare } do
      if not uv.is_closing(handle) then uv.close(handle) end
    end
  end
end

return adapter
