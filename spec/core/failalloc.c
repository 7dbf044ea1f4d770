/* failalloc.c: an allocator that fails on purpose, for allocation_spec.lua.
 *
 * Loaded with LD_PRELOAD it stands before malloc of the C library (or of the
 * sanitizer) for everybody: OpenSSL, Lua and the module. Required from Lua it
 * is the switch: arm(n, forever) lets the n-th allocation from now on fail,
 * and with `forever` every later one; disarm() gives how many failed, and
 * how many there were when none did.
 */
#include <dlfcn.h>
#include <errno.h>
#include <stddef.h>
#include <lua.h>
#include <lauxlib.h>

static long left = -1; /* allocations until the first failure; -1: never */
static long first;
static long failed;
static int forever;

static int fails(void)
{
  if (left < 0)
    return 0;
  if (left > 1) {
    left--;
    return 0;
  }
  left = forever ? 1 : -1;
  failed++;
  errno = ENOMEM;
  return 1;
}

#define EXPORT __attribute__((visibility("default")))

EXPORT void *malloc(size_t size);
EXPORT void *calloc(size_t n, size_t size);
EXPORT void *realloc(void *p, size_t size);
EXPORT int luaopen_failalloc(lua_State *L);

typedef void *malloc_fn(size_t);
typedef void *calloc_fn(size_t, size_t);
typedef void *realloc_fn(void *, size_t);

static void *next(void **slot, const char *name)
{
  if (*slot == NULL)
    *slot = dlsym(RTLD_NEXT, name);
  return *slot;
}

EXPORT void *malloc(size_t size)
{
  static void *real;

  return fails() ? NULL : ((malloc_fn *)next(&real, "malloc"))(size);
}

EXPORT void *calloc(size_t n, size_t size)
{
  static void *real;

  return fails() ? NULL : ((calloc_fn *)next(&real, "calloc"))(n, size);
}

EXPORT void *realloc(void *p, size_t size)
{
  static void *real;

  /* shrinking cannot fail for Lua: size 0 frees */
  return size != 0 && fails()
           ? NULL : ((realloc_fn *)next(&real, "realloc"))(p, size);
}

static int arm(lua_State *L)
{
  long n = (long)luaL_checknumber(L, 1);

  forever = lua_toboolean(L, 2);
  failed = 0;
  first = left = n;
  return 0;
}

static int disarm(lua_State *L)
{
  lua_pushnumber(L, (lua_Number)failed);
  lua_pushnumber(L, (lua_Number)(first - left));
  left = -1;
  return 2;
}

EXPORT int luaopen_failalloc(lua_State *L)
{
  lua_newtable(L);
  lua_pushcfunction(L, arm);
  lua_setfield(L, -2, "arm");
  lua_pushcfunction(L, disarm);
  lua_setfield(L, -2, "disarm");
  return 1;
}
