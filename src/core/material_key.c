/* material_key.c: private keys and PKCS#12, with or without a password. */
#include <stdio.h>
#include <string.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/pkcs12.h>
#include "material_parse.h"

static int is_unsupported(int lib, int reason)
{
  return reason == ERR_R_UNSUPPORTED ||
         (lib == ERR_LIB_EVP && (reason == EVP_R_UNSUPPORTED_ALGORITHM ||
                                 reason == EVP_R_UNKNOWN_PBE_ALGORITHM ||
                                 reason == EVP_R_UNSUPPORTED_CIPHER ||
                                 reason == EVP_R_UNKNOWN_CIPHER)) ||
         (lib == ERR_LIB_PKCS12 &&
          reason == PKCS12_R_UNKNOWN_DIGEST_ALGORITHM) ||
         (lib == ERR_LIB_PEM && reason == PEM_R_UNSUPPORTED_ENCRYPTION);
}

/* Deriving a key asks for memory again and again, and OpenSSL tells its lack
 * by what it could not do then. A wrong password is neither of these. */
static int is_underived(int lib, int reason)
{
  return lib == ERR_LIB_EVP && (reason == EVP_R_INITIALIZATION_ERROR ||
                                reason == EVP_R_NOT_ABLE_TO_COPY_CTX);
}

wsstls_status wsstls_collection_unsupported(wsstls_collection *c,
                                            const char *what,
                                            const char *algorithm)
{
  unsigned long code;
  int memory = 0, underived = 0, unsupported = 0, no_mac = 0;

  while ((code = ERR_get_error()) != 0) {
    memory |= ERR_GET_REASON(code) == ERR_R_MALLOC_FAILURE;
    underived |= is_underived(ERR_GET_LIB(code), ERR_GET_REASON(code));
    no_mac |= ERR_GET_LIB(code) == ERR_LIB_PKCS12 &&
              ERR_GET_REASON(code) == PKCS12_R_MAC_GENERATION_ERROR;
    unsupported |= is_unsupported(ERR_GET_LIB(code), ERR_GET_REASON(code));
  }
  if (memory || (underived && !unsupported))
    return wsstls_error_set(c->err, WSSTLS_LIMIT_MEMORY, "not enough memory");
  if (unsupported)
    return wsstls_error_set(
      c->err, WSSTLS_CONFIG_PKCS12_ALGORITHM,
      "%s: %s uses %.60s, which this OpenSSL does not provide; convert it "
      "with \"openssl pkcs12 -legacy\" or make it anew", c->source, what,
      algorithm);
  if (no_mac)
    return wsstls_error_set(c->err, WSSTLS_CONFIG_NOT_A_CERTIFICATE,
                            "%s: the password of %s cannot be checked: it is "
                            "damaged", c->source, what);
  return WSSTLS_OK;
}

static void algorithm_name(const X509_ALGOR *algorithm, char *out, int size)
{
  const ASN1_OBJECT *object = NULL;

  X509_ALGOR_get0(&object, NULL, NULL, algorithm);
  if (OBJ_obj2txt(out, size, object, 0) <= 0)
    snprintf(out, (size_t)size, "an unknown algorithm");
}

static wsstls_status add_pkcs8(wsstls_collection *c,
                               const PKCS8_PRIV_KEY_INFO *info)
{
  EVP_PKEY *key = EVP_PKCS82PKEY(info);
  const ASN1_OBJECT *object = NULL;
  char name[80];

  if (key != NULL)
    return wsstls_collection_add_key(c, key);
  PKCS8_pkey_get0(&object, NULL, NULL, NULL, info);
  if (OBJ_obj2txt(name, sizeof name, object, 0) <= 0)
    snprintf(name, sizeof name, "unknown type");
  return wsstls_error_set(c->err, WSSTLS_CONFIG_NOT_A_CERTIFICATE,
                          "%s: the private key (%s) is damaged or of a kind "
                          "this OpenSSL does not know", c->source, name);
}

static wsstls_status read_sealed(wsstls_collection *c,
                                 const unsigned char *der, size_t len)
{
  const unsigned char *p = der;
  X509_SIG *sealed = d2i_X509_SIG(NULL, &p, (long)len);
  const X509_ALGOR *algorithm = NULL;
  PKCS8_PRIV_KEY_INFO *info = NULL;
  wsstls_status status = WSSTLS_OK;
  char name[80];

  if (sealed == NULL)
    return wsstls_collection_damaged(c, "the encrypted private key", der,
                                     len);
  X509_SIG_get0(sealed, &algorithm, NULL);
  algorithm_name(algorithm, name, sizeof name);
  if (c->password != NULL) {
    ERR_clear_error();
    info = PKCS8_decrypt(sealed, c->password, (int)strlen(c->password));
    /* a wrong password always leaves an error behind */
    if (info == NULL && ERR_peek_error() == 0)
      status = wsstls_error_set(c->err, WSSTLS_LIMIT_MEMORY,
                                "not enough memory");
    else if (info == NULL)
      status = wsstls_collection_unsupported(c, "the encrypted key", name);
  }
  if (info != NULL)
    status = add_pkcs8(c, info);
  else if (status == WSSTLS_OK)
    status = wsstls_collection_password(c, "an encrypted private key");
  PKCS8_PRIV_KEY_INFO_free(info);
  X509_SIG_free(sealed);
  return status;
}

