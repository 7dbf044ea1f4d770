/* lrawlistener.c: the raw listener's handle. */
#include <string.h>

#include "lloop.h"
#include "lraw.h"
#include "../core/raw_listener.h"

static wsstls_raw_listener *check(lua_State *L)
{
  wsstls_raw_listener **box = wsstls_lself(L, WSSTLS_MT_RAW_LISTENER);

  if (*box == NULL)
    luaL_error(L, "this raw listener's handle was released");
  return *box;
}

static int lrawlistener_gc(lua_State *L)
{
  wsstls_raw_listener **box = lua_touserdata(L, 1);

  if (*box != NULL && !wsstls_raw_listener_io(*box)->loop->forked)
    wsstls_raw_listener_free(*box);
  *box = NULL;
  return 0;
}

static int lrawlistener_listen(lua_State *L)
{
  wsstls_loop *loop = wsstls_lloop(L);
  wsstls_raw_listener **box;
  wsstls_raw_tls tls;
  wsstls_error err;

  luaL_checktype(L, 1, LUA_TTABLE);
  luaL_checktype(L, 2, LUA_TTABLE);
  wsstls_lread_raw_tls(L, 1, &tls);
  box = lua_newuserdata(L, sizeof *box);
  *box = NULL;
  luaL_getmetatable(L, WSSTLS_MT_RAW_LISTENER);
  lua_setmetatable(L, -2);
  if (wsstls_raw_listen(loop,
                        wsstls_lopt_string(L, 1, "host", NULL, "127.0.0.1"),
                        (int)wsstls_lopt_integer(L, 1, "port", 0),
                        (int)wsstls_lopt_integer(L, 1, "backlog", 128), &tls,
                        wsstls_lopt_boolean(L, 1, "read_ahead", 1), box,
                        &err) != WSSTLS_OK)
    return wsstls_lfail(L, &err);
  wsstls_lset_owner(L, wsstls_raw_listener_io(*box), 2);
  return 1;
}

/* listener:next() -> raw | nil */
static int lrawlistener_next(lua_State *L)
{
  wsstls_raw_listener *l = check(L);
  wsstls_raw *r;

  wsstls_lpush_raw(L, NULL);
  r = wsstls_raw_listener_next(l);
  if (r == NULL)
    lua_pushnil(L);
  else
    *(wsstls_raw **)lua_touserdata(L, -1) = r;
  return 1;
}

static int lrawlistener_port(lua_State *L)
{
  lua_pushinteger(L, wsstls_raw_listener_address(check(L))->port);
  return 1;
}

static int lrawlistener_close(lua_State *L)
{
  wsstls_raw_listener_close(check(L));
  return 0;
}

void wsstls_lopen_raw_listener(lua_State *L)
{
  static const luaL_Reg methods[] = {
    { "next", lrawlistener_next },
    { "port", lrawlistener_port },
    { "close", lrawlistener_close },
    { NULL, NULL }
  };
  static const luaL_Reg metamethods[] = {
    { "__gc", lrawlistener_gc },
    { NULL, NULL }
  };
  static const luaL_Reg functions[] = {
    { "raw_listen", lrawlistener_listen },
    { NULL, NULL }
  };

  wsstls_lclass(L, WSSTLS_MT_RAW_LISTENER, methods, metamethods);
  wsstls_lregister(L, functions);
}
