/* tlsconf_verify.c: the same judgement without a network. */
#include "tlsconf_parts.h"

#include <string.h>
#include <openssl/err.h>

typedef struct input {
  X509 *leaf;                  /* owned */
  STACK_OF(X509) *others;      /* owned, every one a reference */
} input;

static int push(STACK_OF(X509) *list, X509 *x)
{
  return X509_add_cert(list, x, X509_ADD_FLAG_UP_REF) == 1;
}

/* The first certificate of all is the leaf, everything else untrusted. */
static wsstls_status take(input *in, const wsstls_source *s,
                          const char *option, const wsstls_tlsopts *o,
                          wsstls_error *err)
{
  wsstls_material *m = NULL;
  const char *word = o->key_password != NULL ? o->key_password
                                             : o->pkcs12_password;
  wsstls_status status = wsstls_source_load(s, option, word, &m, err);
  char label[WSSTLS_LABEL_SIZE];
  int i, ok = 1;

  if (status != WSSTLS_OK)
    return status;
  if (m->cert == NULL)
    status = wsstls_error_set(err, WSSTLS_CONFIG_NOT_A_CERTIFICATE,
      "%s: a certificate was expected, and this holds only a %s",
      wsstls_source_label(s, option, label),
      wsstls_material_kind_name(m->kind));
  else if (in->leaf != NULL)
    ok = push(in->others, m->cert);
  else if (X509_up_ref(m->cert))
    in->leaf = m->cert;
  for (i = 0; ok && i < sk_X509_num(m->chain); i++)
    ok = push(in->others, sk_X509_value(m->chain, i));
  wsstls_material_unref(m);
  return ok ? status : WSSTLS_LIMIT_MEMORY;
}

static wsstls_status gather(const wsstls_tlsopts *o, input *in,
                            wsstls_error *err)
{
  wsstls_status status = WSSTLS_OK;
  size_t i;

  in->others = sk_X509_new_null();
  if (in->others == NULL)
    return WSSTLS_LIMIT_MEMORY;
  if (wsstls_source_given(&o->cert))
    status = take(in, &o->cert, "cert", o, err);
  for (i = 0; status == WSSTLS_OK && i < o->nchain; i++)
    status = take(in, &o->chain[i], "chain", o, err);
  if (status == WSSTLS_OK && in->leaf == NULL)
    status = wsstls_error_set(err, WSSTLS_CONFIG_NOT_A_CERTIFICATE,
                              "chain: there is no certificate to verify");
  return status;
}

static wsstls_status run(const wsstls_tlsopts *o, const input *in,
                         const wsstls_trust *trust,
                         STACK_OF(X509_CRL) *crls, int peer_is_client,
                         wsstls_verdict **out)
{
  X509_STORE_CTX *ctx = X509_STORE_CTX_new();
  wsstls_policy policy = o->policy; /* borrows: o outlives this */

  policy.crls = crls;
  policy.trust_count = trust->count;
  policy.trust_system = trust->system;
  if (ctx != NULL &&
      X509_STORE_CTX_init(ctx, trust->store, in->leaf, in->others) == 1 &&
      X509_STORE_CTX_set_default(ctx, peer_is_client ? "ssl_client"
                                                     : "ssl_server") == 1)
    wsstls_verify_run(ctx, &policy, peer_is_client, out);
  X509_STORE_CTX_free(ctx);
  ERR_clear_error();
  return *out != NULL ? WSSTLS_OK : WSSTLS_LIMIT_MEMORY;
}

wsstls_status wsstls_tlsopts_verify(const wsstls_tlsopts *o,
                                    int peer_is_client,
                                    wsstls_verdict **out, wsstls_error *err)
{
  input in = { 0 };
  wsstls_trust trust = { 0 };
  STACK_OF(X509_CRL) *crls = NULL;
  wsstls_status status;

  *out = NULL;
  if (err != NULL)
    memset(err, 0, sizeof *err);
  status = gather(o, &in, err);
  if (status == WSSTLS_OK)
    status = wsstls_trust_get(o, &trust, err);
  if (status == WSSTLS_OK)
    status = wsstls_trust_crls(o, &crls, err);
  if (status == WSSTLS_OK)
    status = run(o, &in, &trust, crls, peer_is_client, out);
  if (status != WSSTLS_OK && err != NULL && err->status != status)
    wsstls_error_set(err, status, "%s", wsstls_status_text(status));
  X509_free(in.leaf);
  sk_X509_pop_free(in.others, X509_free);
  sk_X509_CRL_pop_free(crls, X509_CRL_free);
  wsstls_trust_clear(&trust);
  return status;
}
