/* pki_crl.c: certificate revocation lists (RFC 5280 5). */
#include <string.h>
#include "certutil.h"
#include "pki.h"
#include "pki_sign.h"

static const char *const reasons[] = {
  "unspecified", "keyCompromise", "cACompromise", "affiliationChanged",
  "superseded", "cessationOfOperation", "certificateHold", NULL,
  "removeFromCRL", "privilegeWithdrawn", "aACompromise"
};

#define REASONS ((int)(sizeof reasons / sizeof *reasons))

int wsstls_crl_reason(const char *name)
{
  int i;

  for (i = 0; i < REASONS; i++)
    if (reasons[i] != NULL && strcmp(reasons[i], name) == 0)
      return i;
  return -1;
}

const char *wsstls_crl_reason_name(int reason)
{
  return reason >= 0 && reason < REASONS ? reasons[reason] : NULL;
}

static wsstls_status add_reason(X509_REVOKED *entry, int reason)
{
  ASN1_ENUMERATED *value = ASN1_ENUMERATED_new();
  int ok = value != NULL && ASN1_ENUMERATED_set(value, reason) &&
           X509_REVOKED_add1_ext_i2d(entry, NID_crl_reason, value, 0, 0) > 0;

  ASN1_ENUMERATED_free(value);
  return ok ? WSSTLS_OK : WSSTLS_LIMIT_MEMORY;
}

static wsstls_status add_revoked(const wsstls_revocation *r, X509_CRL *crl,
                                 wsstls_error *err)
{
  X509_REVOKED *entry = X509_REVOKED_new();
  ASN1_INTEGER *serial = wsstls_serial_make(r->serial, err);
  ASN1_TIME *date = serial != NULL ? wsstls_time_make(r->date, err) : NULL;
  wsstls_status status = WSSTLS_LIMIT_MEMORY;

  if (serial == NULL || date == NULL)
    status = err->status;
  else if (entry != NULL && X509_REVOKED_set_serialNumber(entry, serial) &&
           X509_REVOKED_set_revocationDate(entry, date))
    status = r->reason >= 0 ? add_reason(entry, r->reason) : WSSTLS_OK;
  if (status == WSSTLS_OK) {
    if (X509_CRL_add0_revoked(crl, entry))
      entry = NULL;
    else
      status = WSSTLS_LIMIT_MEMORY;
  }
  X509_REVOKED_free(entry);
  ASN1_INTEGER_free(serial);
  ASN1_TIME_free(date);
  return status;
}

static wsstls_status add_number(X509_CRL *crl, int nid, const char *hex,
                                int critical, wsstls_error *err)
{
  ASN1_INTEGER *number;
  int ok;

  if (hex == NULL)
    return WSSTLS_OK;
  if ((number = wsstls_serial_make(hex, err)) == NULL)
    return err->status;
  ok = X509_CRL_add1_ext_i2d(crl, nid, number, critical, 0) > 0;
  ASN1_INTEGER_free(number);
  return ok ? WSSTLS_OK : WSSTLS_LIMIT_MEMORY;
}

static wsstls_status add_aki(X509_CRL *crl, X509 *issuer)
{
  AUTHORITY_KEYID *id = wsstls_aki_make(issuer);
  int ok = id != NULL &&
           X509_CRL_add1_ext_i2d(crl, NID_authority_key_identifier, id, 0,
                                 0) > 0;

  AUTHORITY_KEYID_free(id);
  return ok ? WSSTLS_OK : WSSTLS_LIMIT_MEMORY;
}

static wsstls_status add_extensions(const wsstls_crlspec *spec,
                                    X509 *issuer, X509_CRL *crl,
                                    wsstls_error *err)
{
  STACK_OF(X509_EXTENSION) *list = NULL;
  wsstls_certspec extra;
  wsstls_status status;
  int i;

  status = spec->aki ? add_aki(crl, issuer) : WSSTLS_OK;
  if (status == WSSTLS_OK)
    status = add_number(crl, NID_crl_number, spec->number, 0, err);
  if (status == WSSTLS_OK)
    status = add_number(crl, NID_delta_crl, spec->delta, 1, err);
  if (status != WSSTLS_OK)
    return status;
  memset(&extra, 0, sizeof extra);
  extra.extensions = spec->extensions;
  extra.nextensions = spec->nextensions;
  status = wsstls_extensions_make(&extra, &list, err);
  for (i = 0; status == WSSTLS_OK && i < sk_X509_EXTENSION_num(list); i++)
    if (!X509_CRL_add_ext(crl, sk_X509_EXTENSION_value(list, i), -1))
      status = WSSTLS_LIMIT_MEMORY;
  sk_X509_EXTENSION_pop_free(list, X509_EXTENSION_free);
  return status;
}

