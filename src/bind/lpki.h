/* lpki.h: what lmaterial.c, lcrl.c and lpki.c share. */
#ifndef WSSTLS_LPKI_H
#define WSSTLS_LPKI_H

#include "lutil.h"
#include "../core/pki.h"

/* Pushes an empty box; storing into it hands the reference to Lua, so that
 * nothing leaks when Lua runs out of memory in between. */
wsstls_material **wsstls_lnew_material(lua_State *L);
wsstls_material *wsstls_lcheck_material(lua_State *L, int index);

/* Bytes that free and wipe themselves; then the string, or the failure. */
wsstls_blob *wsstls_lnew_bytes(lua_State *L);
int wsstls_lreturn_bytes(lua_State *L, wsstls_blob *b,
                         wsstls_status status, const wsstls_error *err);

/* As wsstls_lfail, with "misuse" for what the Lua layer must raise. */
int wsstls_lpki_fail(lua_State *L, const wsstls_error *err);

/* Adds the functions of lpkitools.c to the table on top of the stack. */
void wsstls_lopen_pkitools(lua_State *L);

/* One CRL as a table. */
void wsstls_lpush_crl(lua_State *L, X509_CRL *crl);

/* Readers of the normalised spec tables (lpkispec.c). The structs borrow
 * from the table at `index` and from userdata they push: keep the stack. */
void wsstls_lread_certspec(lua_State *L, int index, wsstls_certspec *spec);
void wsstls_lread_crlspec(lua_State *L, int index, wsstls_crlspec *spec);

#endif
