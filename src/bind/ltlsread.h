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
  unsigned long long given;    /* see wsstls_lread_given */
} wsstls_lreader;

/* 0: `key` is not in the table for certain. Asking the table for thirty
 * options of which three are there costs more than all else. */
int wsstls_lread_given(const wsstls_lreader *r, const char *key);

/* Zeroed memory that lives as long as `keep`. */
void *wsstls_lread_keep_bytes(wsstls_lreader *r, size_t size);
/* A C string: OpenSSL would stop at a zero byte and check half a name. NULL
 * when the option is absent or false. */
const char *wsstls_lread_text(wsstls_lreader *r, const char *key);
/* The position of the value in `words`; absent gives `fallback`. */
int wsstls_lread_choice(wsstls_lreader *r, const char *key,
                        const char *const words[], int fallback);
int wsstls_lread_boolean(wsstls_lreader *r, const char *key);
/* Epoch seconds; the fallback (WSSTLS_NOW) when absent. */
long long wsstls_lread_time(wsstls_lreader *r, const char *key,
                            long long fallback);
int wsstls_lread_small(wsstls_lreader *r, const char *key, int fallback);

void wsstls_lread_policy(wsstls_lreader *r, wsstls_tlsopts *o);

#endif
