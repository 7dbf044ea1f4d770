/* ltlsopts.c: see ltlsopts.h. */
#include "ltlsread.h"

#include <string.h>

/* From the scratch memory, rounded up to what anything is aligned to. */
static void *take(wsstls_lscratch *scratch, size_t size)
{
  size_t n = (size + 15) / 16 * 16;
  char *p;

  if (scratch == NULL || n > sizeof scratch->room - scratch->used)
    return NULL;
  p = (char *)scratch->room + scratch->used;
  scratch->used += n;
  return memset(p, 0, n);
}

void *wsstls_lread_keep_bytes(wsstls_lreader *r, size_t size)
{
  void *p = take(r->scratch, size);

  if (p != NULL)
    return p;
  if (lua_isnil(r->L, r->keep)) {
    lua_newtable(r->L);
    lua_replace(r->L, r->keep);
  }
  p = lua_newuserdata(r->L, size > 0 ? size : 1);
  memset(p, 0, size > 0 ? size : 1);
  lua_rawseti(r->L, r->keep, (int)lua_rawlen(r->L, r->keep) + 1);
  return p;
}

static unsigned long long bit_of(const char *key)
{
  return 1ULL << (((unsigned char)key[0] + 5 * strlen(key)) % 64);
}

int wsstls_lread_given(const wsstls_lreader *r, const char *key)
{
  return (r->given & bit_of(key)) != 0;
}

static void note_given(wsstls_lreader *r)
{
  r->given = 0;
  lua_pushnil(r->L);
  while (lua_next(r->L, r->table) != 0) {
    lua_pop(r->L, 1);
    if (lua_type(r->L, -1) == LUA_TSTRING)
      r->given |= bit_of(lua_tostring(r->L, -1));
  }
}

int wsstls_lread_boolean(wsstls_lreader *r, const char *key)
{
  return wsstls_lread_given(r, key) &&
         wsstls_lopt_boolean(r->L, r->table, key, 0);
}

const char *wsstls_lread_text(wsstls_lreader *r, const char *key)
{
  size_t len = 0;
  const char *s = NULL;

  if (!wsstls_lread_given(r, key))
    return NULL;
  lua_getfield(r->L, r->table, key);
  /* false switches an option off */
  if (lua_type(r->L, -1) == LUA_TSTRING)
    s = lua_tolstring(r->L, -1, &len);
  else if (lua_toboolean(r->L, -1))
    wsstls_lopt_string(r->L, r->table, key, &len, NULL); /* raises */
  lua_pop(r->L, 1);
  if (s != NULL && strlen(s) != len)
    luaL_error(r->L, "option '%s': contains a zero byte", key);
  return s;
}

/* The value on top of the stack; pops it. */
static void read_source(wsstls_lreader *r, const char *key, wsstls_source *out)
{
  lua_State *L = r->L;

  if (lua_istable(L, -1)) { /* a pki object of the Lua layer */
    lua_getfield(L, -1, "material");
    lua_remove(L, -2);
  }
  if (lua_type(L, -1) == LUA_TSTRING)
    out->bytes = lua_tolstring(L, -1, &out->len);
  else
    out->material = wsstls_ltest_material(L, -1);
  if (out->bytes == NULL && out->material == NULL)
    luaL_error(L, "option '%s': expected PEM text, a path or a pki object, "
               "got %s", key, luaL_typename(L, -1));
  lua_pop(L, 1);
}

static void one_source(wsstls_lreader *r, const char *key, wsstls_source *out)
{
  if (!wsstls_lread_given(r, key))
    return;
  lua_getfield(r->L, r->table, key);
  if (lua_isnil(r->L, -1))
    lua_pop(r->L, 1);
  else
    read_source(r, key, out);
}

static int is_list(lua_State *L)
{
  int yes;

  if (!lua_istable(L, -1))
    return 0;
  lua_getfield(L, -1, "material");
  yes = lua_isnil(L, -1);
  lua_pop(L, 1);
  return yes;
}

