/* pki_spki.c: putting a public key into a certificate, fast.
 *
 * X509_set_pubkey encodes the key with OpenSSL 3's encoder and decodes it
 * again, which takes longer than signing. An elliptic curve key gets a twin
 * here: a public key of OpenSSL's older kind goes into an X509 without any
 * of that and is as good for all who read it (it spares a quarter of the
 * work of a certificate scenario). Other keys are encoded once and the bytes
 * kept; the X509 then has those but no key: it is for signing, and must be
 * decoded from its DER before anybody uses it.
 */
#define OPENSSL_SUPPRESS_DEPRECATED /* EC_KEY is how such a key is made */
#include <string.h>
#include <openssl/crypto.h>
#include <openssl/ec.h>
#include <openssl/err.h>
#include "pki.h"
#include "pki_sign.h"

static CRYPTO_ONCE once = CRYPTO_ONCE_STATIC_INIT;
static int slot = -1, twin_slot = -1;

static void forget(void *parent, void *ptr, CRYPTO_EX_DATA *ad, int index,
                   long argl, void *argp)
{
  (void)parent, (void)ad, (void)index, (void)argl, (void)argp;
  X509_PUBKEY_free(ptr);
}

static void forget_twin(void *parent, void *ptr, CRYPTO_EX_DATA *ad,
                        int index, long argl, void *argp)
{
  (void)parent, (void)ad, (void)index, (void)argl, (void)argp;
  EVP_PKEY_free(ptr);
}

static void make_slot(void)
{
  twin_slot = CRYPTO_get_ex_new_index(CRYPTO_EX_INDEX_EVP_PKEY, 0, NULL, NULL,
                                      NULL, forget_twin);
  slot = CRYPTO_get_ex_new_index(CRYPTO_EX_INDEX_EVP_PKEY, 0, NULL, NULL,
                                 NULL, forget);
}

/* The curve of an elliptic curve key, or NID_undef. */
static int curve_of(EVP_PKEY *key)
{
  char group[80];

  if (!EVP_PKEY_is_a(key, "EC") ||
      !EVP_PKEY_get_group_name(key, group, sizeof group, NULL))
    return NID_undef;
  return OBJ_txt2nid(group);
}

static EVP_PKEY *make_twin(EVP_PKEY *key)
{
  int nid = curve_of(key);
  EC_KEY *ec = nid != NID_undef ? EC_KEY_new_by_curve_name(nid) : NULL;
  EVP_PKEY *out = ec != NULL ? EVP_PKEY_new() : NULL;
  unsigned char *point = NULL;
  size_t len = out != NULL ? EVP_PKEY_get1_encoded_public_key(key, &point) : 0;
  int ok = len > 0 && EC_KEY_oct2key(ec, point, len, NULL) &&
           EVP_PKEY_assign_EC_KEY(out, ec);

  OPENSSL_free(point);
  if (ok)
    return out;
  EC_KEY_free(ec);
  EVP_PKEY_free(out);
  return NULL;
}

static EVP_PKEY *twin(EVP_PKEY *key)
{
  EVP_PKEY *made = twin_slot >= 0 ? EVP_PKEY_get_ex_data(key, twin_slot)
                                  : NULL;

  if (made != NULL || twin_slot < 0)
    return made;
  made = make_twin(key);
  if (made != NULL && EVP_PKEY_set_ex_data(key, twin_slot, made))
    return made;
  EVP_PKEY_free(made);
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
  spki = encode_any(key);
  if (spki != NULL && EVP_PKEY_set_ex_data(key, slot, spki))
    return spki;
  X509_PUBKEY_free(spki);
  return NULL;
}

int wsstls_pubkey_set(X509 *x, EVP_PKEY *key)
{
  X509_PUBKEY *spki;
  EVP_PKEY *old;

  if (!CRYPTO_THREAD_run_once(&once, make_slot))
    return X509_set_pubkey(x, key);
  ERR_set_mark();
  old = twin(key);
  if (old != NULL && X509_set_pubkey(x, old)) {
    ERR_pop_to_mark();
    return 1;
  }
  spki = encoded(key);
  if (spki != NULL && copy(X509_get_X509_PUBKEY(x), spki)) {
    ERR_pop_to_mark();
    return 1;
  }
  ERR_pop_to_mark();
  return X509_set_pubkey(x, key);
}
