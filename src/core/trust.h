/* trust.h: CA files, folders and the system's store -> X509_STORE.
 *
 * Parsing the 140 certificates of a system bundle costs more than a whole
 * handshake, so the last 16 stores are kept. A store is found again by the
 * content of what it was made of: the bytes given, or a file's identity,
 * size and times; a file rewritten in place is read again.
 */
#ifndef WSSTLS_TRUST_H
#define WSSTLS_TRUST_H

#include <openssl/x509.h>
#include "tlsconf.h"

typedef struct wsstls_trust {
  X509_STORE *store;           /* one reference is the holder's */
  int count;                   /* certificates in it; a folder's are not */
  int system;                  /* the system's store is part of it */
} wsstls_trust;

/* Reads o's ca* and system_ca. Errors: CONFIG_*, LIMIT_MEMORY. */
wsstls_status wsstls_trust_get(const wsstls_tlsopts *o, wsstls_trust *out,
                               wsstls_error *err);
/* The CRLs of `o`, the caller's to free (also on failure); NULL: none given.
 * They stay out of the store: there OpenSSL looks a CRL up by the issuer of
 * the certificate, and an indirect CRL has another one. */
wsstls_status wsstls_trust_crls(const wsstls_tlsopts *o,
                                STACK_OF(X509_CRL) **out, wsstls_error *err);
void wsstls_trust_clear(wsstls_trust *t);
void wsstls_trust_forget(void); /* gives back all that is kept */

/* Loads one source; a failure's message begins with the option's name. */
wsstls_status wsstls_source_load(const wsstls_source *s, const char *option,
                                 const char *password,
                                 wsstls_material **out, wsstls_error *err);
int wsstls_source_given(const wsstls_source *s);
/* "ca: /etc/ca.pem" where the source is a path, else the option's name: what
 * a complaint about it begins with. */
#define WSSTLS_LABEL_SIZE 200
const char *wsstls_source_label(const wsstls_source *s, const char *option,
                                char out[WSSTLS_LABEL_SIZE]);

/* trust_key.c: SHA-256 over everything that decides what the store holds.
 * Returns 0 when that cannot be told (the store is then made afresh). */
int wsstls_trust_key(const wsstls_tlsopts *o, unsigned char key[32]);

#endif
