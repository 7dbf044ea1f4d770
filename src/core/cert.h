/* cert.h: one certificate as plain data, for tables and text.
 *
 * The struct owns every string in it; wsstls_cert_free releases all.
 * Strings are UTF-8 and may contain what a peer sent: nothing is trusted.
 */
#ifndef WSSTLS_CERT_H
#define WSSTLS_CERT_H

#include <stddef.h>
#include <openssl/x509.h>
#include "status.h"

typedef struct wsstls_strings {
  char **items;
  size_t count;
} wsstls_strings;

typedef struct wsstls_cert {
  char *subject, *issuer;      /* RFC 2253, e.g. "CN=localhost,O=x" */
  char *cn;                    /* last commonName of the subject, or NULL */
  char *serial;                /* lower-case hex, no separators */
  int version;                 /* 1..3 */
  long long not_before, not_after; /* epoch seconds, RFC 5280 4.1.2.5 */
  char *key_type;              /* "ec", "rsa", "ed25519", "ed448", ... */
  int key_bits;
  char *key_curve;             /* "P-256", ... or NULL */
  char *signature_algorithm;   /* OpenSSL's long name */
  wsstls_strings dns, ip, email, uri; /* subjectAltName, ip as text */
  wsstls_strings dirname;      /* ... RFC 2253 */
  wsstls_strings othername;    /* ... "OID;UTF8:text" or "OID;DER:hex" */
  wsstls_strings rid;          /* ... dotted */
  int basic_constraints;       /* the extension is there and readable */
  int is_ca;                   /* basicConstraints CA:TRUE */
  int path_length;             /* -1: none */
  wsstls_strings key_usage;    /* RFC 5280 names: "digitalSignature" ... */
  wsstls_strings extended_key_usage; /* "serverAuth", ... or dotted OID */
  char *subject_key_id, *authority_key_id; /* lower-case hex or NULL */
  char *sha256;                /* lower-case hex of the DER */
  char *spki_sha256;           /* base64, as curl's --pinnedpubkey */
  int self_signed;             /* subject = issuer and SKI/AKI agree */
  char *pem;
} wsstls_cert;

/* Reads everything above out of `x`. Errors: LIMIT_MEMORY only; what cannot
 * be decoded is left NULL, zero or empty. */
wsstls_status wsstls_cert_read(X509 *x, wsstls_cert *out);
void wsstls_cert_free(wsstls_cert *cert); /* clears it too */

#endif
