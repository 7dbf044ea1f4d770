/* lprogram.c: foreign programs and their directories. */
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "lloop.h"
#include "../core/orphans.h"
#include "../core/program.h"
#include "../core/tempdir.h"

#define MT_PROGRAM "wsstls.program"
#define MT_TEMPDIR "wsstls.tempdir"

enum { MOST_ORPHANS = 256 };

static wsstls_program *check(lua_State *L)
{
  wsstls_program **box = luaL_checkudata(L, 1, MT_PROGRAM);

  if (*box == NULL)
    luaL_error(L, "this program handle was released");
  return *box;
}

static int lprogram_gc(lua_State *L)
{
  wsstls_program **box = lua_touserdata(L, 1);
  wsstls_program *p = *box;

  *box = NULL;
  if (p != NULL)
    wsstls_program_stop(p);
  wsstls_program_unref(p);
  return 0;
}

/* The strings of the list at t[key], NULL-terminated, in a userdata that is
 * left on the stack; they live as long as the table. */
static const char **strings(lua_State *L, int index, const char *key)
{
  const char **list;
  size_t n;

  lua_getfield(L, index, key);
  n = lua_istable(L, -1) ? (size_t)lua_rawlen(L, -1) : 0;
  list = lua_newuserdata(L, (n + 1) * sizeof *list);
  for (size_t i = 0; i < n; i++) {
    lua_rawgeti(L, -2, (int)(i + 1));
    list[i] = lua_type(L, -1) == LUA_TSTRING ? lua_tostring(L, -1) : NULL;
    if (list[i] == NULL)
      luaL_error(L, "option '%s': a list of strings is needed", key);
    lua_pop(L, 1);
  }
  list[n] = NULL;
  lua_remove(L, -2);
  return list;
}

static int lprogram_start(lua_State *L)
{
  wsstls_loop *loop = wsstls_lloop(L);
  wsstls_program_opts o;
  wsstls_program *p, **box;
  const char **argv;
  wsstls_error err;

  luaL_checktype(L, 1, LUA_TTABLE);
  lua_settop(L, 2);
  memset(&o, 0, sizeof o);
  argv = strings(L, 1, "argv");
  if (argv[0] == NULL)
    return luaL_error(L, "option 'argv': the list is empty");
  memcpy(&o.argv, &argv, sizeof argv); /* exec takes no const */
  o.env = strings(L, 1, "env");
  o.cwd = wsstls_lopt_string(L, 1, "cwd", NULL, NULL);
  o.input = wsstls_lopt_string(L, 1, "input", &o.input_len, NULL);
  box = lua_newuserdata(L, sizeof *box);
  *box = NULL;
  luaL_getmetatable(L, MT_PROGRAM);
  lua_setmetatable(L, -2);
  if (wsstls_program_start(loop, &o, &p, &err) != WSSTLS_OK)
    return wsstls_lfail(L, &err);
  *box = p;
  if (lua_istable(L, 2))
    wsstls_lset_owner(L, wsstls_program_io(p), 2);
  return 1;
}

static int lprogram_pid(lua_State *L)
{
  lua_pushinteger(L, wsstls_program_pid(check(L)));
  return 1;
}

/* -> a table when it has ended, else nil; and the seconds it took or takes */
static int lprogram_status(lua_State *L)
{
  wsstls_program_end end;

  wsstls_program_status(check(L), &end);
  if (end.ended) {
    lua_createtable(L, 0, 4);
    if (end.exit >= 0)
      wsstls_lset_integer(L, "exit", end.exit);
    if (end.signal > 0)
      wsstls_lset_integer(L, "signal", end.signal);
    wsstls_lset_boolean(L, "children", end.children);
    wsstls_lset_boolean(L, "stopped", end.stopped);
  } else {
    lua_pushnil(L);
  }
  lua_pushnumber(L, end.duration);
  return 2;
}

/* -> what was kept of its output, and how many bytes there were */
static int lprogram_output(lua_State *L)
{
  const wsstls_program *p = check(L);
  wsstls_program_output out;
  luaL_Buffer b;

  wsstls_program_read(p, &out);
  luaL_buffinit(L, &b);
  luaL_addlstring(&b, out.head, out.head_len);
  if (out.cut > 0) {
    lua_pushfstring(L, "\n[... %d bytes cut ...]\n",
                    out.cut > 2000000000 ? 2000000000 : (int)out.cut);
    luaL_addvalue(&b);
  }
  luaL_addlstring(&b, out.tail, out.tail_len);
  luaL_addlstring(&b, out.rest, out.rest_len);
  luaL_pushresult(&b);
  lua_pushinteger(L, (lua_Integer)wsstls_program_total(p));
  return 2;
}

