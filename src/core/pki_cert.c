/* pki_cert.c: signing certificates; see pki.h. */
#include <string.h>
#include <time.h>
#include <openssl/bn.h>
#include <openssl/rand.h>
#include "certutil.h"
#include "pki.h"
#include "pki_sign.h"

ASN1_TIME *wsstls_time_make(long long epoch, wsstls_error *err)
{
  ASN1_TIME *t = NULL;

  /* 1950-01-01 and 9999-12-31: what RFC 5280 4.1.2.5 can write */
  if (epoch < -631152000LL || epoch > 253402300799LL)
    wsstls_error_set(err, WSSTLS_PKI_MISUSE,
                     "a date must lie between the years 1950 and 9999");
  else if ((t = ASN1_TIME_set(NULL, (time_t)epoch)) == NULL)
    wsstls_error_set(err, WSSTLS_LIMIT_MEMORY, "not enough memory");
  return t;
}

/* NULL hex: 159 random bits, which is positive in at most 20 octets. */
ASN1_INTEGER *wsstls_serial_make(const char *hex, wsstls_error *err)
{
  BIGNUM *bn = NULL;
  ASN1_INTEGER *serial = NULL;

  if (hex != NULL) {
    int n = BN_hex2bn(&bn, hex);

    if (n == 0 || (size_t)n != strlen(hex)) {
      BN_free(bn);
      wsstls_error_set(err, WSSTLS_PKI_MISUSE,
                       "'%.60s' is no hexadecimal number", hex);
      return NULL;
    }
  } else if ((bn = BN_new()) != NULL &&
             !BN_rand(bn, 159, BN_RAND_TOP_ONE, BN_RAND_BOTTOM_ANY)) {
    BN_free(bn);
    bn = NULL;
  }
  if (bn != NULL)
    serial = BN_to_ASN1_INTEGER(bn, NULL);
  BN_free(bn);
  if (serial == NULL)
    wsstls_error_set(err, WSSTLS_LIMIT_MEMORY, "not enough memory");
  return serial;
}

static wsstls_status set_dates(const wsstls_certspec *spec, X509 *x,
                               wsstls_error *err)
{
  ASN1_TIME *from = wsstls_time_make(spec->not_before, err);
  ASN1_TIME *to = from != NULL ? wsstls_time_make(spec->not_after, err)
                               : NULL;
  int ok = to != NULL && X509_set1_notBefore(x, from) &&
           X509_set1_notAfter(x, to);

  ASN1_TIME_free(from);
  ASN1_TIME_free(to);
  if (ok)
    return WSSTLS_OK;
  return to == NULL ? err->status : WSSTLS_LIMIT_MEMORY;
}

static wsstls_status set_subject(const wsstls_certspec *spec, X509_REQ *csr,
                                 X509 *x, wsstls_error *err)
{
  X509_NAME *name = NULL;
  wsstls_status status = WSSTLS_OK;
  int ok;

  if (!spec->has_subject && csr != NULL)
    return X509_set_subject_name(x, X509_REQ_get_subject_name(csr))
             ? WSSTLS_OK : WSSTLS_LIMIT_MEMORY;
  status = wsstls_name_make(&spec->subject, &name, err);
  if (status != WSSTLS_OK)
    return status;
  ok = X509_set_subject_name(x, name);
  X509_NAME_free(name);
  return ok ? WSSTLS_OK : WSSTLS_LIMIT_MEMORY;
}

/* The names a request asks for; its other wishes are the CA's to decide. */
static wsstls_status copy_names(X509_REQ *csr, X509 *x)
{
  STACK_OF(X509_EXTENSION) *wanted = X509_REQ_get_extensions(csr);
  int at = X509v3_get_ext_by_NID(wanted, NID_subject_alt_name, -1);
  int ok = at < 0 || X509_add_ext(x, X509v3_get_ext(wanted, at), -1);

  sk_X509_EXTENSION_pop_free(wanted, X509_EXTENSION_free);
  return ok ? WSSTLS_OK : WSSTLS_LIMIT_MEMORY;
}

/* RFC 5280 4.2.1.2 method 1: SHA-1 of the key, an identifier and no more. */
static wsstls_status add_ski(X509 *x)
{
  unsigned char digest[EVP_MAX_MD_SIZE];
  unsigned len = 0;
  ASN1_OCTET_STRING *id = ASN1_OCTET_STRING_new();
  int ok = id != NULL && X509_pubkey_digest(x, EVP_sha1(), digest, &len) &&
           ASN1_OCTET_STRING_set(id, digest, (int)len) &&
           X509_add1_ext_i2d(x, NID_subject_key_identifier, id, 0,
                             X509V3_ADD_APPEND) > 0;

  ASN1_OCTET_STRING_free(id);
  return ok ? WSSTLS_OK : WSSTLS_LIMIT_MEMORY;
}

/* The issuer's SKI; of an issuer without one, what it would have been. */
AUTHORITY_KEYID *wsstls_aki_make(X509 *issuer)
{
  unsigned char digest[EVP_MAX_MD_SIZE];
  unsigned len = 0;
  AUTHORITY_KEYID *id = AUTHORITY_KEYID_new();
  ASN1_OCTET_STRING *ski =
    X509_get_ext_d2i(issuer, NID_subject_key_identifier, NULL, NULL);

  if (id != NULL && ski == NULL &&
      (ski = ASN1_OCTET_STRING_new()) != NULL &&
      !(X509_pubkey_digest(issuer, EVP_sha1(), digest, &len) &&
        ASN1_OCTET_STRING_set(ski, digest, (int)len))) {
    ASN1_OCTET_STRING_free(ski);
    ski = NULL;
  }
  if (id == NULL || ski == NULL) {
    AUTHORITY_KEYID_free(id);
    ASN1_OCTET_STRING_free(ski);
    return NULL;
  }
  id->keyid = ski;
  return id;
}

