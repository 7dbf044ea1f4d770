--- make vectors FILE=x.json: runs a corpus, prints agreement and differences.

local path = ...

if not path then
  io.stderr:write("usage: make vectors FILE=corpus.json (x509-limbo's form)\n")
  os.exit(1)
end

local reports, err = require("wsstls.vectors").main(path)

if not reports then
  io.stderr:write("vectors: ", err, "\n")
  os.exit(1)
end
