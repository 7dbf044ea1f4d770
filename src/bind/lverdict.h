/* lverdict.h: the verify-result table of the Lua API. */
#ifndef WSSTLS_LVERDICT_H
#define WSSTLS_LVERDICT_H

#include "lutil.h"
#include "../core/verify.h"

/* Pushes one plain table: ok, code, name, text, depth, errors, accepted,
 * expected, presented, compared, chain, sent, anchor, policy. */
void wsstls_lpush_verdict(lua_State *L, const wsstls_verdict *v);

/* The place for a verdict that C owns while tables are made (one in each Lua
 * state; what an error left there is freed), and the same table for it. Out
 * of stores and materials the same certificates come again: their tables,
 * and the names they present, are shared (lcertcache.h). */
wsstls_verdict **wsstls_lverdict_hold(lua_State *L);
void wsstls_lverdict_push_held(lua_State *L);

void wsstls_lopen_verdict(lua_State *L); /* before any of these */

#endif
