/* verify.c: OpenSSL's verdict, then everything else that is wrong. */
#include "verify_pass.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <openssl/x509v3.h>
#include "webpki.h"

/* The first pass says what OpenSSL says; whatever callback lws or an
 * application left on the SSL has no voice in it. */
static int honest(int ok, X509_STORE_CTX *ctx)
{
  (void)ctx;
  return ok;
}

static STACK_OF(X509) *as_sent(X509_STORE_CTX *ctx)
{
  STACK_OF(X509) *untrusted = X509_STORE_CTX_get0_untrusted(ctx);
  STACK_OF(X509) *sent = sk_X509_new_null();
  X509 *leaf = X509_STORE_CTX_get0_cert(ctx), *x;
  int i;

  if (sent == NULL || leaf == NULL)
    return sent;
  if (X509_add_cert(sent, leaf, X509_ADD_FLAG_UP_REF) != 1)
    goto fail;
  for (i = 0; i < sk_X509_num(untrusted); i++) {
    x = sk_X509_value(untrusted, i);
    /* a live handshake lists the leaf first in the untrusted ones too */
    if (i == 0 && X509_cmp(x, leaf) == 0)
      continue;
    if (X509_add_cert(sent, x, X509_ADD_FLAG_UP_REF) != 1)
      goto fail;
  }
  return sent;

fail:
  sk_X509_pop_free(sent, X509_free);
  return NULL;
}

static int copy_trust(const wsstls_policy *p, wsstls_verdict *v)
{
  v->trust_system = p->trust_system;
  v->trust_count = p->trust_count;
  if (p->trust_file != NULL &&
      (v->trust_file = strdup(p->trust_file)) == NULL)
    return 0;
  return p->trust_path == NULL ||
         (v->trust_path = strdup(p->trust_path)) != NULL;
}

static wsstls_verdict *verdict_new(X509_STORE_CTX *ctx,
                                   const wsstls_policy *p,
                                   int peer_is_client)
{
  wsstls_verdict *v = calloc(1, sizeof *v);

  if (v == NULL)
    return NULL;
  v->cn_fallback = p->cn_fallback;
  v->peer_is_client = peer_is_client;
  v->time = p->time != WSSTLS_NOW ? p->time : (long long)time(NULL);
  v->purpose = p->purpose > 0 ? p->purpose
    : peer_is_client ? X509_PURPOSE_SSL_CLIENT : X509_PURPOSE_SSL_SERVER;
  v->depth_limit = p->depth;
  v->strict = p->strict;
  v->partial_chain = p->partial_chain;
  v->crl_check = p->crl_check;
  v->security_level = p->security_level;
  v->rules = p->rules;
  v->sent = as_sent(ctx);
  if (v->sent != NULL && wsstls_policy_names(p, v) && copy_trust(p, v))
    return v;
  wsstls_verdict_free(v);
  return NULL;
}

void wsstls_verdict_free(wsstls_verdict *v)
{
  if (v == NULL)
    return;
  wsstls_verdict_free(v->openssl);
  sk_X509_pop_free(v->chain, X509_free);
  sk_X509_pop_free(v->sent, X509_free);
  X509_free(v->namesake);
  free(v->faults);
  free(v->accepted);
  free(v->expected_host);
  free(v->expected_ip);
  free(v->trust_file);
  free(v->trust_path);
  free(v);
}

/* What follows from another fault: the leaf's signature cannot be checked
 * without its issuer, a non-CA fails the CA's purpose and usage as well,
 * and beyond the depth limit OpenSSL looks for no issuer. */
static int cause(const wsstls_verify_fault *f)
{
  switch (f->code) {
  case X509_V_ERR_UNABLE_TO_VERIFY_LEAF_SIGNATURE:
    return X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY;
  case X509_V_ERR_INVALID_PURPOSE:
  case X509_V_ERR_KEYUSAGE_NO_CERTSIGN:
    return X509_V_ERR_INVALID_CA;
  case X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT:
  case X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY:
    return X509_V_ERR_CERT_CHAIN_TOO_LONG;
  default:
    return 0;
  }
}

static void mark(wsstls_faults *list, int peer_is_client)
{
  wsstls_verify_fault *f;
  size_t i;

  for (i = 0; i < list->count; i++) {
    f = &list->items[i];
    f->implied = cause(f) != 0 &&
                 wsstls_faults_have(list, cause(f), f->depth);
    if (f->status == WSSTLS_OK)
      f->status = wsstls_x509_status(f->code, peer_is_client);
  }
}

/* An implied fault goes with its cause, except the missing anchor beyond
 * the depth limit: tolerating the length must not tolerate the stranger. */
