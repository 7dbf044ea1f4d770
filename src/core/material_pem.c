/* material_pem.c: PEM text with anything in it, in any order.
 *
 * Blocks are found by hand, so that text around them, a byte order mark,
 * indentation and CRLF do no harm; OpenSSL decodes each one (RFC 7468).
 */
#include <stdio.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include "material_parse.h"

#define BEGIN "-----BEGIN "
#define END "-----END "

typedef struct block {
  char name[64];
  const char *start, *end;     /* from -----BEGIN to after the END line */
} block;

static int asked_password(char *buf, int size, int writing, void *ud)
{
  const char *password = ud;
  size_t len;

  (void)writing;
  if (password == NULL)
    return -1;
  len = strlen(password);
  if (len > (size_t)size)
    return -1;
  memcpy(buf, password, len);
  return (int)len;
}

static wsstls_status next_block(wsstls_collection *c, const char *s,
                                const char *limit, block *b)
{
  char close[96];
  const char *name, *dashes, *end;
  int n;

  b->start = memmem(s, (size_t)(limit - s), BEGIN, sizeof BEGIN - 1);
  if (b->start == NULL)
    return WSSTLS_OK;
  name = b->start + sizeof BEGIN - 1;
  dashes = memmem(name, (size_t)(limit - name), "-----", 5);
  if (dashes == NULL)
    return wsstls_error_set(c->err, WSSTLS_CONFIG_TRUNCATED,
                            "%s ends inside a -----BEGIN line", c->source);
  if ((size_t)(dashes - name) >= sizeof b->name ||
      memchr(name, '\n', (size_t)(dashes - name)) != NULL)
    return wsstls_error_set(c->err, WSSTLS_CONFIG_NOT_A_CERTIFICATE,
                            "%s: a -----BEGIN line is damaged", c->source);
  memcpy(b->name, name, (size_t)(dashes - name));
  b->name[dashes - name] = '\0';
  n = snprintf(close, sizeof close, END "%s-----", b->name);
  end = memmem(dashes, (size_t)(limit - dashes), close, (size_t)n);
  if (end == NULL)
    return wsstls_error_set(
      c->err, WSSTLS_CONFIG_TRUNCATED,
      "%s: the PEM block \"%s\" has no END line", c->source,
      b->name);
  b->end = end + n;
  return WSSTLS_OK;
}

/* The block with every line's leading blanks removed, newline at the end. */
static BIO *block_bio(const block *b)
{
  BIO *bio = BIO_new(BIO_s_mem());
  const char *s = b->start;
  int ok = bio != NULL;

  while (ok && s < b->end) {
    const char *eol = memchr(s, '\n', (size_t)(b->end - s));
    const char *stop = eol != NULL ? eol : b->end;

    while (s < stop && (*s == ' ' || *s == '\t'))
      s++;
    while (stop > s && (stop[-1] == '\r' || stop[-1] == ' '))
      stop--;
    ok = stop == s || BIO_write(bio, s, (int)(stop - s)) > 0;
    ok = ok && BIO_write(bio, "\n", 1) == 1;
    s = eol != NULL ? eol + 1 : b->end;
  }
  if (ok)
    return bio;
  BIO_free(bio);
  return NULL;
}

static void name_other(wsstls_collection *c, const char *label)
{
  const char *what = NULL;

  if (strcmp(label, "PUBLIC KEY") == 0 ||
      strcmp(label, "RSA PUBLIC KEY") == 0)
    what = "a public key";
  else if (strcmp(label, "DH PARAMETERS") == 0 ||
           strcmp(label, "X9.42 DH PARAMETERS") == 0)
    what = "a set of DH parameters";
  else if (strcmp(label, "EC PARAMETERS") == 0)
    what = "a set of EC parameters";
  else if (strcmp(label, "OPENSSH PRIVATE KEY") == 0)
    what = "an OpenSSH key; convert it with ssh-keygen -p -m PKCS8";
  if (what != NULL)
    snprintf(c->other, sizeof c->other, "%s", what);
  else
    snprintf(c->other, sizeof c->other, "a PEM block named \"%.48s\"", label);
}

static int ends_with(const char *s, const char *tail)
{
  size_t n = strlen(s), t = strlen(tail);

  return n >= t && strcmp(s + n - t, tail) == 0;
}

static wsstls_status read_cert(wsstls_collection *c, const char *name,
                               const unsigned char *der, size_t len)
{
  const unsigned char *p = der;
  X509 *x = strcmp(name, PEM_STRING_X509_TRUSTED) == 0
              ? d2i_X509_AUX(NULL, &p, (long)len)
              : d2i_X509(NULL, &p, (long)len);

  return x != NULL ? wsstls_collection_add_cert(c, x)
                   : wsstls_collection_damaged(c, "the certificate", der,
                                               len);
}

