/* observer.h: OpenSSL's hooks, writing into a connection's record.
 *
 * wsstls_observer_hook installs the info, message, key log and verification
 * callbacks on a base SSL_CTX once; every SSL made from it is tied to an
 * observer at its first SSL_CB_HANDSHAKE_START. That event comes after all
 * of libwebsockets' own set-up and before the ClientHello, so it is also
 * where the TLS settings are applied.
 * Sources: SSL_CTX_set_info_callback(3), SSL_CTX_set_msg_callback(3),
 * SSL_CTX_set_cert_verify_callback(3), SSL_set_retry_verify(3).
 */
#ifndef WSSTLS_OBSERVER_H
#define WSSTLS_OBSERVER_H

#include <openssl/ssl.h>
#include "record.h"
#include "tlsconf.h"

typedef enum wsstls_review {
  WSSTLS_REVIEW_NONE,          /* nobody asked to see the verify-result */
  WSSTLS_REVIEW_WANTED,        /* pause the handshake once it is there */
  WSSTLS_REVIEW_WAITING,       /* paused; the application is deciding */
  WSSTLS_REVIEW_PASSED,
  WSSTLS_REVIEW_REJECTED
} wsstls_review;

typedef struct wsstls_observer {
  wsstls_record record;
  wsstls_tlsconf *tls;         /* owned reference; NULL for plain ws */
  wsstls_review review;
  void (*on_handshake)(struct wsstls_observer *o); /* done, from info cb */
  void (*on_keylog)(struct wsstls_observer *o, const char *line);
} wsstls_observer;

/* Finds the observer of a new SSL (by its descriptor), installs the BIO;
 * returns NULL when the SSL is nobody's. Called once per SSL. */
typedef wsstls_observer *(*wsstls_attach)(SSL *ssl);

/* Ties `ssl`, before its handshake, to an observer and applies its settings:
 * for an SSL of our own, which nobody has to find. Its SSL_CTX has the hooks;
 * `attach` may be NULL there. */
void wsstls_observer_begin(wsstls_observer *o, SSL *ssl);

/* A base SSL_CTX for one side with every hook in place; NULL on failure. */
SSL_CTX *wsstls_observer_context(int server, wsstls_attach attach);
/* The hooks alone, for an SSL_CTX that lws made. */
void wsstls_observer_hook(SSL_CTX *ctx, int server, wsstls_attach attach);

/* Keeps the first and the last entry of OpenSSL's error queue (never pops:
 * lws and SSL_get_error look at it afterwards). */
void wsstls_observer_errors(wsstls_observer *o);
/* After the upgrade: handshake messages no longer matter, only alerts do. */
void wsstls_observer_settle(SSL *ssl);

/* A kept error as text: library, reason, and OpenSSL's whole line. */
typedef struct wsstls_ssl_error_text {
  char library[64], reason[128], text[256];
} wsstls_ssl_error_text;
void wsstls_ssl_error_read(const wsstls_ssl_error *e,
                           wsstls_ssl_error_text *out);

#endif
