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

/* As wsstls_lpush_x509, from the last 64 certificates when it is there. */
void wsstls_lpush_x509_cached(lua_State *L, X509 *x);

#endif
