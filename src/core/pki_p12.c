/* pki_p12.c: PKCS#12 files (RFC 7292). */
#include <string.h>
#include <stdlib.h>
#include <openssl/pkcs12.h>
#include "certutil.h"
#include "pki.h"

typedef struct seal {
  int key, cert, mac_old;
  const char *what;            /* failed, when it cannot be made */
} seal;

static wsstls_status choose(const char *algorithm, seal *s,
                            wsstls_error *err)
{
  memset(s, 0, sizeof *s);     /* zeros: OpenSSL's own modern defaults */
  s->what = "the PKCS#12 file cannot be made";
  if (algorithm == NULL || strcmp(algorithm, "aes") == 0)
    return WSSTLS_OK;
  s->mac_old = 1;
  s->key = NID_pbe_WithSHA1And3_Key_TripleDES_CBC;
  s->cert = s->key;
  if (strcmp(algorithm, "3des") == 0)
    return WSSTLS_OK;
  s->cert = NID_pbe_WithSHA1And40BitRC2_CBC;
  s->what = "the PKCS#12 file cannot be made with "
    "pbeWithSHA1And40BitRC2-CBC, which only OpenSSL's legacy provider has "
    "(aes and 3des need none)";
  if (strcmp(algorithm, "rc2") == 0)
    return WSSTLS_OK;
  return wsstls_error_set(err, WSSTLS_PKI_MISUSE,
                          "PKCS#12 algorithm: expected aes, 3des or rc2, "
                          "got '%.40s'", algorithm);
}

static wsstls_status encode(PKCS12 *p12, wsstls_blob *out)
{
  unsigned char *der = NULL;
  int len = i2d_PKCS12(p12, &der);

  if (len > 0 && (out->data = malloc((size_t)len)) != NULL) {
    memcpy(out->data, der, (size_t)len);
    out->len = (size_t)len;
  }
  OPENSSL_free(der);
  return out->data != NULL ? WSSTLS_OK : WSSTLS_LIMIT_MEMORY;
}

wsstls_status wsstls_material_pkcs12(const wsstls_material *m,
                                     const char *password, const char *name,
                                     const char *algorithm,
                                     wsstls_blob *out, wsstls_error *err)
{
  EVP_PKEY *key = m->key_is_foreign ? NULL : m->key;
  wsstls_status status;
  PKCS12 *p12 = NULL;
  seal s;

  memset(out, 0, sizeof *out);
  if (m->cert == NULL && m->key == NULL && sk_X509_num(m->chain) == 0)
    return wsstls_error_set(err, WSSTLS_CONFIG_NOT_A_CERTIFICATE,
                            "a %s does not fit into a PKCS#12 file",
                            wsstls_material_kind_name(m->kind));
  if ((status = choose(algorithm, &s, err)) != WSSTLS_OK)
    return status;
  wsstls_errors_mark();
  /* mac_iter -1: the MAC is added below, with a digest of our choice */
  p12 = PKCS12_create(password, name, key, m->cert, m->chain, s.key, s.cert,
                      0, -1, 0);
  if (p12 == NULL ||
      !PKCS12_set_mac(p12, password, -1, NULL, 0, PKCS12_DEFAULT_ITER,
                      s.mac_old ? EVP_sha1() : EVP_sha256()))
    status = wsstls_pki_fail(err, WSSTLS_CONFIG_PKCS12_ALGORITHM, s.what);
  else if ((status = encode(p12, out)) != WSSTLS_OK)
    wsstls_error_set(err, status, "not enough memory");
  PKCS12_free(p12);
  wsstls_errors_forget();
  return status;
}
