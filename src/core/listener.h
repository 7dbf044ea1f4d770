/* listener.h: a listening socket of ours; accepted sockets go to lws.
 *
 * lws 4.1 cannot destroy a listening vhost, so listening is done here:
 * accept4(2), then lws_adopt_descriptor_vhost_via_info. Every accepted
 * socket becomes a server wsstls_conn at once and is reported, so that a
 * handshake that fails is as visible as one that works.
 */
#ifndef WSSTLS_LISTENER_H
#define WSSTLS_LISTENER_H

#include "conn.h"
#include "loop.h"

typedef struct wsstls_listener wsstls_listener;

typedef struct wsstls_listen_opts {
  const char *host;            /* numeric or a name; borrowed */
  int port;                    /* 0: ephemeral */
  wsstls_tlsconf *tls;         /* up-referenced; NULL: ws:// */
  int backlog, max_connections; /* 0: no limit */
  double handshake_timeout, close_timeout, ping_interval, ping_timeout;
  size_t max_message;
  int compress, review, keylog; /* as in wsstls_conn_opts */
} wsstls_listen_opts;

/* Errors: LISTEN_IN_USE, LISTEN_DENIED, LISTEN_FAILED, LIMIT_*. */
wsstls_status wsstls_listener_open(wsstls_loop *loop,
                                   const wsstls_listen_opts *o,
                                   wsstls_listener **out, wsstls_error *err);
wsstls_listener *wsstls_listener_ref(wsstls_listener *l);
void wsstls_listener_unref(wsstls_listener *l); /* NULL is fine */
/* Stops listening; connections live on. Idempotent. */
void wsstls_listener_close(wsstls_listener *l);
/* The next accepted connection (its reference is the caller's), or NULL. */
wsstls_conn *wsstls_listener_next(wsstls_listener *l);
void wsstls_listener_set_tls(wsstls_listener *l, wsstls_tlsconf *tls);
int wsstls_listener_port(const wsstls_listener *l);
const char *wsstls_listener_host(const wsstls_listener *l);
int wsstls_listener_count(const wsstls_listener *l);
wsstls_io *wsstls_listener_io(wsstls_listener *l);
/* A connection of this listener has ended. */
void wsstls_listener_released(wsstls_listener *l);

#endif
