/* certutil.h: OpenSSL's objects as text, for cert.c and the pki files.
 *
 * Every char * returned is malloc'ed and the caller's; NULL means no memory.
 */
#ifndef WSSTLS_CERTUTIL_H
#define WSSTLS_CERTUTIL_H

#include <stddef.h>
#include <openssl/bio.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>
#include "cert.h"

char *wsstls_text_escape(const unsigned char *s, size_t len);
char *wsstls_hex(const unsigned char *s, size_t len);
char *wsstls_name_text(const X509_NAME *name);
char *wsstls_serial_text(const ASN1_INTEGER *serial);
char *wsstls_object_text(const ASN1_OBJECT *object, int long_name);
/* SHA-256 of the SubjectPublicKeyInfo in base64 (RFC 7469 2.4). */
char *wsstls_pin_text(X509_PUBKEY *key);
char *wsstls_ip_text(const unsigned char *s, size_t len);

/* What begins and ends with these finds OpenSSL's queue of errors empty and
 * leaves it so. Not for what runs under an SSL's callbacks with something to
 * lose: that has ERR_set_mark. */
void wsstls_errors_mark(void);
void wsstls_errors_forget(void);

/* Between the two: OpenSSL was short of memory, so that what looks absent
 * or damaged may be neither. Empties the queue. */
int wsstls_errors_memory(void);
/* `status`, or LIMIT_MEMORY when it is a failure and that was so. */
wsstls_status wsstls_errors_judge(wsstls_status status, wsstls_error *err);

/* Epoch seconds, 0 when it is no date. */
long long wsstls_time_epoch(const ASN1_TIME *t);

/* "ec", 256, "P-256" of a key, public or private; 0: no memory. */
int wsstls_key_describe(EVP_PKEY *key, char **type, int *bits, char **curve);

/* Takes `owned` over, also on failure; 0: no memory (or owned was NULL). */
int wsstls_strings_add(wsstls_strings *list, char *owned);
void wsstls_strings_clear(wsstls_strings *list);

/* The extensions' part of wsstls_cert_read (cert_ext.c); 0: no memory. */
int wsstls_cert_read_extensions(X509 *x, wsstls_cert *out);

int wsstls_cert_read_names(const GENERAL_NAMES *names, wsstls_cert *out);
int wsstls_cert_read_subject(const X509_NAME *subject, wsstls_cert *out);

/* RFC 5280 names of keyUsage bits, in bit order; NULL ends the list. */
extern const char *const wsstls_key_usages[];

#endif
