/* lpkitools.c: the part of core.pki around certificates: trust stores, DH
 * parameters, files and folders. */
#include "lpki.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

/* store({materials}, ca_path or nil, system_ca) -> material */
static int pki_store(lua_State *L)
{
  const char *path = luaL_optstring(L, 2, NULL);
  int system_ca = lua_toboolean(L, 3), i, n;
  wsstls_material **parts, **box;
  wsstls_error err;

  luaL_checktype(L, 1, LUA_TTABLE);
  lua_settop(L, 3);
  n = (int)lua_rawlen(L, 1);
  parts = lua_newuserdata(L, ((size_t)n + 1) * sizeof *parts);
  for (i = 0; i < n; i++) {
    lua_rawgeti(L, 1, i + 1);
    parts[i] = wsstls_lcheck_material(L, -1);
    lua_pop(L, 1);
  }
  box = wsstls_lnew_material(L);
  if (wsstls_store_make(parts, (size_t)n, path, system_ca, box, &err) !=
      WSSTLS_OK)
    return wsstls_lfail(L, &err);
  return 1;
}

/* The progress function may raise; its error waits until OpenSSL has
 * returned, for no longjmp may cross it. */
static int progress(void *ud, int event)
{
  lua_State *L = ud;

  lua_pushvalue(L, 3);
  lua_pushinteger(L, event);
  if (lua_pcall(L, 1, 1, 0) != 0) {
    lua_replace(L, 4);
    lua_pushboolean(L, 1);
    lua_replace(L, 5);
    return 0;
  }
  event = lua_isnil(L, -1) || lua_toboolean(L, -1);
  lua_pop(L, 1);
  return event;
}

/* dh(bits, custom, progress or nil) -> PEM */
static int pki_dh(lua_State *L)
{
  int bits = (int)luaL_checkinteger(L, 1), custom = lua_toboolean(L, 2);
  wsstls_blob *b;
  wsstls_status status;
  wsstls_error err;

  lua_settop(L, 5);
  luaL_checkstack(L, 8, "progress");
  b = wsstls_lnew_bytes(L);
  status = wsstls_dh_make(bits, custom,
                          lua_isnil(L, 3) ? NULL : progress, L, b, &err);
  if (lua_toboolean(L, 5)) {
    lua_pushvalue(L, 4);
    return lua_error(L);
  }
  return wsstls_lreturn_bytes(L, b, status, &err);
}

/* write{ {path=, bytes=, secret=}, ... } -> true */
static int pki_write(lua_State *L)
{
  wsstls_file *files;
  wsstls_error err;
  size_t i, n;

  luaL_checktype(L, 1, LUA_TTABLE);
  n = lua_rawlen(L, 1);
  files = lua_newuserdata(L, (n + 1) * sizeof *files);
  for (i = 0; i < n; i++) {
    lua_rawgeti(L, 1, (int)i + 1);
    luaL_checktype(L, -1, LUA_TTABLE);
    files[i].path =
      wsstls_lopt_string(L, lua_absindex(L, -1), "path", NULL, "");
    files[i].bytes = wsstls_lopt_string(L, lua_absindex(L, -1), "bytes",
                                        &files[i].len, "");
    files[i].secret =
      wsstls_lopt_boolean(L, lua_absindex(L, -1), "secret", 1);
    lua_pop(L, 1);
  }
  if (wsstls_files_write(files, n, &err) != WSSTLS_OK)
    return wsstls_lfail(L, &err);
  lua_pushboolean(L, 1);
  return 1;
}

typedef struct links {
  wsstls_pair *items;          /* name: link, value: file; both malloc'ed */
  size_t count;
  int lost;                    /* no memory for one */
} links;

static int links_gc(lua_State *L)
{
  links *l = lua_touserdata(L, 1);
  size_t i;

  for (i = 0; i < l->count; i++) {
    free((char *)(uintptr_t)l->items[i].name);
    free((char *)(uintptr_t)l->items[i].value);
  }
  free(l->items);
  l->items = NULL;
  l->count = 0;
  return 0;
}

/* No Lua under the core's callback: collected first, pushed later. */
static void made(void *ud, const char *link, const char *file)
{
  links *l = ud;
  wsstls_pair *items = realloc(l->items, (l->count + 1) * sizeof *items);

  if (items == NULL) {
    l->lost = 1;
    return;
  }
  l->items = items;
  items[l->count].name = strdup(link);
  items[l->count].value = strdup(file);
  if (items[l->count].name == NULL || items[l->count].value == NULL)
    l->lost = 1;
  l->count++;
}

/* rehash(dir) -> { {link=, file=}, ... } */
static int pki_rehash(lua_State *L)
{
  const char *dir = luaL_checkstring(L, 1);
  links *l = wsstls_lnew_box(L, sizeof *l, "wsstls.links", links_gc);
  wsstls_error err;
  size_t i;

  if (wsstls_folder_rehash(dir, made, l, &err) != WSSTLS_OK)
    return wsstls_lfail(L, &err);
  if (l->lost)
    return luaL_error(L, "not enough memory");
  lua_createtable(L, (int)l->count, 0);
  for (i = 0; i < l->count; i++) {
    lua_createtable(L, 0, 2);
    wsstls_lset_string(L, "link", l->items[i].name);
    wsstls_lset_string(L, "file", l->items[i].value);
    lua_rawseti(L, -2, (int)i + 1);
  }
  return 1;
}

void wsstls_lopen_pkitools(lua_State *L)
{
  static const luaL_Reg functions[] = {
    { "store", pki_store }, { "dh", pki_dh }, { "write", pki_write },
    { "rehash", pki_rehash }, { NULL, NULL }
  };

  wsstls_lregister(L, functions);
}
