/* ltlsconf.c: core.tlsconf and its userdata. */
#include "ltlsopts.h"

#include <string.h>

wsstls_tlsconf *wsstls_ltest_tlsconf(lua_State *L, int index)
{
  wsstls_tlsconf **box = lua_touserdata(L, index);
  int same;

  if (box == NULL || !lua_getmetatable(L, index))
    return NULL;
  luaL_getmetatable(L, WSSTLS_MT_TLSCONF);
  same = lua_rawequal(L, -1, -2);
  lua_pop(L, 2);
  return same ? *box : NULL;
}

/* core.tlsconf(opts, "client" | "server") -> userdata | fail */
static int ltlsconf_new(lua_State *L)
{
  static const char *const sides[] = { "client", "server", NULL };
  int server = luaL_checkoption(L, 2, "client", sides);
  wsstls_tlsopts *o;
  wsstls_tlsconf **box;
  wsstls_error err;

  luaL_checktype(L, 1, LUA_TTABLE);
  o = wsstls_lread_tlsopts(L, 1);
  box = lua_newuserdata(L, sizeof *box);
  *box = NULL;
  luaL_getmetatable(L, WSSTLS_MT_TLSCONF);
  lua_setmetatable(L, -2);
  if (wsstls_tlsconf_new(o, server, box, &err) != WSSTLS_OK)
    return wsstls_lfail(L, &err);
  return 1;
}

static wsstls_tlsconf *check(lua_State *L, int index)
{
  wsstls_tlsconf *c = wsstls_ltest_tlsconf(L, index);

  if (c == NULL)
    luaL_argerror(L, index, "tlsconf expected");
  return c;
}

/* tlsconf:add_sni(name, tlsconf) -> true | fail; before its first use */
static int ltlsconf_add_sni(lua_State *L)
{
  wsstls_tlsconf *c = check(L, 1);
  size_t len;
  const char *name = luaL_checklstring(L, 2, &len);
  wsstls_tlsconf *other = check(L, 3);
  wsstls_error err = { WSSTLS_LIMIT_MEMORY, "" };

  luaL_argcheck(L, len > 0 && strlen(name) == len, 2, "not a host name");
  luaL_argcheck(L, c != other, 3, "the same tlsconf");
  luaL_argcheck(L, wsstls_tlsconf_has_certificate(other), 3,
                "has no certificate");
  if (wsstls_tlsconf_add_sni(c, name, other) != WSSTLS_OK)
    return wsstls_lfail(L, &err);
  lua_pushboolean(L, 1);
  return 1;
}

static int ltlsconf_has_certificate(lua_State *L)
{
  lua_pushboolean(L, wsstls_tlsconf_has_certificate(check(L, 1)));
  return 1;
}

static int ltlsconf_gc(lua_State *L)
{
  wsstls_tlsconf **box = wsstls_lself(L, WSSTLS_MT_TLSCONF);

  wsstls_tlsconf_unref(*box);
  *box = NULL;
  return 0;
}

static const luaL_Reg methods[] = {
  { "add_sni", ltlsconf_add_sni },
  { "has_certificate", ltlsconf_has_certificate },
  { NULL, NULL }
};

static const luaL_Reg metamethods[] = {
  { "__gc", ltlsconf_gc },
  { NULL, NULL }
};

static const luaL_Reg functions[] = {
  { "tlsconf", ltlsconf_new },
  { NULL, NULL }
};

/* The module may be unloaded with the state: what is kept must not stay. */
static int forget(lua_State *L)
{
  (void)L;
  wsstls_tlsconf_forget();
  return 0;
}

static void forget_at_end(lua_State *L)
{
  lua_newuserdata(L, 1);
  lua_newtable(L);
  lua_pushcfunction(L, forget);
  lua_setfield(L, -2, "__gc");
  lua_setmetatable(L, -2);
  lua_setfield(L, LUA_REGISTRYINDEX, "wsstls.trust");
}

void wsstls_lopen_tlsconf(lua_State *L)
{
  forget_at_end(L);
  wsstls_lclass(L, WSSTLS_MT_TLSCONF, methods, metamethods);
  wsstls_lregister(L, functions);
}