static int lprogram_ask(lua_State *L)
{
  wsstls_program_ask(check(L));
  return 0;
}

static int lprogram_stop(lua_State *L)
{
  wsstls_program_stop(check(L));
  return 0;
}

/* ------------------------------------------------------------- directories */

typedef struct tempdir {
  char *path;                  /* NULL: removed */
  pid_t owner;                 /* a forked child of ours removes nothing */
} tempdir;

static int ltempdir_make(lua_State *L)
{
  tempdir *dir = lua_newuserdata(L, sizeof *dir);
  wsstls_error err;

  dir->path = NULL;
  dir->owner = getpid();
  luaL_getmetatable(L, MT_TEMPDIR);
  lua_setmetatable(L, -2);
  if (wsstls_tempdir_make(&dir->path, &err) != WSSTLS_OK)
    return wsstls_lfail(L, &err);
  return 1;
}

static int ltempdir_path(lua_State *L)
{
  tempdir *dir = luaL_checkudata(L, 1, MT_TEMPDIR);

  lua_pushstring(L, dir->path); /* nil once it is removed */
  return 1;
}

static int ltempdir_remove(lua_State *L)
{
  tempdir *dir = luaL_checkudata(L, 1, MT_TEMPDIR);

  if (dir->path != NULL && dir->owner == getpid())
    wsstls_tempdir_remove(dir->path);
  free(dir->path);
  dir->path = NULL;
  return 0;
}

/* adopt_orphans(on) */
static int lorphans_adopt(lua_State *L)
{
  wsstls_orphans_adopt(lua_toboolean(L, 1));
  return 0;
}

/* orphans() -> list of process numbers */
static int lorphans_list(lua_State *L)
{
  int pids[MOST_ORPHANS];
  size_t count = wsstls_orphans_list(pids, MOST_ORPHANS);

  lua_createtable(L, (int)count, 0);
  for (size_t i = 0; i < count; i++) {
    lua_pushinteger(L, pids[i]);
    lua_rawseti(L, -2, (int)i + 1);
  }
  return 1;
}

/* kill_orphan(pid) */
static int lorphans_kill(lua_State *L)
{
  wsstls_orphans_kill((int)luaL_checkinteger(L, 1));
  return 0;
}

/* obey_termination() */
static int lorphans_prevent(lua_State *L)
{
  (void)L;
  wsstls_orphans_prevent();
  return 0;
}

/* told_to_end() -> whether such a signal came */
static int lorphans_told(lua_State *L)
{
  lua_pushboolean(L, wsstls_orphans_told());
  return 1;
}

void wsstls_lopen_program(lua_State *L)
{
  static const luaL_Reg methods[] = {
    { "pid", lprogram_pid },
    { "status", lprogram_status },
    { "output", lprogram_output },
    { "ask", lprogram_ask },
    { "stop", lprogram_stop },
    { NULL, NULL }
  };
  static const luaL_Reg metamethods[] = {
    { "__gc", lprogram_gc },
    { NULL, NULL }
  };
  static const luaL_Reg dir_methods[] = {
    { "path", ltempdir_path },
    { "remove", ltempdir_remove },
    { NULL, NULL }
  };
  static const luaL_Reg dir_metamethods[] = {
    { "__gc", ltempdir_remove },
    { NULL, NULL }
  };
  static const luaL_Reg functions[] = {
    { "program", lprogram_start },
    { "tempdir", ltempdir_make },
    { "adopt_orphans", lorphans_adopt },
    { "orphans", lorphans_list },
    { "kill_orphan", lorphans_kill },
    { "obey_termination", lorphans_prevent },
    { "told_to_end", lorphans_told },
    { NULL, NULL }
  };

  wsstls_lclass(L, MT_PROGRAM, methods, metamethods);
  wsstls_lclass(L, MT_TEMPDIR, dir_methods, dir_metamethods);
  wsstls_lregister(L, functions);
}