static int tolerated(const wsstls_policy *p, const wsstls_verify_fault *f)
{
  if (wsstls_policy_allows(p, f->code) ||
      ((f->status == WSSTLS_CERT_WEBPKI ||
        f->status == WSSTLS_CLIENT_CERT_WEBPKI) &&
       wsstls_policy_allows(p, WSSTLS_ALLOW_WEBPKI)))
    return 1;
  return f->implied && cause(f) != X509_V_ERR_CERT_CHAIN_TOO_LONG &&
         wsstls_policy_allows(p, cause(f));
}

static void to_front(wsstls_faults *list, int code, int depth, X509 *x)
{
  wsstls_verify_fault f;
  size_t i;

  wsstls_faults_add(list, code, depth, x, NULL);
  for (i = 0; i < list->count; i++)
    if (list->items[i].code == code && list->items[i].depth == depth)
      break;
  if (i == 0 || i == list->count)
    return;
  f = list->items[i];
  memmove(&list->items[1], &list->items[0], i * sizeof f);
  list->items[0] = f;
}

/* Splits the list by `allow`; the first fault left decides. */
static int split(const wsstls_policy *p, const wsstls_faults *list,
                 wsstls_verdict *v)
{
  size_t i;

  if (list->count == 0)
    return 1;
  v->faults = calloc(list->count, sizeof *v->faults);
  v->accepted = calloc(list->count, sizeof *v->accepted);
  if (v->faults == NULL || v->accepted == NULL)
    return 0;
  for (i = 0; i < list->count; i++) {
    if (tolerated(p, &list->items[i]))
      v->accepted[v->naccepted++] = list->items[i];
    else
      v->faults[v->nfaults++] = list->items[i];
  }
  v->faults_cut = list->cut;
  return 1;
}

static void conclude(wsstls_verdict *v)
{
  v->ok = v->nfaults == 0;
  v->code = v->ok ? X509_V_OK : v->faults[0].code;
  v->depth = v->ok ? 0 : v->faults[0].depth;
  v->status = v->ok ? WSSTLS_OK : v->faults[0].status;
}

/* Is anything left that `allow` does not tolerate? */
static int rejected(const wsstls_policy *p, const wsstls_faults *list)
{
  size_t i;

  for (i = 0; i < list->count; i++)
    if (!tolerated(p, &list->items[i]))
      return 1;
  return 0;
}

/* A chain that ends at a stranger may have a namesake among the trusted:
 * the CA was renewed with another key, or somebody borrowed its name. */
static void find_namesake(X509_STORE_CTX *ctx, wsstls_verdict *v)
{
  int n = sk_X509_num(v->chain), i;
  X509 *top = n > 0 ? sk_X509_value(v->chain, n - 1) : NULL, *x;
  STACK_OF(X509) *certs;

  if (top == NULL || v->anchored)
    return;
  certs = X509_STORE_CTX_get1_certs(ctx, X509_get_issuer_name(top));
  for (i = 0; i < sk_X509_num(certs) && v->namesake == NULL; i++) {
    x = sk_X509_value(certs, i);
    if (X509_cmp(x, top) != 0 && X509_up_ref(x))
      v->namesake = x;
  }
  sk_X509_pop_free(certs, X509_free);
}

/* The faults of a chain that OpenSSL rejected in its first pass. */
static int examine(X509_STORE_CTX *ctx, const wsstls_policy *p,
                   wsstls_verdict *v, wsstls_faults *list)
{
  X509 *leaf = X509_STORE_CTX_get0_cert(ctx);
  X509 *culprit = X509_STORE_CTX_get_current_cert(ctx);
  int code = X509_STORE_CTX_get_error(ctx);
  int depth = X509_STORE_CTX_get_error_depth(ctx);
  int complete = wsstls_verify_collect(ctx, p, v, list);

  to_front(list, code, depth, culprit);
  wsstls_verify_length(p, v, list);
  if (leaf != NULL)
    wsstls_verify_names(v, leaf, list);
  wsstls_verify_dates(v, list);
  find_namesake(ctx, v);
  return complete;
}

/* The web PKI's own faults; gone, with all others, when there is another
 * path without any. */
static void examine_webpki(X509_STORE_CTX *ctx, const wsstls_policy *p,
                           wsstls_verdict *v, wsstls_faults *list)
{
  wsstls_webpki_check(p, v, list);
  wsstls_webpki_forgive(v, list);
  if (list->count == 0 || !rejected(p, list) ||
      !wsstls_webpki_other_path(ctx, p, v))
    return;
  v->anchored = 1;
  list->count = 0;
}

