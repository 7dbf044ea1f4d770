/* lconnect.c: core.connect: a plain Lua table -> wsstls_conn_opts. */
#include "lconn.h"

#include <string.h>
#include "lloop.h"
#include "ltlsopts.h"

static wsstls_header *read_headers(lua_State *L, int index, size_t *count)
{
  wsstls_header *headers;
  size_t n;

  lua_getfield(L, index, "headers");
  if (lua_isnil(L, -1)) {
    *count = 0;
    return NULL;
  }
  luaL_checktype(L, -1, LUA_TTABLE);
  n = lua_rawlen(L, -1);
  headers = lua_newuserdata(L, (n ? n : 1) * sizeof *headers);
  for (size_t i = 0; i < n; i++) {
    lua_rawgeti(L, -2, (int)i + 1);
    lua_rawgeti(L, -1, 1);
    lua_rawgeti(L, -2, 2);
    headers[i].name = (char *)(uintptr_t)luaL_checkstring(L, -2);
    headers[i].value = (char *)(uintptr_t)luaL_checkstring(L, -1);
    lua_pop(L, 3); /* the list keeps the strings */
  }
  *count = n;
  return headers;
}

static double opt_seconds(lua_State *L, int index, const char *key)
{
  double s = wsstls_lopt_number(L, index, key, 0);

  return s > 0 && s < 1e9 ? s : 0;
}

static void read_timeouts(lua_State *L, int index, wsstls_conn_timeouts *t)
{
  lua_getfield(L, index, "timeout");
  if (lua_istable(L, -1)) {
    int at = lua_gettop(L);

    t->total = opt_seconds(L, at, "total");
    t->connect = opt_seconds(L, at, "connect");
    t->tls = opt_seconds(L, at, "tls");
    t->upgrade = opt_seconds(L, at, "upgrade");
    t->close = opt_seconds(L, at, "close");
  }
  lua_pop(L, 1);
}

static void read_proxy(lua_State *L, int index, wsstls_conn_proxy *proxy)
{
  lua_getfield(L, index, "proxy");
  if (lua_istable(L, -1)) {
    int at = lua_gettop(L);

    proxy->host = wsstls_lopt_string(L, at, "host", NULL, NULL);
    proxy->ip = wsstls_lopt_string(L, at, "ip", NULL, "");
    proxy->port = (int)wsstls_lopt_integer(L, at, "port", 0);
    proxy->status = (int)wsstls_lopt_integer(L, at, "status", 0);
  }
  lua_pop(L, 1);
}

static int lconn_connect(lua_State *L)
{
  wsstls_loop *loop = wsstls_lloop(L);
  wsstls_conn_opts o;
  wsstls_conn *c;

  luaL_checktype(L, 1, LUA_TTABLE);
  lua_settop(L, 2);
  memset(&o, 0, sizeof o);
  o.host = wsstls_lopt_string(L, 1, "host", NULL, NULL);
  o.port = (int)wsstls_lopt_integer(L, 1, "port", 0);
  o.authority = wsstls_lopt_string(L, 1, "authority", NULL, o.host);
  o.path = wsstls_lopt_string(L, 1, "path", NULL, "/");
  o.protocols = wsstls_lopt_string(L, 1, "protocols", NULL, NULL);
  o.url = wsstls_lopt_string(L, 1, "url", NULL, NULL);
  o.max_message = (size_t)wsstls_lopt_integer(L, 1, "max_message", 64 << 20);
  o.compress = wsstls_lopt_boolean(L, 1, "compress", 0);
  o.review = wsstls_lopt_boolean(L, 1, "verify_callback", 0);
  o.keylog = wsstls_lopt_boolean(L, 1, "keylog_callback", 0);
  o.ping_interval = opt_seconds(L, 1, "ping_interval");
  o.ping_timeout = opt_seconds(L, 1, "ping_timeout");
  read_timeouts(L, 1, &o.limits);
  read_proxy(L, 1, &o.proxy);
  lua_getfield(L, 1, "tls");
  o.tls = wsstls_ltest_tlsconf(L, -1);
  o.headers = read_headers(L, 1, &o.nheaders);
  if (o.host == NULL || o.port <= 0 || o.port > 65535)
    return luaL_error(L, "core.connect: host and port are needed");
  wsstls_lpush_conn(L, NULL);
  c = wsstls_conn_connect(loop, &o);
  if (c == NULL)
    return luaL_error(L, "out of memory");
  *(wsstls_conn **)lua_touserdata(L, -1) = c;
  if (lua_istable(L, 2))
    wsstls_lset_owner(L, &c->io, 2);
  return 1;
}

void wsstls_lopen_connect(lua_State *L)
{
  static const luaL_Reg functions[] = {
    { "connect", lconn_connect },
    { NULL, NULL }
  };

  wsstls_lregister(L, functions);
}
