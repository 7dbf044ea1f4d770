/* llistener.c: the listener handle. */
#include <string.h>

#include "lconn.h"
#include "lloop.h"
#include "ltlsopts.h"
#include "../core/listener.h"

static wsstls_listener *check(lua_State *L)
{
  wsstls_listener **box = wsstls_lself(L, WSSTLS_MT_LISTENER);

  if (*box == NULL)
    luaL_error(L, "this listener handle was released");
  return *box;
}

static int llistener_gc(lua_State *L)
{
  wsstls_listener **box = lua_touserdata(L, 1);
  wsstls_listener *l = *box;

  if (l == NULL)
    return 0;
  *box = NULL;
  wsstls_listener_close(l);
  wsstls_listener_unref(l);
  return 0;
}

static int llistener_listen(lua_State *L)
{
  wsstls_loop *loop = wsstls_lloop(L);
  wsstls_listen_opts o;
  wsstls_listener *l, **box;
  wsstls_error err;

  luaL_checktype(L, 1, LUA_TTABLE);
  lua_settop(L, 2);
  memset(&o, 0, sizeof o);
  o.host = wsstls_lopt_string(L, 1, "host", NULL, "127.0.0.1");
  o.port = (int)wsstls_lopt_integer(L, 1, "port", 0);
  o.backlog = (int)wsstls_lopt_integer(L, 1, "backlog", 0);
  o.max_connections = (int)wsstls_lopt_integer(L, 1, "max_connections", 0);
  o.handshake_timeout = wsstls_lopt_number(L, 1, "handshake_timeout", 0);
  o.close_timeout = wsstls_lopt_number(L, 1, "close_timeout", 5);
  o.ping_interval = wsstls_lopt_number(L, 1, "ping_interval", 0);
  o.ping_timeout = wsstls_lopt_number(L, 1, "ping_timeout", 0);
  o.max_message = (size_t)wsstls_lopt_integer(L, 1, "max_message", 64 << 20);
  o.compress = wsstls_lopt_boolean(L, 1, "compress", 0);
  o.review = wsstls_lopt_boolean(L, 1, "verify_callback", 0);
  o.keylog = wsstls_lopt_boolean(L, 1, "keylog_callback", 0);
  lua_getfield(L, 1, "tls");
  o.tls = wsstls_ltest_tlsconf(L, -1);
  box = lua_newuserdata(L, sizeof *box);
  *box = NULL;
  luaL_getmetatable(L, WSSTLS_MT_LISTENER);
  lua_setmetatable(L, -2);
  if (wsstls_listener_open(loop, &o, &l, &err) != WSSTLS_OK)
    return wsstls_lfail(L, &err);
  *box = l;
  if (lua_istable(L, 2))
    wsstls_lset_owner(L, wsstls_listener_io(l), 2);
  return 1;
}

static int llistener_next(lua_State *L)
{
  wsstls_listener *l = check(L);
  wsstls_conn *c;

  lua_pushliteral(L, "accepted");
  wsstls_lpush_conn(L, NULL);
  c = wsstls_listener_next(l);
  if (c == NULL) {
    lua_pushnil(L);
    return 1;
  }
  *(wsstls_conn **)lua_touserdata(L, -1) = c;
  return 2;
}

static int llistener_port(lua_State *L)
{
  lua_pushinteger(L, wsstls_listener_port(check(L)));
  return 1;
}

static int llistener_host(lua_State *L)
{
  lua_pushstring(L, wsstls_listener_host(check(L)));
  return 1;
}

static int llistener_count(lua_State *L)
{
  lua_pushinteger(L, wsstls_listener_count(check(L)));
  return 1;
}

static int llistener_set_tls(lua_State *L)
{
  wsstls_listener *l = check(L);
  wsstls_tlsconf *tls = wsstls_ltest_tlsconf(L, 2);

  if (tls == NULL)
    return luaL_error(L, "set_tls: a tlsconf is needed");
  wsstls_listener_set_tls(l, tls);
  return 0;
}

static int llistener_close(lua_State *L)
{
  wsstls_listener_close(check(L));
  return 0;
}

static int llistener_anchor(lua_State *L)
{
  wsstls_lanchor(L, wsstls_listener_io(check(L)), lua_toboolean(L, 2));
  return 0;
}

void wsstls_lopen_listener(lua_State *L)
{
  static const luaL_Reg methods[] = {
    { "next", llistener_next },
    { "port", llistener_port },
    { "host", llistener_host },
    { "count", llistener_count },
    { "set_tls", llistener_set_tls },
    { "close", llistener_close },
    { "anchor", llistener_anchor },
    { NULL, NULL }
  };
  static const luaL_Reg metamethods[] = {
    { "__gc", llistener_gc },
    { NULL, NULL }
  };
  static const luaL_Reg functions[] = {
    { "listen", llistener_listen },
    { NULL, NULL }
  };

  wsstls_lclass(L, WSSTLS_MT_LISTENER, methods, metamethods);
  wsstls_lregister(L, functions);
}
