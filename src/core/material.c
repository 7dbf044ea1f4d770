/* material.c: see material.h. */
#include "material.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <openssl/crypto.h>
#include <openssl/err.h>
#include "certutil.h"
#include "material_parse.h"

/* No certificate file comes near; a device or a runaway pipe does. */
#define MAX_FILE ((size_t)64 << 20)

const char *wsstls_material_kind_name(wsstls_material_kind kind)
{
  switch (kind) {
  case WSSTLS_MATERIAL_CERTIFICATE:
    return "certificate";
  case WSSTLS_MATERIAL_KEY:
    return "key";
  case WSSTLS_MATERIAL_CSR:
    return "csr";
  case WSSTLS_MATERIAL_CRL:
    return "crl";
  case WSSTLS_MATERIAL_PKCS12:
    return "pkcs12";
  case WSSTLS_MATERIAL_STORE:
    return "store";
  }
  return "unknown";
}

wsstls_material *wsstls_material_new(wsstls_material_kind kind, X509 *cert,
                                     EVP_PKEY *key, STACK_OF(X509) *chain)
{
  wsstls_material *m = calloc(1, sizeof *m);

  if (m == NULL)
    return NULL;
  m->refs = 1;
  m->kind = kind;
  m->issued = chain != NULL;
  m->chain = chain != NULL ? X509_chain_up_ref(chain) : sk_X509_new_null();
  m->crls = sk_X509_CRL_new_null();
  if (m->chain == NULL || m->crls == NULL) {
    wsstls_material_unref(m);
    return NULL;
  }
  if (cert != NULL && X509_up_ref(cert))
    m->cert = cert;
  if (key != NULL && EVP_PKEY_up_ref(key))
    m->key = key;
  return m;
}

wsstls_material *wsstls_material_ref(wsstls_material *m)
{
  m->refs++;
  return m;
}

void wsstls_material_unref(wsstls_material *m)
{
  if (m == NULL || --m->refs > 0)
    return;
  X509_free(m->cert);
  EVP_PKEY_free(m->key);
  sk_X509_pop_free(m->chain, X509_free);
  sk_X509_CRL_pop_free(m->crls, X509_CRL_free);
  X509_REQ_free(m->csr);
  X509_STORE_free(m->store);
  free(m->folder);
  free(m);
}

wsstls_status wsstls_material_decode(wsstls_material *m)
{
  unsigned char *der = NULL;
  const unsigned char *p;
  X509 *x = NULL;
  int len;

  if (!m->undecoded)
    return WSSTLS_OK;
  ERR_set_mark();
  if (X509_get0_pubkey(m->cert) != NULL) { /* it has a usable key already */
    ERR_pop_to_mark();
    m->undecoded = 0;
    return WSSTLS_OK;
  }
  if ((len = i2d_X509(m->cert, &der)) > 0) {
    p = der;
    x = d2i_X509(NULL, &p, len);
  }
  OPENSSL_free(der);
  ERR_pop_to_mark();
  if (x == NULL)
    return WSSTLS_LIMIT_MEMORY;
  X509_free(m->cert);
  m->cert = x;
  m->undecoded = 0;
  return WSSTLS_OK;
}

static wsstls_status file_error(const char *path, int error,
                                wsstls_error *err)
{
  wsstls_status status = error == ENOENT || error == ENOTDIR
                           ? WSSTLS_CONFIG_FILE_MISSING
                           : error == ENOMEM ? WSSTLS_LIMIT_MEMORY
                           : error == EMFILE || error == ENFILE
                               ? WSSTLS_LIMIT_FILES
                               : WSSTLS_CONFIG_FILE_UNREADABLE;

  return wsstls_error_set(err, status, "%s: %s", path,
                          error == EISDIR ? "this is a folder, not a file"
                                          : strerror(error));
}

