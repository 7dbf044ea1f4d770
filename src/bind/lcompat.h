/* lcompat.h: Lua 5.1, 5.2, 5.3, 5.4 and LuaJIT as one API (5.3's names). */
#ifndef WSSTLS_LCOMPAT_H
#define WSSTLS_LCOMPAT_H

#include <lua.h>
#include <lauxlib.h>
#include <lualib.h>

#if LUA_VERSION_NUM < 502
#undef luaL_newlibtable /* LuaJIT has the 5.2 names already */
#undef luaL_newlib
#define lua_rawlen(L, i) lua_objlen((L), (i))
#define lua_absindex(L, i) \
  ((i) > 0 || (i) <= LUA_REGISTRYINDEX ? (i) : lua_gettop(L) + (i) + 1)
#define luaL_newlibtable(L, l) \
  lua_createtable((L), 0, (int)(sizeof(l) / sizeof((l)[0]) - 1))
#define luaL_newlib(L, l) \
  (luaL_newlibtable((L), (l)), wsstls_lsetfuncs((L), (l)))
#else
#define wsstls_lsetfuncs(L, l) luaL_setfuncs((L), (l), 0)
#endif

#if LUA_VERSION_NUM < 503
#define lua_isinteger(L, i) \
  (lua_type((L), (i)) == LUA_TNUMBER && \
   lua_tonumber((L), (i)) == (lua_Number)(long long)lua_tonumber((L), (i)))
#endif

#if LUA_VERSION_NUM < 502
void wsstls_lsetfuncs(lua_State *L, const luaL_Reg *l);
#endif

#endif
