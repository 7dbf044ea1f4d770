/* lconn.c: the connection handle: thin methods over conn.h. */
#include "lconn.h"

#include <stdlib.h>
#include <string.h>
#include "lloop.h"
#include "lobservation.h"
#include "ltlsopts.h"
#include "lverdict.h"
#include "../core/socket.h"

static wsstls_conn *test(lua_State *L)
{
  wsstls_conn **box = wsstls_lself(L, WSSTLS_MT_CONN);

  return *box;
}

static wsstls_conn *check(lua_State *L)
{
  wsstls_conn *c = test(L);

  if (c == NULL)
    luaL_error(L, "this connection handle was released");
  return c;
}

void wsstls_lpush_conn(lua_State *L, wsstls_conn *c)
{
  wsstls_conn **box = lua_newuserdata(L, sizeof *box);

  *box = NULL;
  luaL_getmetatable(L, WSSTLS_MT_CONN);
  lua_setmetatable(L, -2);
  *box = c;
}

static int lconn_gc(lua_State *L)
{
  wsstls_conn **box = lua_touserdata(L, 1);
  wsstls_conn *c = *box;

  if (c == NULL)
    return 0;
  *box = NULL;
  if (c->io.loop->forked)
    return 0; /* a forked child must not write to the parent's peer */
  c->limits.close = 5;
  wsstls_conn_close(c, 1001, "", 0, 0);
  wsstls_conn_unref(c);
  return 0;
}

/* -------------------------------------------------------------------- items */

/* kind, data, "text" or "binary", whether there is more to say right now */
static int push_data(lua_State *L, wsstls_item *item, int more)
{
  static const char *const kinds[] = {
    [WSSTLS_ITEM_KEYLOG] = "keylog", [WSSTLS_ITEM_MESSAGE] = "message",
    [WSSTLS_ITEM_PONG] = "pong"
  };

  lua_pushstring(L, kinds[item->kind]);
  lua_pushlstring(L, item->data, item->len);
  lua_pushstring(L, item->binary ? "binary" : "text");
  free(item);
  lua_pushboolean(L, more);
  return 4;
}

static int lconn_head(lua_State *L)
{
  const wsstls_record *r = &check(L)->o.record;

  lua_pushlstring(L, r->head != NULL ? r->head : "", r->head_len);
  return 1;
}

/* "response" also has the Sec-WebSocket-Accept that belongs to our key */
static int push_head(lua_State *L, const wsstls_conn *c)
{
  lua_pushstring(L, c->o.record.is_server ? "request" : "response");
  lconn_head(L);
  lua_pushstring(L, c->accept);
  return 3;
}

static int lconn_next(lua_State *L)
{
  wsstls_conn *c = check(L);
  wsstls_item_kind marker;
  wsstls_item *item;

  luaL_checkstack(L, 5, "item");
  item = wsstls_conn_next(c, &marker);
  if (item != NULL)
    return push_data(L, item, wsstls_conn_has_next(c));
  switch (marker) {
  case WSSTLS_ITEM_VERIFY:
    lua_pushliteral(L, "verify");
    wsstls_lpush_verdict(L, c->o.record.verdict);
    return 2;
  case WSSTLS_ITEM_REQUEST:
  case WSSTLS_ITEM_RESPONSE:
    return push_head(L, c);
  case WSSTLS_ITEM_OPEN:
    lua_pushliteral(L, "open");
    return 1;
  case WSSTLS_ITEM_DRAINED:
  case WSSTLS_ITEM_CLOSED:
    lua_pushstring(L, marker == WSSTLS_ITEM_CLOSED ? "closed" : "drained");
    return 1;
  default:
    lua_pushnil(L);
    return 1;
  }
}

/* ------------------------------------------------------------------ methods */

static wsstls_status status_of(lua_State *L, int index, wsstls_status none)
{
  const char *slug;

  if (lua_isnoneornil(L, index))
    return none;
  slug = luaL_checkstring(L, index);
  for (int i = 1; i < WSSTLS_STATUS_COUNT; i++)
    if (strcmp(slug, wsstls_status_slug((wsstls_status)i)) == 0)
      return (wsstls_status)i;
  luaL_error(L, "unknown code '%s'", slug);
  return none;
}