static wsstls_status add_aki(X509 *x, X509 *issuer)
{
  AUTHORITY_KEYID *id = wsstls_aki_make(issuer);
  int ok = id != NULL &&
           X509_add1_ext_i2d(x, NID_authority_key_identifier, id, 0,
                             X509V3_ADD_APPEND) > 0;

  AUTHORITY_KEYID_free(id);
  return ok ? WSSTLS_OK : WSSTLS_LIMIT_MEMORY;
}

static wsstls_status add_extensions(const wsstls_certspec *spec,
                                    X509_REQ *csr, X509 *issuer, X509 *x,
                                    wsstls_error *err)
{
  STACK_OF(X509_EXTENSION) *list = NULL;
  wsstls_status status = wsstls_extensions_make(spec, &list, err);
  int i;

  for (i = 0; status == WSSTLS_OK && i < sk_X509_EXTENSION_num(list); i++)
    if (!X509_add_ext(x, sk_X509_EXTENSION_value(list, i), -1))
      status = WSSTLS_LIMIT_MEMORY;
  sk_X509_EXTENSION_pop_free(list, X509_EXTENSION_free);
  if (status == WSSTLS_OK && csr != NULL && !spec->has_names)
    status = copy_names(csr, x);
  if (status == WSSTLS_OK && spec->ski)
    status = add_ski(x);
  if (status == WSSTLS_OK && spec->aki && (issuer != NULL || spec->ski))
    status = add_aki(x, issuer != NULL ? issuer : x);
  return status;
}

static wsstls_status fill(const wsstls_certspec *spec, EVP_PKEY *key,
                          X509_REQ *csr, X509 *issuer, X509 *x,
                          wsstls_error *err)
{
  ASN1_INTEGER *serial = wsstls_serial_make(spec->serial, err);
  wsstls_status status = WSSTLS_OK;
  int ok;

  if (serial == NULL)
    return err->status;
  ok = X509_set_version(x, spec->version - 1) &&
       X509_set_serialNumber(x, serial) && wsstls_pubkey_set(x, key);
  ASN1_INTEGER_free(serial);
  if (!ok)
    return wsstls_pki_fail(err, WSSTLS_PKI_MISUSE, "the key or version");
  status = set_dates(spec, x, err);
  if (status == WSSTLS_OK)
    status = set_subject(spec, csr, x, err);
  if (status == WSSTLS_OK &&
      !X509_set_issuer_name(x, X509_get_subject_name(issuer != NULL ? issuer
                                                                    : x)))
    status = WSSTLS_LIMIT_MEMORY;
  if (status == WSSTLS_OK)
    status = add_extensions(spec, csr, issuer, x, err);
  return status;
}

/* The signature is the last thing in the DER of everything that is signed;
 * flipping its last bit leaves the encoding valid. */
int wsstls_der_tamper(unsigned char *der, int len)
{
  if (der == NULL || len < 1)
    return 0;
  der[len - 1] ^= 1;
  return 1;
}

int wsstls_signature_empty(const ASN1_BIT_STRING *signature)
{
  return signature == NULL || ASN1_STRING_length(signature) <= 0;
}

static int is_unsigned(const X509 *x)
{
  const ASN1_BIT_STRING *signature = NULL;

  X509_get0_signature(&signature, NULL, x);
  return wsstls_signature_empty(signature);
}

X509 *wsstls_cert_tampered(X509 *x)
{
  unsigned char *der = NULL;
  int len = i2d_X509(x, &der);
  const unsigned char *p = der;
  X509 *out = NULL;

  if (wsstls_der_tamper(der, len))
    out = d2i_X509(NULL, &p, len);
  OPENSSL_free(der);
  X509_free(x);
  return out;
}

wsstls_status wsstls_cert_make(const wsstls_certspec *spec, EVP_PKEY *key,
                               X509_REQ *csr, X509 *issuer, EVP_PKEY *signer,
                               X509 **out, wsstls_error *err)
{
  const EVP_MD *md = NULL;
  wsstls_status status;
  X509 *x = X509_new();

  *out = NULL;
  wsstls_errors_mark();
  status = x != NULL ? wsstls_key_digest(signer, spec->digest, &md, err)
                     : WSSTLS_LIMIT_MEMORY;
  if (status == WSSTLS_OK)
    status = fill(spec, key, csr, issuer, x, err);
  if (status == WSSTLS_OK && !X509_sign(x, signer, md))
    status = wsstls_pki_unsigned(err, "the certificate", signer, md);
  if (status == WSSTLS_OK && is_unsigned(x))
    status = WSSTLS_LIMIT_MEMORY;
  if (status == WSSTLS_OK && spec->tamper_signature &&
      (x = wsstls_cert_tampered(x)) == NULL)
    status = WSSTLS_LIMIT_MEMORY;
  status = wsstls_errors_judge(status, err);
  wsstls_errors_forget();
  if (status == WSSTLS_OK) {
    *out = x;
    return status;
  }
  X509_free(x);
  return status;
}
