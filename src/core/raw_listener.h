/* raw_listener.h: a listening socket whose connections are raw peers.
 *
 * Each begins its handshake at once, whoever asks for it or not, and is
 * handed over while it is under way: one that fails is seen as well.
 */
#ifndef WSSTLS_RAW_LISTENER_H
#define WSSTLS_RAW_LISTENER_H

#include "acceptor.h"
#include "raw.h"

typedef struct wsstls_raw_listener wsstls_raw_listener;

/* At most `backlog` peers wait to be taken over: one more is closed at once.
 * tls->conf is up-referenced. Errors: as wsstls_acceptor_open. */
wsstls_status wsstls_raw_listen(wsstls_loop *loop, const char *host, int port,
                                int backlog, const wsstls_raw_tls *tls,
                                int read_ahead, wsstls_raw_listener **out,
                                wsstls_error *err);
/* The next peer; its reference is the caller's. NULL: none. */
wsstls_raw *wsstls_raw_listener_next(wsstls_raw_listener *l);
const wsstls_address *
wsstls_raw_listener_address(const wsstls_raw_listener *l);
wsstls_io *wsstls_raw_listener_io(wsstls_raw_listener *l);
/* Stops listening and closes who was not taken over. Idempotent. */
void wsstls_raw_listener_close(wsstls_raw_listener *l);
void wsstls_raw_listener_free(wsstls_raw_listener *l); /* NULL is fine */

#endif
