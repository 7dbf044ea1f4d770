/* pki_dh.c: Diffie-Hellman parameters for dh_file. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/param_build.h>
#include <openssl/pem.h>
#include "certutil.h"
#include "pki.h"

typedef struct watch {
  int (*progress)(void *ud, int event);
  void *ud;
  int stopped;
} watch;

static EVP_PKEY *from_params(const OSSL_PARAM *params)
{
  EVP_PKEY_CTX *ctx = EVP_PKEY_CTX_new_from_name(NULL, "DH", NULL);
  EVP_PKEY *key = NULL;

  if (ctx != NULL && EVP_PKEY_fromdata_init(ctx) > 0)
    (void)EVP_PKEY_fromdata(ctx, &key, EVP_PKEY_KEY_PARAMETERS,
                            (OSSL_PARAM *)(uintptr_t)params);
  EVP_PKEY_CTX_free(ctx);
  return key;
}

static EVP_PKEY *named(const char *group)
{
  OSSL_PARAM params[2];

  params[0] = OSSL_PARAM_construct_utf8_string(
    OSSL_PKEY_PARAM_GROUP_NAME, (char *)(uintptr_t)group, 0);
  params[1] = OSSL_PARAM_construct_end();
  return from_params(params);
}

/* The Oakley groups of RFC 2409, too small for anything but showing it. */
static EVP_PKEY *oakley(BIGNUM *p)
{
  OSSL_PARAM_BLD *build = OSSL_PARAM_BLD_new();
  OSSL_PARAM *params = NULL;
  BIGNUM *g = BN_new();
  EVP_PKEY *key = NULL;

  if (build != NULL && p != NULL && g != NULL && BN_set_word(g, 2) &&
      OSSL_PARAM_BLD_push_BN(build, OSSL_PKEY_PARAM_FFC_P, p) &&
      OSSL_PARAM_BLD_push_BN(build, OSSL_PKEY_PARAM_FFC_G, g) &&
      (params = OSSL_PARAM_BLD_to_param(build)) != NULL)
    key = from_params(params);
  OSSL_PARAM_free(params);
  OSSL_PARAM_BLD_free(build);
  BN_free(g);
  BN_free(p);
  return key;
}

static int watched(EVP_PKEY_CTX *ctx)
{
  watch *w = EVP_PKEY_CTX_get_app_data(ctx);

  if (w->progress == NULL || w->progress(w->ud,
                                         EVP_PKEY_CTX_get_keygen_info(ctx, 0)))
    return 1;
  w->stopped = 1;
  return 0;
}

static EVP_PKEY *searched(int bits, watch *w)
{
  EVP_PKEY_CTX *ctx = EVP_PKEY_CTX_new_from_name(NULL, "DH", NULL);
  size_t size = (size_t)bits;
  OSSL_PARAM params[3];
  EVP_PKEY *key = NULL;

  params[0] = OSSL_PARAM_construct_size_t(OSSL_PKEY_PARAM_FFC_PBITS, &size);
  params[1] = OSSL_PARAM_construct_utf8_string(
    OSSL_PKEY_PARAM_FFC_TYPE, (char *)(uintptr_t)"generator", 0);
  params[2] = OSSL_PARAM_construct_end();
  if (ctx != NULL && EVP_PKEY_paramgen_init(ctx) > 0 &&
      EVP_PKEY_CTX_set_params(ctx, params) > 0) {
    EVP_PKEY_CTX_set_app_data(ctx, w);
    EVP_PKEY_CTX_set_cb(ctx, watched);
    (void)EVP_PKEY_generate(ctx, &key);
  }
  EVP_PKEY_CTX_free(ctx);
  return key;
}

static EVP_PKEY *standard(int bits, int *unknown)
{
  switch (bits) {
  case 768:
    return oakley(BN_get_rfc2409_prime_768(NULL));
  case 1024:
    return oakley(BN_get_rfc2409_prime_1024(NULL));
  case 1536:
    return named("modp_1536");
  case 2048:
    return named("ffdhe2048");
  case 3072:
    return named("ffdhe3072");
  case 4096:
    return named("ffdhe4096");
  case 6144:
    return named("ffdhe6144");
  case 8192:
    return named("ffdhe8192");
  default:
    *unknown = 1;
    return NULL;
  }
}

static wsstls_status write_pem(EVP_PKEY *key, wsstls_blob *out)
{
  BIO *bio = BIO_new(BIO_s_mem());
  char *data = NULL;
  long len = 0;

  if (bio != NULL && PEM_write_bio_Parameters(bio, key))
    len = BIO_get_mem_data(bio, &data);
  if (len > 0 && (out->data = malloc((size_t)len)) != NULL) {
    memcpy(out->data, data, (size_t)len);
    out->len = (size_t)len;
  }
  BIO_free(bio);
  return out->data != NULL ? WSSTLS_OK : WSSTLS_LIMIT_MEMORY;
}

wsstls_status wsstls_dh_make(int bits, int custom,
                             int (*progress)(void *ud, int event),
                             void *ud, wsstls_blob *out, wsstls_error *err)
{
  watch w = { progress, ud, 0 };
  wsstls_status status;
  int unknown = 0;
  EVP_PKEY *key;

  memset(out, 0, sizeof *out);
  if (custom && (bits < 512 || bits > 10000))
    return wsstls_error_set(err, WSSTLS_PKI_MISUSE,
                            "DH parameters have 512 to 10000 bits, not %d",
                            bits);
  wsstls_errors_mark();
  key = custom ? searched(bits, &w) : standard(bits, &unknown);
  if (key != NULL) {
    status = write_pem(key, out);
    if (status != WSSTLS_OK)
      wsstls_error_set(err, status, "not enough memory");
  } else if (w.stopped) {
    status = wsstls_error_set(err, WSSTLS_CANCELLED,
                              "the search for DH parameters was stopped");
  } else if (unknown) {
    status = wsstls_error_set(
      err, WSSTLS_PKI_MISUSE,
      "no standard group has %d bits; there are 768, 1024, 1536, 2048, "
      "3072, 4096, 6144 and 8192, or say custom = true", bits);
  } else {
    status = wsstls_pki_fail(err, WSSTLS_PKI_MISUSE,
                             "DH parameters cannot be made");
  }
  EVP_PKEY_free(key);
  wsstls_errors_forget();
  return status;
}
