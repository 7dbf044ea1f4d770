/* lraw.h: the raw peer's handle, for the files that push one. */
#ifndef WSSTLS_LRAW_H
#define WSSTLS_LRAW_H

#include "lutil.h"
#include "../core/raw.h"

/* Pushes a handle; takes over the reference. */
void wsstls_lpush_raw(lua_State *L, wsstls_raw *r);

/* Reads tls, server, verify_callback, keylog_callback, tls_timeout and
 * total_timeout (from now) of the table at `index`; leaves the tlsconf on
 * the stack, which borrows it. */
void wsstls_lread_raw_tls(lua_State *L, int index, wsstls_raw_tls *out);

#endif
