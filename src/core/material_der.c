/* material_der.c: collections, and DER elements of every kind. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <openssl/err.h>
#include <openssl/pkcs12.h>
#include <openssl/pkcs7.h>
#include "certutil.h"
#include "material_parse.h"

wsstls_status wsstls_collection_init(wsstls_collection *c)
{
  memset(c, 0, sizeof *c);
  c->source = "";
  c->certs = sk_X509_new_null();
  c->crls = sk_X509_CRL_new_null();
  return c->certs != NULL && c->crls != NULL ? WSSTLS_OK
                                             : WSSTLS_LIMIT_MEMORY;
}

void wsstls_collection_clear(wsstls_collection *c)
{
  size_t i;

  sk_X509_pop_free(c->certs, X509_free);
  sk_X509_CRL_pop_free(c->crls, X509_CRL_free);
  for (i = 0; i < c->nkeys; i++)
    EVP_PKEY_free(c->keys[i]);
  free(c->keys);
  X509_REQ_free(c->csr);
  memset(c, 0, sizeof *c);
}

wsstls_status wsstls_collection_add_cert(wsstls_collection *c, X509 *x)
{
  int i;

  for (i = 0; i < sk_X509_num(c->certs); i++)
    if (X509_cmp(sk_X509_value(c->certs, i), x) == 0) {
      X509_free(x);
      return WSSTLS_OK;
    }
  if (sk_X509_push(c->certs, x))
    return WSSTLS_OK;
  X509_free(x);
  return WSSTLS_LIMIT_MEMORY;
}

wsstls_status wsstls_collection_add_key(wsstls_collection *c, EVP_PKEY *key)
{
  EVP_PKEY **keys = realloc(c->keys, (c->nkeys + 1) * sizeof *keys);

  if (keys == NULL) {
    EVP_PKEY_free(key);
    return WSSTLS_LIMIT_MEMORY;
  }
  c->keys = keys;
  c->keys[c->nkeys++] = key;
  return WSSTLS_OK;
}

wsstls_status wsstls_collection_add_crl(wsstls_collection *c, X509_CRL *crl)
{
  if (sk_X509_CRL_push(c->crls, crl))
    return WSSTLS_OK;
  X509_CRL_free(crl);
  return WSSTLS_LIMIT_MEMORY;
}

wsstls_status wsstls_collection_add_csr(wsstls_collection *c, X509_REQ *csr)
{
  /* the first one counts: a material has room for one request */
  if (c->csr == NULL)
    c->csr = csr;
  else
    X509_REQ_free(csr);
  return WSSTLS_OK;
}

/* Length of the DER element at `der` with its header, 0 when the header is
 * not DER, SIZE_MAX when even the header is cut off. May exceed `len`. */
static size_t der_length(const unsigned char *der, size_t len)
{
  size_t n = 0, octets, i;

  if (len < 2)
    return SIZE_MAX;
  if (der[1] < 0x80)
    return (size_t)der[1] + 2;
  octets = der[1] & 0x7f;
  if (octets == 0 || octets > 4)
    return 0;
  if (len < 2 + octets)
    return SIZE_MAX;
  for (i = 0; i < octets; i++)
    n = n << 8 | der[2 + i];
  return n + 2 + octets;
}

/* A SEQUENCE of indefinite length, as NSS exports PKCS#12. */
static int is_ber(const unsigned char *der, size_t len)
{
  return len >= 2 && der[0] == 0x30 && der[1] == 0x80;
}

wsstls_status wsstls_collection_damaged(wsstls_collection *c,
                                        const char *what,
                                        const unsigned char *der, size_t len)
{
  size_t want = der_length(der, len);

  /* indefinite lengths end in two zero bytes */
  if (is_ber(der, len) && (der[len - 2] != 0 || der[len - 1] != 0))
    want = SIZE_MAX;
  if (want == SIZE_MAX)
    return wsstls_error_set(c->err, WSSTLS_CONFIG_TRUNCATED,
                            "%s: %s ends after %zu bytes, too early",
                            c->source, what, len);
  if (want > len)
    return wsstls_error_set(c->err, WSSTLS_CONFIG_TRUNCATED,
                            "%s: %s ends after %zu of %zu bytes", c->source,
                            what, len, want);
  return wsstls_error_set(c->err, WSSTLS_CONFIG_NOT_A_CERTIFICATE,
                          "%s: %s is damaged: its DER does not decode",
                          c->source, what);
}

