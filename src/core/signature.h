/* signature.h: why a handshake signature does not verify.
 *
 * A key that is not the certificate's and a message damaged on the way look
 * the same to OpenSSL (0A00007B). Each side can find out more: the signer by
 * trying its own key, the other side by undoing the damage.
 */
#ifndef WSSTLS_SIGNATURE_H
#define WSSTLS_SIGNATURE_H

#include <openssl/ssl.h>

/* 1: this side's private key belongs to its certificate, 0: it does not, -1:
 * nobody can say (none, or out of memory). Signs and verifies: comparing the
 * public numbers believes what a key says of itself. */
int wsstls_signature_own_key(SSL *ssl);

/* TLS 1.2, at the client: 1 when one flipped bit in the ServerKeyExchange
 * `message` (with its header) or in the two hellos' random values explains
 * that its signature does not verify, else 0. Some thousand verifications:
 * 50 to 100 ms with P-256 or RSA 2048. */
int wsstls_signature_repairable(SSL *ssl, const unsigned char *message,
                                size_t len);

#endif
