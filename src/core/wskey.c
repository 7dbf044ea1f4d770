/* wskey.c: see wskey.h. Source: EVP_DigestInit(3), EVP_EncodeBlock(3). */
#include "wskey.h"

#include <openssl/evp.h>

int wsstls_accept_key(const char *key, size_t len,
                      char out[WSSTLS_ACCEPT_SIZE])
{
  static const char guid[] = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";
  EVP_MD_CTX *ctx = EVP_MD_CTX_new();
  unsigned char digest[EVP_MAX_MD_SIZE];
  unsigned n = 0;
  int ok = ctx != NULL && EVP_DigestInit_ex(ctx, EVP_sha1(), NULL) == 1 &&
           EVP_DigestUpdate(ctx, key, len) == 1 &&
           EVP_DigestUpdate(ctx, guid, sizeof guid - 1) == 1 &&
           EVP_DigestFinal_ex(ctx, digest, &n) == 1 && n == 20;

  EVP_MD_CTX_free(ctx);
  if (ok)
    EVP_EncodeBlock((unsigned char *)out, digest, (int)n);
  return ok;
}
