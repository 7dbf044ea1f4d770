/* tlsconf_cert.c: our own certificate, its key and what is sent with them. */
#include "tlsconf_parts.h"

#include <openssl/err.h>
#include <openssl/x509v3.h>

typedef struct parts {
  wsstls_material *cert, *key;
  const char *option;          /* where the certificate came from */
  const wsstls_source *source, *key_source;
} parts;

static wsstls_status load_parts(const wsstls_tlsopts *o, parts *p,
                                wsstls_error *err)
{
  const char *key_word = o->key_password != NULL ? o->key_password
                                                 : o->pkcs12_password;
  const char *p12_word = o->pkcs12_password != NULL ? o->pkcs12_password
                                                    : o->key_password;
  wsstls_status status = WSSTLS_OK;

  p->option = "cert";
  p->source = &o->cert;
  p->key_source = &o->key;
  if (wsstls_source_given(&o->cert)) {
    status = wsstls_source_load(&o->cert, "cert", key_word, &p->cert, err);
  } else if (wsstls_source_given(&o->pkcs12)) {
    p->option = "pkcs12";
    p->source = &o->pkcs12;
    status = wsstls_source_load(&o->pkcs12, "pkcs12", p12_word, &p->cert,
                                err);
  }
  if (status == WSSTLS_OK && wsstls_source_given(&o->key))
    status = wsstls_source_load(&o->key, "key", key_word, &p->key, err);
  return status;
}

static wsstls_status mismatch(wsstls_error *err)
{
  return wsstls_error_set(err, WSSTLS_CONFIG_KEY_MISMATCH,
    "key: this private key does not belong to the certificate "
    "(OpenSSL 05800074: key values mismatch)");
}

/* A PEM file may hold the chain in any order, and only the key can tell
 * which certificate is the leaf. */
static X509 *leaf_of(const wsstls_material *m, EVP_PKEY *key)
{
  int i;
  X509 *x, *found = NULL;

  ERR_set_mark();
  if (m->cert != NULL && X509_check_private_key(m->cert, key) == 1)
    found = m->cert;
  for (i = 0; found == NULL && i < sk_X509_num(m->chain); i++) {
    x = sk_X509_value(m->chain, i);
    if (X509_check_private_key(x, key) == 1)
      found = x;
  }
  ERR_pop_to_mark();
  return found;
}

static wsstls_status choose_leaf(wsstls_tlsconf *c, const parts *p,
                                 wsstls_error *err)
{
  EVP_PKEY *key = p->key != NULL ? p->key->key : p->cert->key;
  char label[WSSTLS_LABEL_SIZE];
  X509 *leaf;

  if (p->cert->cert == NULL)
    return wsstls_error_set(err, WSSTLS_CONFIG_NOT_A_CERTIFICATE,
      "%s: a certificate was expected, and this holds only a %s",
      wsstls_source_label(p->source, p->option, label),
      wsstls_material_kind_name(p->cert->kind));
  if (key == NULL && p->key == NULL && p->cert->key_is_foreign)
    return mismatch(err);
  if (key == NULL && p->key != NULL)
    return wsstls_error_set(err, WSSTLS_CONFIG_KEY_MISSING,
      "%s: a private key was expected, and this holds only a %s",
      wsstls_source_label(p->key_source, "key", label),
      wsstls_material_kind_name(p->key->kind));
  if (key == NULL)
    return wsstls_error_set(err, WSSTLS_CONFIG_KEY_MISSING,
      "%s: the certificate comes without its private key; give key = as "
      "well", wsstls_source_label(p->source, p->option, label));
  leaf = leaf_of(p->cert, key);
  if (leaf == NULL)
    return mismatch(err);
  if (!X509_up_ref(leaf))
    return WSSTLS_LIMIT_MEMORY;
  c->cert = leaf;
  if (!EVP_PKEY_up_ref(key))
    return WSSTLS_LIMIT_MEMORY;
  c->key = key;
  return WSSTLS_OK;
}

