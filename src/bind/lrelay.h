/* lrelay.h: a relay's rows as tables. */
#ifndef WSSTLS_LRELAY_H
#define WSSTLS_LRELAY_H

#include "lutil.h"
#include "../core/relay.h"

void wsstls_lpush_relay_row(lua_State *L, const wsstls_relay_row *row);
void wsstls_lpush_relay_connection(lua_State *L,
                                   const wsstls_relay_summary *sum);

#endif
