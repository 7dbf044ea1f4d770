/* poller.h: which descriptors are ready, told to their ios.
 *
 * One edge-triggered epoll per loop. Every backend asks it, so that what is
 * read, written and concluded does not depend on where the process waits.
 */
#ifndef WSSTLS_POLLER_H
#define WSSTLS_POLLER_H

#include "io.h"
#include "status.h"

typedef struct wsstls_poller wsstls_poller;

/* NULL: no descriptor left, or no memory. */
wsstls_poller *wsstls_poller_open(struct wsstls_loop *loop,
                                  wsstls_error *err);
void wsstls_poller_close(wsstls_poller *p);
void wsstls_poller_watch(wsstls_poller *p, wsstls_io *io);
void wsstls_poller_unwatch(wsstls_poller *p, wsstls_io *io);
/* Tells what is ready; waits for it at most so long, < 0: for ever. */
void wsstls_poller_turn(wsstls_poller *p, int64_t timeout_us);
/* Readable when a turn has something to tell, or `timeout_us` (< 0: never)
 * after the last alarm was set. */
int wsstls_poller_fd(const wsstls_poller *p);
int wsstls_poller_alarm(wsstls_poller *p, int64_t timeout_us); /* 0: failed */
void wsstls_poller_wake(wsstls_poller *p); /* ends a wait; any thread */

#endif
