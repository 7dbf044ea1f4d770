/* lrelay.c: the relay handle: thin methods over relay.h. */
#include <string.h>
#include <stdlib.h>

#include "lloop.h"
#include "lrelay.h"
#include "../core/raw.h"
#include "../core/relay.h"
#include "../core/relay_parse.h"

static wsstls_relay *check(lua_State *L)
{
  wsstls_relay **box = luaL_checkudata(L, 1, WSSTLS_MT_RELAY);

  if (*box == NULL)
    luaL_error(L, "this relay handle was released");
  return *box;
}

static int lrelay_gc(lua_State *L)
{
  wsstls_relay **box = lua_touserdata(L, 1);
  wsstls_relay *r = *box;

  if (r == NULL)
    return 0;
  *box = NULL;
  if (wsstls_relay_io(r)->loop->forked)
    return 0; /* a forked child must not end the parent's connections */
  wsstls_relay_close(r);
  wsstls_relay_unref(r);
  return 0;
}

static int lrelay_open(lua_State *L)
{
  wsstls_loop *loop = wsstls_lloop(L);
  wsstls_relay_opts o;
  wsstls_relay *r, **box;
  wsstls_error err;

  luaL_checktype(L, 1, LUA_TTABLE);
  lua_settop(L, 2);
  memset(&o, 0, sizeof o);
  o.host = wsstls_lopt_string(L, 1, "host", NULL, NULL);
  o.port = (int)wsstls_lopt_integer(L, 1, "port", 0);
  o.upstream = wsstls_lopt_string(L, 1, "upstream", NULL, NULL);
  o.upstream_port = (int)wsstls_lopt_integer(L, 1, "upstream_port", 0);
  o.connect_timeout = wsstls_lopt_number(L, 1, "connect_timeout", 0);
  o.silent = !wsstls_lopt_boolean(L, 1, "accept", 1);
  o.deaf = wsstls_lopt_boolean(L, 1, "deaf", 0);
  o.refuse_after = (long)wsstls_lopt_integer(L, 1, "refuse_after", -1);
  o.seed = (uint64_t)wsstls_lopt_integer(L, 1, "seed", 0);
  box = lua_newuserdata(L, sizeof *box);
  *box = NULL;
  luaL_getmetatable(L, WSSTLS_MT_RELAY);
  lua_setmetatable(L, -2);
  if (wsstls_relay_open(loop, &o, &r, &err) != WSSTLS_OK)
    return wsstls_lfail(L, &err);
  *box = r;
  if (lua_istable(L, 2))
    wsstls_lset_owner(L, wsstls_relay_io(r), 2);
  return 1;
}

/* -------------------------------------------------------------------- rules */

static int end_of(lua_State *L, int index, const char *key, int fallback)
{
  const char *name = wsstls_lopt_string(L, index, key, NULL, NULL);

  if (name == NULL)
    return fallback;
  if (strcmp(name, "both") == 0)
    return 3;
  return strcmp(name, "server") == 0 ? 2 : 1;
}

static void read_match(lua_State *L, int index, wsstls_relay_rule *r)
{
  const char *name;

  r->from = (uint8_t)end_of(L, index, "from", 3);
  name = wsstls_lopt_string(L, index, "record", NULL, NULL);
  if (name != NULL)
    r->record = (uint8_t)wsstls_relay_type(name);
  name = wsstls_lopt_string(L, index, "handshake", NULL, NULL);
  r->handshake = (int16_t)(name != NULL ? wsstls_relay_message(name) : -1);
  r->nth = (uint32_t)wsstls_lopt_integer(L, index, "nth", 0);
  r->byte = wsstls_lopt_integer(L, index, "byte", -1);
  r->probability = wsstls_lopt_number(L, index, "probability", 1);
}

