/* lfiles.c: core.stat and core.list. */
#include <stdio.h>

#include "lutil.h"

#include "../core/certutil.h"
#include "../core/files.h"

/* stat(path) -> "file" | "directory" | "other", epoch seconds of its last
 * change, a word that every path to it shares; nil when there is nothing */
static int lfile_stat(lua_State *L)
{
  static const char *const names[] = { NULL, "file", "directory", "other" };
  wsstls_file_info info;
  wsstls_file_kind kind = wsstls_file_stat(luaL_checkstring(L, 1), &info);
  char id[48];

  if (kind == WSSTLS_FILE_NONE) {
    lua_pushnil(L);
    return 1;
  }
  lua_pushstring(L, names[kind]);
  lua_pushnumber(L, info.changed);
  snprintf(id, sizeof id, "%llx:%llx", info.device, info.number);
  lua_pushstring(L, id);
  return 3;
}

/* list(dir) -> names, sorted; nil, code, message, phase */
static int lfile_list(lua_State *L)
{
  wsstls_strings names;
  wsstls_error err;
  size_t i;

  if (wsstls_file_list(luaL_checkstring(L, 1), &names, &err) != WSSTLS_OK)
    return wsstls_lfail(L, &err);
  lua_newtable(L);
  for (i = 0; i < names.count; i++) {
    lua_pushstring(L, names.items[i]);
    lua_rawseti(L, -2, (int)i + 1);
  }
  wsstls_strings_clear(&names);
  return 1;
}

static const luaL_Reg functions[] = {
  { "stat", lfile_stat },
  { "list", lfile_list },
  { NULL, NULL },
};

void wsstls_lopen_files(lua_State *L)
{
  wsstls_lregister(L, functions);
}
