/* wskey.h: the answer to a Sec-WebSocket-Key (RFC 6455 4.2.2). */
#ifndef WSSTLS_WSKEY_H
#define WSSTLS_WSKEY_H

#include <stddef.h>

enum { WSSTLS_ACCEPT_SIZE = 29 }; /* 20 bytes in base64, and a NUL */

/* Any key, also one that is none. 0: SHA-1 is not to be had. */
int wsstls_accept_key(const char *key, size_t len,
                      char out[WSSTLS_ACCEPT_SIZE]);

#endif