static wsstls_status set_dates(const wsstls_crlspec *spec, X509_CRL *crl,
                               wsstls_error *err)
{
  ASN1_TIME *from = wsstls_time_make(spec->this_update, err);
  ASN1_TIME *to = from != NULL && spec->has_next_update
                    ? wsstls_time_make(spec->next_update, err) : NULL;
  wsstls_status status = WSSTLS_OK;

  if (from == NULL || (to == NULL && spec->has_next_update))
    status = err->status;
  else if (!X509_CRL_set1_lastUpdate(crl, from) ||
           (to != NULL && !X509_CRL_set1_nextUpdate(crl, to)))
    status = WSSTLS_LIMIT_MEMORY;
  ASN1_TIME_free(from);
  ASN1_TIME_free(to);
  return status;
}

static wsstls_status fill(const wsstls_crlspec *spec, X509 *issuer,
                          X509_CRL *crl, wsstls_error *err)
{
  wsstls_status status;
  size_t i;

  if (!X509_CRL_set_version(crl, X509_CRL_VERSION_2) ||
      !X509_CRL_set_issuer_name(crl, X509_get_subject_name(issuer)))
    return WSSTLS_LIMIT_MEMORY;
  status = set_dates(spec, crl, err);
  for (i = 0; status == WSSTLS_OK && i < spec->nrevoked; i++)
    status = add_revoked(&spec->revoked[i], crl, err);
  if (status == WSSTLS_OK)
    status = add_extensions(spec, issuer, crl, err);
  if (status == WSSTLS_OK)
    X509_CRL_sort(crl);
  return status;
}

/* Decoding the finished DER also fills OpenSSL's cache of a CRL's
 * extensions, which a CRL that was only built never gets. */
static X509_CRL *decoded(X509_CRL *crl, int tamper)
{
  unsigned char *der = NULL;
  int len = i2d_X509_CRL(crl, &der);
  const unsigned char *p = der;
  X509_CRL *out = NULL;

  if (len > 0 && (!tamper || wsstls_der_tamper(der, len)))
    out = d2i_X509_CRL(NULL, &p, len);
  OPENSSL_free(der);
  X509_CRL_free(crl);
  return out;
}

static int is_unsigned(const X509_CRL *crl)
{
  const ASN1_BIT_STRING *signature = NULL;

  X509_CRL_get0_signature(crl, &signature, NULL);
  return wsstls_signature_empty(signature);
}

wsstls_status wsstls_crl_make(const wsstls_crlspec *spec, X509 *issuer,
                              EVP_PKEY *signer, X509_CRL **out,
                              wsstls_error *err)
{
  const EVP_MD *md = NULL;
  X509_CRL *crl = X509_CRL_new();
  wsstls_status status;

  *out = NULL;
  wsstls_errors_mark();
  status = crl != NULL ? wsstls_key_digest(signer, spec->digest, &md, err)
                       : WSSTLS_LIMIT_MEMORY;
  if (status == WSSTLS_OK)
    status = fill(spec, issuer, crl, err);
  if (status == WSSTLS_OK && !X509_CRL_sign(crl, signer, md))
    status = wsstls_pki_unsigned(err, "the CRL", signer, md);
  if (status == WSSTLS_OK && is_unsigned(crl))
    status = WSSTLS_LIMIT_MEMORY;
  if (status == WSSTLS_OK &&
      (crl = decoded(crl, spec->tamper_signature)) == NULL)
    status = WSSTLS_LIMIT_MEMORY;
  status = wsstls_errors_judge(status, err);
  wsstls_errors_forget();
  if (status == WSSTLS_OK) {
    *out = crl;
    return status;
  }
  X509_CRL_free(crl);
  return status;
}
