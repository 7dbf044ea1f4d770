/* ltlsopts.h: a Lua table of TLS options -> wsstls_tlsopts. */
#ifndef WSSTLS_LTLSOPTS_H
#define WSSTLS_LTLSOPTS_H

#include "lutil.h"
#include "../core/tlsconf.h"

/* Reads the table at `index` (names of docs/api.md, already checked and
 * normalised by Lua; unknown keys are ignored) and pushes one value that
 * owns what had to be allocated. The result is valid as long as that value
 * and the table are on the stack and unchanged. A wrong type or a value
 * outside the documented set raises; contents of files do not. */
wsstls_tlsopts *wsstls_lread_tlsopts(lua_State *L, int index);
/* Room on the caller's C stack, so that a usual set of options needs nothing
 * of the collector. */
typedef struct wsstls_lscratch {
  wsstls_tlsopts opts;
  size_t used;
  wsstls_source room[16];
} wsstls_lscratch;

/* The same without versions, ciphers, ALPN and what else only a handshake
 * needs, for a verdict without a network: host, ip, time and depth are there
 * names as well. What it returns also needs `scratch`, whose content does not
 * matter before. */
wsstls_tlsopts *wsstls_lread_verifyopts(lua_State *L, int index,
                                        wsstls_lscratch *scratch);

/* The tlsconf userdata at `index`, borrowed; NULL when it is none. */
wsstls_tlsconf *wsstls_ltest_tlsconf(lua_State *L, int index);

#endif
