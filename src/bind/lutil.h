/* lutil.h: what every binding needs, once.
 *
 * fail() is the one failure tuple of the core: nil, code, message, phase.
 * The Lua layer turns it into an error object. Misuse raises.
 */
#ifndef WSSTLS_LUTIL_H
#define WSSTLS_LUTIL_H

#include "lcompat.h"
#include "../core/status.h"
#include "../core/material.h"

/* Metatable names, one per userdata. */
#define WSSTLS_MT_MATERIAL "wsstls.material"
#define WSSTLS_MT_TLSCONF "wsstls.tlsconf"
#define WSSTLS_MT_CONN "wsstls.conn"
#define WSSTLS_MT_LISTENER "wsstls.listener"
#define WSSTLS_MT_RAW "wsstls.raw"
#define WSSTLS_MT_RAW_LISTENER "wsstls.raw_listener"
#define WSSTLS_MT_RELAY "wsstls.relay"

/* Pushes nil, slug, message, phase name; returns 4. */
int wsstls_lfail(lua_State *L, const wsstls_error *err);

/* Creates the metatable `name` with `methods` behind __index and
 * `metamethods` in it; leaves nothing on the stack. A method finds the
 * metatable in its first upvalue. */
void wsstls_lclass(lua_State *L, const char *name, const luaL_Reg *methods,
                   const luaL_Reg *metamethods);

/* Argument 1 of a method of the class `name`: luaL_checkudata without its
 * look into the registry, which every call of every message would pay. */
void *wsstls_lself(lua_State *L, const char *name);

/* Adds `functions` to the table on top of the stack. */
void wsstls_lregister(lua_State *L, const luaL_Reg *functions);

/* Sets t[key] = value for the table on top of the stack; NULL sets nothing. */
void wsstls_lset_string(lua_State *L, const char *key, const char *value);
void wsstls_lset_lstring(lua_State *L, const char *key, const char *value,
                         size_t len);
void wsstls_lset_integer(lua_State *L, const char *key, long long value);
void wsstls_lset_number(lua_State *L, const char *key, double value);
void wsstls_lset_boolean(lua_State *L, const char *key, int value);

void wsstls_lpush_integer(lua_State *L, long long value); /* 53 bits */

/* Reads field `key` of the table at `index`; absent gives the default. A
 * wrong type raises "option 'key': expected ..., got ...". The strings are
 * borrowed: they live as long as the table keeps them. */
const char *wsstls_lopt_string(lua_State *L, int index, const char *key,
                               size_t *len, const char *fallback);
long long wsstls_lopt_integer(lua_State *L, int index, const char *key,
                              long long fallback);
double wsstls_lopt_number(lua_State *L, int index, const char *key,
                          double fallback);
int wsstls_lopt_boolean(lua_State *L, int index, const char *key,
                        int fallback);

/* Pushes a zeroed userdata that frees what it holds. Its metatable is known
 * by `name` only once it is complete. */
void *wsstls_lnew_box(lua_State *L, size_t size, const char *name,
                      lua_CFunction gc);

/* Material userdata: pushes one (takes over the reference), and tests. */
void wsstls_lpush_material(lua_State *L, wsstls_material *m);
wsstls_material *wsstls_ltest_material(lua_State *L, int index); /* or NULL */

/* Every binding file registers its functions into the core table on top of
 * the stack and creates its metatables. */
void wsstls_lopen_material(lua_State *L); /* lmaterial.c: load and methods */
void wsstls_lopen_pki(lua_State *L);      /* lpki.c: making things */
void wsstls_lopen_verify(lua_State *L);   /* lverify.c */
void wsstls_lopen_tlsconf(lua_State *L);  /* ltlsconf.c */
void wsstls_lopen_conn(lua_State *L);     /* lconn.c */
void wsstls_lopen_listener(lua_State *L); /* llistener.c */
void wsstls_lopen_raw(lua_State *L);      /* lraw.c */
void wsstls_lopen_raw_listener(lua_State *L); /* lrawlistener.c */
void wsstls_lopen_relay(lua_State *L);    /* lrelay.c */
void wsstls_lopen_loop(lua_State *L);     /* lloop.c */
void wsstls_lopen_head(lua_State *L);     /* lhead.c */
void wsstls_lopen_files(lua_State *L);    /* lfiles.c: stat and list */
void wsstls_lopen_program(lua_State *L);  /* lprogram.c */

#endif
