/* lloop.c: core.start, core.step and the clock.
 *
 * No Lua function runs in a step, so none runs under a library's callback:
 * the owners of what has something to say come back in a list.
 */
#include "lloop.h"

#include <string.h>
#include "../core/logging.h"
#include "../core/poller.h"
#include "../core/tlsnames.h"

static const char owners_key = 0, anchors_key = 0, loop_key = 0, log_key = 0;

/* The state whose loop it is: one lws context per process. */
static const void *home;

static void push_registry(lua_State *L, const char *key)
{
  lua_pushlightuserdata(L, (void *)(uintptr_t)key);
  lua_rawget(L, LUA_REGISTRYINDEX);
}

static void set_registry(lua_State *L, const char *key) /* pops a value */
{
  lua_pushlightuserdata(L, (void *)(uintptr_t)key);
  lua_insert(L, -2);
  lua_rawset(L, LUA_REGISTRYINDEX);
}

wsstls_loop *wsstls_lloop(lua_State *L)
{
  wsstls_loop *loop = wsstls_loop_current();

  if (loop == NULL)
    luaL_error(L, "wsstls: the loop has not been started");
  if (home != lua_topointer(L, LUA_REGISTRYINDEX))
    luaL_error(L, "wsstls: the loop belongs to another Lua state "
                  "(libwebsockets allows one per process)");
  if (loop->forked)
    luaL_error(L, "wsstls: the loop was started before fork(); "
                  "a child process must not use it");
  return loop;
}

static void set_in(lua_State *L, const char *table, wsstls_io *io, int index)
{
  index = lua_absindex(L, index);
  push_registry(L, table);
  lua_pushlightuserdata(L, io);
  lua_pushvalue(L, index);
  lua_rawset(L, -3);
  lua_pop(L, 1);
}

void wsstls_lset_owner(lua_State *L, wsstls_io *io, int index)
{
  set_in(L, &owners_key, io, index);
}

void wsstls_lanchor(lua_State *L, wsstls_io *io, int anchored)
{
  if (anchored) {
    push_registry(L, &owners_key);
    lua_pushlightuserdata(L, io);
    lua_rawget(L, -2);
    lua_remove(L, -2);
  } else {
    lua_pushnil(L);
  }
  set_in(L, &anchors_key, io, -1);
  lua_pop(L, 1);
}

/* -------------------------------------------------------------------- step */

/* Appends the owners of what has something to say to the table at `list`.
 * Raises only when memory is out, and then loses none of them. */
static void collect(lua_State *L, wsstls_loop *loop, int list)
{
  int n = (int)lua_rawlen(L, list);

  push_registry(L, &owners_key);
  while (loop->ready != NULL) {
    lua_pushlightuserdata(L, loop->ready);
    lua_rawget(L, -2);
    if (lua_isnil(L, -1))
      lua_pop(L, 1);
    else
      lua_rawseti(L, list, ++n);
    wsstls_io_delivered(loop);
  }
  lua_pop(L, 1);
}

typedef struct logging {
  lua_State *L;
} logging;

static void log_line(const char *level, const char *text, void *ud)
{
  lua_State *L = ((logging *)ud)->L;

  push_registry(L, &log_key);
  if (!lua_isfunction(L, -1)) {
    lua_pop(L, 1);
    return;
  }
  lua_pushstring(L, level);
  lua_pushstring(L, text);
  if (lua_pcall(L, 2, 0, 0) != 0)
    lua_pop(L, 1); /* a sink that fails must not stop the loop */
}

static void drain_log(lua_State *L)
{
  logging l = { L };
  unsigned lost = 0;

  wsstls_log_drain(log_line, &l, &lost);
}

/* core.step(timeout, list): one turn; who has something to say afterwards is
 * appended to the list. */
static int lloop_step(lua_State *L)
{
  wsstls_loop *loop = wsstls_lloop(L);
  double timeout = luaL_checknumber(L, 1);
  int64_t us;

  luaL_checktype(L, 2, LUA_TTABLE);
  if (loop->stepping)
    return luaL_error(L, "wsstls: step called inside step (a callback that "
                         "waits must do so through wsstls's own functions)");
  us = timeout < 0 ? -1 : timeout > 86400 ? 86400000000
                        : (int64_t)(timeout * 1e6);
  wsstls_loop_step(loop, us);
  collect(L, loop, 2);
  drain_log(L);
  return 0;
}

/* --------------------------------------------------------------- the loop */

static int lloop_gc(lua_State *L)
{
  wsstls_loop **box = lua_touserdata(L, 1);

  if (*box != NULL) {
    wsstls_loop *loop = *box;

    *box = NULL;
    if (!loop->forked) { /* a forked child owns nothing */
      wsstls_loop_shutdown(loop); /* whoever still refers to it */
      wsstls_loop_unref(loop);
    }
    home = NULL;
  }
  return 0;
}

