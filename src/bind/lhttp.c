/* lhttp.c: see lhttp.h. */
#include "lhttp.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include "../core/chunks.h"

enum { MAX_HEADERS = 100 };

/* The next line without its CRLF; 0 at the end of the text. */
static int line(wsstls_span *rest, wsstls_span *out)
{
  const char *end;

  if (rest->len == 0)
    return 0;
  end = memchr(rest->p, '\n', rest->len);
  out->p = rest->p;
  out->len = end != NULL ? (size_t)(end - rest->p) : rest->len;
  rest->len -= out->len + (end != NULL);
  rest->p += out->len + (end != NULL);
  if (out->len > 0 && out->p[out->len - 1] == '\r')
    out->len--;
  return 1;
}

static wsstls_span word(wsstls_span *rest)
{
  wsstls_span w;

  while (rest->len > 0 && *rest->p == ' ')
    rest->p++, rest->len--;
  w = (wsstls_span){ rest->p, 0 };
  while (rest->len > 0 && *rest->p != ' ')
    rest->p++, rest->len--, w.len++;
  return w;
}

static int is(const wsstls_span *s, const char *text)
{
  return s->len == strlen(text) && strncasecmp(s->p, text, s->len) == 0;
}

static int secret(const wsstls_span *name)
{
  return is(name, "authorization") || is(name, "proxy-authorization") ||
         is(name, "cookie") || is(name, "set-cookie");
}

void wsstls_lpush_lower(lua_State *L, const wsstls_span *s)
{
  luaL_Buffer b;

  luaL_buffinit(L, &b);
  for (size_t i = 0; i < s->len; i++) {
    char c = s->p[i];

    luaL_addchar(&b, c >= 'A' && c <= 'Z' ? (char)(c + 32) : c);
  }
  luaL_pushresult(&b);
}

static wsstls_span value_of(wsstls_span l, size_t from)
{
  wsstls_span v = { l.p + from, l.len - from };

  while (v.len > 0 && (*v.p == ' ' || *v.p == '\t'))
    v.p++, v.len--;
  while (v.len > 0 && (v.p[v.len - 1] == ' ' || v.p[v.len - 1] == '\t'))
    v.len--;
  return v;
}

static void add_chunk(const char *data, size_t len, void *ud)
{
  luaL_addlstring(ud, data, len);
}

/* Pushes the body without its chunk sizes, as far as it came; what is no
 * chunked body as it stands. */
static void push_chunked(lua_State *L, const char *p, size_t len)
{
  luaL_Buffer b;
  int found;

  luaL_buffinit(L, &b);
  found = wsstls_chunks(p, len, add_chunk, &b);
  luaL_pushresult(&b);
  if (found < 0) {
    lua_pop(L, 1);
    lua_pushlstring(L, p, len);
  }
}

/* The http table is on top, its headers just set. */
static void set_body(lua_State *L, const wsstls_record *r)
{
  const char *coding;

  if (r->body_len == 0)
    return;
  lua_getfield(L, -1, "headers");
  lua_getfield(L, -1, "transfer-encoding");
  coding = lua_tostring(L, -1);
  if (coding != NULL && strcasestr(coding, "chunked") != NULL)
    push_chunked(L, r->body, r->body_len);
  else
    lua_pushlstring(L, r->body, r->body_len);
  lua_setfield(L, -4, "body");
  lua_pop(L, 2);
}

/* headers[name] = value; repeats are joined (RFC 9110 5.3). */
static void add_header(lua_State *L, const wsstls_span *name,
                       const wsstls_span *value)
{
  wsstls_lpush_lower(L, name);
  lua_pushvalue(L, -1);
  lua_rawget(L, -3);
  if (lua_isnil(L, -1)) {
    lua_pop(L, 1);
    if (secret(name))
      lua_pushliteral(L, "[redacted]");
    else
      lua_pushlstring(L, value->p, value->len);
  } else if (!secret(name)) {
    lua_pushliteral(L, ", ");
    lua_pushlstring(L, value->p, value->len);
    lua_concat(L, 3);
  }
  lua_rawset(L, -3);
}

static void push_headers(lua_State *L, wsstls_span rest)
{
  wsstls_span l;
  int n = 0;

  lua_newtable(L);
  while (n++ < MAX_HEADERS && line(&rest, &l) && l.len > 0) {
    const char *colon = memchr(l.p, ':', l.len);
    wsstls_span name, value;

    if (colon == NULL || colon == l.p)
      continue;
    name = (wsstls_span){ l.p, (size_t)(colon - l.p) };
    value = value_of(l, name.len + 1);
    add_header(L, &name, &value);
  }
}

void wsstls_lpush_http(lua_State *L, const wsstls_record *r)
{
  wsstls_span rest = { r->head, r->head_len }, first = { "", 0 };
  wsstls_span a, b;

  lua_createtable(L, 0, 5);
  line(&rest, &first);
  a = word(&first);
  b = word(&first);
  first = value_of(first, 0);
  if (r->is_server) {
    wsstls_lset_lstring(L, "method", a.p, a.len);
    wsstls_lset_lstring(L, "target", b.p, b.len);
    wsstls_lset_lstring(L, "version", first.p, first.len);
    if (r->http_status != 0)
      wsstls_lset_integer(L, "status", r->http_status);
  } else {
    wsstls_lset_lstring(L, "version", a.p, a.len);
    if (b.len == 3 && strtol(b.p, NULL, 10) > 0) {
      wsstls_lset_integer(L, "status", strtol(b.p, NULL, 10));
      wsstls_lset_lstring(L, "reason", first.p, first.len);
    }
  }
  push_headers(L, rest);
  lua_setfield(L, -2, "headers");
  if (!r->is_server)
    set_body(L, r);
}
