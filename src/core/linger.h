/* linger.h: output the kernel does not take at close.
 *
 * lws closes the descriptor with the SSL; what is still in the wire is kept
 * with a duplicate of the descriptor until the kernel has it all.
 */
#ifndef WSSTLS_LINGER_H
#define WSSTLS_LINGER_H

#include "bio.h"
#include "loop.h"

/* Flushes; if the kernel is full, finishes in the background (at most a few
 * seconds). Call while the descriptor is open. */
void wsstls_linger(wsstls_loop *loop, wsstls_wire *wire);

#endif
