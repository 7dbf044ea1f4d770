/* lraw.c: the raw peer's handle: thin methods over raw.h. */
#include "lraw.h"

#include <stdlib.h>
#include <string.h>
#include "lloop.h"
#include "lobservation.h"
#include "ltlsopts.h"
#include "lverdict.h"
#include "../core/wskey.h"

static wsstls_raw *test(lua_State *L)
{
  wsstls_raw **box = wsstls_lself(L, WSSTLS_MT_RAW);

  return *box;
}

static wsstls_raw *check(lua_State *L)
{
  wsstls_raw *r = test(L);

  if (r == NULL)
    luaL_error(L, "this raw peer's handle was released");
  return r;
}

void wsstls_lpush_raw(lua_State *L, wsstls_raw *r)
{
  wsstls_raw **box = lua_newuserdata(L, sizeof *box);

  *box = NULL;
  luaL_getmetatable(L, WSSTLS_MT_RAW);
  lua_setmetatable(L, -2);
  *box = r;
}

static int lraw_gc(lua_State *L)
{
  wsstls_raw **box = lua_touserdata(L, 1);
  wsstls_raw *r = *box;

  if (r == NULL)
    return 0;
  *box = NULL;
  if (wsstls_stream_io(r->stream)->loop->forked)
    return 0; /* a forked child must not write to the parent's peer */
  wsstls_raw_close(r, WSSTLS_RAW_GRACEFUL);
  wsstls_raw_unref(r);
  return 0;
}

/* ---------------------------------------------------------------- options */

void wsstls_lread_raw_tls(lua_State *L, int index, wsstls_raw_tls *out)
{
  double total;

  memset(out, 0, sizeof *out);
  out->server = wsstls_lopt_boolean(L, index, "server", 0);
  out->review = wsstls_lopt_boolean(L, index, "verify_callback", 0);
  out->keylog = wsstls_lopt_boolean(L, index, "keylog_callback", 0);
  out->seconds = wsstls_lopt_number(L, index, "tls_timeout", 0);
  total = wsstls_lopt_number(L, index, "total_timeout", 0);
  if (total > 0)
    out->deadline = wsstls_after(total);
  lua_getfield(L, index, "tls");
  out->conf = wsstls_ltest_tlsconf(L, -1);
}

static int lraw_connect(lua_State *L)
{
  wsstls_loop *loop = wsstls_lloop(L);
  wsstls_raw_tls tls;
  wsstls_raw *r;
  const char *host;
  int port;

  luaL_checktype(L, 1, LUA_TTABLE);
  luaL_checktype(L, 2, LUA_TTABLE);
  host = wsstls_lopt_string(L, 1, "host", NULL, NULL);
  port = (int)wsstls_lopt_integer(L, 1, "port", 0);
  luaL_argcheck(L, host != NULL && port > 0 && port < 65536, 1,
                "host and port are needed");
  wsstls_lread_raw_tls(L, 1, &tls);
  wsstls_lpush_raw(L, NULL);
  r = wsstls_raw_connect(loop, host, port,
                         wsstls_lopt_number(L, 1, "connect_timeout", 0),
                         &tls, wsstls_lopt_boolean(L, 1, "read_ahead", 1));
  if (r == NULL)
    return luaL_error(L, "out of memory");
  *(wsstls_raw **)lua_touserdata(L, -1) = r;
  wsstls_lset_owner(L, wsstls_stream_io(r->stream), 2);
  return 1;
}

/* ---------------------------------------------------------------- methods */

static int failed(lua_State *L, wsstls_status status)
{
  wsstls_error err = { status, "" };

  return wsstls_lfail(L, &err);
}

/* raw:next() -> "verify", verify-result | "keylog", line | nil */
static int lraw_next(lua_State *L)
{
  wsstls_raw *r = check(L);
  wsstls_raw_line *line;

  luaL_checkstack(L, 4, "item");
  if (r->verify_due) {
    r->verify_due = 0;
    lua_pushliteral(L, "verify");
    wsstls_lpush_verdict(L, r->o.record.verdict);
    return 2;
  }
  line = wsstls_raw_key(r);
  if (line == NULL) {
    lua_pushnil(L);
    return 1;
  }
  lua_pushliteral(L, "keylog");
  lua_pushstring(L, line->text);
  free(line);
  return 2;
}

static int lraw_verified(lua_State *L)
{
  wsstls_raw_reviewed(check(L), lua_toboolean(L, 2),
                      luaL_optstring(L, 3, ""));
  return 0;
}

/* raw:read("some" | "exact" | "line" | "all", n) -> bytes | nil: not yet |
 * false: the end | true: a line without an end */
static int lraw_read(lua_State *L)
{
  static const char *const amounts[] = { "some", "exact", "line", "all",
                                         NULL };
  wsstls_raw *r = check(L);
  wsstls_raw_amount amount =
    (wsstls_raw_amount)luaL_checkoption(L, 2, NULL, amounts);
  lua_Number n = luaL_optnumber(L, 3, 0);
  wsstls_raw_piece piece;
  int found;

  luaL_argcheck(L, n >= 0 && n <= 0x7fffffff, 3, "not a number of bytes");
  found = wsstls_raw_look(r, amount, (size_t)n, &piece);
  if (found == 1) {
    lua_pushlstring(L, piece.bytes, piece.len);
    wsstls_raw_taken(r, piece.taken);
  } else if (found == 0) {
    lua_pushnil(L);
  } else {
    lua_pushboolean(L, found == -2);
  }
  return 1;
}

