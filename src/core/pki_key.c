/* pki_key.c: private keys, and keys that only pretend. */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/crypto.h>
#include <openssl/err.h>
#include <openssl/param_build.h>
#include "certutil.h"
#include "pki.h"

wsstls_status wsstls_pki_fail(wsstls_error *err, wsstls_status status,
                              const char *what)
{
  unsigned long code = ERR_peek_last_error();
  const char *reason = ERR_reason_error_string(code);

  wsstls_error_set(err, status, "%s: %s", what,
                   reason != NULL ? reason : "OpenSSL refused");
  return wsstls_errors_judge(status, err);
}

wsstls_status wsstls_pki_unsigned(wsstls_error *err, const char *what,
                                  const EVP_PKEY *signer, const EVP_MD *md)
{
  const char *type = EVP_PKEY_get0_type_name(signer);
  char text[160];

  /* OpenSSL says nothing when no signature algorithm joins the two */
  if (ERR_peek_error() == 0 && md != NULL && type != NULL)
    return wsstls_error_set(err, WSSTLS_PKI_MISUSE,
                            "%s cannot be signed: there is no signature of "
                            "%s with %s", what, type, EVP_MD_get0_name(md));
  snprintf(text, sizeof text, "%s cannot be signed", what);
  return wsstls_pki_fail(err, WSSTLS_PKI_MISUSE, text);
}

void wsstls_blob_clear(wsstls_blob *b)
{
  if (b->data != NULL)
    OPENSSL_cleanse(b->data, b->len);
  free(b->data);
  b->data = NULL;
  b->len = 0;
}

static EVP_PKEY *generate(EVP_PKEY_CTX *ctx, const OSSL_PARAM *params)
{
  EVP_PKEY *key = NULL;

  if (ctx != NULL && EVP_PKEY_keygen_init(ctx) > 0 &&
      (params == NULL || EVP_PKEY_CTX_set_params(ctx, params) > 0))
    (void)EVP_PKEY_generate(ctx, &key);
  EVP_PKEY_CTX_free(ctx);
  return key;
}

wsstls_status wsstls_key_make(const char *type, int bits, int primes,
                              const char *curve, EVP_PKEY **out,
                              wsstls_error *err)
{
  OSSL_PARAM params[3] = { OSSL_PARAM_END, OSSL_PARAM_END, OSSL_PARAM_END };
  size_t size = (size_t)bits, count = (size_t)primes;
  const char *name = type;

  *out = NULL;
  if (strcasecmp(type, "ec") == 0) {
    if (curve == NULL)
      curve = "P-256";
    params[0] = OSSL_PARAM_construct_utf8_string(
      OSSL_PKEY_PARAM_GROUP_NAME, (char *)(uintptr_t)curve, 0);
  } else if (strncasecmp(type, "rsa", 3) == 0) {
    if (bits < 512 || bits > 16384)
      return wsstls_error_set(err, WSSTLS_PKI_MISUSE,
                              "an RSA key has 512 to 16384 bits, not %d",
                              bits);
    params[0] = OSSL_PARAM_construct_size_t(OSSL_PKEY_PARAM_RSA_BITS, &size);
    params[1] = OSSL_PARAM_construct_size_t(OSSL_PKEY_PARAM_RSA_PRIMES,
                                            &count);
  }
  wsstls_errors_mark();
  *out = generate(EVP_PKEY_CTX_new_from_name(NULL, name, NULL),
                  params[0].key != NULL ? params : NULL);
  if (*out == NULL) {
    wsstls_status status;
    char what[96];

    snprintf(what, sizeof what, "a key of type %.40s%s%.40s cannot be made",
             type, curve != NULL ? " " : "", curve != NULL ? curve : "");
    status = wsstls_pki_fail(err, WSSTLS_PKI_MISUSE, what);
    wsstls_errors_forget();
    return status;
  }
  wsstls_errors_forget();
  return WSSTLS_OK;
}

/* Copies the big number `param` of `key`; pushes nothing when absent. */
static int push_bn(OSSL_PARAM_BLD *build, EVP_PKEY *key, const char *param,
                   BIGNUM **keep)
{
  return EVP_PKEY_get_bn_param(key, param, keep) &&
         OSSL_PARAM_BLD_push_BN(build, param, *keep);
}

static EVP_PKEY *from_data(const char *type, OSSL_PARAM_BLD *build)
{
  OSSL_PARAM *params = OSSL_PARAM_BLD_to_param(build);
  EVP_PKEY_CTX *ctx = EVP_PKEY_CTX_new_from_name(NULL, type, NULL);
  EVP_PKEY *key = NULL;

  if (params != NULL && ctx != NULL && EVP_PKEY_fromdata_init(ctx) > 0)
    (void)EVP_PKEY_fromdata(ctx, &key, EVP_PKEY_KEYPAIR, params);
  EVP_PKEY_CTX_free(ctx);
  OSSL_PARAM_free(params);
  return key;
}

/* The public numbers of one key, the private ones of the other. The primes
 * are there so that the key can be written to a file; OpenSSL notices that
 * their result is wrong and computes with d, which gives rubbish as well. */
