/* hello.c: see hello.h. */
#include "hello.h"

#include <stdio.h>
#include <string.h>
#include <openssl/ssl.h>

typedef struct reader {
  const unsigned char *p;
  size_t left;
  int failed;
} reader;

static unsigned number(reader *r, size_t bytes)
{
  unsigned n = 0;

  if (r->left < bytes) {
    r->failed = 1;
    r->left = 0;
    return 0;
  }
  for (size_t i = 0; i < bytes; i++)
    n = n << 8 | r->p[i];
  r->p += bytes;
  r->left -= bytes;
  return n;
}

/* A vector with a length prefix of `bytes` bytes. */
static reader vector(reader *r, size_t bytes)
{
  size_t len = number(r, bytes);
  reader inner = { r->p, len, r->failed };

  if (len > r->left) {
    inner.left = r->left;
    r->failed = 1;
    len = r->left;
  }
  r->p += len;
  r->left -= len;
  return inner;
}

static void numbers(reader r, int *list, size_t room, size_t *count)
{
  *count = 0;
  while (r.left >= 2 && *count < room)
    list[(*count)++] = (int)number(&r, 2);
}

static void text(const reader *r, char *to, size_t room)
{
  size_t n = r->left < room - 1 ? r->left : room - 1;

  memcpy(to, r->p, n);
  to[n] = '\0';
}

static void server_name(reader r, wsstls_hello *out)
{
  reader list = vector(&r, 2);

  if (number(&list, 1) == 0) { /* host_name */
    reader name = vector(&list, 2);

    text(&name, out->sni, sizeof out->sni);
  }
}

static void alpn(reader r, wsstls_hello *out)
{
  reader list = vector(&r, 2);

  while (list.left > 0 && out->nalpn < 8) {
    reader name = vector(&list, 1);

    text(&name, out->alpn[out->nalpn++], sizeof out->alpn[0]);
  }
}

static void extension(unsigned type, reader r, wsstls_hello *out)
{
  switch (type) {
  case TLSEXT_TYPE_server_name:
    server_name(r, out);
    break;
  case TLSEXT_TYPE_supported_groups:
    numbers(vector(&r, 2), out->groups, WSSTLS_HELLO_LIST, &out->ngroups);
    break;
  case TLSEXT_TYPE_signature_algorithms:
    numbers(vector(&r, 2), out->sigalgs, WSSTLS_HELLO_LIST, &out->nsigalgs);
    break;
  case TLSEXT_TYPE_application_layer_protocol_negotiation:
    alpn(r, out);
    break;
  case TLSEXT_TYPE_supported_versions:
    numbers(vector(&r, 1), out->versions, 16, &out->nversions);
    break;
  default:
    break;
  }
}

/* Before TLS 1.3 a hello names only its highest version. */
static void legacy_versions(int highest, wsstls_hello *out)
{
  if (out->nversions == 0)
    out->versions[out->nversions++] = highest;
}

void wsstls_hello_parse(const unsigned char *body, size_t len,
                        wsstls_hello *out)
{
  reader r = { body, len, 0 }, extensions;
  int highest;

  memset(out, 0, sizeof *out);
  highest = (int)number(&r, 2);
  for (int i = 0; i < 4; i++)
    number(&r, 8); /* random */
  vector(&r, 1);   /* legacy_session_id */
  numbers(vector(&r, 2), out->ciphers, WSSTLS_HELLO_LIST, &out->nciphers);
  vector(&r, 1);   /* compression methods */
  extensions = vector(&r, 2);
  while (extensions.left >= 4) {
    unsigned type = number(&extensions, 2);

    extension(type, vector(&extensions, 2), out);
  }
  legacy_versions(highest, out);
  out->truncated = r.failed || extensions.failed;
}

static SSL_CTX *ctx;
static SSL *ssl; /* SSL_CIPHER_find wants one; made once, kept */

void wsstls_hello_forget(void)
{
  SSL_free(ssl);
  SSL_CTX_free(ctx);
  ssl = NULL;
  ctx = NULL;
}

const char *wsstls_cipher_name(int id, char *buf)
{
  unsigned char wire[2] = { (unsigned char)(id >> 8), (unsigned char)id };
  const SSL_CIPHER *cipher = NULL;
  const char *name;

  if (id == 0x00ff)
    return "TLS_EMPTY_RENEGOTIATION_INFO_SCSV";
  if (ssl == NULL) {
    ctx = SSL_CTX_new(TLS_method());
    ssl = ctx != NULL ? SSL_new(ctx) : NULL;
  }
  if (ssl != NULL)
    cipher = SSL_CIPHER_find(ssl, wire);
  name = cipher != NULL ? SSL_CIPHER_standard_name(cipher) : NULL;
  if (name != NULL)
    return name;
  snprintf(buf, 16, "0x%04x", (unsigned)id);
  return buf;
}
