/* lcert.h: the `cert` table of the Lua API. */
#ifndef WSSTLS_LCERT_H
#define WSSTLS_LCERT_H

#include "lutil.h"
#include "../core/cert.h"

/* The part of it a certificate request has: subject, cn, key, san. */
void wsstls_lpush_request(lua_State *L, const wsstls_cert *cert);

/* Pushes a struct to read into that frees itself, should Lua raise while
 * its table is being made; leave it on the stack until then. */
wsstls_cert *wsstls_lnew_cert(lua_State *L);

/* Reads `x` and pushes its table; raises only when memory is gone. */
void wsstls_lpush_x509(lua_State *L, X509 *x);

#endif
