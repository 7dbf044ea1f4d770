/* stream.h: a plain TCP byte stream of ours in the loop.
 *
 * What relays, raw peers and proxies stand on: nothing of lws is behind it.
 * It owns a non-blocking descriptor, reads and writes only when its user
 * says so, and buffers nothing: whoever does not read holds the peer back.
 * Readiness is level-triggered: the function is called again, turn after turn,
 * as long as something it wants may be had.
 */
#ifndef WSSTLS_STREAM_H
#define WSSTLS_STREAM_H

#include <stddef.h>
#include <sys/types.h>
#include "loop.h"
#include "socket.h"

typedef struct wsstls_stream wsstls_stream;

/* Beside WSSTLS_READABLE and WSSTLS_WRITABLE: a dial that ended well; with
 * WSSTLS_FAILED, one that did not. WSSTLS_HANGUP comes once, wanted or not:
 * behind what has arrived there is a FIN or a RST. */
enum { WSSTLS_OPENED = 16 };

/* Called in the loop's turn, never under lws or Lua, and never after
 * wsstls_stream_close or _reset. It may close and unref the stream. Read or
 * write a bounded amount and return: there will be another call. */
typedef void (*wsstls_stream_fn)(wsstls_stream *s, unsigned events,
                                 void *ud);

/* Connects to a host name or a numeric address, trying one address after
 * the other for at most `seconds` together (0: no limit); `fn` hears
 * WSSTLS_OPENED or WSSTLS_FAILED, later. NULL: no memory. */
wsstls_stream *wsstls_stream_dial(wsstls_loop *loop, const char *host,
                                  int port, double seconds,
                                  wsstls_stream_fn fn, void *ud);
/* An open descriptor, which becomes the stream's (closed on failure). It
 * must be non-blocking. `peer` may be NULL. NULL: no memory. */
wsstls_stream *wsstls_stream_adopt(wsstls_loop *loop, int fd,
                                   const wsstls_address *peer,
                                   wsstls_stream_fn fn, void *ud);
/* Somebody else listens from now on. */
void wsstls_stream_listen(wsstls_stream *s, wsstls_stream_fn fn, void *ud);

/* Why a dial failed: a status, and the errno behind it (0: none). */
wsstls_status wsstls_stream_status(const wsstls_stream *s);
int wsstls_stream_errno(const wsstls_stream *s);
/* The peer: of a dial, the address tried last. */
const wsstls_address *wsstls_stream_peer(const wsstls_stream *s);

/* What to be told about: WSSTLS_READABLE | WSSTLS_WRITABLE, or 0. An open
 * stream begins with none; before it is open this does nothing. Not to read
 * is back-pressure. */
void wsstls_stream_want(wsstls_stream *s, unsigned interest);

/* > 0 bytes; 0 the peer's FIN; -EAGAIN nothing now; another -errno: broken
 * (-ECONNRESET: a RST). */
ssize_t wsstls_stream_recv(wsstls_stream *s, void *bytes, size_t len);
/* >= 0 bytes taken (0: the kernel is full); -errno: broken. */
ssize_t wsstls_stream_send(wsstls_stream *s, const void *bytes, size_t len);

/* A FIN now; reading goes on. */
void wsstls_stream_shutdown(wsstls_stream *s);
/* A FIN, after `len` more bytes (may be 0), in the background: what the peer
 * still sends is discarded, so that no RST overtakes it (linger.h). */
void wsstls_stream_close(wsstls_stream *s, const void *bytes, size_t len);
/* A RST, at once: SO_LINGER 0. */
void wsstls_stream_reset(wsstls_stream *s);

/* For bindings: its io (wsstls_lset_owner, wsstls_io_ready). */
wsstls_io *wsstls_stream_io(wsstls_stream *s);
wsstls_stream *wsstls_stream_ref(wsstls_stream *s);
/* The last reference closes it. NULL is fine. */
void wsstls_stream_unref(wsstls_stream *s);

#endif