/* Reads all of `fd`; the size is not trusted, pipes have none. */
static int read_all(int fd, char **out, size_t *len)
{
  size_t used = 0, room = 0;
  char *data = NULL;

  for (;;) {
    ssize_t n;

    if (used == room) {
      char *more = NULL;

      room = room > 0 ? room * 2 : 8192;
      if (room <= MAX_FILE * 2)
        more = realloc(data, room);
      if (more == NULL) {
        OPENSSL_cleanse(data, used);
        free(data);
        return room > MAX_FILE * 2 ? EFBIG : ENOMEM;
      }
      data = more;
    }
    n = read(fd, data + used, room - used);
    if (n < 0 && errno == EINTR)
      continue;
    if (n < 0) {
      int error = errno;

      free(data);
      return error;
    }
    if (n == 0)
      break;
    used += (size_t)n;
  }
  *out = data;
  *len = used;
  return 0;
}

static wsstls_status read_file(const char *path, char **out, size_t *len,
                               wsstls_error *err)
{
  int fd, error;

  do
    fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY);
  while (fd < 0 && errno == EINTR);
  if (fd < 0)
    return file_error(path, errno, err);
  error = read_all(fd, out, len);
  close(fd);
  return error != 0 ? file_error(path, error, err) : WSSTLS_OK;
}

static int is_pem(const char *s, size_t len)
{
  return memmem(s, len, "-----BEGIN", 10) != NULL;
}

static int is_text(const char *s, size_t len)
{
  size_t i;

  for (i = 0; i < len; i++)
    if (((unsigned char)s[i] < 0x20 && s[i] != '\n' && s[i] != '\r' &&
         s[i] != '\t') || s[i] == 0x7f)
      return 0;
  return 1;
}

/* SEQUENCE with a long length, or bytes no text has. */
static int is_der(const char *s, size_t len)
{
  return len > 0 && s[0] == 0x30 &&
         ((len > 1 && ((unsigned char)s[1] & 0xf8) == 0x80) ||
          !is_text(s, len));
}

/* What people most often mistake for a certificate, by its first bytes. */
static const char *guess(const char *s, size_t len)
{
  static const struct { const char *magic; size_t len; const char *what; }
  known[] = {
    { "\xfe\xed\xfe\xed", 4, "a Java keystore (JKS); convert it with "
      "keytool -importkeystore -deststoretype PKCS12" },
    { "\xff\xfe", 2, "UTF-16 text; save it as plain ASCII" },
    { "\xfe\xff", 2, "UTF-16 text; save it as plain ASCII" },
    { "ssh-", 4, "an SSH public key" },
    { "ecdsa-sha2", 10, "an SSH public key" },
    { "PuTTY-User-Key", 14, "a PuTTY private key" },
    { "MII", 3, "base64 without its -----BEGIN and -----END lines" },
    { "\x7f" "ELF", 4, "a program" },
    { "PK\x03\x04", 4, "a ZIP archive" },
    { "\x1f\x8b", 2, "a gzip file" },
    { "<", 1, "HTML or XML" },
    { "{", 1, "JSON" },
  };
  size_t i;

  for (i = 0; i < sizeof known / sizeof *known; i++)
    if (len >= known[i].len && memcmp(s, known[i].magic, known[i].len) == 0)
      return known[i].what;
  return is_text(s, len) ? "text without a -----BEGIN line"
                         : "neither PEM nor DER nor PKCS#12";
}

static wsstls_status parse(wsstls_collection *c, const char *s, size_t len)
{
  if (len == 0)
    return wsstls_error_set(c->err, WSSTLS_CONFIG_FILE_EMPTY,
                            "%s is empty", c->source);
  if (is_pem(s, len))
    return wsstls_collection_read_pem(c, s, len);
  if (is_der(s, len))
    return wsstls_collection_read_der(c, (const unsigned char *)s, len);
  return wsstls_error_set(c->err, WSSTLS_CONFIG_NOT_A_CERTIFICATE,
                          "%s: no certificate, key, CSR or CRL: this is %s",
                          c->source, guess(s, len));
}

/* The key decides which certificate is the leaf; without one it is the
 * first. Several keys: the first that fits any certificate. */
