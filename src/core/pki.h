/* pki.h: making keys, certificates, requests, CRLs, PKCS#12 and files.
 *
 * Nothing here has defaults or an opinion: a certificate gets exactly what
 * its spec says, broken or not. Defaults and names of options live in Lua.
 * All strings and arrays of a spec are borrowed for the call.
 *
 * WSSTLS_UNKNOWN means the spec asks for something that cannot be made
 * (an unknown curve, a date beyond 9999): misuse, which the Lua layer
 * raises. Every other status is a run-time failure.
 */
#ifndef WSSTLS_PKI_H
#define WSSTLS_PKI_H

#include <stddef.h>
#include <openssl/evp.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>
#include "cert.h"
#include "material.h"
#include "status.h"

#define WSSTLS_PKI_MISUSE WSSTLS_UNKNOWN

typedef struct wsstls_pair {
  const char *name;            /* "CN"; "dns", "ip", "email", "uri", "rid",
                                  "dirname", "othername" */
  const char *value;           /* UTF-8, may hold zero bytes; "dirname":
                                  attribute, 0, value, 0, ...; "othername":
                                  OID, 0, DER */
  size_t len;
} wsstls_pair;

typedef struct wsstls_pairs {
  wsstls_pair *items;
  size_t count;
} wsstls_pairs;

typedef struct wsstls_extension {
  const char *oid;             /* dotted, or a name OpenSSL knows */
  int critical;
  const char *value;           /* what the OCTET STRING holds */
  size_t len;
} wsstls_extension;

typedef struct wsstls_certspec {
  wsstls_pairs subject;        /* attribute name, value */
  int has_subject;             /* 0: keep the CSR's; else empty */
  wsstls_pairs names;          /* subjectAltName, RFC 5280 4.2.1.6 */
  int has_names;               /* 0: keep the CSR's; else none */
  int names_critical;
  long long not_before, not_after; /* epoch seconds, 1950 to 9999 */
  const char *digest;          /* NULL: what suits the key */
  const char *serial;          /* hex, perhaps "-"; NULL: random 159 bits */
  int version;                 /* 1..3; 3 unless a v1 is wanted */
  int basic_constraints;       /* 0 none, 1 critical, 2 not critical */
  int is_ca, path_length;      /* path_length -1: none */
  wsstls_pairs key_usage;      /* RFC 5280 names in .name */
  int has_key_usage, key_usage_critical;
  wsstls_pairs extended_key_usage; /* names or dotted OIDs in .name */
  int has_extended_key_usage, extended_key_usage_critical;
  int ski, aki;
  wsstls_pairs permitted, excluded; /* name constraints, 4.2.1.10 */
  int constraints_critical;
  wsstls_extension *extensions;
  size_t nextensions;
  int tamper_signature;        /* flips the last bit of the signature */
} wsstls_certspec;

/* pki_key.c. type "ec" (curve "P-256", ...), "rsa" (bits, and of how many
 * primes), "ed25519", "ed448", "rsa-pss"; *out is the caller's.
 * Source: EVP_PKEY_keygen(3). */
wsstls_status wsstls_key_make(const char *type, int bits, int primes,
                              const char *curve, EVP_PKEY **out,
                              wsstls_error *err);
/* A key that passes for `pub`'s but signs with `priv`'s private part. Both
 * must be of one type. Source: EVP_PKEY_fromdata(3). */
wsstls_status wsstls_key_mismatched(EVP_PKEY *pub, EVP_PKEY *priv,
                                    EVP_PKEY **out, wsstls_error *err);
/* The digest a signature with `key` is made with; *md NULL for EdDSA. */
wsstls_status wsstls_key_digest(EVP_PKEY *key, const char *name,
                                const EVP_MD **md, wsstls_error *err);

/* pki_name.c */
wsstls_status wsstls_name_make(const wsstls_pairs *pairs, X509_NAME **out,
                               wsstls_error *err);
wsstls_status wsstls_general_name_make(const wsstls_pair *pair,
                                       int constraint, GENERAL_NAME **out,
                                       wsstls_error *err);

/* pki_ext.c: all extensions of `spec` but SKI and AKI, appended to *out
 * (may be NULL, is created). */
wsstls_status wsstls_extensions_make(const wsstls_certspec *spec,
                                     STACK_OF(X509_EXTENSION) **out,
                                     wsstls_error *err);

/* pki_cert.c. `csr` may be NULL: then `key` is certified. `issuer` NULL:
 * signed by `signer` = the key itself. *out has no usable public key until
 * it is decoded: set `undecoded` in the material that gets it. */
wsstls_status wsstls_cert_make(const wsstls_certspec *spec, EVP_PKEY *key,
                               X509_REQ *csr, X509 *issuer, EVP_PKEY *signer,
                               X509 **out, wsstls_error *err);

/* The same with a signature that is wrong; takes `x`. NULL: no memory. */
X509 *wsstls_cert_tampered(X509 *x);
/* pki_standin.c. Like `model` in all but the key and the signature, which is
 * `signer`'s, with the model's digest; `tamper`: a wrong one. */
wsstls_status wsstls_cert_stand_in(const X509 *model, EVP_PKEY *key,
                                   EVP_PKEY *signer, int tamper, X509 **out,
                                   wsstls_error *err);

/* pki_csr.c */
wsstls_status wsstls_csr_make(const wsstls_certspec *spec, EVP_PKEY *key,
                              X509_REQ **out, wsstls_error *err);
