/* pki_spki.c: putting a public key into a certificate, fast.
 *
 * X509_set_pubkey encodes the key with OpenSSL 3's encoder and decodes it
 * again, which takes longer than signing. An elliptic curve point is encoded
 * at once here, and what had to be encoded stays with the key. The X509 then
 * has the key's bytes but not the key: it is for signing, and must be
 * decoded from its DER before anybody uses it.
 */
#include <string.h>
#include <openssl/crypto.h>
#include <openssl/ec.h>
#include <openssl/err.h>
#include "pki.h"
#include "pki_sign.h"

static CRYPTO_ONCE once = CRYPTO_ONCE_STATIC_INIT;
static int slot = -1;

static void forget(void *parent, void *ptr, CRYPTO_EX_DATA *ad, int index,
                   long argl, void *argp)
{
  (void)parent, (void)ad, (void)index, (void)argl, (void)argp;
  X509_PUBKEY_free(ptr);
}

static void make_slot(void)
{
  slot = CRYPTO_get_ex_new_index(CRYPTO_EX_INDEX_EVP_PKEY, 0, NULL, NULL,
                                 NULL, forget);
}

/* SubjectPublicKeyInfo of RFC 5480: the curve's OID and the point. */
static X509_PUBKEY *encode_ec(EVP_PKEY *key)
{
  unsigned char *point = NULL;
  X509_PUBKEY *out = NULL;
  char group[80];
  size_t len;
  int nid;

  if (!EVP_PKEY_is_a(key, "EC") ||
      !EVP_PKEY_get_group_name(key, group, sizeof group, NULL) ||
      (nid = OBJ_txt2nid(group)) == NID_undef)
    return NULL;
  len = EVP_PKEY_get1_encoded_public_key(key, &point);
  if (len > 0 && (out = X509_PUBKEY_new()) != NULL &&
      X509_PUBKEY_set0_param(out, OBJ_nid2obj(NID_X9_62_id_ecPublicKey),
                             V_ASN1_OBJECT, OBJ_nid2obj(nid), point,
                             (int)len))
    return out;
  X509_PUBKEY_free(out);
  OPENSSL_free(point);
  return NULL;
}

static int copy(X509_PUBKEY *to, X509_PUBKEY *from)
{
  const unsigned char *bits = NULL;
  const ASN1_OBJECT *object = NULL;
  const void *value = NULL;
  unsigned char *own;
  X509_ALGOR *algorithm = NULL;
  int len = 0, type = 0;

  if (!X509_PUBKEY_get0_param(NULL, &bits, &len, &algorithm, from))
    return 0;
  X509_ALGOR_get0(&object, &type, &value, algorithm);
  if (type != V_ASN1_OBJECT && type != V_ASN1_NULL && type != V_ASN1_UNDEF)
    return 0;
  /* objects of the static table need no copy; others get one */
  if ((own = OPENSSL_memdup(bits, (size_t)len)) == NULL)
    return 0;
  if (X509_PUBKEY_set0_param(
        to, OBJ_dup(object), type,
        type == V_ASN1_OBJECT ? OBJ_dup(value) : NULL, own, len))
    return 1;
  OPENSSL_free(own);
  return 0;
}

/* OpenSSL's way, then without the reference to the key: kept in the key's
 * own slot it would be a cycle that nothing frees. */
static X509_PUBKEY *encode_any(EVP_PKEY *key)
{
  X509_PUBKEY *full = NULL, *out = X509_PUBKEY_new();

  if (out != NULL && X509_PUBKEY_set(&full, key) && copy(out, full)) {
    X509_PUBKEY_free(full);
    return out;
  }
  X509_PUBKEY_free(full);
  X509_PUBKEY_free(out);
  return NULL;
}

static X509_PUBKEY *encoded(EVP_PKEY *key)
{
  X509_PUBKEY *spki = slot >= 0 ? EVP_PKEY_get_ex_data(key, slot) : NULL;

  if (spki != NULL || slot < 0)
    return spki;
  spki = encode_ec(key);
  if (spki == NULL)
    spki = encode_any(key);
  if (spki != NULL && EVP_PKEY_set_ex_data(key, slot, spki))
    return spki;
  X509_PUBKEY_free(spki);
  return NULL;
}

int wsstls_pubkey_set(X509 *x, EVP_PKEY *key)
{
  X509_PUBKEY *spki;

  if (!CRYPTO_THREAD_run_once(&once, make_slot))
    return X509_set_pubkey(x, key);
  ERR_set_mark();
  spki = encoded(key);
  if (spki != NULL && copy(X509_get_X509_PUBKEY(x), spki)) {
    ERR_pop_to_mark();
    return 1;
  }
  ERR_pop_to_mark();
  return X509_set_pubkey(x, key);
}