static void choose(wsstls_collection *c, int *leaf, EVP_PKEY **key)
{
  int i, n = sk_X509_num(c->certs);
  size_t k;

  *leaf = 0;
  *key = c->nkeys > 0 ? c->keys[0] : NULL;
  for (k = 0; k < c->nkeys; k++)
    for (i = 0; i < n; i++)
      if (X509_check_private_key(sk_X509_value(c->certs, i), c->keys[k])) {
        *leaf = i;
        *key = c->keys[k];
        return;
      }
}

static wsstls_material_kind kind_of(const wsstls_collection *c)
{
  if (c->pkcs12)
    return WSSTLS_MATERIAL_PKCS12;
  if (sk_X509_num(c->certs) > 0)
    return WSSTLS_MATERIAL_CERTIFICATE;
  if (c->csr != NULL)
    return WSSTLS_MATERIAL_CSR;
  return c->nkeys > 0 ? WSSTLS_MATERIAL_KEY : WSSTLS_MATERIAL_CRL;
}

static wsstls_status settle(wsstls_collection *c, wsstls_material **out)
{
  wsstls_material *m;
  EVP_PKEY *key;
  int leaf;

  if (sk_X509_num(c->certs) == 0 && c->nkeys == 0 && c->csr == NULL &&
      sk_X509_CRL_num(c->crls) == 0)
    return wsstls_error_set(
      c->err, WSSTLS_CONFIG_NOT_A_CERTIFICATE,
      "%s: no certificate, key, CSR or CRL: this is %s", c->source,
      c->other[0] != '\0' ? c->other : "an empty container");
  choose(c, &leaf, &key);
  m = wsstls_material_new(kind_of(c), NULL, key, NULL);
  if (m == NULL)
    return wsstls_error_set(c->err, WSSTLS_LIMIT_MEMORY,
                            "not enough memory");
  /* the stacks move over whole; the leaf leaves the chain */
  sk_X509_free(m->chain);
  sk_X509_CRL_free(m->crls);
  m->chain = c->certs;
  m->crls = c->crls;
  m->csr = c->csr;
  c->certs = NULL;
  c->crls = NULL;
  c->csr = NULL;
  if (sk_X509_num(m->chain) > 0) {
    m->cert = sk_X509_delete(m->chain, leaf);
    m->key_is_foreign = key != NULL &&
                        !X509_check_private_key(m->cert, key);
  }
  *out = m;
  return WSSTLS_OK;
}

int wsstls_material_is_path(const char *bytes, size_t len)
{
  struct stat st;

  if (len == 0 || is_pem(bytes, len) || memchr(bytes, 0, len) != NULL)
    return 0;
  if (is_der(bytes, len))
    return len < 4096 && stat(bytes, &st) == 0;
  return len < 4096 && memchr(bytes, '\n', len) == NULL;
}

static const char *label(const char *bytes, size_t len)
{
  if (len == 0)
    return "the string";
  return is_pem(bytes, len) ? "the PEM text" : "the byte string";
}

wsstls_status wsstls_material_load(const char *bytes, size_t len,
                                   const char *password,
                                   wsstls_material **out, wsstls_error *err)
{
  wsstls_collection c;
  wsstls_status status;
  char *path = NULL, *data = NULL;
  size_t size = 0;

  *out = NULL;
  wsstls_errors_mark();
  status = wsstls_collection_init(&c);
  c.password = password;
  c.err = err;
  c.source = label(bytes, len);
  if (status == WSSTLS_OK && wsstls_material_is_path(bytes, len)) {
    c.source = path = strndup(bytes, len);
    status = path == NULL ? WSSTLS_LIMIT_MEMORY
                          : read_file(path, &data, &size, err);
    bytes = data;
    len = size;
  }
  if (status == WSSTLS_OK)
    status = parse(&c, bytes, len);
  if (status == WSSTLS_OK)
    status = settle(&c, out);
  status = wsstls_errors_judge(status, err);
  wsstls_collection_clear(&c);
  /* the file may have held a key */
  if (data != NULL)
    OPENSSL_cleanse(data, size);
  free(data);
  free(path);
  wsstls_errors_forget();
  return status;
}
