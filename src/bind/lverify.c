/* lverify.c: see lverify.h; core.verify and core.x509 as well. */
#include "lverify.h"

#include <string.h>
#include "../core/tlsconf.h"
#include "lcert.h"
#include "lcertcache.h"
#include "ltlsopts.h"

#define MT_BOX "wsstls.verdict"

/* What C owns while tables are made. There is one in each Lua state, used
 * again and again: a verdict is never made within another, and what an error
 * (no memory) left behind is freed by the next or by the collector. */
typedef struct box {
  wsstls_verdict *verdict, *other;
  wsstls_compared *rows;
  size_t nrows;
} box;

static void box_clear(box *b)
{
  wsstls_verdict_free(b->verdict);
  wsstls_verdict_free(b->other);
  wsstls_compared_free(b->rows, b->nrows);
  memset(b, 0, sizeof *b);
}

static int box_gc(lua_State *L)
{
  box_clear(lua_touserdata(L, 1));
  return 0;
}

static box *box_claim(lua_State *L)
{
  box *b;

  lua_getfield(L, LUA_REGISTRYINDEX, MT_BOX ".box");
  b = lua_touserdata(L, -1);
  lua_pop(L, 1);
  if (b != NULL) {
    box_clear(b);
    return b;
  }
  b = wsstls_lnew_box(L, sizeof *b, MT_BOX, box_gc);
  lua_setfield(L, LUA_REGISTRYINDEX, MT_BOX ".box");
  return b;
}

/* OpenSSL's words, or ours for a rule it does not have. */
static const char *fault_text(const wsstls_verify_fault *f)
{
  const char *text = f->name[0] != '\0' ? wsstls_webpki_text(f->name) : NULL;

  return text != NULL ? text : X509_verify_cert_error_string(f->code);
}

static void push_fault(lua_State *L, const wsstls_verify_fault *f)
{
  lua_createtable(L, 0, 8);
  wsstls_lset_integer(L, "code", f->code);
  wsstls_lset_string(L, "name", f->name[0] != '\0'
                     ? f->name : wsstls_x509_name(f->code));
  wsstls_lset_string(L, "text", fault_text(f));
  wsstls_lset_integer(L, "depth", f->depth);
  wsstls_lset_string(L, "subject", f->subject);
  wsstls_lset_boolean(L, "implied", f->implied);
  wsstls_lset_string(L, "slug", wsstls_status_slug(f->status));
}

static void set_faults(lua_State *L, const char *key,
                       const wsstls_verify_fault *faults, size_t count)
{
  size_t i;

  lua_createtable(L, (int)count, 0);
  for (i = 0; i < count; i++) {
    push_fault(L, &faults[i]);
    lua_rawseti(L, -2, (int)i + 1);
  }
  lua_setfield(L, -2, key);
}

static void set_expected(lua_State *L, const wsstls_verdict *v)
{
  const char *value = v->expected_ip != NULL ? v->expected_ip
                                             : v->expected_host;

  if (value == NULL)
    return;
  lua_createtable(L, 0, 2);
  wsstls_lset_string(L, "kind", v->expected_ip != NULL ? "ip" : "dns");
  wsstls_lset_string(L, "value", value);
  lua_setfield(L, -2, "expected");
}

/* The same names again, out of the leaf's own table in `sent`. */
static void set_presented(lua_State *L)
{
  static const char *const kinds[] = { "dns", "ip", "email", "uri" };
  size_t i;

  lua_getfield(L, -1, "sent");
  lua_rawgeti(L, -1, 1);
  if (!lua_istable(L, -1)) {
    lua_pop(L, 2);
    return;
  }
  lua_createtable(L, 0, 5);
  lua_getfield(L, -2, "cn");
  lua_setfield(L, -2, "cn");
  lua_getfield(L, -2, "san");
  for (i = 0; i < sizeof kinds / sizeof kinds[0]; i++) {
    lua_getfield(L, -1, kinds[i]);
    lua_setfield(L, -3, kinds[i]);
  }
  lua_pop(L, 1);
  lua_setfield(L, -4, "presented");
  lua_pop(L, 2);
}

static void set_compared(lua_State *L, const wsstls_compared *rows,
                         size_t count)
{
  size_t i;

  lua_createtable(L, (int)count, 0);
  for (i = 0; i < count; i++) {
    lua_createtable(L, 0, 6);
    wsstls_lset_string(L, "kind", rows[i].expected_is_ip ? "ip" : "dns");
    wsstls_lset_string(L, "expected", rows[i].expected);
    wsstls_lset_string(L, "presented", rows[i].presented);
    wsstls_lset_string(L, "source", rows[i].source);
    wsstls_lset_boolean(L, "match", rows[i].match);
    wsstls_lset_string(L, "why", rows[i].why);
    lua_rawseti(L, -2, (int)i + 1);
  }
  lua_setfield(L, -2, "compared");
}

