/* pki_standin.c: a certificate like another one, with a key of ours.
 *
 * For replaying somebody else's certificate: every field and extension is
 * the model's, bit for bit, but for the public key and the signature.
 * Sources: X509_dup(3), X509_set_pubkey(3), X509_sign(3).
 */
#include "pki.h"

#include <openssl/objects.h>
#include "certutil.h"

/* The digest of the model's signature, where the signer can use it. */
static const EVP_MD *digest_of(const X509 *model, EVP_PKEY *signer)
{
  int digest = NID_undef;

  if (EVP_PKEY_is_a(signer, "ED25519") || EVP_PKEY_is_a(signer, "ED448"))
    return NULL; /* they have none */
  if (!OBJ_find_sigid_algs(X509_get_signature_nid(model), &digest, NULL) ||
      digest == NID_undef)
    return EVP_sha256();
  return EVP_get_digestbynid(digest);
}

wsstls_status wsstls_cert_stand_in(const X509 *model, EVP_PKEY *key,
                                   EVP_PKEY *signer, int tamper, X509 **out,
                                   wsstls_error *err)
{
  wsstls_status status = WSSTLS_LIMIT_MEMORY;
  X509 *x = X509_dup(model);

  *out = NULL;
  wsstls_errors_mark();
  if (x != NULL && X509_set_pubkey(x, key)) {
    status = WSSTLS_OK;
    if (!X509_sign(x, signer, digest_of(model, signer)))
      status = wsstls_pki_fail(err, WSSTLS_PKI_MISUSE,
                               "the stand-in cannot be signed");
  }
  if (status == WSSTLS_OK && tamper && (x = wsstls_cert_tampered(x)) == NULL)
    status = WSSTLS_LIMIT_MEMORY;
  status = wsstls_errors_judge(status, err);
  wsstls_errors_forget();
  if (status == WSSTLS_OK)
    *out = x;
  else
    X509_free(x);
  return status;
}
