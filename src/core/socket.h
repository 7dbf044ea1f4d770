/* socket.h: the socket calls that listeners and streams share.
 *
 * Every socket made here is non-blocking and close-on-exec. Sources: bind(2),
 * accept4(2), connect(2), getaddrinfo(3).
 */
#ifndef WSSTLS_SOCKET_H
#define WSSTLS_SOCKET_H

#include <stdint.h>
#include "status.h"

typedef struct wsstls_address {
  char ip[46];                 /* numeric, without brackets */
  uint16_t port;
} wsstls_address;

/* Listens on a numeric address or a name; port 0 is an ephemeral one. `bound`
 * says what it became. A backlog below 0 only keeps the port: connections
 * are refused. Errors: LISTEN_IN_USE, LISTEN_DENIED, LISTEN_FAILED,
 * LIMIT_FILES. */
wsstls_status wsstls_socket_listen(const char *host, int port, int backlog,
                                   int *fd, wsstls_address *bound,
                                   wsstls_error *err);
/* Connects to a listening socket that is not accepted from, so that its
 * queue is full: listen(2) with a backlog of 0 has room for one. The
 * connecting descriptor is the caller's; -1. */
int wsstls_socket_fill(int listening);
/* The next connection, TCP_NODELAY set, and who it is; -1: none now. */
int wsstls_socket_accept(int listening, wsstls_address *peer);
/* Begins a connection to a numeric address. -1: errno says why. */
int wsstls_socket_connect(const wsstls_address *to);
/* Our own end of a socket; 0: errno says why not. */
int wsstls_socket_name(int fd, wsstls_address *own);
/* How connect(2) failed, as a status. */
wsstls_status wsstls_socket_status(int error);

#endif
