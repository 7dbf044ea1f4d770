/* lloop.h: what the binding's objects share with the loop's. */
#ifndef WSSTLS_LLOOP_H
#define WSSTLS_LLOOP_H

#include "lutil.h"
#include "../core/loop.h"

/* The running loop; raises when core.start has not been called, when it
 * belongs to another Lua state, or after a fork. */
wsstls_loop *wsstls_lloop(lua_State *L);

/* The Lua object that answers for `io` (weakly held), and whether the loop
 * keeps it alive. `index`: the object; nil forgets it. */
void wsstls_lset_owner(lua_State *L, wsstls_io *io, int index);
void wsstls_lanchor(lua_State *L, wsstls_io *io, int anchored);

#endif
