-- busted under whichever interpreter runs this file. Line by line: a
-- sanitizer that ends the process loses what is in a buffer.
io.stdout:setvbuf("line")
require("busted.runner")({ standalone = false })
