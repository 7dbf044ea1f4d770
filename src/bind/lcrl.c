/* lcrl.c: a CRL as a table. */
#include <stdlib.h>
#include <string.h>
#include "lcert.h"
#include "lpki.h"
#include "../core/certutil.h"

/* Sets t[key] and frees: the copy lives in the box, which is there first,
 * while Lua may raise. */
static void set_owned(lua_State *L, wsstls_blob *box, const char *key,
                      char *owned)
{
  if (owned == NULL)
    luaL_error(L, "not enough memory");
  box->data = owned;
  box->len = strlen(owned);
  lua_pushlstring(L, box->data, box->len);
  lua_setfield(L, -2, key);
  wsstls_blob_clear(box);
}

static void set_number(lua_State *L, wsstls_blob *box, X509_CRL *crl,
                       const char *key, int nid)
{
  ASN1_INTEGER *n = X509_CRL_get_ext_d2i(crl, nid, NULL, NULL);
  char *hex;

  if (n == NULL)
    return;
  hex = wsstls_serial_text(n);
  ASN1_INTEGER_free(n);
  set_owned(L, box, key, hex);
}

static void push_revoked(lua_State *L, wsstls_blob *box,
                         X509_REVOKED *entry)
{
  ASN1_ENUMERATED *reason;

  lua_createtable(L, 0, 3);
  set_owned(L, box, "serial",
            wsstls_serial_text(X509_REVOKED_get0_serialNumber(entry)));
  wsstls_lset_integer(
    L, "date",
    wsstls_time_epoch(X509_REVOKED_get0_revocationDate(entry)));
  reason = X509_REVOKED_get_ext_d2i(entry, NID_crl_reason, NULL, NULL);
  if (reason != NULL) {
    int number = (int)ASN1_ENUMERATED_get(reason);

    ASN1_ENUMERATED_free(reason);
    wsstls_lset_string(L, "reason", wsstls_crl_reason_name(number));
  }
}

void wsstls_lpush_crl(lua_State *L, X509_CRL *crl)
{
  STACK_OF(X509_REVOKED) *list = X509_CRL_get_REVOKED(crl);
  int i, n = sk_X509_REVOKED_num(list);
  wsstls_blob *box = wsstls_lnew_bytes(L);

  luaL_checkstack(L, 8, "crl");
  wsstls_errors_mark();
  lua_createtable(L, 0, 8);
  set_owned(L, box, "issuer",
            wsstls_name_text(X509_CRL_get_issuer(crl)));
  wsstls_lset_integer(L, "version", X509_CRL_get_version(crl) + 1);
  wsstls_lset_integer(L, "this_update",
                      wsstls_time_epoch(X509_CRL_get0_lastUpdate(crl)));
  if (X509_CRL_get0_nextUpdate(crl) != NULL)
    wsstls_lset_integer(L, "next_update",
                        wsstls_time_epoch(X509_CRL_get0_nextUpdate(crl)));
  set_number(L, box, crl, "number", NID_crl_number);
  set_number(L, box, crl, "delta", NID_delta_crl);
  wsstls_lset_string(L, "signature_algorithm",
                     OBJ_nid2ln(X509_CRL_get_signature_nid(crl)));
  lua_createtable(L, n > 0 ? n : 0, 0);
  for (i = 0; i < n; i++) {
    push_revoked(L, box, sk_X509_REVOKED_value(list, i));
    lua_rawseti(L, -2, i + 1);
  }
  lua_setfield(L, -2, "revoked");
  i = wsstls_errors_memory();
  wsstls_errors_forget();
  if (i)
    luaL_error(L, "not enough memory");
  lua_remove(L, -2);           /* the box */
}