/* CERT_BAD_SIGNATURE when the request's own signature does not verify. */
wsstls_status wsstls_csr_check(X509_REQ *csr, wsstls_error *err);

/* Subject, cn, key and names into the fields of a certificate of the same
 * meaning; free with wsstls_cert_free. Errors: LIMIT_MEMORY. */
wsstls_status wsstls_csr_read(X509_REQ *csr, wsstls_cert *out);

typedef struct wsstls_revocation {
  const char *serial;          /* hex */
  long long date;
  int reason;                  /* RFC 5280 5.3.1; -1: none */
} wsstls_revocation;

typedef struct wsstls_crlspec {
  wsstls_revocation *revoked;
  size_t nrevoked;
  long long this_update, next_update;
  int has_next_update;
  const char *number;          /* hex; NULL: no cRLNumber */
  const char *delta;           /* hex base CRL number; NULL: not a delta */
  const char *digest;
  int aki;
  wsstls_extension *extensions;
  size_t nextensions;
  int tamper_signature;
} wsstls_crlspec;

/* pki_crl.c */
wsstls_status wsstls_crl_make(const wsstls_crlspec *spec, X509 *issuer,
                              EVP_PKEY *signer, X509_CRL **out,
                              wsstls_error *err);
/* "keyCompromise" -> 1; -1 when there is no such reason. */
int wsstls_crl_reason(const char *name);
const char *wsstls_crl_reason_name(int reason); /* NULL when unknown */

/* Bytes made by a writer; free with wsstls_blob_clear, which wipes them. */
typedef struct wsstls_blob {
  char *data;
  size_t len;
} wsstls_blob;
void wsstls_blob_clear(wsstls_blob *b);

/* pki_write.c. What a material is as PEM (one object), as DER, as text.
 * CONFIG_NOT_A_CERTIFICATE: the material has no such part. */
typedef enum wsstls_pem_part {
  WSSTLS_PEM_SELF,             /* certificate, request, CRL or key */
  WSSTLS_PEM_CHAIN,            /* leaf and intermediates, no root */
  WSSTLS_PEM_FULL,             /* leaf and the whole chain */
  WSSTLS_PEM_ROOT              /* the self-signed end, perhaps itself */
} wsstls_pem_part;
wsstls_status wsstls_material_pem(const wsstls_material *m,
                                  wsstls_pem_part part, wsstls_blob *out,
                                  wsstls_error *err);
/* PKCS#8; `password` non-NULL encrypts it with AES-256-CBC (PBES2). */
wsstls_status wsstls_material_key_pem(const wsstls_material *m,
                                      const char *password,
                                      wsstls_blob *out, wsstls_error *err);
wsstls_status wsstls_material_der(const wsstls_material *m,
                                  wsstls_blob *out, wsstls_error *err);
/* As "openssl x509 -text"; private numbers are never printed. */
wsstls_status wsstls_material_text(const wsstls_material *m,
                                   wsstls_blob *out, wsstls_error *err);
/* The name a CA folder knows it by: 8 hex digits, of the subject (or a
 * CRL's issuer). */
wsstls_status wsstls_material_hash(const wsstls_material *m, char out[9],
                                   wsstls_error *err);

/* pki_p12.c. algorithm NULL: AES-256-CBC, PBKDF2, HMAC-SHA-256; "3des":
 * PBE-SHA1-3DES as old Windows and Java want; "rc2": RC2-40 as PKCS#12 was
 * once (legacy provider). Source: PKCS12_create(3). */
wsstls_status wsstls_material_pkcs12(const wsstls_material *m,
                                     const char *password, const char *name,
                                     const char *algorithm,
                                     wsstls_blob *out, wsstls_error *err);

/* pki_dh.c. A named group of RFC 7919, 3526 or 2409 for `bits`; `custom`
 * searches for a safe prime of that size instead, calling `progress` (may
 * be NULL; returning 0 stops with CANCELLED) as it goes. */
wsstls_status wsstls_dh_make(int bits, int custom,
                             int (*progress)(void *ud, int event),
                             void *ud, wsstls_blob *out, wsstls_error *err);

/* pki_store.c. Builds a reusable X509_STORE of every certificate and CRL of
 * `parts`, a folder by subject hash and the system's trust. */
wsstls_status wsstls_store_make(wsstls_material *const *parts, size_t n,
                                const char *ca_path, int system_ca,
                                wsstls_material **out, wsstls_error *err);

/* pki_file.c. Writes all files or none: each beside its target (that of a
 * link), then renamed; devices and pipes are written to. Private files get
 * mode 0600. CONFIG_WRITE_FAILED. */
typedef struct wsstls_file {
  const char *path, *bytes;
  size_t len;
  int secret;
} wsstls_file;
wsstls_status wsstls_files_write(const wsstls_file *files, size_t n,
                                 wsstls_error *err);

/* pki_rehash.c. Makes `dir` a CA folder as "openssl rehash" does; calls
 * `made` for each link. */
wsstls_status wsstls_folder_rehash(const char *dir,
                                   void (*made)(void *ud, const char *link,
                                                const char *file),
                                   void *ud, wsstls_error *err);

/* Sets `err` to "what: OpenSSL's newest reason" and returns `status`. */
wsstls_status wsstls_pki_fail(wsstls_error *err, wsstls_status status,
                              const char *what);
/* The same for a signature that OpenSSL refused to make. */
wsstls_status wsstls_pki_unsigned(wsstls_error *err, const char *what,
                                  const EVP_PKEY *signer, const EVP_MD *md);

#endif
