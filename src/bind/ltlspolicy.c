/* ltlspolicy.c: the options that say what a chain has to satisfy. */
#include "ltlsread.h"

#include "../core/pin.h"

/* A list, or a single value that stands for a list of one; leaves it on the
 * stack and returns its length. -1: absent, nothing left on the stack. */
static int open_list(wsstls_lreader *r, const char *key)
{
  lua_State *L = r->L;

  if (!wsstls_lread_given(r, key))
    return -1;
  lua_getfield(L, r->table, key);
  if (lua_isnil(L, -1)) {
    lua_pop(L, 1);
    return -1;
  }
  if (!lua_istable(L, -1)) {
    lua_createtable(L, 1, 0);
    lua_insert(L, -2);
    lua_rawseti(L, -2, 1);
  }
  return (int)lua_rawlen(L, -1);
}

static void pins(wsstls_lreader *r, wsstls_policy *p)
{
  lua_State *L = r->L;
  int n = open_list(r, "pin_sha256"), i;
  const char *s;

  if (n < 0)
    return;
  p->pins = wsstls_lread_keep_bytes(r, (size_t)n * sizeof *p->pins);
  for (i = 0; i < n; i++) {
    lua_rawgeti(L, -1, i + 1);
    s = lua_type(L, -1) == LUA_TSTRING ? lua_tostring(L, -1) : "";
    if (!wsstls_pin_read(s, p->pins[i]))
      luaL_error(L, "option 'pin_sha256': '%s' is no SHA-256 in base64 or "
                 "hex", s);
    lua_pop(L, 1);
  }
  p->npins = (size_t)n;
  lua_pop(L, 1);
}

static void allow(wsstls_lreader *r, wsstls_policy *p)
{
  lua_State *L = r->L;
  int n = open_list(r, "allow"), i;

  if (n < 0)
    return;
  p->allow = wsstls_lread_keep_bytes(r, (size_t)n * sizeof *p->allow);
  for (i = 0; i < n; i++) {
    lua_rawgeti(L, -1, i + 1);
    p->allow[i] = lua_type(L, -1) == LUA_TNUMBER
      ? (int)lua_tonumber(L, -1) : wsstls_x509_number(lua_tostring(L, -1));
    if (p->allow[i] <= 0)
      luaL_error(L, "option 'allow': entry %d is no X509 error", i + 1);
    lua_pop(L, 1);
  }
  p->nallow = (size_t)n;
  lua_pop(L, 1);
}

static void crl_check(wsstls_lreader *r, const wsstls_tlsopts *o,
                      wsstls_policy *p)
{
  static const char *const words[] = { "none", "leaf", "chain", NULL };

  if (!wsstls_lread_given(r, "crl_check")) {
    p->crl_check = o->ncrl > 0;
    return;
  }
  lua_getfield(r->L, r->table, "crl_check");
  if (lua_isboolean(r->L, -1))
    p->crl_check = lua_toboolean(r->L, -1) ? 1 : 0;
  else /* a CRL that nobody asks would be a trap */
    p->crl_check = wsstls_lread_choice(r, "crl_check", words,
                                       o->ncrl > 0 ? 1 : 0);
  lua_pop(r->L, 1);
}

long long wsstls_lread_time(wsstls_lreader *r, const char *key,
                            long long fallback)
{
  int absent;

  if (!wsstls_lread_given(r, key))
    return fallback;
  lua_getfield(r->L, r->table, key);
  absent = lua_isnil(r->L, -1);
  lua_pop(r->L, 1);
  return absent ? fallback : wsstls_lopt_integer(r->L, r->table, key, 0);
}

static void purpose(wsstls_lreader *r, wsstls_policy *p)
{
  const char *s = wsstls_lread_text(r, "purpose");

  if (s == NULL)
    return;
  p->purpose = wsstls_purpose_number(s);
  if (p->purpose < 0)
    luaL_error(r->L, "option 'purpose': '%s' is none of OpenSSL's "
               "(sslserver, sslclient, any, ...)", s);
}

static void names(wsstls_lreader *r, wsstls_policy *p)
{
  const char *host = wsstls_lread_text(r, "verify_host");
  const char *ip = wsstls_lread_text(r, "verify_ip");

  /* borrowed: wsstls_policy_copy makes them the tlsconf's own */
  p->host = (char *)(size_t)host;
  p->ip = (char *)(size_t)ip;
}

void wsstls_lread_policy(wsstls_lreader *r, wsstls_tlsopts *o)
{
  static const char *const rules[] = { "openssl", "webpki", NULL };
  wsstls_policy *p = &o->policy;

  if (wsstls_lread_given(r, "verify")) {
    lua_getfield(r->L, r->table, "verify");
    p->check_peer = !lua_isboolean(r->L, -1) || lua_toboolean(r->L, -1);
    lua_pop(r->L, 1);
  }
  p->rules = (wsstls_rules)wsstls_lread_choice(r, "policy", rules, 0);
  p->cn_fallback = wsstls_lread_boolean(r, "cn_fallback");
  p->strict = wsstls_lread_boolean(r, "strict");
  p->partial_chain = wsstls_lread_boolean(r, "partial_chain");
  p->policy_check = wsstls_lread_boolean(r, "policy_check");
  p->crl_extended = wsstls_lread_boolean(r, "crl_extended");
  p->depth = wsstls_lread_small(r, "verify_depth", -1);
  p->security_level = wsstls_lread_small(r, "security_level", -1);
  p->time = wsstls_lread_time(r, "verify_time", p->time);
  crl_check(r, o, p);
  purpose(r, p);
  pins(r, p);
  allow(r, p);
  names(r, p);
}
