/* lutil.c: see lutil.h. */
#include "lutil.h"

#include <string.h>

#if LUA_VERSION_NUM < 502
void wsstls_lsetfuncs(lua_State *L, const luaL_Reg *l)
{
  for (; l->name != NULL; l++) {
    lua_pushcfunction(L, l->func);
    lua_setfield(L, -2, l->name);
  }
}
#endif

int wsstls_lfail(lua_State *L, const wsstls_error *err)
{
  lua_pushnil(L);
  lua_pushstring(L, wsstls_status_slug(err->status));
  lua_pushstring(L, err->message[0] ? err->message
                                    : wsstls_status_text(err->status));
  lua_pushstring(L, wsstls_phase_name(wsstls_status_phase(err->status)));
  return 4;
}

void wsstls_lclass(lua_State *L, const char *name, const luaL_Reg *methods,
                   const luaL_Reg *metamethods)
{
  luaL_newmetatable(L, name);
  wsstls_lregister(L, metamethods);
  lua_newtable(L);
  for (; methods->name != NULL; methods++) {
    lua_pushvalue(L, -2);
    lua_pushcclosure(L, methods->func, 1);
    lua_setfield(L, -2, methods->name);
  }
  lua_setfield(L, -2, "__index");
  lua_pushstring(L, name);
  lua_setfield(L, -2, "__name");
  lua_pop(L, 1);
}

void *wsstls_lself(lua_State *L, const char *name)
{
  void *box = lua_touserdata(L, 1);
  int same;

  if (box != NULL && lua_getmetatable(L, 1)) {
    same = lua_rawequal(L, -1, lua_upvalueindex(1));
    lua_pop(L, 1);
    if (same)
      return box;
  }
  return luaL_checkudata(L, 1, name); /* a metamethod's, or it raises */
}

void wsstls_lregister(lua_State *L, const luaL_Reg *functions)
{
  wsstls_lsetfuncs(L, functions);
}

void wsstls_lset_string(lua_State *L, const char *key, const char *value)
{
  if (value == NULL)
    return;
  lua_pushstring(L, value);
  lua_setfield(L, -2, key);
}

void wsstls_lset_lstring(lua_State *L, const char *key, const char *value,
                         size_t len)
{
  if (value == NULL)
    return;
  lua_pushlstring(L, value, len);
  lua_setfield(L, -2, key);
}

void wsstls_lpush_integer(lua_State *L, long long value)
{
#if LUA_VERSION_NUM < 503
  /* lua_Integer may be 32 bits here; doubles hold 53, enough for dates */
  lua_pushnumber(L, (lua_Number)value);
#else
  lua_pushinteger(L, (lua_Integer)value);
#endif
}

void wsstls_lset_integer(lua_State *L, const char *key, long long value)
{
  wsstls_lpush_integer(L, value);
  lua_setfield(L, -2, key);
}

void wsstls_lset_number(lua_State *L, const char *key, double value)
{
  lua_pushnumber(L, value);
  lua_setfield(L, -2, key);
}

void wsstls_lset_boolean(lua_State *L, const char *key, int value)
{
  lua_pushboolean(L, value);
  lua_setfield(L, -2, key);
}

static void wrong_type(lua_State *L, const char *key, const char *expected)
{
  luaL_error(L, "option '%s': expected %s, got %s", key, expected,
             luaL_typename(L, -1));
}

const char *wsstls_lopt_string(lua_State *L, int index, const char *key,
                               size_t *len, const char *fallback)
{
  const char *s = fallback;

  lua_getfield(L, index, key);
  if (lua_type(L, -1) == LUA_TSTRING)
    s = lua_tolstring(L, -1, len);
  else if (!lua_isnil(L, -1))
    wrong_type(L, key, "string");
  else if (len != NULL)
    *len = fallback != NULL ? strlen(fallback) : 0;
  lua_pop(L, 1);
  return s;
}

double wsstls_lopt_number(lua_State *L, int index, const char *key,
                          double fallback)
{
  double n = fallback;

  lua_getfield(L, index, key);
  if (lua_type(L, -1) == LUA_TNUMBER)
    n = lua_tonumber(L, -1);
  else if (!lua_isnil(L, -1))
    wrong_type(L, key, "number");
  lua_pop(L, 1);
  return n;
}

long long wsstls_lopt_integer(lua_State *L, int index, const char *key,
                              long long fallback)
{
  double n = wsstls_lopt_number(L, index, key, (double)fallback);

  if (!(n >= -9007199254740992.0 && n <= 9007199254740992.0))
    luaL_error(L, "option '%s': %f is out of range", key, n);
  return (long long)n;
}

int wsstls_lopt_boolean(lua_State *L, int index, const char *key,
                        int fallback)
{
  int b = fallback;

  lua_getfield(L, index, key);
  if (lua_isboolean(L, -1))
    b = lua_toboolean(L, -1);
  else if (!lua_isnil(L, -1))
    wrong_type(L, key, "boolean");
  lua_pop(L, 1);
  return b;
}

void *wsstls_lnew_box(lua_State *L, size_t size, const char *name,
                      lua_CFunction gc)
{
  void *box = lua_newuserdata(L, size);

  memset(box, 0, size);
  luaL_getmetatable(L, name);
  if (lua_isnil(L, -1)) {
    lua_pop(L, 1);
    lua_createtable(L, 0, 1);
    lua_pushcfunction(L, gc);
    lua_setfield(L, -2, "__gc");
    lua_pushvalue(L, -1);
    lua_setfield(L, LUA_REGISTRYINDEX, name);
  }
  lua_setmetatable(L, -2);
  return box;
}

void wsstls_lpush_material(lua_State *L, wsstls_material *m)
{
  wsstls_material **box = lua_newuserdata(L, sizeof *box);

  *box = NULL;
  luaL_getmetatable(L, WSSTLS_MT_MATERIAL);
  lua_setmetatable(L, -2);
  *box = m;
}

wsstls_material *wsstls_ltest_material(lua_State *L, int index)
{
  wsstls_material **box = lua_touserdata(L, index);
  int same;

  if (box == NULL || !lua_getmetatable(L, index))
    return NULL;
  luaL_getmetatable(L, WSSTLS_MT_MATERIAL);
  same = lua_rawequal(L, -1, -2);
  lua_pop(L, 2);
  if (!same || *box == NULL)
    return NULL;
  if (wsstls_material_decode(*box) != WSSTLS_OK)
    luaL_error(L, "not enough memory");
  return *box;
}
