/* linger.h: descriptors that outlive their connection for a moment.
 *
 * lws closes the descriptor with the SSL; what is still in the wire is kept
 * with a duplicate of the descriptor until the kernel has it all. A stream of
 * ours ends with a FIN, and only then is its descriptor closed.
 */
#ifndef WSSTLS_LINGER_H
#define WSSTLS_LINGER_H

#include "bio.h"
#include "loop.h"

/* Flushes; if the kernel is full, finishes in the background (at most a few
 * seconds). Call while the descriptor is open. */
void wsstls_linger(wsstls_loop *loop, wsstls_wire *wire);
/* Takes `fd` over: sends a copy of `bytes`, then a FIN, and discards what
 * comes in until the peer ends too or a few seconds have passed. Closing with
 * unread input would send a RST instead (RFC 9293 3.10.4, RFC 2525 2.17). */
void wsstls_linger_close(wsstls_loop *loop, int fd, const void *bytes,
                         size_t len);

#endif
