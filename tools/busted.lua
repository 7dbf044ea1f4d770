-- busted under whichever interpreter runs this file.
require("busted.runner")({ standalone = false })
