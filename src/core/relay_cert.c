/* relay_cert.c: see relay_cert.h. */
#include "relay_cert.h"

#include <stdlib.h>
#include <openssl/x509.h>

enum { HEAD = 7, CERTIFICATE = 11, MOST = 0xffffff };

static unsigned char *put24(unsigned char *p, size_t n)
{
  p[0] = (unsigned char)(n >> 16);
  p[1] = (unsigned char)(n >> 8);
  p[2] = (unsigned char)n;
  return p + 3;
}

static size_t size_of(X509 *cert)
{
  int len = cert != NULL ? i2d_X509(cert, NULL) : 0;

  return len > 0 ? 3 + (size_t)len : 0;
}

/* A root is trusted or not: sending it makes no difference. */
static X509 *sent(const wsstls_material *m, int i)
{
  X509 *cert = sk_X509_value(m->chain, i);

  return X509_self_signed(cert, 0) == 1 ? NULL : cert;
}

static unsigned char *put(unsigned char *p, X509 *cert)
{
  size_t size = size_of(cert);

  if (size == 0)
    return p;
  p = put24(p, size - 3);
  i2d_X509(cert, &p);
  return p;
}

unsigned char *wsstls_relay_certificate(const wsstls_material *m, size_t *len)
{
  size_t list = size_of(m->cert);
  unsigned char *message, *p;

  for (int i = 0; i < sk_X509_num(m->chain); i++)
    list += size_of(sent(m, i));
  if (list + 3 > MOST)
    return NULL;
  *len = HEAD + list;
  message = malloc(*len);
  if (message == NULL)
    return NULL;
  message[0] = CERTIFICATE;
  p = put24(message + 1, list + 3);
  p = put24(p, list);
  p = put(p, m->cert);
  for (int i = 0; i < sk_X509_num(m->chain); i++)
    p = put(p, sent(m, i));
  return message;
}