static wsstls_status dispatch(wsstls_collection *c, const char *name,
                              const unsigned char *der, size_t len)
{
  const unsigned char *p = der;

  if (strcmp(name, PEM_STRING_X509) == 0 ||
      strcmp(name, PEM_STRING_X509_OLD) == 0 ||
      strcmp(name, PEM_STRING_X509_TRUSTED) == 0)
    return read_cert(c, name, der, len);
  if (strcmp(name, PEM_STRING_X509_REQ) == 0 ||
      strcmp(name, PEM_STRING_X509_REQ_OLD) == 0) {
    X509_REQ *csr = d2i_X509_REQ(NULL, &p, (long)len);

    return csr != NULL ? wsstls_collection_add_csr(c, csr)
                       : wsstls_collection_damaged(
                           c, "the certificate request", der, len);
  }
  if (strcmp(name, PEM_STRING_X509_CRL) == 0) {
    X509_CRL *crl = d2i_X509_CRL(NULL, &p, (long)len);

    return crl != NULL ? wsstls_collection_add_crl(c, crl)
                       : wsstls_collection_damaged(c, "the CRL", der, len);
  }
  if (strcmp(name, PEM_STRING_PKCS7) == 0 || strcmp(name, "CMS") == 0 ||
      strcmp(name, PEM_STRING_PKCS7_SIGNED) == 0)
    return wsstls_collection_read_pkcs7(c, der, len);
  if (ends_with(name, "PRIVATE KEY") && strncmp(name, "OPENSSH", 7) != 0)
    return wsstls_collection_read_key(c, name, der, len);
  name_other(c, name);
  return WSSTLS_OK;
}

/* Proc-Type: 4,ENCRYPTED (RFC 1421), as traditional key files have it. */
static wsstls_status decrypt_header(wsstls_collection *c, char *header,
                                    unsigned char *der, long *len)
{
  EVP_CIPHER_INFO cipher;
  wsstls_status status;

  if (!PEM_get_EVP_CIPHER_INFO(header, &cipher)) {
    status = wsstls_collection_unsupported(c, "the encrypted key", header);
    return status != WSSTLS_OK
             ? status
             : wsstls_error_set(c->err, WSSTLS_CONFIG_NOT_A_CERTIFICATE,
                                "%s: the key's encryption header is damaged",
                                c->source);
  }
  if (cipher.cipher == NULL)
    return WSSTLS_OK;
  if (PEM_do_header(&cipher, der, len, asked_password,
                    (void *)(uintptr_t)c->password))
    return WSSTLS_OK;
  status = wsstls_collection_unsupported(
    c, "the encrypted key", EVP_CIPHER_get0_name(cipher.cipher));
  return status != WSSTLS_OK
           ? status
           : wsstls_collection_password(c, "an encrypted private key");
}

static wsstls_status read_block(wsstls_collection *c, const block *b)
{
  char *name = NULL, *header = NULL;
  unsigned char *der = NULL;
  wsstls_status status;
  BIO *bio = block_bio(b);
  long len = 0;

  if (bio == NULL)
    return WSSTLS_LIMIT_MEMORY;
  if (!PEM_read_bio(bio, &name, &header, &der, &len)) {
    /* what it finds it says; of missing memory it keeps silent */
    status = ERR_peek_error() == 0 ? WSSTLS_LIMIT_MEMORY : wsstls_error_set(
      c->err, WSSTLS_CONFIG_NOT_A_CERTIFICATE,
      "%s: the PEM block \"%s\" is damaged: its base64 does not decode",
      c->source, b->name);
  } else {
    int sealed = header[0] != '\0' && ends_with(name, "PRIVATE KEY");

    status = sealed ? decrypt_header(c, header, der, &len) : WSSTLS_OK;
    if (status == WSSTLS_OK)
      status = dispatch(c, name, der, (size_t)len);
    /* wrong passwords often decrypt to something; it is no key then */
    if (status == WSSTLS_CONFIG_NOT_A_CERTIFICATE && sealed)
      status = wsstls_collection_password(c, "an encrypted private key");
  }
  BIO_free(bio);
  OPENSSL_free(name);
  OPENSSL_free(header);
  OPENSSL_clear_free(der, len > 0 ? (size_t)len : 0);
  return status;
}

wsstls_status wsstls_collection_read_pem(wsstls_collection *c,
                                         const char *text, size_t len)
{
  const char *s = text, *limit = text + len;
  wsstls_status status;
  block b;

  for (;;) {
    status = next_block(c, s, limit, &b);
    if (status != WSSTLS_OK || b.start == NULL)
      return status;
    if ((status = read_block(c, &b)) != WSSTLS_OK)
      return status;
    s = b.end;
  }
}
