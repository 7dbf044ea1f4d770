/* lmaterial.c: core.load, and what a material can say about itself.
 *
 * Methods return nil, slug, message, phase on failure, as all of the core.
 */
#include <stdlib.h>
#include <string.h>
#include "lcert.h"
#include "lpki.h"
#include "../core/certutil.h"

wsstls_material **wsstls_lnew_material(lua_State *L)
{
  wsstls_lpush_material(L, NULL);
  return lua_touserdata(L, -1);
}

wsstls_material *wsstls_lcheck_material(lua_State *L, int index)
{
  wsstls_material *m = wsstls_ltest_material(L, index);

  if (m == NULL)
    luaL_error(L, "bad argument #%d: expected a material, got %s", index,
               luaL_typename(L, index));
  return m;
}

/* For what needs no public key: a certificate fresh from its CA stays
 * undecoded, which is what makes them cheap by the thousand. */
static wsstls_material *check_raw(lua_State *L)
{
  wsstls_material **box = wsstls_lself(L, WSSTLS_MT_MATERIAL);

  if (*box == NULL)
    luaL_error(L, "the material is gone");
  return *box;
}

static int bytes_gc(lua_State *L)
{
  wsstls_blob_clear(lua_touserdata(L, 1));
  return 0;
}

wsstls_blob *wsstls_lnew_bytes(lua_State *L)
{
  return wsstls_lnew_box(L, sizeof(wsstls_blob), "wsstls.bytes", bytes_gc);
}

int wsstls_lreturn_bytes(lua_State *L, wsstls_blob *b,
                         wsstls_status status, const wsstls_error *err)
{
  if (status != WSSTLS_OK)
    return wsstls_lpki_fail(L, err);
  lua_pushlstring(L, b->data, b->len);
  wsstls_blob_clear(b);
  return 1;
}

int wsstls_lpki_fail(lua_State *L, const wsstls_error *err)
{
  int n = wsstls_lfail(L, err);

  /* the Lua layer raises these: see pki.h */
  if (err->status == WSSTLS_PKI_MISUSE) {
    lua_pushliteral(L, "misuse");
    lua_replace(L, -4);
  }
  return n;
}

static int load(lua_State *L)
{
  size_t len;
  const char *bytes = luaL_checklstring(L, 1, &len);
  const char *password = luaL_optstring(L, 2, NULL);
  wsstls_material **box = wsstls_lnew_material(L);
  wsstls_error err;

  memset(&err, 0, sizeof err);
  if (wsstls_material_load(bytes, len, password, box, &err) != WSSTLS_OK)
    return wsstls_lfail(L, &err);
  return 1;
}

static int material_kind(lua_State *L)
{
  lua_pushstring(
    L, wsstls_material_kind_name(check_raw(L)->kind));
  return 1;
}

static int material_pem(lua_State *L)
{
  static const char *const parts[] = { "self", "chain", "full", "root",
                                       NULL };
  wsstls_material *m = check_raw(L);
  int part = luaL_checkoption(L, 2, "self", parts);
  wsstls_blob *b = wsstls_lnew_bytes(L);
  wsstls_error err;
  wsstls_status status =
    wsstls_material_pem(m, (wsstls_pem_part)part, b, &err);

  return wsstls_lreturn_bytes(L, b, status, &err);
}

static int material_key_pem(lua_State *L)
{
  wsstls_material *m = check_raw(L);
  const char *password = luaL_optstring(L, 2, NULL);
  wsstls_blob *b = wsstls_lnew_bytes(L);
  wsstls_error err;
  wsstls_status status = wsstls_material_key_pem(m, password, b, &err);

  return wsstls_lreturn_bytes(L, b, status, &err);
}

static int material_der(lua_State *L)
{
  wsstls_material *m = check_raw(L);
  wsstls_blob *b = wsstls_lnew_bytes(L);
  wsstls_error err;
  wsstls_status status = wsstls_material_der(m, b, &err);

  return wsstls_lreturn_bytes(L, b, status, &err);
}

static int material_pkcs12(lua_State *L)
{
  wsstls_material *m = wsstls_lcheck_material(L, 1);
  const char *password = luaL_optstring(L, 2, "");
  const char *name = luaL_optstring(L, 3, NULL);
  const char *algorithm = luaL_optstring(L, 4, NULL);
  wsstls_blob *b = wsstls_lnew_bytes(L);
  wsstls_error err;
  wsstls_status status =
    wsstls_material_pkcs12(m, password, name, algorithm, b, &err);

  return wsstls_lreturn_bytes(L, b, status, &err);
}

static int material_text(lua_State *L)
{
  wsstls_material *m = wsstls_lcheck_material(L, 1);
  wsstls_blob *b = wsstls_lnew_bytes(L);
  wsstls_error err;
  wsstls_status status = wsstls_material_text(m, b, &err);

  return wsstls_lreturn_bytes(L, b, status, &err);
}

static int material_hash(lua_State *L)
{
  char hash[9];
  wsstls_error err;

  if (wsstls_material_hash(check_raw(L), hash, &err) !=
      WSSTLS_OK)
    return wsstls_lpki_fail(L, &err);
  lua_pushstring(L, hash);
  return 1;
}