static EVP_PKEY *mismatched_rsa(EVP_PKEY *pub, EVP_PKEY *priv,
                                OSSL_PARAM_BLD *build)
{
  static const char *const own[] = { OSSL_PKEY_PARAM_RSA_N,
                                     OSSL_PKEY_PARAM_RSA_E };
  static const char *const foreign[] = {
    OSSL_PKEY_PARAM_RSA_D, OSSL_PKEY_PARAM_RSA_FACTOR1,
    OSSL_PKEY_PARAM_RSA_FACTOR2, OSSL_PKEY_PARAM_RSA_EXPONENT1,
    OSSL_PKEY_PARAM_RSA_EXPONENT2, OSSL_PKEY_PARAM_RSA_COEFFICIENT1
  };
  BIGNUM *numbers[8] = { NULL };
  EVP_PKEY *key = NULL;
  int i, ok = 1;

  for (i = 0; ok && i < 2; i++)
    ok = push_bn(build, pub, own[i], &numbers[i]);
  for (i = 0; ok && i < 6; i++)
    ok = push_bn(build, priv, foreign[i], &numbers[2 + i]);
  if (ok)
    key = from_data("RSA", build);
  for (i = 0; i < 8; i++)
    BN_clear_free(numbers[i]);
  return key;
}

static EVP_PKEY *mismatched_points(EVP_PKEY *pub, EVP_PKEY *priv,
                                   const char *type, OSSL_PARAM_BLD *build)
{
  unsigned char point[256], secret[128], *encoded = NULL;
  size_t npoint = 0, nsecret = 0;
  BIGNUM *d = NULL;
  EVP_PKEY *key = NULL;
  char group[80];
  int ok;

  if (strcmp(type, "EC") == 0) {
    npoint = EVP_PKEY_get1_encoded_public_key(pub, &encoded);
    ok = npoint > 0 && npoint <= sizeof point &&
         EVP_PKEY_get_group_name(priv, group, sizeof group, NULL) &&
         OSSL_PARAM_BLD_push_utf8_string(
           build, OSSL_PKEY_PARAM_GROUP_NAME, group, 0) &&
         OSSL_PARAM_BLD_push_octet_string(build, OSSL_PKEY_PARAM_PUB_KEY,
                                          encoded, npoint) &&
         push_bn(build, priv, OSSL_PKEY_PARAM_PRIV_KEY, &d);
  } else {
    npoint = sizeof point;
    nsecret = sizeof secret;
    ok = EVP_PKEY_get_raw_public_key(pub, point, &npoint) &&
         EVP_PKEY_get_raw_private_key(priv, secret, &nsecret) &&
         OSSL_PARAM_BLD_push_octet_string(build, OSSL_PKEY_PARAM_PUB_KEY,
                                          point, npoint) &&
         OSSL_PARAM_BLD_push_octet_string(build, OSSL_PKEY_PARAM_PRIV_KEY,
                                          secret, nsecret);
  }
  if (ok)
    key = from_data(type, build);
  OPENSSL_cleanse(secret, sizeof secret);
  OPENSSL_free(encoded);
  BN_clear_free(d);
  return key;
}

wsstls_status wsstls_key_mismatched(EVP_PKEY *pub, EVP_PKEY *priv,
                                    EVP_PKEY **out, wsstls_error *err)
{
  const char *type = EVP_PKEY_get0_type_name(pub);
  const char *other = EVP_PKEY_get0_type_name(priv);
  OSSL_PARAM_BLD *build;

  *out = NULL;
  if (type == NULL || other == NULL || strcmp(type, other) != 0)
    return wsstls_error_set(err, WSSTLS_PKI_MISUSE,
                            "a mismatched key needs two keys of one type, "
                            "not %s and %s", type != NULL ? type : "none",
                            other != NULL ? other : "none");
  if ((build = OSSL_PARAM_BLD_new()) == NULL)
    return wsstls_error_set(err, WSSTLS_LIMIT_MEMORY, "not enough memory");
  wsstls_errors_mark();
  *out = strcmp(type, "RSA") == 0
           ? mismatched_rsa(pub, priv, build)
           : mismatched_points(pub, priv, type, build);
  OSSL_PARAM_BLD_free(build);
  if (*out == NULL) {
    wsstls_status status =
      wsstls_pki_fail(err, WSSTLS_PKI_MISUSE, "the keys cannot be combined");

    wsstls_errors_forget();
    return status;
  }
  wsstls_errors_forget();
  return WSSTLS_OK;
}

wsstls_status wsstls_key_digest(EVP_PKEY *key, const char *name,
                                const EVP_MD **md, wsstls_error *err)
{
  int bits = EVP_PKEY_get_bits(key);

  *md = NULL;
  if (EVP_PKEY_is_a(key, "ED25519") || EVP_PKEY_is_a(key, "ED448")) {
    if (name == NULL)
      return WSSTLS_OK;
    return wsstls_error_set(err, WSSTLS_PKI_MISUSE,
                            "an %s signature has its own digest; leave "
                            "'digest' out", EVP_PKEY_get0_type_name(key));
  }
  /* as strong as the curve: RFC 5480 4, NIST SP 800-57 */
  if (name == NULL)
    name = !EVP_PKEY_is_a(key, "EC") || bits <= 256 ? "SHA256"
           : bits <= 384 ? "SHA384" : "SHA512";
  if ((*md = EVP_get_digestbyname(name)) == NULL)
    return wsstls_error_set(err, WSSTLS_PKI_MISUSE,
                            "there is no digest named '%s'", name);
  return WSSTLS_OK;
}