typedef void (*push_x509)(lua_State *L, X509 *x);

/* Sets result[key]; certificates that are in result.sent already are the
 * same tables again. */
static void set_certs(lua_State *L, const char *key, STACK_OF(X509) *certs,
                      STACK_OF(X509) *known, push_x509 push)
{
  int i, j, found, n = sk_X509_num(certs);

  lua_getfield(L, -1, "sent");
  lua_createtable(L, n > 0 ? n : 0, 0);
  for (i = 0; i < n; i++) {
    found = -1;
    for (j = 0; found < 0 && j < sk_X509_num(known); j++)
      if (X509_cmp(sk_X509_value(certs, i), sk_X509_value(known, j)) == 0)
        found = j;
    if (found >= 0)
      lua_rawgeti(L, -2, found + 1);
    else
      push(L, sk_X509_value(certs, i));
    lua_rawseti(L, -2, i + 1);
  }
  lua_remove(L, -2);
  lua_setfield(L, -2, key);
}

static void set_chains(lua_State *L, const wsstls_verdict *v, push_x509 push)
{
  set_certs(L, "sent", v->sent, NULL, push);
  set_certs(L, "chain", v->chain, v->sent, push);
  if (!v->anchored || sk_X509_num(v->chain) < 1)
    return;
  lua_getfield(L, -1, "chain");
  lua_rawgeti(L, -1, sk_X509_num(v->chain));
  lua_remove(L, -2);
  lua_setfield(L, -2, "anchor");
}

static void add_flag(lua_State *L, int given, const char *name)
{
  if (!given)
    return;
  lua_pushstring(L, name);
  lua_rawseti(L, -2, (int)lua_rawlen(L, -2) + 1);
}

static void set_flags(lua_State *L, const wsstls_verdict *v)
{
  lua_newtable(L);
  add_flag(L, v->strict, "strict");
  add_flag(L, v->partial_chain, "partial_chain");
  add_flag(L, v->crl_check == 1, "crl_check_leaf");
  add_flag(L, v->crl_check == 2, "crl_check_chain");
  add_flag(L, v->cn_fallback, "cn_fallback");
  add_flag(L, v->rules == WSSTLS_RULES_WEBPKI, "webpki");
  lua_setfield(L, -2, "flags");
}

static void set_policy(lua_State *L, const wsstls_verdict *v, push_x509 push)
{
  lua_createtable(L, 0, 6);
  wsstls_lset_string(L, "purpose", wsstls_purpose_name(v->purpose));
  if (v->depth_limit >= 0)
    wsstls_lset_integer(L, "depth", v->depth_limit);
  if (v->security_level >= 0)
    wsstls_lset_integer(L, "security_level", v->security_level);
  wsstls_lset_integer(L, "time", v->time);
  wsstls_lset_string(L, "rules", v->rules == WSSTLS_RULES_WEBPKI
                     ? "webpki" : "openssl");
  set_flags(L, v);
  lua_createtable(L, 0, 4);
  wsstls_lset_string(L, "file", v->trust_file);
  wsstls_lset_string(L, "path", v->trust_path);
  wsstls_lset_boolean(L, "system", v->trust_system);
  wsstls_lset_integer(L, "count", v->trust_count);
  if (v->namesake != NULL) {
    push(L, v->namesake);
    lua_setfield(L, -2, "namesake");
  }
  lua_setfield(L, -2, "trust");
  lua_setfield(L, -2, "policy");
}

static void set_judgement(lua_State *L, const wsstls_verdict *v)
{
  const char *name = wsstls_x509_name(v->code);
  const char *text = X509_verify_cert_error_string(v->code);

  if (v->nfaults > 0)
    text = fault_text(&v->faults[0]);
  if (v->nfaults > 0 && v->faults[0].name[0] != '\0')
    name = v->faults[0].name;
  wsstls_lset_boolean(L, "ok", v->ok);
  wsstls_lset_integer(L, "code", v->code);
  wsstls_lset_string(L, "name", name);
  wsstls_lset_string(L, "text", text);
  wsstls_lset_integer(L, "depth", v->depth);
  if (!v->ok)
    wsstls_lset_string(L, "slug", wsstls_status_slug(v->status));
  if (v->unchecked)
    wsstls_lset_boolean(L, "unchecked", 1);
  if (v->reason[0] != '\0')
    wsstls_lset_string(L, "reason", v->reason);
  if (v->faults_cut)
    wsstls_lset_boolean(L, "errors_cut", 1);
}

