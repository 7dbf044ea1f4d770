-- The command line without a process.
local cli = require("wsstls.cli")

-- Runs the command here; its exit status, output and complaints.
return function(...)
  local out, err = {}, {}
  local function sink(list)
    return { write = function(self, ...)
      for i = 1, select("#", ...) do
        list[#list + 1] = tostring((select(i, ...)))
      end
      return self
    end, flush = function() end }
  end
  local streams = { stdout = io.stdout, stderr = io.stderr }
  rawset(io, "stdout", sink(out))
  rawset(io, "stderr", sink(err))
  local ok, status = pcall(cli.main, { ... })
  for name, stream in pairs(streams) do rawset(io, name, stream) end
  assert(ok, status)
  return status, table.concat(out), table.concat(err)
end
