/* material_parse.h: the readers behind wsstls_material_load.
 *
 * A collection gathers what a source holds, in source order, before anybody
 * decides which certificate is the leaf. Every reader returns WSSTLS_OK or
 * fills `err` with a sentence that starts with `source`.
 */
#ifndef WSSTLS_MATERIAL_PARSE_H
#define WSSTLS_MATERIAL_PARSE_H

#include "material.h"

typedef struct wsstls_collection {
  const char *source;          /* for messages: a path, "the PEM text" ... */
  const char *password;        /* or NULL */
  wsstls_error *err;
  STACK_OF(X509) *certs;
  STACK_OF(X509_CRL) *crls;
  EVP_PKEY **keys;
  size_t nkeys;
  X509_REQ *csr;
  int pkcs12;
  char other[96];              /* something else that was there, named */
} wsstls_collection;

wsstls_status wsstls_collection_init(wsstls_collection *c);
void wsstls_collection_clear(wsstls_collection *c);

/* Each takes over its object, also on failure. */
wsstls_status wsstls_collection_add_cert(wsstls_collection *c, X509 *x);
wsstls_status wsstls_collection_add_key(wsstls_collection *c, EVP_PKEY *key);
wsstls_status wsstls_collection_add_crl(wsstls_collection *c, X509_CRL *crl);
wsstls_status wsstls_collection_add_csr(wsstls_collection *c, X509_REQ *csr);

/* material_pem.c, material_der.c, material_key.c */
wsstls_status wsstls_collection_read_pem(wsstls_collection *c,
                                         const char *text, size_t len);
wsstls_status wsstls_collection_read_der(wsstls_collection *c,
                                         const unsigned char *der,
                                         size_t len);
/* One PEM block or DER element that is a private key; `name` is the PEM
 * label, e.g. "EC PRIVATE KEY", "PRIVATE KEY", "ENCRYPTED PRIVATE KEY". */
wsstls_status wsstls_collection_read_key(wsstls_collection *c,
                                         const char *name,
                                         const unsigned char *der,
                                         size_t len);
wsstls_status wsstls_collection_read_pkcs12(wsstls_collection *c,
                                            const unsigned char *der,
                                            size_t len);
wsstls_status wsstls_collection_read_pkcs7(wsstls_collection *c,
                                           const unsigned char *der,
                                           size_t len);

/* CONFIG_TRUNCATED when the element is longer than what is there, else
 * CONFIG_NOT_A_CERTIFICATE; `what` names the thing that is damaged. */
wsstls_status wsstls_collection_damaged(wsstls_collection *c,
                                        const char *what,
                                        const unsigned char *der,
                                        size_t len);
wsstls_status wsstls_collection_password(wsstls_collection *c,
                                         const char *what);
/* If the newest OpenSSL errors say that an algorithm is not provided, sets
 * CONFIG_PKCS12_ALGORITHM naming `algorithm`; else WSSTLS_OK. */
wsstls_status wsstls_collection_unsupported(wsstls_collection *c,
                                            const char *what,
                                            const char *algorithm);

#endif
