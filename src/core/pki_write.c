/* pki_write.c: materials as PEM, DER and text. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <openssl/pem.h>
#include "certutil.h"
#include "pki.h"

/* Moves what the memory BIO holds into `out`; frees the BIO. `ok` is what
 * the writer said. */
static wsstls_status finish(BIO *bio, int ok, wsstls_blob *out,
                            const char *what, wsstls_error *err)
{
  char *data = NULL;
  long len = bio != NULL ? BIO_get_mem_data(bio, &data) : 0;
  wsstls_status status = WSSTLS_OK;

  out->data = NULL;
  out->len = 0;
  if (bio == NULL)
    status = WSSTLS_LIMIT_MEMORY;
  else if (!ok)
    status = wsstls_pki_fail(err, WSSTLS_CONFIG_NOT_A_CERTIFICATE, what);
  else if (wsstls_errors_memory() || /* printing leaves out what fails */
           (out->data = malloc((size_t)len + 1)) == NULL)
    status = WSSTLS_LIMIT_MEMORY;
  if (status == WSSTLS_OK) {
    memcpy(out->data, data, (size_t)len);
    out->data[len] = '\0';
    out->len = (size_t)len;
  }
  if (status == WSSTLS_LIMIT_MEMORY)
    wsstls_error_set(err, status, "not enough memory");
  if (len > 0)
    OPENSSL_cleanse(data, (size_t)len);
  BIO_free(bio);
  return status;
}

static wsstls_status lacks(const wsstls_material *m, const char *what,
                           wsstls_error *err)
{
  return wsstls_error_set(err, WSSTLS_CONFIG_NOT_A_CERTIFICATE,
                          "this %s has no %s",
                          wsstls_material_kind_name(m->kind), what);
}

static int is_root(X509 *x)
{
  return X509_NAME_cmp(X509_get_subject_name(x),
                       X509_get_issuer_name(x)) == 0;
}

static int write_chain(BIO *bio, const wsstls_material *m, int with_root)
{
  int i, ok = 1;

  if (m->cert != NULL)
    ok = PEM_write_bio_X509(bio, m->cert);
  for (i = 0; ok && i < sk_X509_num(m->chain); i++) {
    X509 *x = sk_X509_value(m->chain, i);

    if (with_root || !is_root(x))
      ok = PEM_write_bio_X509(bio, x);
  }
  return ok;
}

static int write_self(BIO *bio, const wsstls_material *m)
{
  int i, ok = 1;

  if (m->cert != NULL)
    return PEM_write_bio_X509(bio, m->cert);
  if (m->csr != NULL)
    return PEM_write_bio_X509_REQ(bio, m->csr);
  if (m->key != NULL)
    return PEM_write_bio_PrivateKey(bio, m->key, NULL, NULL, 0, NULL, NULL);
  for (i = 0; ok && i < sk_X509_CRL_num(m->crls); i++)
    ok = PEM_write_bio_X509_CRL(bio, sk_X509_CRL_value(m->crls, i));
  return ok;
}

static X509 *root_of(const wsstls_material *m)
{
  int i = sk_X509_num(m->chain);

  while (i-- > 0)
    if (is_root(sk_X509_value(m->chain, i)))
      return sk_X509_value(m->chain, i);
  return m->cert != NULL && is_root(m->cert) ? m->cert : NULL;
}

wsstls_status wsstls_material_pem(const wsstls_material *m,
                                  wsstls_pem_part part, wsstls_blob *out,
                                  wsstls_error *err)
{
  BIO *bio;
  int ok = 0;

  memset(out, 0, sizeof *out);
  if (m->kind == WSSTLS_MATERIAL_STORE && part == WSSTLS_PEM_SELF)
    part = WSSTLS_PEM_FULL;
  if (part == WSSTLS_PEM_ROOT && root_of(m) == NULL)
    return lacks(m, "self-signed root in its chain", err);
  if ((part == WSSTLS_PEM_CHAIN || part == WSSTLS_PEM_FULL) &&
      m->cert == NULL && sk_X509_num(m->chain) == 0)
    return lacks(m, "certificate", err);
  wsstls_errors_mark();
  if ((bio = BIO_new(BIO_s_mem())) != NULL)
    switch (part) {
    case WSSTLS_PEM_SELF:
      ok = write_self(bio, m);
      break;
    case WSSTLS_PEM_CHAIN:
      ok = write_chain(bio, m, 0);
      break;
    case WSSTLS_PEM_FULL:
      ok = write_chain(bio, m, 1);
      break;
    case WSSTLS_PEM_ROOT:
      ok = PEM_write_bio_X509(bio, root_of(m));
      break;
    }
  wsstls_errors_forget();
  return finish(bio, ok, out, "PEM", err);
}