/* Returns whether the option was there at all. */
static int sources(wsstls_lreader *r, const char *key, wsstls_source **out,
                   size_t *count)
{
  lua_State *L = r->L;
  size_t n, i;
  int list;

  if (!wsstls_lread_given(r, key))
    return 0;
  lua_getfield(L, r->table, key);
  if (lua_isnil(L, -1)) {
    lua_pop(L, 1);
    return 0;
  }
  list = is_list(L);
  n = list ? lua_rawlen(L, -1) : 1;
  *out = wsstls_lread_keep_bytes(r, n * sizeof **out);
  *count = n;
  for (i = 0; list && i < n; i++) {
    lua_rawgeti(L, -1, (int)i + 1);
    read_source(r, key, &(*out)[i]);
  }
  if (list)
    lua_pop(L, 1);
  else
    read_source(r, key, *out);
  return 1;
}

static int version(wsstls_lreader *r, const char *key)
{
  const char *s = wsstls_lread_text(r, key), *digits;

  if (s == NULL)
    return 0;
  digits = strncmp(s, "TLSv", 4) == 0 ? s + 4 : s;
  if (strcmp(digits, "1.3") == 0 || strcmp(digits, "1_3") == 0)
    return TLS1_3_VERSION;
  if (strcmp(digits, "1.2") == 0 || strcmp(digits, "1_2") == 0)
    return TLS1_2_VERSION;
  if (strcmp(digits, "1.1") == 0 || strcmp(digits, "1_1") == 0)
    return TLS1_1_VERSION;
  if (strcmp(digits, "1.0") == 0 || strcmp(digits, "1_0") == 0 ||
      strcmp(digits, "1") == 0)
    return TLS1_VERSION;
  return luaL_error(r->L, "option '%s': '%s' is no TLS version "
                    "(TLSv1, TLSv1.1, TLSv1.2, TLSv1.3)", key, s);
}

int wsstls_lread_choice(wsstls_lreader *r, const char *key,
                        const char *const words[], int fallback)
{
  const char *s = wsstls_lread_text(r, key);
  int i;

  if (s == NULL)
    return fallback;
  for (i = 0; words[i] != NULL; i++)
    if (strcmp(words[i], s) == 0)
      return i;
  return luaL_error(r->L, "option '%s': '%s' is not possible here", key, s);
}

int wsstls_lread_small(wsstls_lreader *r, const char *key, int fallback)
{
  long long n = !wsstls_lread_given(r, key) ? fallback
    : wsstls_lopt_integer(r->L, r->table, key, fallback);

  if (n < -1 || n > 65535)
    luaL_error(r->L, "option '%s': out of range", key);
  return (int)n;
}

static void alpn(wsstls_lreader *r, wsstls_tlsopts *o)
{
  lua_State *L = r->L;
  unsigned char *wire;
  size_t n, i, len, total = 0;
  const char *s;

  lua_getfield(L, r->table, "alpn");
  if (!lua_istable(L, -1)) {
    lua_pop(L, 1);
    return;
  }
  n = lua_rawlen(L, -1);
  for (i = 1; i <= n; i++) {
    lua_rawgeti(L, -1, (int)i);
    len = lua_type(L, -1) == LUA_TSTRING ? lua_rawlen(L, -1) : 0;
    if (len < 1 || len > 255)
      luaL_error(L, "option 'alpn': a protocol is 1 to 255 bytes of text");
    total += len + 1;
    lua_pop(L, 1);
  }
  if (total > 65535)
    luaL_error(L, "option 'alpn': the list is too long");
  wire = wsstls_lread_keep_bytes(r, total);
  o->alpn = wire;
  o->alpn_len = (unsigned)total;
  for (i = 1; i <= n; i++) {
    lua_rawgeti(L, -1, (int)i);
    s = lua_tolstring(L, -1, &len);
    *wire++ = (unsigned char)len;
    memcpy(wire, s, len);
    wire += len;
    lua_pop(L, 1);
  }
  lua_pop(L, 1);
}

static int is_path(const wsstls_source *s)
{
  return s->bytes != NULL && strlen(s->bytes) == s->len &&
         strstr(s->bytes, "-----BEGIN") == NULL && s->bytes[0] != 0x30;
}

