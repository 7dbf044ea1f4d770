/* lobservation.h: a record as the observation table of the Lua API. */
#ifndef WSSTLS_LOBSERVATION_H
#define WSSTLS_LOBSERVATION_H

#include "lutil.h"
#include "../core/record.h"

/* Pushes one plain table (schema = 1); `engine` is "lws" or "raw". */
void wsstls_lpush_observation(lua_State *L, const wsstls_record *r,
                              const char *engine);
/* Pushes {version, cipher, group, sigalg, alpn, sni, resumed} or nil. */
void wsstls_lpush_tls(lua_State *L, const wsstls_record *r);
/* Pushes {code, phase, fault, rejected_by, message} or nil. */
void wsstls_lpush_outcome(lua_State *L, const wsstls_record *r);

#endif
