/* pki_sign.h: what certificates, requests and CRLs have in common when they
 * are made; for the pki files only. */
#ifndef WSSTLS_PKI_SIGN_H
#define WSSTLS_PKI_SIGN_H

#include "pki.h"

/* NULL with `err` filled when the date or number cannot be written. */
ASN1_TIME *wsstls_time_make(long long epoch, wsstls_error *err);
ASN1_INTEGER *wsstls_serial_make(const char *hex, wsstls_error *err);
AUTHORITY_KEYID *wsstls_aki_make(X509 *issuer); /* NULL: no memory */
/* X509_set_pubkey without its detours (pki_spki.c). */
int wsstls_pubkey_set(X509 *x, EVP_PKEY *key);
/* OpenSSL 3.0 reports success with a signature of -1 bytes when i2d_ECDSA_SIG
 * gets no memory. */
int wsstls_signature_empty(const ASN1_BIT_STRING *signature);
int wsstls_der_tamper(unsigned char *der, int len);

#endif
