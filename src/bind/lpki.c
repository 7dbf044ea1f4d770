/* lpki.c: core.pki, the makers behind wsstls.pki.
 *
 * Every function takes and gives materials. Failures: nil, slug, message,
 * phase; slug "misuse" is for the Lua layer to raise.
 */
#include "lpki.h"
#include "../core/certutil.h"

#include <string.h>

static int no_memory(lua_State *L)
{
  return luaL_error(L, "not enough memory");
}

/* key{type=, bits=, primes=, curve=} -> material */
static int pki_key(lua_State *L)
{
  EVP_PKEY *key = NULL;
  wsstls_material **box;
  wsstls_error err;
  const char *type, *curve;
  int bits, primes;

  luaL_checktype(L, 1, LUA_TTABLE);
  type = wsstls_lopt_string(L, 1, "type", NULL, "ec");
  curve = wsstls_lopt_string(L, 1, "curve", NULL, NULL);
  bits = (int)wsstls_lopt_integer(L, 1, "bits", 2048);
  primes = (int)wsstls_lopt_integer(L, 1, "primes", 2);
  box = wsstls_lnew_material(L);
  if (wsstls_key_make(type, bits, primes, curve, &key, &err) != WSSTLS_OK)
    return wsstls_lpki_fail(L, &err);
  *box = wsstls_material_new(WSSTLS_MATERIAL_KEY, NULL, key, NULL);
  EVP_PKEY_free(key);
  return *box != NULL ? 1 : no_memory(L);
}

static int lacks_key(lua_State *L, const char *what)
{
  wsstls_error err;

  wsstls_error_set(&err, WSSTLS_CONFIG_KEY_MISSING,
                   "%s has no private key to sign with", what);
  return wsstls_lfail(L, &err);
}

static int foreign_key(lua_State *L)
{
  wsstls_error err;

  wsstls_error_set(&err, WSSTLS_CONFIG_KEY_MISMATCH,
                   "the CA's private key does not belong to its certificate");
  return wsstls_lfail(L, &err);
}

/* The issuer and everything above it. NULL: no memory. */
static STACK_OF(X509) *chain_of(const wsstls_material *issuer)
{
  STACK_OF(X509) *chain;

  if (issuer == NULL)
    return sk_X509_new_null();
  chain = X509_chain_up_ref(issuer->chain);
  if (chain == NULL)
    return NULL;
  if (X509_add_cert(chain, issuer->cert,
                    X509_ADD_FLAG_UP_REF | X509_ADD_FLAG_PREPEND))
    return chain;
  sk_X509_pop_free(chain, X509_free);
  return NULL;
}

/* cert(spec, key or csr material, issuer or nil) -> material. Without an
 * issuer the certificate signs itself. */
static int pki_cert(lua_State *L)
{
  wsstls_material *subject = wsstls_lcheck_material(L, 2), *issuer = NULL;
  wsstls_material **box;
  STACK_OF(X509) *chain;
  wsstls_certspec spec;
  wsstls_error err;
  EVP_PKEY *key;
  X509 *x = NULL;

  luaL_checktype(L, 1, LUA_TTABLE);
  if (!lua_isnoneornil(L, 3))
    issuer = wsstls_lcheck_material(L, 3);
  if (issuer != NULL && (issuer->cert == NULL || issuer->key == NULL))
    return lacks_key(L, "the CA");
  if (issuer != NULL && issuer->key_is_foreign)
    return foreign_key(L);
  key = subject->csr != NULL ? X509_REQ_get0_pubkey(subject->csr)
                             : subject->key;
  if (key == NULL || (issuer == NULL && subject->key == NULL))
    return lacks_key(L, "the subject");
  wsstls_lread_certspec(L, 1, &spec);
  box = wsstls_lnew_material(L);
  memset(&err, 0, sizeof err);
  if (wsstls_cert_make(&spec, key, subject->csr,
                       issuer != NULL ? issuer->cert : NULL,
                       issuer != NULL ? issuer->key : subject->key, &x,
                       &err) != WSSTLS_OK)
    return wsstls_lpki_fail(L, &err);
  if ((chain = chain_of(issuer)) != NULL)
    *box = wsstls_material_new(WSSTLS_MATERIAL_CERTIFICATE, x, subject->key,
                               chain);
  sk_X509_pop_free(chain, X509_free);
  X509_free(x);
  if (*box == NULL)
    return no_memory(L);
  (*box)->undecoded = 1;
  return 1;
}

