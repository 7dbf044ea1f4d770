/* resolver.h: getaddrinfo(3) in a thread, so that the loop never blocks. */
#ifndef WSSTLS_RESOLVER_H
#define WSSTLS_RESOLVER_H

#include <stddef.h>

struct wsstls_loop;
typedef struct wsstls_lookup wsstls_lookup;

/* error: 0 or an EAI_* code; addresses: `count` numeric texts, borrowed. */
typedef void (*wsstls_lookup_done)(void *ud, int error,
                                   const char (*addresses)[46],
                                   size_t count);

/* Starts a lookup; `done` is called from a later wsstls_resolver_run. NULL:
 * no memory or no thread. */
wsstls_lookup *wsstls_lookup_start(struct wsstls_loop *loop,
                                   const char *host,
                                   wsstls_lookup_done done, void *ud);
/* `done` will not be called. */
void wsstls_lookup_cancel(wsstls_lookup *lookup);
/* Ends every lookup of `loop` with EAI_FAIL. */
void wsstls_resolver_stop(struct wsstls_loop *loop);
/* Delivers finished lookups. Called by the loop in every turn. */
void wsstls_resolver_run(void);
/* 1: `host` is an IPv4 or IPv6 literal (no brackets). */
int wsstls_is_ip(const char *host);

#endif
