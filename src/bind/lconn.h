/* lconn.h: the conn handle, for the files that push one. */
#ifndef WSSTLS_LCONN_H
#define WSSTLS_LCONN_H

#include "lutil.h"
#include "../core/conn.h"

/* Pushes a handle; takes over the reference. */
void wsstls_lpush_conn(lua_State *L, wsstls_conn *c);

/* Adds core.connect to the table on top of the stack. */
void wsstls_lopen_connect(lua_State *L);

#endif