wsstls_status wsstls_collection_password(wsstls_collection *c,
                                         const char *what)
{
  if (c->password == NULL)
    return wsstls_error_set(c->err, WSSTLS_CONFIG_PASSWORD_MISSING,
                            "%s: this is %s; give its password", c->source,
                            what);
  return wsstls_error_set(c->err, WSSTLS_CONFIG_PASSWORD_WRONG,
                          "%s: the password does not open %s", c->source,
                          what);
}

wsstls_status wsstls_collection_read_pkcs7(wsstls_collection *c,
                                           const unsigned char *der,
                                           size_t len)
{
  const unsigned char *p = der;
  PKCS7 *p7 = d2i_PKCS7(NULL, &p, (long)len);
  STACK_OF(X509) *certs = NULL;
  STACK_OF(X509_CRL) *crls = NULL;
  wsstls_status status = WSSTLS_OK;
  int i;

  if (p7 == NULL)
    return wsstls_collection_damaged(c, "the PKCS#7 bundle", der, len);
  if (PKCS7_type_is_signed(p7) && p7->d.sign != NULL) {
    certs = p7->d.sign->cert;
    crls = p7->d.sign->crl;
  }
  for (i = 0; status == WSSTLS_OK && i < sk_X509_num(certs); i++)
    if (X509_up_ref(sk_X509_value(certs, i)))
      status = wsstls_collection_add_cert(c, sk_X509_value(certs, i));
  for (i = 0; status == WSSTLS_OK && i < sk_X509_CRL_num(crls); i++)
    if (X509_CRL_up_ref(sk_X509_CRL_value(crls, i)))
      status = wsstls_collection_add_crl(c, sk_X509_CRL_value(crls, i));
  PKCS7_free(p7);
  return status;
}

/* Shapes that tell kinds apart before any of them decodes: the byte after
 * the outer SEQUENCE header, then the one after the next header. */
static void peek(const unsigned char *der, size_t len, int *first,
                 int *second)
{
  int *out[2];
  size_t i, at = 0;

  out[0] = first;
  out[1] = second;
  *first = *second = -1;
  for (i = 0; i < 2; i++) {
    if (len - at < 2)
      return;
    at += der[at + 1] < 0x80 ? 2 : 2 + (size_t)(der[at + 1] & 0x7f);
    if (at >= len)
      return;
    *out[i] = der[at];
  }
}

static const char *resembles(const unsigned char *der, size_t len)
{
  int first, second;

  peek(der, len, &first, &second);
  if (first == 0x06)
    return "the PKCS#7 bundle";
  if (first == 0x02)           /* the version: 3 is PKCS#12's alone */
    return second == 3 ? "the PKCS#12 file" : "the private key";
  if (first == 0x30 && second == 0xa0)
    return "the certificate";
  if (first == 0x30 && second == 0x06)
    return "the key";
  return first == 0x30 ? "the certificate, request or CRL" : "the data";
}

static int try_pkcs12(const unsigned char *der, size_t len)
{
  const unsigned char *p = der;
  PKCS12 *p12 = d2i_PKCS12(NULL, &p, (long)len);

  PKCS12_free(p12);
  return p12 != NULL;
}

static int try_pkcs7(const unsigned char *der, size_t len)
{
  /* contentType signedData, 1.2.840.113549.1.7.2 */
  static const unsigned char oid[] = { 0x06, 0x09, 0x2a, 0x86, 0x48, 0x86,
                                       0xf7, 0x0d, 0x01, 0x07, 0x02 };

  return memmem(der, len < 24 ? len : 24, oid, sizeof oid) != NULL;
}

