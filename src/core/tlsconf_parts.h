/* tlsconf_parts.h: what tlsconf*.c share; nobody else includes it. */
#ifndef WSSTLS_TLSCONF_PARTS_H
#define WSSTLS_TLSCONF_PARTS_H

#include "tlsconf.h"
#include "trust.h"

typedef struct wsstls_sni_entry {
  char *name;                  /* lower case; "*.b.test" for a wildcard */
  struct wsstls_tlsconf *conf; /* owned reference */
} wsstls_sni_entry;

struct wsstls_tlsconf {
  int refs, server;
  wsstls_trust trust;
  X509 *cert;                  /* NULL: no certificate of our own */
  EVP_PKEY *key;
  STACK_OF(X509) *chain;       /* what is sent beside it; never NULL */
  int min_version, max_version; /* max 0: whatever OpenSSL has */
  char *ciphers, *ciphersuites, *groups, *sigalgs;
  unsigned char *alpn;         /* NULL: the default, http/1.1 */
  unsigned alpn_len;
  int alpn_strict;
  char *sni;
  int client_verify, tickets;
  STACK_OF(X509_NAME) *ca_names; /* told to clients; NULL: no list */
  EVP_PKEY *dh;
  unsigned char session_id[32];
  int keylog_fd;               /* -1: none */
  wsstls_policy policy;
  wsstls_sni_entry *names;
  size_t nnames;
  SSL *model;                  /* everything tried out; NULL: plain */
};

/* tlsconf_cert.c: certificate, key and chain of `o` into `c`. */
wsstls_status wsstls_tlsconf_load_cert(wsstls_tlsconf *c,
                                       const wsstls_tlsopts *o,
                                       wsstls_error *err);
/* tlsconf_keylog.c */
wsstls_status wsstls_tlsconf_open_keylog(wsstls_tlsconf *c, const char *path,
                                         wsstls_error *err);

/* tlsconf_apply.c: the same steps on a scratch SSL and on a live one. The
 * status says which option OpenSSL refused; its queue says why. */
wsstls_status wsstls_tlsconf_steps(const wsstls_tlsconf *c, SSL *ssl);
/* Certificate, key and chain only. */
wsstls_status wsstls_tlsconf_use_cert(const wsstls_tlsconf *c, SSL *ssl);

/* tlsconf_check.c: tries everything on an SSL of its own, and explains. */
wsstls_status wsstls_tlsconf_check(wsstls_tlsconf *c, wsstls_error *err);

#endif
