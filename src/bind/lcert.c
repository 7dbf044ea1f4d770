/* lcert.c: see lcert.h. */
#include "lcert.h"

#include <string.h>

static void set_strings(lua_State *L, const char *key,
                        const wsstls_strings *list)
{
  size_t i;

  lua_createtable(L, (int)list->count, 0);
  for (i = 0; i < list->count; i++) {
    lua_pushstring(L, list->items[i]);
    lua_rawseti(L, -2, (int)i + 1);
  }
  lua_setfield(L, -2, key);
}

static void set_key(lua_State *L, const wsstls_cert *c)
{
  lua_createtable(L, 0, 3);
  wsstls_lset_string(L, "type", c->key_type);
  wsstls_lset_integer(L, "bits", c->key_bits);
  wsstls_lset_string(L, "curve", c->key_curve);
  lua_setfield(L, -2, "key");
}

static void set_san(lua_State *L, const wsstls_cert *c)
{
  lua_createtable(L, 0, 4);
  set_strings(L, "dns", &c->dns);
  set_strings(L, "ip", &c->ip);
  set_strings(L, "email", &c->email);
  set_strings(L, "uri", &c->uri);
  /* rare, so the usual certificate does not pay for them */
  if (c->dirname.count > 0)
    set_strings(L, "dirname", &c->dirname);
  if (c->othername.count > 0)
    set_strings(L, "othername", &c->othername);
  if (c->rid.count > 0)
    set_strings(L, "rid", &c->rid);
  lua_setfield(L, -2, "san");
}

/* Pushes one table: subject, issuer, serial, san={dns,ip,email,uri}, ... */
static void lpush_cert(lua_State *L, const wsstls_cert *c)
{
  luaL_checkstack(L, 6, "certificate");
  lua_createtable(L, 0, 24);
  wsstls_lset_string(L, "subject", c->subject);
  wsstls_lset_string(L, "issuer", c->issuer);
  wsstls_lset_string(L, "cn", c->cn);
  wsstls_lset_string(L, "serial", c->serial);
  wsstls_lset_integer(L, "version", c->version);
  wsstls_lset_integer(L, "not_before", c->not_before);
  wsstls_lset_integer(L, "not_after", c->not_after);
  set_key(L, c);
  wsstls_lset_string(L, "signature_algorithm", c->signature_algorithm);
  set_san(L, c);
  wsstls_lset_boolean(L, "basic_constraints", c->basic_constraints);
  wsstls_lset_boolean(L, "is_ca", c->is_ca);
  if (c->path_length >= 0)
    wsstls_lset_integer(L, "path_length", c->path_length);
  set_strings(L, "key_usage", &c->key_usage);
  set_strings(L, "extended_key_usage", &c->extended_key_usage);
  wsstls_lset_string(L, "subject_key_id", c->subject_key_id);
  wsstls_lset_string(L, "authority_key_id", c->authority_key_id);
  wsstls_lset_string(L, "sha256", c->sha256);
  wsstls_lset_string(L, "spki_sha256", c->spki_sha256);
  wsstls_lset_boolean(L, "self_signed", c->self_signed);
  wsstls_lset_string(L, "pem", c->pem);
}

/* A Lua error jumps: the struct lives in a userdata with a __gc, so that an
 * allocation failing half-way through the table leaks nothing. */
static int cert_gc(lua_State *L)
{
  wsstls_cert_free(lua_touserdata(L, 1));
  return 0;
}

wsstls_cert *wsstls_lnew_cert(lua_State *L)
{
  return wsstls_lnew_box(L, sizeof(wsstls_cert), "wsstls.cert", cert_gc);
}

void wsstls_lpush_request(lua_State *L, const wsstls_cert *c)
{
  luaL_checkstack(L, 6, "request");
  lua_createtable(L, 0, 7);
  wsstls_lset_string(L, "subject", c->subject);
  wsstls_lset_string(L, "cn", c->cn);
  wsstls_lset_integer(L, "version", c->version);
  set_key(L, c);
  set_san(L, c);
  wsstls_lset_string(L, "spki_sha256", c->spki_sha256);
}

void wsstls_lpush_x509(lua_State *L, X509 *x)
{
  wsstls_cert *c = wsstls_lnew_cert(L);

  if (wsstls_cert_read(x, c) != WSSTLS_OK)
    luaL_error(L, "not enough memory");
  lpush_cert(L, c);
  wsstls_cert_free(c);
  lua_remove(L, -2);
}