static void trust(wsstls_lreader *r, wsstls_tlsopts *o)
{
  size_t i;

  o->ca_given = sources(r, "ca", &o->ca, &o->nca);
  o->ca_file = wsstls_lread_text(r, "ca_file");
  o->ca_path = wsstls_lread_text(r, "ca_path");
  if (wsstls_lread_given(r, "system_ca")) {
    lua_getfield(r->L, r->table, "system_ca");
    o->system_ca = lua_isnil(r->L, -1) ? -1 : lua_toboolean(r->L, -1);
    lua_pop(r->L, 1);
  }
  sources(r, "crl", &o->crl, &o->ncrl);
  /* told in the verify-result, never read from there */
  o->policy.trust_path = (char *)(size_t)o->ca_path;
  o->policy.trust_file = (char *)(size_t)o->ca_file;
  for (i = 0; i < o->nca && o->policy.trust_file == NULL; i++)
    if (is_path(&o->ca[i]))
      o->policy.trust_file = (char *)(size_t)o->ca[i].bytes;
}

static void identity(wsstls_lreader *r, wsstls_tlsopts *o)
{
  static const char *const verify[] = { "none", "optional", "required",
                                        NULL };
  int asks = o->ca_given || o->ca_file != NULL || o->ca_path != NULL;

  one_source(r, "cert", &o->cert);
  one_source(r, "key", &o->key);
  one_source(r, "pkcs12", &o->pkcs12);
  sources(r, "chain", &o->chain, &o->nchain);
  o->key_password = wsstls_lread_text(r, "key_password");
  o->pkcs12_password = wsstls_lread_text(r, "pkcs12_password");
  o->send_root = wsstls_lread_boolean(r, "send_root");
  o->client_verify = wsstls_lread_choice(r, "client_verify", verify,
                                         asks ? 2 : 0);
}

static void parameters(wsstls_lreader *r, wsstls_tlsopts *o)
{
  o->min_version = version(r, "min_version");
  o->max_version = version(r, "max_version");
  o->ciphers = wsstls_lread_text(r, "ciphers");
  o->ciphersuites = wsstls_lread_text(r, "ciphersuites");
  o->groups = wsstls_lread_text(r, "groups");
  o->sigalgs = wsstls_lread_text(r, "sigalgs");
  alpn(r, o);
  o->alpn_strict = wsstls_lread_boolean(r, "alpn_strict");
  o->sni = wsstls_lread_text(r, "sni");
  o->dh.bytes = wsstls_lopt_string(r->L, r->table, "dh_file", &o->dh.len,
                                   NULL);
  o->tickets = wsstls_lread_small(r, "tickets", o->tickets);
  lua_getfield(r->L, r->table, "keylog");
  if (lua_type(r->L, -1) == LUA_TSTRING) /* a function is Lua's business */
    o->keylog = wsstls_lread_text(r, "keylog");
  lua_pop(r->L, 1);
}

static void reader_init(wsstls_lreader *r, lua_State *L, int index,
                        wsstls_lscratch *scratch)
{
  luaL_checkstack(L, 12, "tls options");
  r->L = L;
  r->table = lua_absindex(L, index);
  r->scratch = scratch;
  r->given = ~0ULL;
  lua_pushnil(L); /* a table as soon as something is to be kept */
  r->keep = lua_gettop(L);
}

wsstls_tlsopts *wsstls_lread_tlsopts(lua_State *L, int index)
{
  wsstls_lreader r;
  wsstls_tlsopts *o;

  reader_init(&r, L, index, NULL);
  o = wsstls_lread_keep_bytes(&r, sizeof *o);
  wsstls_tlsopts_init(o);
  trust(&r, o);
  identity(&r, o);
  parameters(&r, o);
  wsstls_lread_policy(&r, o);
  return o;
}

/* Not for a connection, where `host` may be the address to listen at. */
static void short_names(wsstls_lreader *r, wsstls_policy *p)
{
  const char *host = wsstls_lread_text(r, "host");
  const char *ip = wsstls_lread_text(r, "ip");

  if (host != NULL)
    p->host = (char *)(size_t)host;
  if (ip != NULL)
    p->ip = (char *)(size_t)ip;
  p->time = wsstls_lread_time(r, "time", p->time);
  p->depth = wsstls_lread_small(r, "depth", p->depth);
}

wsstls_tlsopts *wsstls_lread_verifyopts(lua_State *L, int index,
                                        wsstls_lscratch *scratch)
{
  wsstls_lreader r;

  reader_init(&r, L, index, scratch);
  note_given(&r);
  scratch->used = 0;
  wsstls_tlsopts_init(&scratch->opts);
  trust(&r, &scratch->opts);
  identity(&r, &scratch->opts);
  wsstls_lread_policy(&r, &scratch->opts);
  short_names(&r, &scratch->opts.policy);
  return &scratch->opts;
}