static int material_cert(lua_State *L)
{
  wsstls_material *m = wsstls_lcheck_material(L, 1);

  if (m->cert == NULL)
    lua_pushnil(L);
  else
    wsstls_lpush_x509(L, m->cert);
  return 1;
}

static int material_chain(lua_State *L)
{
  wsstls_material *m = wsstls_lcheck_material(L, 1);
  int i, n = sk_X509_num(m->chain);

  lua_createtable(L, n, 0);
  for (i = 0; i < n; i++) {
    wsstls_lpush_x509(L, sk_X509_value(m->chain, i));
    lua_rawseti(L, -2, i + 1);
  }
  return 1;
}

/* {type=, bits=, curve=} of the private key, or nil. */
static int material_key(lua_State *L)
{
  wsstls_material *m = check_raw(L);
  wsstls_cert *c;

  if (m->key == NULL) {
    lua_pushnil(L);
    return 1;
  }
  c = wsstls_lnew_cert(L);
  if (!wsstls_key_describe(m->key, &c->key_type, &c->key_bits,
                           &c->key_curve))
    return luaL_error(L, "not enough memory");
  lua_createtable(L, 0, 3);
  wsstls_lset_string(L, "type", c->key_type);
  wsstls_lset_integer(L, "bits", c->key_bits);
  wsstls_lset_string(L, "curve", c->key_curve);
  return 1;
}

/* The private key's pin, as spki_sha256 of its certificate; nil: no key.
 * Slower than `key`: OpenSSL's encoder has to write the public half. */
static int material_pin(lua_State *L)
{
  wsstls_material *m = check_raw(L);
  X509_PUBKEY *spki = NULL;
  wsstls_cert *c = wsstls_lnew_cert(L);

  if (m->key == NULL) {
    lua_pushnil(L);
    return 1;
  }
  wsstls_errors_mark();
  if (X509_PUBKEY_set(&spki, m->key))
    c->spki_sha256 = wsstls_pin_text(spki);
  X509_PUBKEY_free(spki);
  wsstls_errors_forget();
  if (c->spki_sha256 == NULL)
    return luaL_error(L, "not enough memory");
  lua_pushstring(L, c->spki_sha256);
  return 1;
}

static int material_is_foreign(lua_State *L)
{
  lua_pushboolean(L, check_raw(L)->key_is_foreign);
  return 1;
}

static int material_csr(lua_State *L)
{
  wsstls_material *m = wsstls_lcheck_material(L, 1);
  wsstls_status signature;
  wsstls_error err;
  wsstls_cert *c;

  if (m->csr == NULL) {
    lua_pushnil(L);
    return 1;
  }
  c = wsstls_lnew_cert(L);
  signature = wsstls_csr_check(m->csr, &err);
  if (signature == WSSTLS_LIMIT_MEMORY ||
      wsstls_csr_read(m->csr, c) != WSSTLS_OK)
    return luaL_error(L, "not enough memory");
  wsstls_lpush_request(L, c);
  wsstls_lset_boolean(L, "signature_ok", signature == WSSTLS_OK);
  return 1;
}

/* A list of tables, one for each CRL. */
static int material_crls(lua_State *L)
{
  wsstls_material *m = wsstls_lcheck_material(L, 1);
  int i, n = sk_X509_CRL_num(m->crls);

  lua_createtable(L, n, 0);
  for (i = 0; i < n; i++) {
    wsstls_lpush_crl(L, sk_X509_CRL_value(m->crls, i));
    lua_rawseti(L, -2, i + 1);
  }
  return 1;
}

static int material_gc(lua_State *L)
{
  wsstls_material **box = lua_touserdata(L, 1);

  if (box != NULL) {
    wsstls_material_unref(*box);
    *box = NULL;
  }
  return 0;
}

static int material_tostring(lua_State *L)
{
  wsstls_material *m = wsstls_ltest_material(L, 1);

  lua_pushfstring(L, "wsstls.material (%s)",
                  m != NULL ? wsstls_material_kind_name(m->kind) : "closed");
  return 1;
}

void wsstls_lopen_material(lua_State *L)
{
  static const luaL_Reg methods[] = {
    { "kind", material_kind },     { "pem", material_pem },
    { "key_pem", material_key_pem }, { "der", material_der },
    { "pkcs12", material_pkcs12 }, { "text", material_text },
    { "hash", material_hash },     { "cert", material_cert },
    { "chain", material_chain },   { "key", material_key },
    { "is_foreign", material_is_foreign }, { "pin", material_pin },
    { "csr", material_csr },       { "crls", material_crls },
    { NULL, NULL }
  };
  static const luaL_Reg meta[] = {
    { "__gc", material_gc }, { "__tostring", material_tostring },
    { NULL, NULL }
  };
  static const luaL_Reg functions[] = { { "load", load }, { NULL, NULL } };

  wsstls_lclass(L, WSSTLS_MT_MATERIAL, methods, meta);
  wsstls_lregister(L, functions);
}