static void read_numbers(lua_State *L, int index, wsstls_relay_rule *r)
{
  lua_getfield(L, index, "offset");
  r->has_offset = !lua_isnil(L, -1);
  lua_getfield(L, index, "length");
  r->has_length = !lua_isnil(L, -1);
  lua_pop(L, 2);
  r->offset = wsstls_lopt_integer(L, index, "offset", -1);
  r->length = wsstls_lopt_integer(L, index, "length", 0);
  r->mask = (unsigned)wsstls_lopt_integer(L, index, "mask", 1);
  r->count = (unsigned)wsstls_lopt_integer(L, index, "count", 0);
  r->seconds = wsstls_lopt_number(L, index, "seconds", 0);
  r->jitter = wsstls_lopt_number(L, index, "jitter", 0);
  r->rate = wsstls_lopt_number(L, index, "rate", 0);
  r->to = (uint8_t)end_of(L, index, "to", 0);
}

/* The rule is anchored nowhere yet: nothing here may raise. */
static int read_bytes(lua_State *L, int index, wsstls_relay_rule *r)
{
  wsstls_material *with;
  const char *bytes;

  lua_getfield(L, index, "bytes");
  bytes = lua_tolstring(L, -1, &r->nbytes);
  if (bytes != NULL) {
    r->bytes = malloc(r->nbytes + 1);
    if (r->bytes != NULL)
      memcpy(r->bytes, bytes, r->nbytes);
  }
  lua_getfield(L, index, "material");
  with = lua_isnil(L, -1) ? NULL : *(wsstls_material **)lua_touserdata(L, -1);
  r->with = with != NULL ? wsstls_material_ref(with) : NULL;
  lua_pop(L, 2);
  return bytes == NULL || r->bytes != NULL;
}

static int lrelay_add(lua_State *L)
{
  wsstls_relay *r = check(L);
  wsstls_relay_rule local, *rule;
  uint32_t id;

  luaL_checktype(L, 2, LUA_TTABLE);
  memset(&local, 0, sizeof local);
  local.action = (wsstls_relay_action)
    wsstls_relay_action_of(wsstls_lopt_string(L, 2, "action", NULL, ""));
  read_match(L, 2, &local);
  read_numbers(L, 2, &local);
  lua_getfield(L, 2, "material");
  if (!lua_isnil(L, -1) && wsstls_ltest_material(L, -1) == NULL)
    return luaL_error(L, "relay: 'with' is no certificate");
  rule = malloc(sizeof *rule);
  if (rule == NULL)
    return luaL_error(L, "not enough memory");
  *rule = local;
  id = read_bytes(L, 2, rule) ? wsstls_relay_add(r, rule) : 0;
  if (id == 0) {
    wsstls_relay_rule_free(rule);
    return luaL_error(L, "not enough memory");
  }
  lua_pushinteger(L, (lua_Integer)id);
  return 1;
}

static int lrelay_remove(lua_State *L)
{
  uint32_t id = (uint32_t)luaL_checkinteger(L, 2);

  lua_pushboolean(L, wsstls_relay_remove(check(L), id));
  return 1;
}

static int lrelay_rules(lua_State *L)
{
  wsstls_relay *r = check(L);
  size_t n = wsstls_relay_rules(r);

  lua_createtable(L, (int)n, 0);
  for (size_t i = 0; i < n; i++) {
    const wsstls_relay_rule *rule = wsstls_relay_rule_at(r, i);

    lua_createtable(L, 0, 4);
    wsstls_lset_integer(L, "rule", (long long)rule->id);
    wsstls_lset_integer(L, "matched", (long long)rule->matched);
    wsstls_lset_integer(L, "fired", (long long)rule->fired);
    wsstls_lset_integer(L, "unfit", (long long)rule->unfit);
    lua_rawseti(L, -2, (int)i + 1);
  }
  return 1;
}

/* ------------------------------------------------------------------ records */

/* records(first): the rows from that number on, how many there were before
 * the oldest one kept, and the number after the last. */