static void keep_loop(lua_State *L, wsstls_loop *loop)
{
  static const luaL_Reg none[] = { { NULL, NULL } };
  static const luaL_Reg meta[] = { { "__gc", lloop_gc }, { NULL, NULL } };
  wsstls_loop **box = lua_newuserdata(L, sizeof *box);

  *box = NULL;
  wsstls_lclass(L, "wsstls.loop", none, meta);
  luaL_getmetatable(L, "wsstls.loop");
  lua_setmetatable(L, -2);
  *box = loop;
  set_registry(L, &loop_key);
}

static int lloop_start(lua_State *L)
{
  const char *name = luaL_optstring(L, 1, "auto");
  wsstls_loop *loop = wsstls_loop_current();
  wsstls_error err;

  if (loop != NULL) {
    loop = wsstls_lloop(L);
    lua_pushstring(L, loop->backend->name);
    return 1;
  }
  if (wsstls_loop_open(name, &loop, &err) != WSSTLS_OK)
    return wsstls_lfail(L, &err);
  home = lua_topointer(L, LUA_REGISTRYINDEX);
  keep_loop(L, loop);
  lua_pushstring(L, loop->backend->name);
  return 1;
}

static int lloop_now(lua_State *L)
{
  lua_pushnumber(L, (lua_Number)wsstls_now() / 1e6);
  return 1;
}

static int lloop_time(lua_State *L)
{
  lua_pushnumber(L, wsstls_epoch());
  return 1;
}

static int lloop_pollfd(lua_State *L)
{
  wsstls_loop *loop = wsstls_lloop(L);

  lua_pushinteger(L, wsstls_poller_fd(loop->poller));
  return 1;
}

static int lloop_timeout(lua_State *L)
{
  int64_t us = wsstls_loop_timeout(wsstls_lloop(L));

  if (us < 0)
    lua_pushnil(L);
  else
    lua_pushnumber(L, (lua_Number)us / 1e6);
  return 1;
}

static int lloop_wake(lua_State *L)
{
  wsstls_loop *loop = wsstls_lloop(L);

  wsstls_poller_wake(loop->poller);
  return 0;
}

static int lloop_log(lua_State *L)
{
  const char *level = luaL_checkstring(L, 1);

  lua_settop(L, 2);
  if (!wsstls_log_level(level))
    return luaL_error(L, "unknown log level '%s' (none, error, warning, "
                         "notice, info, debug)", level);
  set_registry(L, &log_key);
  return 0;
}

static int lloop_versions(lua_State *L)
{
  wsstls_loop *loop = wsstls_loop_current();
  const char *version;

  lua_createtable(L, 0, 5);
  wsstls_lset_string(L, "wsstls", "scm");
  wsstls_lset_string(L, "openssl", wsstls_openssl_version());
  version = lws_get_library_version(); /* "4.1.6-", and a build's hash */
  wsstls_lset_lstring(L, "libwebsockets", version, strcspn(version, "-"));
  if (loop != NULL)
    wsstls_lset_string(L, "event_loop", loop->backend->name);
  return 1;
}

static int lloop_statuses(lua_State *L)
{
  lua_createtable(L, WSSTLS_STATUS_COUNT, 0);
  for (int i = 1; i < WSSTLS_STATUS_COUNT; i++) {
    wsstls_status s = (wsstls_status)i;

    lua_createtable(L, 0, 4);
    wsstls_lset_string(L, "slug", wsstls_status_slug(s));
    wsstls_lset_string(L, "text", wsstls_status_text(s));
    wsstls_lset_string(L, "phase", wsstls_phase_name(wsstls_status_phase(s)));
    wsstls_lset_boolean(L, "temporary", wsstls_status_temporary(s));
    lua_rawseti(L, -2, i);
  }
  return 1;
}

static void make_table(lua_State *L, const char *key, const char *mode)
{
  lua_newtable(L);
  if (mode != NULL) {
    lua_newtable(L);
    lua_pushstring(L, mode);
    lua_setfield(L, -2, "__mode");
    lua_setmetatable(L, -2);
  }
  set_registry(L, key);
}

void wsstls_lopen_loop(lua_State *L)
{
  static const luaL_Reg functions[] = {
    { "start", lloop_start },
    { "step", lloop_step },
    { "now", lloop_now },
    { "time", lloop_time },
    { "pollfd", lloop_pollfd },
    { "timeout", lloop_timeout },
    { "wake", lloop_wake },
    { "log", lloop_log },
    { "versions", lloop_versions },
    { "statuses", lloop_statuses },
    { NULL, NULL }
  };

  make_table(L, &owners_key, "v");
  make_table(L, &anchors_key, NULL);
  wsstls_lregister(L, functions);
}