static int is_root(X509 *x)
{
  return (X509_get_extension_flags(x) & EXFLAG_SS) != 0;
}

static int has(STACK_OF(X509) *list, X509 *x)
{
  int i;

  for (i = 0; i < sk_X509_num(list); i++)
    if (X509_cmp(sk_X509_value(list, i), x) == 0)
      return 1;
  return 0;
}

static int append(wsstls_tlsconf *c, X509 *x, int send_root)
{
  if (X509_cmp(c->cert, x) == 0 || has(c->chain, x) ||
      (!send_root && is_root(x)))
    return 1;
  return X509_add_cert(c->chain, x, X509_ADD_FLAG_UP_REF) == 1;
}

/* What the certificate's own source holds is put in order, leaf to root;
 * what is not part of that path follows in its own order. */
static int append_source(wsstls_tlsconf *c, const wsstls_material *m,
                         int send_root)
{
  STACK_OF(X509) *pool = sk_X509_dup(m->chain);
  X509 *child = c->cert, *x;
  int i, ok = pool != NULL;

  if (ok && m->cert != NULL)
    ok = sk_X509_unshift(pool, m->cert) > 0; /* the leaf may be elsewhere */
  for (i = 0; ok && i < sk_X509_num(pool); i++) {
    x = sk_X509_value(pool, i);
    if (X509_cmp(x, c->cert) == 0 || X509_cmp(x, child) == 0 ||
        X509_check_issued(x, child) != X509_V_OK)
      continue;
    if (has(c->chain, x)) /* two that sign each other */
      break;
    ok = append(c, x, send_root);
    child = x;
    i = -1;
  }
  for (i = 0; ok && i < sk_X509_num(pool); i++)
    ok = append(c, sk_X509_value(pool, i), send_root);
  sk_X509_free(pool);
  ERR_clear_error();
  return ok;
}

/* `chain = ` is sent as it is written: who wants a wrong order gets it. */
static wsstls_status append_chain(wsstls_tlsconf *c, const wsstls_source *s,
                                  int send_root, wsstls_error *err)
{
  wsstls_material *m = NULL;
  wsstls_status status = wsstls_source_load(s, "chain", NULL, &m, err);
  char label[WSSTLS_LABEL_SIZE];
  int i, ok;

  if (status != WSSTLS_OK)
    return status;
  ok = m->cert == NULL || append(c, m->cert, send_root);
  for (i = 0; ok && i < sk_X509_num(m->chain); i++)
    ok = append(c, sk_X509_value(m->chain, i), send_root);
  if (!ok)
    status = WSSTLS_LIMIT_MEMORY;
  else if (m->cert == NULL && sk_X509_num(m->chain) < 1)
    status = wsstls_error_set(err, WSSTLS_CONFIG_NOT_A_CERTIFICATE,
      "%s: a certificate was expected, and this holds only a %s",
      wsstls_source_label(s, "chain", label),
      wsstls_material_kind_name(m->kind));
  wsstls_material_unref(m);
  return status;
}

wsstls_status wsstls_tlsconf_load_cert(wsstls_tlsconf *c,
                                       const wsstls_tlsopts *o,
                                       wsstls_error *err)
{
  parts p = { 0 };
  wsstls_status status = load_parts(o, &p, err);
  size_t i;

  if (status == WSSTLS_OK && p.cert == NULL) {
    /* a key file that holds the certificate as well is enough */
    if (p.key == NULL)
      return WSSTLS_OK;
    p.cert = wsstls_material_ref(p.key);
    p.option = "key";
  }
  if (status == WSSTLS_OK)
    status = choose_leaf(c, &p, err);
  /* an explicit chain replaces the order of the source: it comes first */
  for (i = 0; status == WSSTLS_OK && i < o->nchain; i++)
    status = append_chain(c, &o->chain[i], o->send_root, err);
  if (status == WSSTLS_OK && !append_source(c, p.cert, o->send_root))
    status = WSSTLS_LIMIT_MEMORY;
  wsstls_material_unref(p.cert);
  wsstls_material_unref(p.key);
  return status;
}