static void push_verdict(lua_State *L, box *b, const wsstls_verdict *v,
                         push_x509 push)
{
  luaL_checkstack(L, 16, "verify-result");
  b->rows = wsstls_verdict_compare(v, &b->nrows);
  lua_createtable(L, 0, 16); /* as many fields as it mostly has */
  set_judgement(L, v);
  set_faults(L, "errors", v->faults, v->nfaults);
  set_faults(L, "accepted", v->accepted, v->naccepted);
  set_expected(L, v);
  set_compared(L, b->rows, b->nrows);
  set_chains(L, v, push);
  set_presented(L);
  set_policy(L, v, push);
  wsstls_compared_free(b->rows, b->nrows);
  b->rows = NULL;
  b->nrows = 0;
}

void wsstls_lpush_verdict(lua_State *L, const wsstls_verdict *v)
{
  push_verdict(L, box_claim(L), v, wsstls_lpush_x509);
  if (v->openssl != NULL) {
    push_verdict(L, box_claim(L), v->openssl, wsstls_lpush_x509);
    lua_setfield(L, -2, "openssl");
  }
}

static const char *alias(lua_State *L, const char *key, char *fallback)
{
  size_t len;
  const char *s = wsstls_lopt_string(L, 1, key, &len, fallback);

  if (s != NULL && strlen(s) != len && s != fallback)
    luaL_error(L, "option '%s': contains a zero byte", key);
  return s;
}

/* The short names of wss.verify. They are not read for a connection, where
 * `host` may be the address to listen at. */
static void read_aliases(lua_State *L, wsstls_policy *p)
{
  p->host = (char *)(size_t)alias(L, "host", p->host);
  p->ip = (char *)(size_t)alias(L, "ip", p->ip);
  p->time = wsstls_lread_time(L, 1, "time", p->time);
  p->depth = (int)wsstls_lopt_integer(L, 1, "depth", p->depth);
}

/* result.openssl: what OpenSSL's rules alone say of the same chain. */
static int set_openssl(lua_State *L, box *b, wsstls_tlsopts *o, int client,
                       wsstls_error *err)
{
  o->policy.rules = WSSTLS_RULES_OPENSSL;
  if (wsstls_tlsopts_verify(o, client, &b->other, err) != WSSTLS_OK)
    return 0;
  push_verdict(L, b, b->other, wsstls_lpush_x509_cached);
  lua_setfield(L, -2, "openssl");
  return 1;
}

/* core.verify(opts) -> verify-result | fail */
static int lverify_run(lua_State *L)
{
  static const char *const peers[] = { "server", "client", NULL };
  wsstls_lscratch scratch;
  wsstls_tlsopts *o;
  wsstls_error err;
  box *b;
  int client;

  luaL_checktype(L, 1, LUA_TTABLE);
  lua_settop(L, 1);
  lua_getfield(L, 1, "peer");
  client = luaL_checkoption(L, 2, "server", peers);
  o = wsstls_lread_verifyopts(L, 1, &scratch);
  read_aliases(L, &o->policy);
  b = box_claim(L);
  if (wsstls_tlsopts_verify(o, client, &b->verdict, &err) != WSSTLS_OK)
    return wsstls_lfail(L, &err);
  /* here the same certificates come again: out of a store, out of materials */
  push_verdict(L, b, b->verdict, wsstls_lpush_x509_cached);
  if (o->policy.rules == WSSTLS_RULES_WEBPKI &&
      !set_openssl(L, b, o, client, &err))
    return wsstls_lfail(L, &err);
  box_clear(b);
  return 1;
}

typedef struct listing {
  lua_State *L;
  int count;
} listing;

static void add_row(int code, const char *name, wsstls_status status,
                    void *ud)
{
  listing *l = ud;

  lua_createtable(l->L, 0, 5);
  wsstls_lset_integer(l->L, "code", code);
  wsstls_lset_string(l->L, "name", name);
  wsstls_lset_string(l->L, "text", X509_verify_cert_error_string(code));
  wsstls_lset_string(l->L, "slug", wsstls_status_slug(status));
  wsstls_lset_string(l->L, "client_slug",
                     wsstls_status_slug(wsstls_x509_status(code, 1)));
  lua_rawseti(l->L, -2, ++l->count);
}

/* core.x509() -> { {code=, name=, text=, slug=, client_slug=}, ... } */
static int lverify_x509(lua_State *L)
{
  listing l = { L, 0 };

  lua_newtable(L);
  wsstls_x509_each(add_row, &l);
  return 1;
}

static const luaL_Reg functions[] = {
  { "verify", lverify_run },
  { "x509", lverify_x509 },
  { NULL, NULL }
};

void wsstls_lopen_verify(lua_State *L)
{
  wsstls_lregister(L, functions);
  wsstls_lset_integer(L, "ALLOW_WEBPKI", WSSTLS_ALLOW_WEBPKI);
}