/* csr(spec, key material) -> material */
static int pki_csr(lua_State *L)
{
  wsstls_material *key = wsstls_lcheck_material(L, 2), **box;
  wsstls_certspec spec;
  wsstls_error err;
  X509_REQ *csr = NULL;

  luaL_checktype(L, 1, LUA_TTABLE);
  if (key->key == NULL)
    return lacks_key(L, "the request");
  wsstls_lread_certspec(L, 1, &spec);
  box = wsstls_lnew_material(L);
  memset(&err, 0, sizeof err);
  if (wsstls_csr_make(&spec, key->key, &csr, &err) != WSSTLS_OK)
    return wsstls_lpki_fail(L, &err);
  *box = wsstls_material_new(WSSTLS_MATERIAL_CSR, NULL, key->key, NULL);
  if (*box == NULL) {
    X509_REQ_free(csr);
    return no_memory(L);
  }
  (*box)->csr = csr;
  return 1;
}

/* check_csr(material) -> true */
static int pki_check_csr(lua_State *L)
{
  wsstls_material *m = wsstls_lcheck_material(L, 1);
  wsstls_error err;

  if (m->csr == NULL) {
    wsstls_error_set(&err, WSSTLS_CONFIG_NOT_A_CERTIFICATE,
                     "this is a %s, a certificate request was expected",
                     wsstls_material_kind_name(m->kind));
    return wsstls_lfail(L, &err);
  }
  if (wsstls_csr_check(m->csr, &err) != WSSTLS_OK)
    return wsstls_lfail(L, &err);
  lua_pushboolean(L, 1);
  return 1;
}

/* crl(spec, issuer) -> material */
static int pki_crl(lua_State *L)
{
  wsstls_material *issuer = wsstls_lcheck_material(L, 2), **box;
  wsstls_crlspec spec;
  wsstls_error err;
  X509_CRL *crl = NULL;

  luaL_checktype(L, 1, LUA_TTABLE);
  if (issuer->cert == NULL || issuer->key == NULL)
    return lacks_key(L, "the CA");
  wsstls_lread_crlspec(L, 1, &spec);
  box = wsstls_lnew_material(L);
  memset(&err, 0, sizeof err);
  if (wsstls_crl_make(&spec, issuer->cert, issuer->key, &crl, &err) !=
      WSSTLS_OK)
    return wsstls_lpki_fail(L, &err);
  *box = wsstls_material_new(WSSTLS_MATERIAL_CRL, NULL, NULL, NULL);
  if (*box == NULL || !sk_X509_CRL_push((*box)->crls, crl)) {
    X509_CRL_free(crl);
    return no_memory(L);
  }
  return 1;
}

/* mismatched(cert, other) -> cert with a key that is not its own */
static int pki_mismatched(lua_State *L)
{
  wsstls_material *cert = wsstls_lcheck_material(L, 1);
  wsstls_material *other = wsstls_lcheck_material(L, 2), **box;
  wsstls_error err;
  EVP_PKEY *key = NULL;

  if (cert->cert == NULL || X509_get0_pubkey(cert->cert) == NULL)
    return luaL_error(L, "the first material has no certificate");
  if (other->key == NULL)
    return lacks_key(L, "the other material");
  box = wsstls_lnew_material(L);
  if (wsstls_key_mismatched(X509_get0_pubkey(cert->cert), other->key, &key,
                            &err) != WSSTLS_OK)
    return wsstls_lpki_fail(L, &err);
  *box = wsstls_material_new(WSSTLS_MATERIAL_CERTIFICATE, cert->cert, key,
                             cert->chain);
  EVP_PKEY_free(key);
  return *box != NULL ? 1 : no_memory(L);
}