static int judge(X509_STORE_CTX *ctx, const wsstls_policy *p,
                 wsstls_verdict *v, wsstls_faults *list)
{
  X509_VERIFY_PARAM *param = X509_STORE_CTX_get0_param(ctx);
  X509 *leaf = X509_STORE_CTX_get0_cert(ctx);
  int name_fault = wsstls_policy_apply(p, v, param);
  int complete = 1;

  X509_STORE_CTX_set_verify_cb(ctx, honest);
  X509_STORE_CTX_set0_crls(ctx, p->crls);
  if (X509_verify_cert(ctx) > 0) {
    v->chain = X509_STORE_CTX_get1_chain(ctx);
    v->anchored = 1;
  } else {
    complete = examine(ctx, p, v, list);
  }
  if (name_fault != 0)
    wsstls_faults_add(list, name_fault, 0, leaf, NULL);
  wsstls_verify_pins(p, v, list);
  if (p->rules == WSSTLS_RULES_WEBPKI && name_fault == 0)
    examine_webpki(ctx, p, v, list);
  mark(list, v->peer_is_client);
  /* OpenSSL gave up before its last check: `allow` cannot know what the
   * rest would have said, so something has to stay untolerated */
  if (!complete && !rejected(p, list)) {
    wsstls_faults_add(list, X509_V_ERR_UNSPECIFIED, 0, leaf, NULL);
    mark(list, v->peer_is_client);
  }
  return v->chain != NULL && !list->no_memory && split(p, list, v);
}

int wsstls_verify_run(X509_STORE_CTX *ctx, const wsstls_policy *policy,
                      int peer_is_client, wsstls_verdict **out)
{
  wsstls_verdict *v = verdict_new(ctx, policy, peer_is_client);
  wsstls_faults list = { 0 };

  *out = v;
  if (v == NULL || !judge(ctx, policy, v, &list)) {
    free(list.items);
    wsstls_verdict_free(v);
    *out = NULL;
    X509_STORE_CTX_set_error(ctx, X509_V_ERR_OUT_OF_MEM);
    return 0;
  }
  free(list.items);
  conclude(v);
  v->unchecked = !policy->check_peer;
  if (v->ok || v->unchecked) {
    /* lws looks at the result once more after the handshake */
    X509_STORE_CTX_set_error(ctx, X509_V_OK);
    return 1;
  }
  X509_STORE_CTX_set_error(ctx, v->code);
  X509_STORE_CTX_set_error_depth(ctx, v->depth);
  return 0;
}

wsstls_verdict *wsstls_verify_openssl(X509_STORE_CTX *ctx,
                                      const wsstls_policy *policy,
                                      int peer_is_client)
{
  wsstls_policy plain = *policy; /* what it points to stays the policy's */
  X509_STORE_CTX *c = X509_STORE_CTX_new();
  wsstls_verdict *v = NULL;

  plain.rules = WSSTLS_RULES_OPENSSL;
  if (c != NULL &&
      X509_STORE_CTX_init(c, X509_STORE_CTX_get0_store(ctx),
                          X509_STORE_CTX_get0_cert(ctx),
                          X509_STORE_CTX_get0_untrusted(ctx)) &&
      X509_VERIFY_PARAM_set1(X509_STORE_CTX_get0_param(c),
                             X509_STORE_CTX_get0_param(ctx)))
    wsstls_verify_run(c, &plain, peer_is_client, &v);
  X509_STORE_CTX_free(c);
  return v;
}

void wsstls_verdict_reject(wsstls_verdict *v, const char *reason)
{
  wsstls_faults list = { 0 };
  wsstls_verify_fault *f;

  snprintf(v->reason, sizeof v->reason, "%s", reason != NULL ? reason : "");
  v->ok = 0;
  v->code = X509_V_ERR_APPLICATION_VERIFICATION;
  v->depth = 0;
  v->status = v->peer_is_client ? WSSTLS_CLIENT_CERT_VERIFY_CALLBACK
                                : WSSTLS_CERT_VERIFY_CALLBACK;
  list.items = v->faults;
  list.count = list.room = v->nfaults;
  f = wsstls_faults_add(&list, v->code, 0, sk_X509_value(v->chain, 0),
                        "APPLICATION_VERIFICATION");
  if (f != NULL)
    f->status = v->status;
  /* the function's word decides: it stands first */
  if (list.count > 1 && f != NULL) {
    wsstls_verify_fault last = *f;

    memmove(&list.items[1], &list.items[0],
            (list.count - 1) * sizeof last);
    list.items[0] = last;
  }
  v->faults = list.items;
  v->nfaults = list.count;
}
