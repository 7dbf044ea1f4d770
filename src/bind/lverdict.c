/* lverdict.c: see lverdict.h. */
#include "lverdict.h"

#include "lcert.h"
#include "lcertcache.h"

#define MT_BOX "wsstls.verdict"

/* What C owns while tables are made. There is one in each Lua state, used
 * again and again: a verdict is never made within another, and what an error
 * (no memory) left behind is freed by the next or by the collector. */
typedef struct box {
  wsstls_verdict *verdict;
  wsstls_compared *rows;
  size_t nrows;
} box;

static void rows_clear(box *b)
{
  wsstls_compared_free(b->rows, b->nrows);
  b->rows = NULL;
  b->nrows = 0;
}

static int box_gc(lua_State *L)
{
  box *b = lua_touserdata(L, 1);

  rows_clear(b);
  wsstls_verdict_free(b->verdict);
  b->verdict = NULL;
  return 0;
}

static box *box_claim(lua_State *L)
{
  box *b;

  lua_getfield(L, LUA_REGISTRYINDEX, MT_BOX ".box");
  b = lua_touserdata(L, -1);
  lua_pop(L, 1);
  if (b != NULL) {
    rows_clear(b);
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

static void push_faults(lua_State *L, const wsstls_verify_fault *faults,
                        size_t count)
{
  size_t i;

  lua_createtable(L, (int)count, 0);
  for (i = 0; i < count; i++) {
    push_fault(L, &faults[i]);
    lua_rawseti(L, -2, (int)i + 1);
  }
}

/* The tables of a verdict, made by Lua itself: a constructor knows its keys
 * and its size, and costs a third of as many lua_setfield. */
static const char SHAPES[] =
  "local function result(ok, code, name, text, depth, purpose, limit, level,"
  " time, rules, flags, file, path, system, count, kind, value, errors,"
  " accepted, compared, presented, sent, chain, anchor)\n"
  "  local leaf = sent[1]\n"
  "  local san = leaf and leaf.san\n"
  "  return { ok = ok, code = code, name = name, text = text, depth = depth,"
  " errors = errors, accepted = accepted, compared = compared, sent = sent,"
  " chain = chain, anchor = anchor,"
  " expected = value and { kind = kind, value = value },"
  " presented = presented or leaf and { cn = leaf.cn, dns = san.dns,"
  " ip = san.ip, email = san.email, uri = san.uri },"
  " policy = { purpose = purpose, depth = limit, security_level = level,"
  " time = time, rules = rules, flags = flags,"
  " trust = { file = file, path = path, system = system, count = count } } }\n"
  "end\n"
  "local function row(kind, expected, presented, source, match, why)\n"
  "  return { kind = kind, expected = expected, presented = presented,"
  " source = source, match = match, why = why }\n"
  "end\n"
  "return result, row";

#define SHAPE_RESULT "wsstls.verdict.result"
#define SHAPE_ROW "wsstls.verdict.row"

static void push_rows(lua_State *L, box *b, const wsstls_verdict *v)
{
  const wsstls_compared *rows = b->rows =
    wsstls_verdict_compare(v, &b->nrows);
  size_t i;

  lua_createtable(L, (int)b->nrows, 0);
  lua_getfield(L, LUA_REGISTRYINDEX, SHAPE_ROW);
  for (i = 0; i < b->nrows; i++) {
    lua_pushvalue(L, -1);
    lua_pushstring(L, rows[i].expected_is_ip ? "ip" : "dns");
    lua_pushstring(L, rows[i].expected);
    lua_pushstring(L, rows[i].presented);
    lua_pushstring(L, rows[i].source);
    lua_pushboolean(L, rows[i].match);
    lua_pushstring(L, rows[i].why);
    lua_call(L, 6, 1);
    lua_rawseti(L, -3, (int)i + 1);
  }
  lua_pop(L, 1);
  rows_clear(b);
}

/* The entry of the leaf at `kept` (0: none) may know the rows already. */
static void push_compared(lua_State *L, box *b, const wsstls_verdict *v,
                          int kept)
{
  int known;

  if (kept == 0 || v->expected_host == NULL || v->expected_ip != NULL ||
      v->cn_fallback) {
    push_rows(L, b, v);
    return;
  }
  lua_pushstring(L, v->expected_host);
  lua_rawgeti(L, kept, WSSTLS_CERTCACHE_HOST);
  known = lua_rawequal(L, -1, -2);
  lua_pop(L, 1);
  if (known) {
    lua_rawgeti(L, kept, WSSTLS_CERTCACHE_COMPARED);
  } else {
    push_rows(L, b, v);
    lua_pushvalue(L, -1);
    lua_rawseti(L, kept, WSSTLS_CERTCACHE_COMPARED);
    lua_pushvalue(L, -2);
    lua_rawseti(L, kept, WSSTLS_CERTCACHE_HOST);
  }
  lua_remove(L, -2);
}

typedef void (*push_x509)(lua_State *L, X509 *x);

/* Where `x` stands in `known`, from 1; 0: nowhere. */
static int place_of(const X509 *x, STACK_OF(X509) *known)
{
  int i;

  for (i = 0; i < sk_X509_num(known); i++)
    if (sk_X509_value(known, i) == x ||
        X509_cmp(sk_X509_value(known, i), x) == 0)
      return i + 1;
  return 0;
}

/* Certificates that are in `known` already, whose list is at `index`, are
 * the same tables again. */
static void push_certs(lua_State *L, STACK_OF(X509) *certs,
                       STACK_OF(X509) *known, int index, push_x509 push)
{
  int i, at, n = sk_X509_num(certs);

  lua_createtable(L, n > 0 ? n : 0, 0);
  for (i = 0; i < n; i++) {
    at = place_of(sk_X509_value(certs, i), known);
    if (at > 0)
      lua_rawgeti(L, index, at);
    else
      push(L, sk_X509_value(certs, i));
    lua_rawseti(L, -2, i + 1);
  }
}

/* Pushes three: sent, chain, anchor (or nil). */
static void push_chains(lua_State *L, const wsstls_verdict *v, push_x509 push)
{
  int sent = lua_gettop(L) + 1;

  push_certs(L, v->sent, NULL, 0, push);
  push_certs(L, v->chain, v->sent, sent, push);
  if (v->anchored && sk_X509_num(v->chain) > 0)
    lua_rawgeti(L, -1, sk_X509_num(v->chain));
  else
    lua_pushnil(L);
}

static void add_flag(lua_State *L, int given, const char *name)
{
  if (!given)
    return;
  lua_pushstring(L, name);
  lua_rawseti(L, -2, (int)lua_rawlen(L, -2) + 1);
}

static void push_flags(lua_State *L, const wsstls_verdict *v)
{
  lua_newtable(L);
  add_flag(L, v->strict, "strict");
  add_flag(L, v->partial_chain, "partial_chain");
  add_flag(L, v->crl_check == 1, "crl_check_leaf");
  add_flag(L, v->crl_check == 2, "crl_check_chain");
  add_flag(L, v->cn_fallback, "cn_fallback");
  add_flag(L, v->rules == WSSTLS_RULES_WEBPKI, "webpki");
  add_flag(L, !v->peer_is_client && v->expected_host == NULL &&
           v->expected_ip == NULL, "name_unchecked");
}

/* A number of the policy; absent when OpenSSL's own default holds. */
static void push_limit(lua_State *L, int value)
{
  if (value < 0)
    lua_pushnil(L);
  else
    lua_pushinteger(L, value);
}

static void push_policy(lua_State *L, const wsstls_verdict *v)
{
  lua_pushstring(L, wsstls_purpose_name(v->purpose));
  push_limit(L, v->depth_limit);
  push_limit(L, v->security_level);
  wsstls_lpush_integer(L, v->time);
  lua_pushstring(L, v->rules == WSSTLS_RULES_WEBPKI ? "webpki" : "openssl");
  push_flags(L, v);
  lua_pushstring(L, v->trust_file);
  lua_pushstring(L, v->trust_path);
  lua_pushboolean(L, v->trust_system);
  lua_pushinteger(L, v->trust_count);
}

static void push_judgement(lua_State *L, const wsstls_verdict *v)
{
  const char *name = wsstls_x509_name(v->code);
  const char *text = X509_verify_cert_error_string(v->code);

  if (v->nfaults > 0)
    text = fault_text(&v->faults[0]);
  if (v->nfaults > 0 && v->faults[0].name[0] != '\0')
    name = v->faults[0].name;
  lua_pushboolean(L, v->ok);
  lua_pushinteger(L, v->code);
  lua_pushstring(L, name);
  lua_pushstring(L, text);
  lua_pushinteger(L, v->depth);
}

/* What a good verdict does not have. */
static void set_rare(lua_State *L, const wsstls_verdict *v, push_x509 push)
{
  if (!v->ok)
    wsstls_lset_string(L, "slug", wsstls_status_slug(v->status));
  if (v->unchecked)
    wsstls_lset_boolean(L, "unchecked", 1);
  if (v->reason[0] != '\0')
    wsstls_lset_string(L, "reason", v->reason);
  if (v->faults_cut)
    wsstls_lset_boolean(L, "errors_cut", 1);
  if (v->namesake == NULL)
    return;
  lua_getfield(L, -1, "policy");
  lua_getfield(L, -1, "trust");
  push(L, v->namesake);
  lua_setfield(L, -2, "namesake");
  lua_pop(L, 2);
}

/* In the order of the arguments of `result` in SHAPES. */
static void push_verdict(lua_State *L, box *b, const wsstls_verdict *v,
                         push_x509 push)
{
  int top = lua_gettop(L), kept = 0;

  luaL_checkstack(L, 40, "verify-result");
  if (push == wsstls_lpush_x509_cached && sk_X509_num(v->sent) > 0) {
    wsstls_lcertcache_push(L, sk_X509_value(v->sent, 0));
    kept = ++top;
  }
  lua_getfield(L, LUA_REGISTRYINDEX, SHAPE_RESULT);
  push_judgement(L, v);
  push_policy(L, v);
  lua_pushstring(L, v->expected_ip != NULL ? "ip" : "dns");
  lua_pushstring(L, v->expected_ip != NULL ? v->expected_ip
                                           : v->expected_host);
  push_faults(L, v->faults, v->nfaults);
  push_faults(L, v->accepted, v->naccepted);
  push_compared(L, b, v, kept);
  if (kept > 0)
    lua_rawgeti(L, kept, WSSTLS_CERTCACHE_PRESENTED);
  else
    lua_pushnil(L);
  push_chains(L, v, push);
  lua_call(L, lua_gettop(L) - top - 1, 1);
  set_rare(L, v, push);
  if (kept == 0)
    return;
  lua_getfield(L, -1, "presented");
  lua_rawseti(L, kept, WSSTLS_CERTCACHE_PRESENTED);
  lua_remove(L, kept);
}

static void push_both(lua_State *L, const wsstls_verdict *v, push_x509 push)
{
  push_verdict(L, box_claim(L), v, push);
  if (v->openssl != NULL) {
    push_verdict(L, box_claim(L), v->openssl, push);
    lua_setfield(L, -2, "openssl");
  }
}

void wsstls_lpush_verdict(lua_State *L, const wsstls_verdict *v)
{
  push_both(L, v, wsstls_lpush_x509);
}

wsstls_verdict **wsstls_lverdict_hold(lua_State *L)
{
  box *b = box_claim(L);

  wsstls_verdict_free(b->verdict);
  b->verdict = NULL;
  return &b->verdict;
}

void wsstls_lverdict_push_held(lua_State *L)
{
  box *b = box_claim(L);

  push_both(L, b->verdict, wsstls_lpush_x509_cached);
  wsstls_verdict_free(b->verdict);
  b->verdict = NULL;
}

void wsstls_lopen_verdict(lua_State *L)
{
  if (luaL_loadbuffer(L, SHAPES, sizeof SHAPES - 1, "=verdict") != 0)
    lua_error(L);
  lua_call(L, 0, 2);
  lua_setfield(L, LUA_REGISTRYINDEX, SHAPE_ROW);
  lua_setfield(L, LUA_REGISTRYINDEX, SHAPE_RESULT);
}
