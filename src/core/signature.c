/* signature.c: see signature.h. */
#include "signature.h"

#include <stdlib.h>
#include <string.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/rsa.h>

enum { RANDOMS = 2 * SSL3_RANDOM_SIZE,
       SLOW = 4096 /* bits of RSA: beyond it a search takes seconds */ };

/* ------------------------------------------------------------ our own key */

static int signs_for(EVP_PKEY *key, EVP_PKEY *pub)
{
  static const unsigned char text[] = "wsstls";
  EVP_MD_CTX *ctx = EVP_MD_CTX_new();
  unsigned char *sig = malloc((size_t)EVP_PKEY_get_size(key));
  size_t len = (size_t)EVP_PKEY_get_size(key);
  int fits = -1;

  if (ctx != NULL && sig != NULL &&
      EVP_DigestSignInit(ctx, NULL, NULL, NULL, key) > 0 &&
      EVP_DigestSign(ctx, sig, &len, text, sizeof text) > 0) {
    EVP_MD_CTX_reset(ctx);
    fits = EVP_DigestVerifyInit(ctx, NULL, NULL, NULL, pub) > 0 &&
           EVP_DigestVerify(ctx, sig, len, text, sizeof text) > 0;
  }
  EVP_MD_CTX_free(ctx);
  free(sig);
  return fits;
}

int wsstls_signature_own_key(SSL *ssl)
{
  EVP_PKEY *key = SSL_get_privatekey(ssl);
  X509 *cert = SSL_get_certificate(ssl);
  EVP_PKEY *pub = cert != NULL ? X509_get0_pubkey(cert) : NULL;
  int fits;

  if (key == NULL || pub == NULL)
    return -1;
  ERR_set_mark();
  fits = signs_for(key, pub);
  ERR_pop_to_mark();
  return fits;
}

/* --------------------------------------------------- the peer's signature */

typedef struct signature {
  EVP_PKEY *key;
  EVP_MD_CTX *ctx;
  const EVP_MD *md;            /* NULL: the algorithm has its own */
  int pss;
  unsigned char *bytes;        /* what was signed, then the signature */
  size_t nsigned, len;
} signature;

static int verifies(const signature *s)
{
  EVP_PKEY_CTX *pctx = NULL;

  EVP_MD_CTX_reset(s->ctx);
  return EVP_DigestVerifyInit(s->ctx, &pctx, s->md, NULL, s->key) > 0 &&
         (!s->pss ||
          (EVP_PKEY_CTX_set_rsa_padding(pctx, RSA_PKCS1_PSS_PADDING) > 0 &&
           EVP_PKEY_CTX_set_rsa_pss_saltlen(pctx, RSA_PSS_SALTLEN_DIGEST) >
             0)) &&
         EVP_DigestVerify(s->ctx, s->bytes + s->nsigned,
                          s->len - s->nsigned, s->bytes, s->nsigned) > 0;
}

/* From the end: that is where damage is most often made on purpose. */
static int search(const signature *s)
{
  for (size_t i = s->len; i-- > 0;)
    for (unsigned bit = 1; bit < 256; bit <<= 1) {
      int found;

      s->bytes[i] = (unsigned char)(s->bytes[i] ^ bit);
      found = verifies(s);
      s->bytes[i] = (unsigned char)(s->bytes[i] ^ bit);
      if (found)
        return 1;
    }
  return 0;
}

static size_t u16(const unsigned char *p)
{
  return (size_t)p[0] << 8 | p[1];
}

/* Length of the signed parameters: RFC 8422 5.4 (a curve's number and a
 * point), RFC 5246 7.4.3 (three numbers); 0: neither. */
static size_t params_length(const SSL *ssl, const unsigned char *body,
                            size_t len)
{
  const SSL_CIPHER *cipher = SSL_get_pending_cipher(ssl);
  size_t at = 0;

  switch (cipher != NULL ? SSL_CIPHER_get_kx_nid(cipher) : NID_undef) {
  case NID_kx_ecdhe:
    return len > 4 ? 4 + (size_t)body[3] : 0;
  case NID_kx_dhe:
    for (int i = 0; i < 3; i++) {
      if (at + 2 > len)
        return 0;
      at += 2 + u16(body + at);
    }
    return at;
  default:
    return 0;
  }
}

static int fill(signature *s, const SSL *ssl, const unsigned char *body,
                size_t len)
{
  size_t params = params_length(ssl, body, len), nsig;

  /* parameters, algorithm (2), length (2), signature */
  if (params == 0 || params + 4 > len)
    return 0;
  nsig = u16(body + params + 2);
  if (nsig == 0 || params + 4 + nsig != len)
    return 0;
  s->nsigned = RANDOMS + params;
  s->len = s->nsigned + nsig;
  if ((s->bytes = malloc(s->len)) == NULL)
    return 0;
  SSL_get_client_random(ssl, s->bytes, SSL3_RANDOM_SIZE);
  SSL_get_server_random(ssl, s->bytes + SSL3_RANDOM_SIZE, SSL3_RANDOM_SIZE);
  memcpy(s->bytes + RANDOMS, body, params);
  memcpy(s->bytes + s->nsigned, body + params + 4, nsig);
  return 1;
}

static int prepare(signature *s, SSL *ssl)
{
  X509 *cert = SSL_get0_peer_certificate(ssl);
  int digest = NID_undef, type = NID_undef;

  s->key = cert != NULL ? X509_get0_pubkey(cert) : NULL;
  if (s->key == NULL || SSL_version(ssl) != TLS1_2_VERSION ||
      (EVP_PKEY_is_a(s->key, "RSA") && EVP_PKEY_get_bits(s->key) > SLOW) ||
      !SSL_get_peer_signature_nid(ssl, &digest) ||
      !SSL_get_peer_signature_type_nid(ssl, &type))
    return 0;
  s->md = digest != NID_undef ? EVP_get_digestbynid(digest) : NULL;
  s->pss = type == NID_rsassaPss;
  s->ctx = EVP_MD_CTX_new();
  return s->ctx != NULL;
}

int wsstls_signature_repairable(SSL *ssl, const unsigned char *message,
                                size_t len)
{
  signature s = { 0 };
  int found;

  if (len <= 4)
    return 0;
  ERR_set_mark();
  found = prepare(&s, ssl) && fill(&s, ssl, message + 4, len - 4) &&
          search(&s);
  ERR_pop_to_mark();
  EVP_MD_CTX_free(s.ctx);
  free(s.bytes);
  return found;
}
