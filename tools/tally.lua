-- A busted output handler: the plain terminal's, which at the end of the
-- run also appends "passed failed skipped" to the file $WSSTLS_TALLY, and
-- names the slowest tests when $WSSTLS_SLOW is set. It lets go of every file
-- that is done: busted keeps all it ran, and with it every module that each
-- file loaded, and a spec's collectgarbage() has to look at all of that.
local plain = require("busted.outputHandlers.plainTerminal")

local function append(path, line)
  local file = assert(io.open(path, "a"))
  file:write(line, "\n")
  file:close()
end

local function slowest(times)
  table.sort(times, function(a, b) return a.seconds > b.seconds end)
  for i = 1, math.min(#times, 15) do
    print(("%8.3f s  %s"):format(times[i].seconds, times[i].name))
  end
end

return function(options)
  local busted = require("busted")
  local handler = plain(options)
  local times = {}

  local function let_go(element)
    for _, child in ipairs(busted.children(element)) do
      let_go(child)
      child.run, child.env, child.trace = nil, nil, nil
    end
  end

  busted.subscribe({ "file", "end" }, function(file)
    let_go(file)
    handler.successes = {}
    return nil, true
  end)

  busted.subscribe({ "test", "end" }, function(element)
    local seconds = element.duration or 0
    times[#times + 1] = {
      name = handler.getFullName(element), seconds = seconds,
    }
    return nil, true
  end)

  busted.subscribe({ "suite", "end" }, function()
    local path = os.getenv("WSSTLS_TALLY")
    if path then
      append(path, ("%d %d %d"):format(handler.successesCount,
        handler.failuresCount + handler.errorsCount, handler.pendingsCount))
    end
    if os.getenv("WSSTLS_SLOW") then slowest(times) end
    return nil, true
  end)
  return handler
end
