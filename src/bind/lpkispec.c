/* lpkispec.c: normalised spec tables -> the structs of pki.h.
 *
 * lua/wsstls/pki has checked names, types and defaults; what is checked
 * again here is only what memory safety needs.
 */
#include <string.h>
#include "lpki.h"

/* Pushes t[key] of the table at `index` when it is a table and returns its
 * length; else pushes nothing and returns 0. */
static size_t push_list(lua_State *L, int index, const char *key, int *has)
{
  lua_getfield(L, index, key);
  if (has != NULL)
    *has = lua_istable(L, -1);
  if (lua_istable(L, -1))
    return lua_rawlen(L, -1);
  lua_pop(L, 1);
  return 0;
}

static void *new_array(lua_State *L, size_t n, size_t size)
{
  void *array = lua_newuserdata(L, (n + 1) * size);

  memset(array, 0, (n + 1) * size);
  return array;
}

/* Element `i` of the table on top as a string it keeps alive. */
static const char *item(lua_State *L, int i, size_t *len)
{
  const char *s;

  lua_rawgeti(L, -1, i);
  if (lua_type(L, -1) != LUA_TSTRING)
    luaL_error(L, "expected a string in a list, got %s",
               luaL_typename(L, -1));
  s = lua_tolstring(L, -1, len);
  lua_pop(L, 1);
  return s;
}

/* { {name, value}, ... }; the array stays on the stack, which keeps it. */
static void read_pairs(lua_State *L, int index, const char *key,
                       wsstls_pairs *out, int *has)
{
  size_t i, n;

  memset(out, 0, sizeof *out);
  n = push_list(L, index, key, has);
  if (n == 0) {
    if (has != NULL && *has)
      lua_pop(L, 1);
    return;
  }
  out->items = new_array(L, n, sizeof *out->items);
  lua_insert(L, -2);
  for (i = 0; i < n; i++) {
    lua_rawgeti(L, -1, (int)i + 1);
    if (lua_istable(L, -1)) {
      out->items[i].name = item(L, 1, NULL);
      out->items[i].value = item(L, 2, &out->items[i].len);
      lua_pop(L, 1);
    } else {
      lua_pop(L, 1);
      out->items[i].name = item(L, (int)i + 1, NULL);
    }
  }
  out->count = n;
  lua_pop(L, 1);
}

/* { {oid=, critical=, value=}, ... } */
static wsstls_extension *read_extensions(lua_State *L, int index,
                                         size_t *count)
{
  size_t i, n = push_list(L, index, "extensions", NULL);
  wsstls_extension *out;

  *count = 0;
  if (n == 0)
    return NULL;
  out = new_array(L, n, sizeof *out);
  lua_insert(L, -2);
  for (i = 0; i < n; i++) {
    lua_rawgeti(L, -1, (int)i + 1);
    luaL_checktype(L, -1, LUA_TTABLE);
    out[i].oid = wsstls_lopt_string(L, lua_absindex(L, -1), "oid", NULL, "");
    out[i].critical =
      wsstls_lopt_boolean(L, lua_absindex(L, -1), "critical", 0);
    out[i].value = wsstls_lopt_string(L, lua_absindex(L, -1), "value",
                                      &out[i].len, "");
    lua_pop(L, 1);
  }
  *count = n;
  lua_pop(L, 1);
  return out;
}

void wsstls_lread_certspec(lua_State *L, int index, wsstls_certspec *s)
{
  memset(s, 0, sizeof *s);
  luaL_checkstack(L, 24, "spec");
  read_pairs(L, index, "subject", &s->subject, &s->has_subject);
  read_pairs(L, index, "names", &s->names, &s->has_names);
  read_pairs(L, index, "key_usage", &s->key_usage, &s->has_key_usage);
  read_pairs(L, index, "extended_key_usage", &s->extended_key_usage,
             &s->has_extended_key_usage);
  read_pairs(L, index, "permitted", &s->permitted, NULL);
  read_pairs(L, index, "excluded", &s->excluded, NULL);
  s->extensions = read_extensions(L, index, &s->nextensions);
  s->names_critical = wsstls_lopt_boolean(L, index, "names_critical", 0);
  s->key_usage_critical =
    wsstls_lopt_boolean(L, index, "key_usage_critical", 1);
  s->extended_key_usage_critical =
    wsstls_lopt_boolean(L, index, "extended_key_usage_critical", 0);
  s->constraints_critical =
    wsstls_lopt_boolean(L, index, "constraints_critical", 1);
  s->not_before = wsstls_lopt_integer(L, index, "not_before", 0);
  s->not_after = wsstls_lopt_integer(L, index, "not_after", 0);
  s->digest = wsstls_lopt_string(L, index, "digest", NULL, NULL);
  s->serial = wsstls_lopt_string(L, index, "serial", NULL, NULL);
  s->version = (int)wsstls_lopt_integer(L, index, "version", 3);
  s->basic_constraints =
    (int)wsstls_lopt_integer(L, index, "basic_constraints", 0);
  s->is_ca = wsstls_lopt_boolean(L, index, "ca", 0);
  s->path_length = (int)wsstls_lopt_integer(L, index, "path_length", -1);
  s->ski = wsstls_lopt_boolean(L, index, "ski", 0);
  s->aki = wsstls_lopt_boolean(L, index, "aki", 0);
  s->tamper_signature = wsstls_lopt_boolean(L, index, "tamper_signature", 0);
}

static void read_revoked(lua_State *L, int index, wsstls_crlspec *s)
{
  size_t i, n = push_list(L, index, "revoked", NULL);

  if (n == 0)
    return;
  s->revoked = new_array(L, n, sizeof *s->revoked);
  lua_insert(L, -2);
  for (i = 0; i < n; i++) {
    int at;

    lua_rawgeti(L, -1, (int)i + 1);
    luaL_checktype(L, -1, LUA_TTABLE);
    at = lua_absindex(L, -1);
    s->revoked[i].serial = wsstls_lopt_string(L, at, "serial", NULL, "0");
    s->revoked[i].date =
      wsstls_lopt_integer(L, at, "date", s->this_update);
    s->revoked[i].reason = (int)wsstls_lopt_integer(L, at, "reason", -1);
    lua_pop(L, 1);
  }
  s->nrevoked = n;
  lua_pop(L, 1);
}

void wsstls_lread_crlspec(lua_State *L, int index, wsstls_crlspec *s)
{
  memset(s, 0, sizeof *s);
  luaL_checkstack(L, 16, "spec");
  s->this_update = wsstls_lopt_integer(L, index, "this_update", 0);
  lua_getfield(L, index, "next_update");
  s->has_next_update = !lua_isnil(L, -1);
  lua_pop(L, 1);
  s->next_update = wsstls_lopt_integer(L, index, "next_update", 0);
  s->number = wsstls_lopt_string(L, index, "number", NULL, NULL);
  s->delta = wsstls_lopt_string(L, index, "delta", NULL, NULL);
  s->digest = wsstls_lopt_string(L, index, "digest", NULL, NULL);
  s->aki = wsstls_lopt_boolean(L, index, "aki", 1);
  s->tamper_signature = wsstls_lopt_boolean(L, index, "tamper_signature", 0);
  s->extensions = read_extensions(L, index, &s->nextensions);
  read_revoked(L, index, s);
}
