/* ltlsread.h: what ltlsopts.c and ltlspolicy.c share. */
#ifndef WSSTLS_LTLSREAD_H
#define WSSTLS_LTLSREAD_H

#include "ltlsopts.h"

/* Reading goes on at `table`; what is allocated is kept in the table at
 * `keep`, so that an error raised halfway frees it. */
typedef struct wsstls_lreader {
  lua_State *L;
  int table, keep;
  wsstls_lscratch *scratch;    /* used up first; may be NULL */
} wsstls_lreader;

/* Zeroed memory that lives as long as `keep`. */
void *wsstls_lread_keep_bytes(wsstls_lreader *r, size_t size);
/* A C string: OpenSSL would stop at a zero byte and check half a name. NULL
 * when the option is absent or false. */
const char *wsstls_lread_text(wsstls_lreader *r, const char *key);
/* The position of the value in `words`; absent gives `fallback`. */
int wsstls_lread_choice(wsstls_lreader *r, const char *key,
                        const char *const words[], int fallback);
int wsstls_lread_small(wsstls_lreader *r, const char *key, int fallback);

void wsstls_lread_policy(wsstls_lreader *r, wsstls_tlsopts *o);

#endif
