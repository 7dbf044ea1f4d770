/* hello.h: what a ClientHello offers (RFC 8446 4.1.2, RFC 5246 7.4.1.2).
 *
 * Parsed only when somebody looks; the bytes are a peer's and may be
 * anything, so every length is checked and lists are bounded.
 */
#ifndef WSSTLS_HELLO_H
#define WSSTLS_HELLO_H

#include <stddef.h>

enum { WSSTLS_HELLO_LIST = 128 };

typedef struct wsstls_hello {
  int versions[16];
  size_t nversions;
  int ciphers[WSSTLS_HELLO_LIST], groups[WSSTLS_HELLO_LIST],
    sigalgs[WSSTLS_HELLO_LIST];
  size_t nciphers, ngroups, nsigalgs;
  char alpn[8][64];
  size_t nalpn;
  char sni[256];               /* "" when not sent */
  int truncated;
} wsstls_hello;

/* `body` is the message after its 4-byte header. */
void wsstls_hello_parse(const unsigned char *body, size_t len,
                        wsstls_hello *out);
/* "TLS_AES_128_GCM_SHA256" for 0x1301; "0x1301" when OpenSSL has no name. */
const char *wsstls_cipher_name(int id, char *buf);
void wsstls_hello_forget(void); /* frees what cipher_name keeps */

#endif
