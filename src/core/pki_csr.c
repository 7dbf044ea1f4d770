/* pki_csr.c: certificate requests (RFC 2986). */
#include <string.h>
#include "certutil.h"
#include "pki.h"
#include "pki_sign.h"

static X509_REQ *tampered(X509_REQ *csr)
{
  unsigned char *der = NULL;
  int len = i2d_X509_REQ(csr, &der);
  const unsigned char *p = der;
  X509_REQ *out = NULL;

  if (wsstls_der_tamper(der, len))
    out = d2i_X509_REQ(NULL, &p, len);
  OPENSSL_free(der);
  X509_REQ_free(csr);
  return out;
}

static wsstls_status fill(const wsstls_certspec *spec, EVP_PKEY *key,
                          X509_REQ *csr, wsstls_error *err)
{
  STACK_OF(X509_EXTENSION) *list = NULL;
  X509_NAME *name = NULL;
  wsstls_status status = wsstls_name_make(&spec->subject, &name, err);
  int ok;

  if (status != WSSTLS_OK)
    return status;
  ok = X509_REQ_set_version(csr, X509_REQ_VERSION_1) &&
       X509_REQ_set_subject_name(csr, name) && X509_REQ_set_pubkey(csr, key);
  X509_NAME_free(name);
  if (!ok)
    return WSSTLS_LIMIT_MEMORY;
  status = wsstls_extensions_make(spec, &list, err);
  if (status == WSSTLS_OK && sk_X509_EXTENSION_num(list) > 0 &&
      !X509_REQ_add_extensions(csr, list))
    status = WSSTLS_LIMIT_MEMORY;
  sk_X509_EXTENSION_pop_free(list, X509_EXTENSION_free);
  return status;
}

static int is_unsigned(const X509_REQ *csr)
{
  const ASN1_BIT_STRING *signature = NULL;

  X509_REQ_get0_signature(csr, &signature, NULL);
  return wsstls_signature_empty(signature);
}

wsstls_status wsstls_csr_make(const wsstls_certspec *spec, EVP_PKEY *key,
                              X509_REQ **out, wsstls_error *err)
{
  const EVP_MD *md = NULL;
  X509_REQ *csr = X509_REQ_new();
  wsstls_status status;

  *out = NULL;
  wsstls_errors_mark();
  status = csr != NULL ? wsstls_key_digest(key, spec->digest, &md, err)
                       : WSSTLS_LIMIT_MEMORY;
  if (status == WSSTLS_OK)
    status = fill(spec, key, csr, err);
  if (status == WSSTLS_OK && !X509_REQ_sign(csr, key, md))
    status = wsstls_pki_unsigned(err, "the request", key, md);
  if (status == WSSTLS_OK && is_unsigned(csr))
    status = WSSTLS_LIMIT_MEMORY;
  if (status == WSSTLS_OK && spec->tamper_signature &&
      (csr = tampered(csr)) == NULL)
    status = WSSTLS_LIMIT_MEMORY;
  status = wsstls_errors_judge(status, err);
  wsstls_errors_forget();
  if (status == WSSTLS_OK) {
    *out = csr;
    return status;
  }
  X509_REQ_free(csr);
  return status;
}

wsstls_status wsstls_csr_check(X509_REQ *csr, wsstls_error *err)
{
  wsstls_status status = WSSTLS_OK;
  EVP_PKEY *key;

  wsstls_errors_mark();
  key = X509_REQ_get0_pubkey(csr);
  if (key == NULL || X509_REQ_verify(csr, key) != 1)
    status = wsstls_errors_judge(
      wsstls_error_set(err, WSSTLS_CERT_BAD_SIGNATURE,
                       "the request's own signature does not verify: "
                       "whoever made it may not have its private key"), err);
  wsstls_errors_forget();
  return status;
}

wsstls_status wsstls_csr_read(X509_REQ *csr, wsstls_cert *out)
{
  STACK_OF(X509_EXTENSION) *list;
  GENERAL_NAMES *names;
  EVP_PKEY *key;
  int ok;

  memset(out, 0, sizeof *out);
  wsstls_errors_mark();
  key = X509_REQ_get0_pubkey(csr);
  list = X509_REQ_get_extensions(csr);
  names = X509V3_get_d2i(list, NID_subject_alt_name, NULL, NULL);
  out->version = (int)X509_REQ_get_version(csr) + 1;
  ok = wsstls_cert_read_subject(X509_REQ_get_subject_name(csr), out) &&
       wsstls_cert_read_names(names, out) &&
       (key == NULL || wsstls_key_describe(key, &out->key_type,
                                           &out->key_bits,
                                           &out->key_curve)) &&
       (out->spki_sha256 =
          wsstls_pin_text(X509_REQ_get_X509_PUBKEY(csr))) != NULL &&
       !wsstls_errors_memory();
  GENERAL_NAMES_free(names);
  sk_X509_EXTENSION_pop_free(list, X509_EXTENSION_free);
  wsstls_errors_forget();
  if (ok)
    return WSSTLS_OK;
  wsstls_cert_free(out);
  return WSSTLS_LIMIT_MEMORY;
}
