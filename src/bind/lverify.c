/* lverify.c: judging without a network, and the list of OpenSSL's numbers. */
#include "lverdict.h"

#include "../core/tlsconf.h"
#include "ltlsopts.h"

/* core.verify(opts) -> verify-result | fail */
static int lverify_run(lua_State *L)
{
  static const char *const peers[] = { "server", "client", NULL };
  wsstls_lscratch scratch;
  wsstls_tlsopts *o;
  wsstls_verdict **v;
  wsstls_error err;
  int client;

  luaL_checktype(L, 1, LUA_TTABLE);
  lua_settop(L, 1);
  lua_getfield(L, 1, "peer");
  client = luaL_checkoption(L, 2, "server", peers);
  o = wsstls_lread_verifyopts(L, 1, &scratch);
  v = wsstls_lverdict_hold(L);
  if (wsstls_tlsopts_verify(o, client, v, &err) != WSSTLS_OK)
    return wsstls_lfail(L, &err);
  if (o->policy.rules == WSSTLS_RULES_WEBPKI) {
    /* result.openssl: what OpenSSL's rules alone say of the same chain */
    o->policy.rules = WSSTLS_RULES_OPENSSL;
    if (wsstls_tlsopts_verify(o, client, &(*v)->openssl, &err) != WSSTLS_OK)
      return wsstls_lfail(L, &err);
  }
  wsstls_lverdict_push_held(L);
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
  wsstls_lopen_verdict(L);
  wsstls_lregister(L, functions);
  wsstls_lset_integer(L, "ALLOW_WEBPKI", WSSTLS_ALLOW_WEBPKI);
}
