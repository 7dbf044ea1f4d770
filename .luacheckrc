std = "min"
max_line_length = 80
self = false
-- names some of the five Luas have and some have not
read_globals = {
  "unpack", "setfenv", "loadstring", "jit", table = { fields = { "unpack" } },
  package = { fields = { "searchpath" } },
}
files["spec"] = { std = "+busted" }
files["lua/wsstls/busted.lua"] = { std = "+busted" }
exclude_files = { "build" }
