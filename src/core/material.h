/* material.h: certificates, keys, CSRs and CRLs, loaded from anything.
 *
 * A material is what a PEM text, a DER byte string, a PKCS#12 file or a path
 * to one of these contains, with nothing judged yet: which certificate is
 * the leaf, which key belongs to it, what stands beside it. tlsconf, verify
 * and pki take materials; nobody else parses files.
 *
 * Materials are reference counted and immutable once returned.
 */
#ifndef WSSTLS_MATERIAL_H
#define WSSTLS_MATERIAL_H

#include <stddef.h>
#include <openssl/x509.h>
#include "status.h"

typedef enum wsstls_material_kind {
  WSSTLS_MATERIAL_CERTIFICATE, /* a certificate, perhaps key and chain too */
  WSSTLS_MATERIAL_KEY,         /* a private key alone */
  WSSTLS_MATERIAL_CSR,
  WSSTLS_MATERIAL_CRL,
  WSSTLS_MATERIAL_PKCS12,      /* as CERTIFICATE, from a PKCS#12 */
  WSSTLS_MATERIAL_STORE        /* trusted certificates and CRLs, reusable */
} wsstls_material_kind;

typedef struct wsstls_material {
  int refs;
  wsstls_material_kind kind;
  X509 *cert;                 /* the leaf: the certificate the key belongs to,
                                 else the first one; NULL when there is none */
  EVP_PKEY *key;              /* NULL when there is none */
  STACK_OF(X509) *chain;      /* every other certificate, in source order,
                                 duplicates removed; never NULL */
  int issued;                 /* made here: `chain` is who issued it, and who
                                 trusts the one does not trust the others */
  STACK_OF(X509_CRL) *crls;   /* never NULL */
  X509_REQ *csr;
  int key_is_foreign;         /* a key was there that fits no certificate */
  X509_STORE *store;          /* kind STORE only, as the two below: */
  char *folder;               /* where it looks certificates up, or NULL */
  int system;                 /* it has the system's, too */
  int undecoded;              /* cert was just signed and its key is not
                                 usable yet: wsstls_material_decode */
} wsstls_material;

/* True when `bytes` name a file; false: they are PEM, DER or PKCS#12. */
int wsstls_material_is_path(const char *bytes, size_t len);

/* Loads `len` bytes of `bytes`: "-----BEGIN" anywhere means PEM; a first
 * byte 0x30 with no file of that name, or a zero byte, means DER or
 * PKCS#12; anything else is the path of a file with one of these.
 * `password` may be NULL. On failure *out is NULL and `err` names the source
 * and says what was found instead. Errors: CONFIG_FILE_*,
 * CONFIG_NOT_A_CERTIFICATE, CONFIG_TRUNCATED, CONFIG_PASSWORD_*,
 * CONFIG_PKCS12_ALGORITHM.
 * Sources: PEM_read_bio(3), d2i_X509(3), PKCS12_parse(3). */
wsstls_status wsstls_material_load(const char *bytes, size_t len,
                                   const char *password,
                                   wsstls_material **out,
                                   wsstls_error *err);

/* Takes over nothing: every object is up-referenced. Any may be NULL. */
wsstls_material *wsstls_material_new(wsstls_material_kind kind, X509 *cert,
                                     EVP_PKEY *key, STACK_OF(X509) *chain);
wsstls_material *wsstls_material_ref(wsstls_material *m);
void wsstls_material_unref(wsstls_material *m); /* NULL is fine */

/* Makes a freshly signed certificate fit for use. Decoding a key costs more
 * than signing a certificate, so it waits until somebody needs it; what
 * comes out of wsstls_ltest_material is always decoded. */
wsstls_status wsstls_material_decode(wsstls_material *m);

/* "certificate", "key", "csr", "crl", "pkcs12", "store". */
const char *wsstls_material_kind_name(wsstls_material_kind kind);

#endif