/* stand_in(model, key material, signer material, tamper) -> material */
static int pki_stand_in(lua_State *L)
{
  wsstls_material *model = wsstls_lcheck_material(L, 1);
  wsstls_material *key = wsstls_lcheck_material(L, 2);
  wsstls_material *signer = wsstls_lcheck_material(L, 3), **box;
  wsstls_error err;
  X509 *x = NULL;

  if (model->cert == NULL)
    return luaL_error(L, "the model has no certificate");
  if (key->key == NULL || signer->key == NULL)
    return lacks_key(L, "the stand-in");
  box = wsstls_lnew_material(L);
  memset(&err, 0, sizeof err);
  if (wsstls_cert_stand_in(model->cert, key->key, signer->key,
                           lua_toboolean(L, 4), &x, &err) != WSSTLS_OK)
    return wsstls_lpki_fail(L, &err);
  *box = wsstls_material_new(WSSTLS_MATERIAL_CERTIFICATE, x, key->key, NULL);
  X509_free(x);
  return *box != NULL ? 1 : no_memory(L);
}

static int append(STACK_OF(X509) *list, X509 *x, const X509 *leaf)
{
  return x == NULL || X509_cmp(x, leaf) == 0 ||
         X509_add_cert(list, x, X509_ADD_FLAG_UP_REF | X509_ADD_FLAG_NO_DUP);
}

static int append_all(STACK_OF(X509) *list, const wsstls_material *m,
                      const X509 *leaf)
{
  int i, ok = append(list, m->cert, leaf);

  for (i = 0; ok && i < sk_X509_num(m->chain); i++)
    ok = append(list, sk_X509_value(m->chain, i), leaf);
  return ok;
}

/* join(cert, key or nil, {chain materials}) -> one material of its parts */
static int pki_join(lua_State *L)
{
  wsstls_material *cert = wsstls_lcheck_material(L, 1), **box, *m;
  wsstls_material *key = lua_isnoneornil(L, 2)
                           ? NULL : wsstls_lcheck_material(L, 2);
  int i, n, ok;

  luaL_checktype(L, 3, LUA_TTABLE);
  if (cert->cert == NULL)
    return luaL_error(L, "the first material has no certificate");
  box = wsstls_lnew_material(L);
  m = *box = wsstls_material_new(
    WSSTLS_MATERIAL_CERTIFICATE, cert->cert,
    key != NULL && key->key != NULL ? key->key : cert->key, cert->chain);
  if (m == NULL)
    return no_memory(L);
  wsstls_errors_mark();
  m->key_is_foreign = m->key != NULL &&
                      !X509_check_private_key(m->cert, m->key);
  if (wsstls_errors_memory())
    return no_memory(L);
  n = (int)lua_rawlen(L, 3);
  for (i = 1, ok = 1; ok && i <= n; i++) {
    lua_rawgeti(L, 3, i);
    ok = append_all(m->chain, wsstls_lcheck_material(L, -1), m->cert);
    lua_pop(L, 1);
  }
  return ok ? (lua_settop(L, 4), 1) : no_memory(L);
}

/* reason("keyCompromise") -> 1, or nil */
static int pki_reason(lua_State *L)
{
  int reason = wsstls_crl_reason(luaL_checkstring(L, 1));

  if (reason < 0)
    lua_pushnil(L);
  else
    lua_pushinteger(L, reason);
  return 1;
}

void wsstls_lopen_pki(lua_State *L)
{
  static const luaL_Reg functions[] = {
    { "key", pki_key },             { "cert", pki_cert },
    { "csr", pki_csr },             { "check_csr", pki_check_csr },
    { "crl", pki_crl },             { "mismatched", pki_mismatched },
    { "join", pki_join },           { "reason", pki_reason },
    { "stand_in", pki_stand_in },
    { NULL, NULL }
  };

  lua_newtable(L);
  wsstls_lregister(L, functions);
  wsstls_lopen_pkitools(L);
  lua_setfield(L, -2, "pki");
}