static int lconn_accept(lua_State *L)
{
  wsstls_conn_accept(check(L), luaL_optstring(L, 2, NULL));
  return 0;
}

static int lconn_refuse(lua_State *L)
{
  wsstls_conn *c = check(L);
  wsstls_status status = status_of(L, 2, WSSTLS_UPGRADE_REJECTED);

  wsstls_conn_refuse(c, status, luaL_optstring(L, 3, NULL),
                     (long)luaL_optnumber(L, 4, -1));
  return 0;
}

static int lconn_respond(lua_State *L)
{
  wsstls_conn *c = check(L);
  size_t len;
  const char *bytes = luaL_checklstring(L, 2, &len);

  wsstls_conn_respond(c, bytes, len, status_of(L, 3, WSSTLS_OK),
                      luaL_optstring(L, 4, NULL));
  return 0;
}

static int lconn_verified(lua_State *L)
{
  wsstls_conn_reviewed(check(L), lua_toboolean(L, 2),
                       luaL_optstring(L, 3, ""));
  return 0;
}

static int failed(lua_State *L, wsstls_status status)
{
  wsstls_error err = { status, "" };

  return wsstls_lfail(L, &err);
}

/* The type of a frame for "text", "binary" or nothing; -1: a wrong kind. */
static int frame_type(lua_State *L, int index)
{
  const char *kind = "text";

  if (!lua_isnoneornil(L, index))
    kind = lua_type(L, index) == LUA_TSTRING ? lua_tostring(L, index) : "";
  if (strcmp(kind, "binary") == 0)
    return LWS_WRITE_BINARY;
  return strcmp(kind, "text") == 0 ? LWS_WRITE_TEXT : -1;
}

static int truth(lua_State *L, int b)
{
  lua_pushboolean(L, b);
  return 1;
}

static int is_text(const char *data, size_t len)
{
  unsigned state = 0;

  return wsstls_utf8_ok(&state, data, len) && state == 0;
}

/* handle:send(data, kind) -> true | false: queued, and wait | fail | nothing
 * at all on misuse, which the caller names in its own words */
static int lconn_send(lua_State *L)
{
  wsstls_conn *c = check(L);
  int type = frame_type(L, 3), full = 0;
  wsstls_status status;
  const char *data;
  size_t len;

  if (type < 0 || lua_type(L, 2) != LUA_TSTRING)
    return 0;
  data = lua_tolstring(L, 2, &len);
  if (type == LWS_WRITE_TEXT && !is_text(data, len))
    return 0;
  if (len > 0x7fffff00)
    return luaL_error(L, "a message of %f bytes is too long", (double)len);
  status = wsstls_conn_send(c, data, len, (enum lws_write_protocol)type,
                            &full);
  return status == WSSTLS_OK ? truth(L, !full) : failed(L, status);
}

static int lconn_ping(lua_State *L)
{
  wsstls_conn *c = check(L);
  size_t len;
  const char *data = luaL_optlstring(L, 2, "", &len);
  wsstls_status status = wsstls_conn_send(c, data, len, LWS_WRITE_PING,
                                          NULL);

  return status == WSSTLS_OK ? truth(L, 1) : failed(L, status);
}

/* handle:close(code, reason, seconds) -> true | fail | false: the reason is
 * no text */
static int lconn_close(lua_State *L)
{
  wsstls_conn *c = check(L);
  int code = (int)luaL_optinteger(L, 2, 1000);
  size_t len;
  const char *reason = luaL_optlstring(L, 3, "", &len);
  wsstls_status status;

  if (!is_text(reason, len))
    return truth(L, 0);
  status = wsstls_conn_close(c, code, reason, len, luaL_optnumber(L, 4, 0));
  return status == WSSTLS_OK ? truth(L, 1) : failed(L, status);
}

static int lconn_abort(lua_State *L)
{
  wsstls_conn_abort(check(L));
  return 0;
}

