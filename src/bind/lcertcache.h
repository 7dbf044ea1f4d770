/* lcertcache.h: certificate tables that are made once.
 *
 * Verifying one chain after another against the same trust meets the same
 * certificates again, and making a certificate's table costs a third of
 * checking its signature. The tables are shared: scripts read them.
 */
#ifndef WSSTLS_LCERTCACHE_H
#define WSSTLS_LCERTCACHE_H

#include "../core/cert.h"
#include "lutil.h"

/* What is kept of a certificate. The last three are lverify.c's: the names
 * it presents, as a verify-result tells them, and how they compare with the
 * host that was asked for last. */
enum { WSSTLS_CERTCACHE_CERT = 1, WSSTLS_CERTCACHE_HOLDER,
       WSSTLS_CERTCACHE_PRESENTED, WSSTLS_CERTCACHE_HOST,
       WSSTLS_CERTCACHE_COMPARED };

/* Pushes the table of these, made when it is not there. */
void wsstls_lcertcache_push(lua_State *L, X509 *x);

/* As wsstls_lpush_x509, from the last 64 certificates when it is there. */
void wsstls_lpush_x509_cached(lua_State *L, X509 *x);

#endif
