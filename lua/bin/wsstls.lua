#!/usr/bin/env lua
-- The command `wsstls`: see the module wsstls.cli.
os.exit(require("wsstls.cli").main(arg))