wsstls_status wsstls_collection_read_key(wsstls_collection *c,
                                         const char *name,
                                         const unsigned char *der,
                                         size_t len)
{
  const unsigned char *p = der;
  PKCS8_PRIV_KEY_INFO *info;
  wsstls_status status;
  EVP_PKEY *key;

  if (strcmp(name, "ENCRYPTED PRIVATE KEY") == 0)
    return read_sealed(c, der, len);
  if (strcmp(name, "PRIVATE KEY") == 0) {
    info = d2i_PKCS8_PRIV_KEY_INFO(NULL, &p, (long)len);
    if (info == NULL)
      return wsstls_collection_damaged(c, "the private key", der, len);
    status = add_pkcs8(c, info);
    PKCS8_PRIV_KEY_INFO_free(info);
    return status;
  }
  key = d2i_AutoPrivateKey(NULL, &p, (long)len);
  return key != NULL ? wsstls_collection_add_key(c, key)
                     : wsstls_collection_damaged(c, "the private key", der,
                                                 len);
}

/* Which algorithm seals the certificates or the key: the first bag's. */
static void pkcs12_algorithm(PKCS12 *p12, char *out, int size)
{
  STACK_OF(PKCS7) *safes = PKCS12_unpack_authsafes(p12);
  int i;

  snprintf(out, (size_t)size, "an algorithm");
  for (i = 0; i < sk_PKCS7_num(safes); i++) {
    PKCS7 *p7 = sk_PKCS7_value(safes, i);

    if (PKCS7_type_is_encrypted(p7) && p7->d.encrypted != NULL) {
      algorithm_name(p7->d.encrypted->enc_data->algorithm, out, size);
      break;
    }
  }
  sk_PKCS7_pop_free(safes, PKCS7_free);
}

static wsstls_status pkcs12_failed(wsstls_collection *c, PKCS12 *p12)
{
  wsstls_status status;
  char name[80];

  /* naming the algorithm must not disturb the errors that are judged */
  ERR_set_mark();
  pkcs12_algorithm(p12, name, sizeof name);
  ERR_pop_to_mark();
  status = wsstls_collection_unsupported(c, "the PKCS#12 file", name);
  return status != WSSTLS_OK
           ? status
           : wsstls_collection_password(c, "a PKCS#12 file");
}

/* No password and an empty one are different keys in PKCS#12, and both are
 * written as "no password" by one program or another. */
static int pkcs12_opens(PKCS12 *p12, const char **password)
{
  /* PKCS12_parse of OpenSSL 3.0 wants a MAC: in memory it gets one */
  if (!PKCS12_mac_present(p12))
    return PKCS12_set_mac(p12, *password, -1, NULL, 0, 1, EVP_sha256());
  if (*password != NULL && **password != '\0')
    return PKCS12_verify_mac(p12, *password, -1);
  if (PKCS12_verify_mac(p12, NULL, 0)) {
    *password = NULL;
    return 1;
  }
  *password = "";
  return PKCS12_verify_mac(p12, "", 0);
}

static wsstls_status take_pkcs12(wsstls_collection *c, X509 *cert,
                                 EVP_PKEY *key, STACK_OF(X509) *chain)
{
  wsstls_status status = WSSTLS_OK;

  c->pkcs12 = 1;
  if (key != NULL)
    status = wsstls_collection_add_key(c, key);
  if (cert != NULL) {
    if (status == WSSTLS_OK)
      status = wsstls_collection_add_cert(c, cert);
    else
      X509_free(cert);
  }
  while (status == WSSTLS_OK && sk_X509_num(chain) > 0)
    status = wsstls_collection_add_cert(c, sk_X509_shift(chain));
  sk_X509_pop_free(chain, X509_free);
  return status;
}

wsstls_status wsstls_collection_read_pkcs12(wsstls_collection *c,
                                            const unsigned char *der,
                                            size_t len)
{
  const unsigned char *p = der;
  PKCS12 *p12 = d2i_PKCS12(NULL, &p, (long)len);
  const char *password = c->password;
  STACK_OF(X509) *chain = NULL;
  EVP_PKEY *key = NULL;
  X509 *cert = NULL;
  wsstls_status status;

  if (p12 == NULL)
    return wsstls_collection_damaged(c, "the PKCS#12 file", der, len);
  ERR_clear_error();
  if (pkcs12_opens(p12, &password) &&
      PKCS12_parse(p12, password, &key, &cert, &chain))
    status = take_pkcs12(c, cert, key, chain);
  else
    status = pkcs12_failed(c, p12);
  PKCS12_free(p12);
  return status;
}