static int lconn_state(lua_State *L)
{
  lua_pushstring(L, wsstls_conn_state(check(L)));
  return 1;
}

static int lconn_buffered(lua_State *L)
{
  lua_pushnumber(L, (lua_Number)wsstls_conn_buffered(check(L)));
  return 1;
}

/* Above the high-water mark, and not yet below the low one; for good when it
 * ended so. */
static int lconn_full(lua_State *L)
{
  lua_pushboolean(L, check(L)->full);
  return 1;
}

static int lconn_outcome(lua_State *L)
{
  wsstls_conn *c = check(L);

  if (!c->ended)
    lua_pushnil(L);
  else
    wsstls_lpush_outcome(L, &c->o.record);
  return 1;
}

static int lconn_observation(lua_State *L)
{
  wsstls_lpush_observation(L, &check(L)->o.record, "lws");
  return 1;
}

static int lconn_verify_result(lua_State *L)
{
  wsstls_conn *c = check(L);

  if (c->o.record.verdict == NULL)
    lua_pushnil(L);
  else
    wsstls_lpush_verdict(L, c->o.record.verdict);
  return 1;
}

static int lconn_tls(lua_State *L)
{
  wsstls_lpush_tls(L, &check(L)->o.record);
  return 1;
}

static int lconn_protocol(lua_State *L)
{
  lua_pushstring(L, check(L)->protocol); /* nil for NULL */
  return 1;
}

static int lconn_peer(lua_State *L)
{
  wsstls_conn *c = check(L);

  lua_createtable(L, 0, 2);
  wsstls_lset_string(L, "ip", c->o.record.peer_ip);
  wsstls_lset_integer(L, "port", c->o.record.peer_port);
  return 1;
}

/* Our own port, nil when there is no socket: by it a tunnel knows us. */
static int lconn_local_port(lua_State *L)
{
  wsstls_conn *c = check(L);
  wsstls_address own;

  if (c->io.fd < 0 || !wsstls_socket_name(c->io.fd, &own))
    return 0;
  lua_pushinteger(L, own.port);
  return 1;
}

/* True when it has something to say already. */
static int lconn_set_owner(lua_State *L)
{
  wsstls_conn *c = check(L);

  lua_settop(L, 2);
  wsstls_lset_owner(L, &c->io, 2);
  lua_pushboolean(L, wsstls_conn_has_next(c));
  return 1;
}

static int lconn_anchor(lua_State *L)
{
  wsstls_lanchor(L, &check(L)->io, lua_toboolean(L, 2));
  return 0;
}

static int lconn_tostring(lua_State *L)
{
  wsstls_conn *c = test(L);

  lua_pushfstring(L, "wsstls.conn (%s)",
                  c != NULL ? wsstls_conn_state(c) : "released");
  return 1;
}

void wsstls_lopen_conn(lua_State *L)
{
  static const luaL_Reg methods[] = {
    { "next", lconn_next },
    { "accept", lconn_accept },
    { "refuse", lconn_refuse },
    { "respond", lconn_respond },
    { "verified", lconn_verified },
    { "send", lconn_send },
    { "ping", lconn_ping },
    { "close", lconn_close },
    { "abort", lconn_abort },
    { "state", lconn_state },
    { "buffered", lconn_buffered },
    { "full", lconn_full },
    { "outcome", lconn_outcome },
    { "observation", lconn_observation },
    { "verify_result", lconn_verify_result },
    { "tls", lconn_tls },
    { "protocol", lconn_protocol },
    { "peer", lconn_peer },
    { "head", lconn_head },
    { "local_port", lconn_local_port },
    { "set_owner", lconn_set_owner },
    { "anchor", lconn_anchor },
    { NULL, NULL }
  };
  static const luaL_Reg metamethods[] = {
    { "__gc", lconn_gc },
    { "__tostring", lconn_tostring },
    { NULL, NULL }
  };
  wsstls_lclass(L, WSSTLS_MT_CONN, methods, metamethods);
  wsstls_lopen_connect(L);
}