static int lrelay_records(lua_State *L)
{
  const wsstls_relay_log *log = wsstls_relay_rows(check(L));
  uint64_t first = wsstls_relay_log_first(log), at = first;
  double from = luaL_optnumber(L, 2, 0);
  int n = 0;

  if (from > (double)at)
    at = from < (double)log->total ? (uint64_t)from : log->total;
  lua_createtable(L, (int)(log->total - at), 1);
  for (; at < log->total; at++) {
    wsstls_lpush_relay_row(L, wsstls_relay_log_at(log, at));
    lua_rawseti(L, -2, ++n);
  }
  lua_pushnumber(L, (lua_Number)first);
  lua_pushnumber(L, (lua_Number)log->total);
  return 3;
}

/* -------------------------------------------------------------- connections */

static int lrelay_connections(lua_State *L)
{
  wsstls_relay *r = check(L);
  size_t n = wsstls_relay_connections(r);

  lua_createtable(L, (int)n, 0);
  for (size_t i = 0; i < n; i++) {
    wsstls_lpush_relay_connection(L, wsstls_relay_connection(r, i));
    lua_rawseti(L, -2, (int)i + 1);
  }
  return 1;
}

/* join(client, server): two plain raw peers become one connection. false:
 * one of them is not open and plain; both are closed. */
static int lrelay_join(lua_State *L)
{
  wsstls_relay *r = check(L);
  wsstls_raw **client = luaL_checkudata(L, 2, WSSTLS_MT_RAW);
  wsstls_raw **server = luaL_checkudata(L, 3, WSSTLS_MT_RAW);
  wsstls_bytes from[2] = { { 0 }, { 0 } };
  wsstls_stream *streams[2] = { NULL, NULL };
  int joined = 0;

  if (*client != NULL && *server != NULL && *client != *server) {
    streams[0] = wsstls_raw_detach(*client, &from[0]);
    streams[1] = wsstls_raw_detach(*server, &from[1]);
  }
  if (streams[0] != NULL && streams[1] != NULL) {
    joined = wsstls_relay_pair_up(r, streams[0],
      wsstls_bytes_front(&from[0]), wsstls_bytes_count(&from[0]), streams[1],
      wsstls_bytes_front(&from[1]), wsstls_bytes_count(&from[1]));
  } else {
    wsstls_stream_unref(streams[0]);
    wsstls_stream_unref(streams[1]);
  }
  wsstls_bytes_free(&from[0]);
  wsstls_bytes_free(&from[1]);
  lua_pushboolean(L, joined);
  return 1;
}

/* -------------------------------------------------------------- the others */

static int lrelay_port(lua_State *L)
{
  lua_pushinteger(L, wsstls_relay_address(check(L))->port);
  return 1;
}

static int lrelay_watch(lua_State *L)
{
  wsstls_relay_watch(check(L), lua_toboolean(L, 2));
  return 0;
}

static int lrelay_down(lua_State *L)
{
  wsstls_relay_down(check(L), lua_toboolean(L, 2), lua_toboolean(L, 3));
  return 0;
}

static int lrelay_close(lua_State *L)
{
  wsstls_relay_close(check(L));
  return 0;
}

static int lrelay_anchor(lua_State *L)
{
  wsstls_lanchor(L, wsstls_relay_io(check(L)), lua_toboolean(L, 2));
  return 0;
}

void wsstls_lopen_relay(lua_State *L)
{
  static const luaL_Reg methods[] = {
    { "add", lrelay_add },
    { "remove", lrelay_remove },
    { "rules", lrelay_rules },
    { "records", lrelay_records },
    { "connections", lrelay_connections },
    { "join", lrelay_join },
    { "port", lrelay_port },
    { "watch", lrelay_watch },
    { "down", lrelay_down },
    { "close", lrelay_close },
    { "anchor", lrelay_anchor },
    { NULL, NULL }
  };
  static const luaL_Reg metamethods[] = {
    { "__gc", lrelay_gc },
    { NULL, NULL }
  };
  static const luaL_Reg functions[] = {
    { "relay", lrelay_open },
    { NULL, NULL }
  };

  wsstls_lclass(L, WSSTLS_MT_RELAY, methods, metamethods);
  wsstls_lregister(L, functions);
}