wsstls_status wsstls_material_key_pem(const wsstls_material *m,
                                      const char *password,
                                      wsstls_blob *out, wsstls_error *err)
{
  wsstls_status status;
  BIO *bio;
  int ok = 0;

  memset(out, 0, sizeof *out);
  if (m->key == NULL)
    return lacks(m, "private key", err);
  wsstls_errors_mark();
  if ((bio = BIO_new(BIO_s_secmem())) == NULL)
    bio = BIO_new(BIO_s_mem());
  if (bio != NULL)
    ok = PEM_write_bio_PKCS8PrivateKey(
      bio, m->key, password != NULL ? EVP_aes_256_cbc() : NULL, password,
      password != NULL ? (int)strlen(password) : 0, NULL, NULL);
  status = finish(bio, ok, out, "the private key", err);
  wsstls_errors_forget();
  return status;
}

wsstls_status wsstls_material_der(const wsstls_material *m,
                                  wsstls_blob *out, wsstls_error *err)
{
  wsstls_status status;
  BIO *bio = BIO_new(BIO_s_mem());
  int ok = 0;

  wsstls_errors_mark();
  if (bio == NULL)
    ok = 0;
  else if (m->cert != NULL)
    ok = i2d_X509_bio(bio, m->cert);
  else if (m->csr != NULL)
    ok = i2d_X509_REQ_bio(bio, m->csr);
  else if (m->key != NULL)
    ok = i2d_PKCS8PrivateKeyInfo_bio(bio, m->key);
  else if (sk_X509_CRL_num(m->crls) > 0)
    ok = i2d_X509_CRL_bio(bio, sk_X509_CRL_value(m->crls, 0));
  status = finish(bio, ok, out, "DER", err);
  wsstls_errors_forget();
  return status;
}

wsstls_status wsstls_material_text(const wsstls_material *m,
                                   wsstls_blob *out, wsstls_error *err)
{
  const unsigned long names = XN_FLAG_ONELINE & ~ASN1_STRFLGS_ESC_MSB;
  wsstls_status status;
  BIO *bio = BIO_new(BIO_s_mem());
  int i, ok = 1;

  wsstls_errors_mark();
  if (bio == NULL)
    ok = 0;
  else if (m->cert != NULL)
    ok = X509_print_ex(bio, m->cert, names, 0);
  else if (m->csr != NULL)
    ok = X509_REQ_print_ex(bio, m->csr, names, 0);
  else if (m->key != NULL)
    ok = EVP_PKEY_print_public(bio, m->key, 0, NULL);
  for (i = 0; bio != NULL && m->cert == NULL && m->csr == NULL &&
              i < sk_X509_CRL_num(m->crls); i++)
    ok = ok && X509_CRL_print_ex(bio, sk_X509_CRL_value(m->crls, i), names);
  status = finish(bio, ok, out, "text", err);
  wsstls_errors_forget();
  return status;
}

wsstls_status wsstls_material_hash(const wsstls_material *m, char out[9],
                                   wsstls_error *err)
{
  const X509_NAME *name = NULL;
  unsigned long hash;
  int ok = 0;

  out[0] = '\0';
  if (m->cert != NULL)
    name = X509_get_subject_name(m->cert);
  else if (m->csr != NULL)
    name = X509_REQ_get_subject_name(m->csr);
  else if (sk_X509_CRL_num(m->crls) > 0)
    name = X509_CRL_get_issuer(sk_X509_CRL_value(m->crls, 0));
  if (name == NULL)
    return lacks(m, "name to hash", err);
  hash = X509_NAME_hash_ex(name, NULL, NULL, &ok);
  if (!ok)
    return wsstls_pki_fail(err, WSSTLS_CONFIG_NOT_A_CERTIFICATE, "hash");
  snprintf(out, 9, "%08lx", hash & 0xffffffffUL);
  return WSSTLS_OK;
}