/* raw:write(bytes, beneath) -> true | false: full | fail */
static int lraw_write(lua_State *L)
{
  wsstls_raw *r = check(L);
  size_t len;
  const char *bytes = luaL_checklstring(L, 2, &len);
  int full;
  wsstls_status status = wsstls_raw_write(r, bytes, len,
                                          lua_toboolean(L, 3), &full);

  if (status != WSSTLS_OK)
    return failed(L, status);
  lua_pushboolean(L, !full);
  return 1;
}

static int lraw_buffered(lua_State *L)
{
  lua_pushnumber(L, (lua_Number)wsstls_raw_buffered(check(L)));
  return 1;
}

static int lraw_shutdown(lua_State *L)
{
  wsstls_raw *r = check(L);
  wsstls_status status = wsstls_raw_shutdown(r, lua_toboolean(L, 2),
                                             lua_toboolean(L, 3));

  if (status != WSSTLS_OK)
    return failed(L, status);
  lua_pushboolean(L, 1);
  return 1;
}

static int lraw_close(lua_State *L)
{
  static const char *const ways[] = { "graceful", "abrupt", "reset", NULL };

  wsstls_raw_close(check(L), (wsstls_raw_ending)luaL_checkoption(L, 2,
                               "graceful", ways));
  return 0;
}

static int lraw_start_tls(lua_State *L)
{
  wsstls_raw *r = check(L);
  wsstls_raw_tls tls;
  wsstls_status status;

  luaL_checktype(L, 2, LUA_TTABLE);
  wsstls_lread_raw_tls(L, 2, &tls);
  luaL_argcheck(L, tls.conf != NULL, 2, "tls is needed");
  status = wsstls_raw_start_tls(r, &tls);
  if (status != WSSTLS_OK)
    return failed(L, status);
  lua_pushboolean(L, 1);
  return 1;
}

static int lraw_state(lua_State *L)
{
  static const char *const names[] = {
    [WSSTLS_RAW_CONNECTING] = "connecting", [WSSTLS_RAW_OPEN] = "open",
    [WSSTLS_RAW_CLOSED] = "closed"
  };

  lua_pushstring(L, names[check(L)->state]);
  return 1;
}

static int lraw_opened(lua_State *L)
{
  lua_pushboolean(L, check(L)->opened);
  return 1;
}

static int lraw_outcome(lua_State *L)
{
  wsstls_raw *r = check(L);

  if (r->state != WSSTLS_RAW_CLOSED)
    lua_pushnil(L);
  else
    wsstls_lpush_outcome(L, &r->o.record);
  return 1;
}

static int lraw_observation(lua_State *L)
{
  wsstls_lpush_observation(L, &check(L)->o.record, "raw");
  return 1;
}

static int lraw_verify_result(lua_State *L)
{
  wsstls_raw *r = check(L);

  if (r->o.record.verdict == NULL)
    lua_pushnil(L);
  else
    wsstls_lpush_verdict(L, r->o.record.verdict);
  return 1;
}

static int lraw_tls(lua_State *L)
{
  wsstls_lpush_tls(L, &check(L)->o.record);
  return 1;
}

static int lraw_peer(lua_State *L)
{
  wsstls_raw *r = check(L);

  lua_createtable(L, 0, 2);
  wsstls_lset_string(L, "ip", r->o.record.peer_ip);
  wsstls_lset_integer(L, "port", r->o.record.peer_port);
  return 1;
}

static int lraw_set_owner(lua_State *L)
{
  wsstls_raw *r = check(L);

  lua_settop(L, 2);
  wsstls_lset_owner(L, wsstls_stream_io(r->stream), 2);
  wsstls_raw_notify(r); /* it may have had something to say before */
  return 0;
}

/* core.accept_key(key) -> the value of Sec-WebSocket-Accept */
static int lraw_accept_key(lua_State *L)
{
  char accept[WSSTLS_ACCEPT_SIZE];
  size_t len;
  const char *key = luaL_checklstring(L, 1, &len);

  if (!wsstls_accept_key(key, len, accept))
    return luaL_error(L, "OpenSSL has no SHA-1 here");
  lua_pushstring(L, accept);
  return 1;
}

void wsstls_lopen_raw(lua_State *L)
{
  static const luaL_Reg methods[] = {
    { "next", lraw_next },
    { "verified", lraw_verified },
    { "read", lraw_read },
    { "write", lraw_write },
    { "buffered", lraw_buffered },
    { "shutdown", lraw_shutdown },
    { "close", lraw_close },
    { "start_tls", lraw_start_tls },
    { "state", lraw_state },
    { "opened", lraw_opened },
    { "outcome", lraw_outcome },
    { "observation", lraw_observation },
    { "verify_result", lraw_verify_result },
    { "tls", lraw_tls },
    { "peer", lraw_peer },
    { "set_owner", lraw_set_owner },
    { NULL, NULL }
  };
  static const luaL_Reg metamethods[] = {
    { "__gc", lraw_gc },
    { NULL, NULL }
  };
  static const luaL_Reg functions[] = {
    { "raw_connect", lraw_connect },
    { "accept_key", lraw_accept_key },
    { NULL, NULL }
  };

  wsstls_lclass(L, WSSTLS_MT_RAW, methods, metamethods);
  wsstls_lregister(L, functions);
}