/* A private key without a PEM label, or NULL. */
static const char *key_name(const unsigned char *der, size_t len)
{
  const unsigned char *p = der;
  PKCS8_PRIV_KEY_INFO *plain = d2i_PKCS8_PRIV_KEY_INFO(NULL, &p, (long)len);
  X509_SIG *sealed;
  EVP_PKEY *key;

  PKCS8_PRIV_KEY_INFO_free(plain);
  if (plain != NULL)
    return "PRIVATE KEY";
  p = der;
  sealed = d2i_X509_SIG(NULL, &p, (long)len);
  X509_SIG_free(sealed);
  if (sealed != NULL)
    return "ENCRYPTED PRIVATE KEY";
  p = der;
  key = d2i_AutoPrivateKey(NULL, &p, (long)len);
  EVP_PKEY_free(key);
  return key != NULL ? "RSA PRIVATE KEY" : NULL;
}

/* What is no certificate, request or CRL. */
static wsstls_status read_other(wsstls_collection *c,
                                const unsigned char *der, size_t len)
{
  const unsigned char *p = der;
  const char *name;
  EVP_PKEY *key;

  if (try_pkcs12(der, len))
    return wsstls_collection_read_pkcs12(c, der, len);
  if (wsstls_errors_memory())
    return WSSTLS_LIMIT_MEMORY;
  if (try_pkcs7(der, len))
    return wsstls_collection_read_pkcs7(c, der, len);
  if ((name = key_name(der, len)) != NULL)
    return wsstls_collection_read_key(c, name, der, len);
  if ((key = d2i_PUBKEY(NULL, &p, (long)len)) != NULL) {
    EVP_PKEY_free(key);
    memcpy(c->other, "a public key", sizeof "a public key");
    return WSSTLS_OK;
  }
  return wsstls_collection_damaged(c, resembles(der, len), der, len);
}

/* After each try memory is asked for: the queue of errors is short, and the
 * tries that follow would push the reason out of it. */
static wsstls_status read_element(wsstls_collection *c,
                                  const unsigned char *der, size_t len)
{
  const unsigned char *p = der;
  X509 *cert = d2i_X509(NULL, &p, (long)len);
  X509_REQ *csr;
  X509_CRL *crl;

  if (cert != NULL)
    return wsstls_collection_add_cert(c, cert);
  if (wsstls_errors_memory())
    return WSSTLS_LIMIT_MEMORY;
  p = der;
  if ((csr = d2i_X509_REQ(NULL, &p, (long)len)) != NULL)
    return wsstls_collection_add_csr(c, csr);
  if (wsstls_errors_memory())
    return WSSTLS_LIMIT_MEMORY;
  p = der;
  if ((crl = d2i_X509_CRL(NULL, &p, (long)len)) != NULL)
    return wsstls_collection_add_crl(c, crl);
  return wsstls_errors_memory() ? WSSTLS_LIMIT_MEMORY
                                : read_other(c, der, len);
}

/* Certificates are often simply concatenated, in DER as well. */
wsstls_status wsstls_collection_read_der(wsstls_collection *c,
                                         const unsigned char *der,
                                         size_t len)
{
  size_t at = 0;

  while (at < len) {
    size_t n = der_length(der + at, len - at);
    wsstls_status status;

    if (is_ber(der + at, len - at))
      n = len - at;            /* only its content knows where it ends */
    if (der[at] != 0x30 || n == 0)
      return wsstls_error_set(
        c->err, WSSTLS_CONFIG_NOT_A_CERTIFICATE,
        "%s: byte %zu is not the beginning of DER%s", c->source, at,
        at > 0 ? "; what is before it is complete" : "");
    if (n > len - at)
      return wsstls_collection_damaged(c, resembles(der + at, len - at),
                                       der + at, len - at);
    if ((status = read_element(c, der + at, n)) != WSSTLS_OK)
      return status;
    at += n;
  }
  return WSSTLS_OK;
}
