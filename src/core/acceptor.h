/* acceptor.h: a listening socket that hands over what it accepts.
 *
 * For whoever drives its own streams (relays, raw peers, proxies); a
 * wsstls_listener gives what it accepts to lws instead.
 */
#ifndef WSSTLS_ACCEPTOR_H
#define WSSTLS_ACCEPTOR_H

#include "loop.h"
#include "socket.h"

typedef struct wsstls_acceptor wsstls_acceptor;

/* The descriptor is the callee's now. Called in the loop's turn. */
typedef void (*wsstls_accepted)(wsstls_acceptor *a, int fd,
                                const wsstls_address *peer, void *ud);

/* Errors: as wsstls_socket_listen, LIMIT_MEMORY. */
wsstls_status wsstls_acceptor_open(wsstls_loop *loop, const char *host,
                                   int port, int backlog,
                                   wsstls_accepted fn, void *ud,
                                   wsstls_acceptor **out, wsstls_error *err);
/* Where it listens (also after it was closed). */
const wsstls_address *wsstls_acceptor_address(const wsstls_acceptor *a);
/* Its io: what a binding hands to wsstls_lset_owner and wsstls_io_ready. */
wsstls_io *wsstls_acceptor_io(wsstls_acceptor *a);
/* Refuses connections and keeps the port, or listens again. */
void wsstls_acceptor_pause(wsstls_acceptor *a, int pause);
/* From now on nobody answers a SYN: the one place in the kernel's queue is
 * taken by a connection of our own. 0: the system would not have it. */
int wsstls_acceptor_deafen(wsstls_acceptor *a);
/* Stops listening; `fn` is not called again. Idempotent. */
void wsstls_acceptor_close(wsstls_acceptor *a);
void wsstls_acceptor_unref(wsstls_acceptor *a); /* NULL is fine */

#endif
