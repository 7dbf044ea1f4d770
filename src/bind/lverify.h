/* lverify.h: the verify-result table of the Lua API. */
#ifndef WSSTLS_LVERIFY_H
#define WSSTLS_LVERIFY_H

#include "lutil.h"
#include "../core/verify.h"

/* Pushes one plain table: ok, code, name, text, depth, errors, accepted,
 * expected, presented, compared, chain, sent, anchor, policy. */
void wsstls_lpush_verdict(lua_State *L, const wsstls_verdict *v);

#endif
