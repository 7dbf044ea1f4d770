/* lcertcache.c: see lcertcache.h. */
#include "lcertcache.h"

#include "lcert.h"

#define CACHE "wsstls.certs"
#define HOLDER "wsstls.certs.holder"
#define KEPT 64

/* A held X509 cannot be freed, so its address stands for it alone. */
static int holder_gc(lua_State *L)
{
  X509 **box = lua_touserdata(L, 1);

  X509_free(*box);
  *box = NULL;
  return 0;
}

static void push_holder(lua_State *L, X509 *x)
{
  X509 **box = wsstls_lnew_box(L, sizeof *box, HOLDER, holder_gc);

  if (X509_up_ref(x))
    *box = x;
}

static void push_cache(lua_State *L)
{
  lua_getfield(L, LUA_REGISTRYINDEX, CACHE);
  if (lua_istable(L, -1))
    return;
  lua_pop(L, 1);
  lua_newtable(L);
  lua_pushvalue(L, -1);
  lua_setfield(L, LUA_REGISTRYINDEX, CACHE);
}

/* cache[1..64] = address, cache[0] = where the next one goes. Stack: cache,
 * entry; unchanged. */
static void remember(lua_State *L, X509 *x)
{
  int at;

  lua_rawgeti(L, -2, 0);
  at = (int)lua_tointeger(L, -1) % KEPT + 1;
  lua_pop(L, 1);
  lua_pushinteger(L, at);
  lua_rawseti(L, -3, 0);
  lua_rawgeti(L, -2, at);
  if (!lua_isnil(L, -1)) { /* its old tenant goes */
    lua_pushnil(L);
    lua_rawset(L, -4);
  } else {
    lua_pop(L, 1);
  }
  lua_pushlightuserdata(L, x);
  lua_rawseti(L, -3, at);
  lua_pushlightuserdata(L, x);
  lua_pushvalue(L, -2);
  lua_rawset(L, -4);
}

void wsstls_lcertcache_push(lua_State *L, X509 *x)
{
  luaL_checkstack(L, 10, "certificate");
  push_cache(L);
  lua_pushlightuserdata(L, x);
  lua_rawget(L, -2);
  if (!lua_istable(L, -1)) {
    lua_pop(L, 1);
    lua_createtable(L, WSSTLS_CERTCACHE_COMPARED, 0);
    wsstls_lpush_x509(L, x);
    lua_rawseti(L, -2, WSSTLS_CERTCACHE_CERT);
    push_holder(L, x);
    lua_rawseti(L, -2, WSSTLS_CERTCACHE_HOLDER);
    remember(L, x);
  }
  lua_remove(L, -2);
}

void wsstls_lpush_x509_cached(lua_State *L, X509 *x)
{
  wsstls_lcertcache_push(L, x);
  lua_rawgeti(L, -1, WSSTLS_CERTCACHE_CERT);
  lua_remove(L, -2);
}
