/* lhead.c: the field lines of an HTTP head, read strictly (RFC 9112 5).
 *
 * Everything else about a head is judged in Lua; its lines alone cost more
 * there than the rest of what Lua does for a connection.
 */
#include "lhttp.h"

#include <string.h>

static int is_token(char c)
{
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
         (c >= '0' && c <= '9') ||
         (c != '\0' && strchr("-!#$%&'*+.^_`|~", c) != NULL);
}

static int is_blank(char c)
{
  return c == ' ' || c == '\t';
}

static int is_text(char c) /* visible, blank, or of another alphabet */
{
  return (c >= ' ' && c <= '~') || (c & 0x80) || c == '\t';
}

/* Reads one line, name and value without the blanks around it; where the
 * next one begins, or NULL when this is none. */
static const char *read_line(const char *p, const char *end, wsstls_span *name,
                             wsstls_span *value)
{
  name->p = p;
  while (p < end && is_token(*p))
    p++;
  name->len = (size_t)(p - name->p);
  if (name->len == 0 || p == end || *p++ != ':')
    return NULL;
  while (p < end && is_blank(*p))
    p++;
  value->p = p;
  while (p < end && is_text(*p))
    p++;
  value->len = (size_t)(p - value->p);
  while (value->len > 0 && is_blank(value->p[value->len - 1]))
    value->len--;
  return end - p >= 2 && p[0] == '\r' && p[1] == '\n' ? p + 2 : NULL;
}

/* headers[name] = value; what was there before it is joined, and marked in
 * the table beside it. */
static void add(lua_State *L, int headers, const wsstls_span *name,
                const wsstls_span *value)
{
  wsstls_lpush_lower(L, name);
  lua_pushvalue(L, -1);
  lua_rawget(L, headers);
  if (lua_isnil(L, -1)) {
    lua_pop(L, 1);
    lua_pushlstring(L, value->p, value->len);
  } else {
    lua_pushvalue(L, -2);
    lua_pushboolean(L, 1);
    lua_rawset(L, headers + 1);
    /* Set-Cookie alone has commas inside (RFC 9110 5.3) */
    lua_pushstring(L, strcmp(lua_tostring(L, -2), "set-cookie") == 0 ? "\n"
                                                                    : ", ");
    lua_pushlstring(L, value->p, value->len);
    lua_concat(L, 3);
  }
  lua_rawset(L, headers);
}

/* header_lines(text, from, most) -> headers, repeated, after, count: reads
 * what are header lines from that byte on; names in lower case. */
static int lhead_lines(lua_State *L)
{
  size_t len;
  const char *text = luaL_checklstring(L, 1, &len), *next;
  size_t from = (size_t)luaL_checkinteger(L, 2) - 1;
  int most = (int)luaL_checkinteger(L, 3), count = 0;
  const char *p = text + (from < len ? from : len);
  wsstls_span name, value;

  lua_settop(L, 3);
  lua_createtable(L, 0, 8);
  lua_newtable(L);
  while (count < most &&
         (next = read_line(p, text + len, &name, &value)) != NULL) {
    add(L, 4, &name, &value);
    p = next;
    count++;
  }
  lua_pushinteger(L, (lua_Integer)(p - text) + 1);
  lua_pushinteger(L, count);
  return 4;
}

void wsstls_lopen_head(lua_State *L)
{
  static const luaL_Reg functions[] = {
    { "header_lines", lhead_lines },
    { NULL, NULL }
  };

  wsstls_lregister(L, functions);
}
