/* lhttp.h: the HTTP head of a record as the `http` table.
 *
 * Only what a reader of an observation needs; judging a head is the Lua
 * layer's (wsstls.upgrade). Credentials are never copied.
 */
#ifndef WSSTLS_LHTTP_H
#define WSSTLS_LHTTP_H

#include "lutil.h"
#include "../core/record.h"

typedef struct wsstls_span {
  const char *p;
  size_t len;
} wsstls_span;

void wsstls_lpush_lower(lua_State *L, const wsstls_span *s); /* ASCII only */

/* Client: {status, reason, headers, body}. Server: {method, target,
 * headers} of the request, and `status` of the answer when there was one. */
void wsstls_lpush_http(lua_State *L, const wsstls_record *r);

#endif
