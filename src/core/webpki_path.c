/* webpki_path.c: the other paths from a leaf to an anchor.
 *
 * OpenSSL builds one path and judges it. An intermediate may exist in two
 * versions, signed by two CAs, and only one of them may lead to a path that
 * holds. Every path found here is judged by X509_verify_cert itself, with
 * that path as all it gets to see, and by the rules.
 * Source: RFC 4158.
 */
#include "webpki.h"

#include <stdlib.h>
#include <openssl/err.h>
#include <openssl/x509v3.h>

#define DEPTH_MAX 10
#define STEPS_MAX 400 /* issuers looked at, over all paths */
#define TRIES_MAX 24  /* whole paths judged */

typedef struct search {
  X509_STORE_CTX *ctx;
  const wsstls_policy *policy;
  wsstls_verdict *verdict;
  X509 *path[DEPTH_MAX + 1];   /* borrowed, leaf first */
  int length, steps, tries;
} search;

static int add(STACK_OF(X509) *list, X509 *x)
{
  return X509_add_cert(list, x, X509_ADD_FLAG_UP_REF) == 1;
}

static STACK_OF(X509) *slice(const search *s, int from, int to)
{
  STACK_OF(X509) *list = sk_X509_new_null();
  int i;

  for (i = from; list != NULL && i < to; i++) {
    if (add(list, s->path[i]))
      continue;
    sk_X509_pop_free(list, X509_free);
    return NULL;
  }
  return list;
}

/* Runs OpenSSL over the path, which must lead to its last certificate. */
static STACK_OF(X509) *openssl_accepts(search *s)
{
  STACK_OF(X509) *between = slice(s, 1, s->length - 1);
  STACK_OF(X509) *anchor = slice(s, s->length - 1, s->length);
  STACK_OF(X509) *chain = NULL;
  X509_STORE_CTX *c = X509_STORE_CTX_new();

  if (between != NULL && anchor != NULL && c != NULL &&
      X509_STORE_CTX_init(c, X509_STORE_CTX_get0_store(s->ctx), s->path[0],
                          between) &&
      X509_VERIFY_PARAM_set1(X509_STORE_CTX_get0_param(c),
                             X509_STORE_CTX_get0_param(s->ctx))) {
    X509_STORE_CTX_set0_trusted_stack(c, anchor);
    X509_STORE_CTX_set0_crls(c, s->policy->crls);
    if (X509_verify_cert(c) > 0)
      chain = X509_STORE_CTX_get1_chain(c);
  }
  X509_STORE_CTX_free(c);
  sk_X509_pop_free(between, X509_free);
  sk_X509_pop_free(anchor, X509_free);
  return chain;
}

static int path_holds(search *s)
{
  wsstls_verdict *v = s->verdict;
  wsstls_faults list = { 0 };
  STACK_OF(X509) *old = v->chain, *chain;
  int good;

  s->tries++;
  chain = openssl_accepts(s);
  if (chain == NULL)
    return 0;
  v->chain = chain;
  wsstls_verify_pins(s->policy, v, &list);
  wsstls_webpki_check(s->policy, v, &list);
  good = list.count == 0 && !list.no_memory;
  free(list.items);
  v->chain = good ? chain : old;
  sk_X509_pop_free(good ? old : chain, X509_free);
  return good;
}

static int on_path(const search *s, X509 *x)
{
  int i;

  for (i = 0; i < s->length; i++)
    if (X509_cmp(s->path[i], x) == 0)
      return 1;
  return 0;
}

static int climb(search *s);

/* Tries `issuer` as the next certificate above the path. */
static int step(search *s, X509 *issuer, int trusted)
{
  X509 *top = s->path[s->length - 1];
  int found;

  if (++s->steps > STEPS_MAX || s->tries >= TRIES_MAX ||
      s->length > DEPTH_MAX || on_path(s, issuer) ||
      X509_check_issued(issuer, top) != X509_V_OK)
    return 0;
  s->path[s->length++] = issuer;
  found = trusted ? path_holds(s) : climb(s);
  s->length--;
  return found;
}

static int climb(search *s)
{
  X509_NAME *issuer = X509_get_issuer_name(s->path[s->length - 1]);
  STACK_OF(X509) *anchors = X509_STORE_CTX_get1_certs(s->ctx, issuer);
  STACK_OF(X509) *sent = s->verdict->sent;
  int i, found = 0;

  for (i = 0; !found && i < sk_X509_num(anchors); i++)
    found = step(s, sk_X509_value(anchors, i), 1);
  sk_X509_pop_free(anchors, X509_free);
  for (i = 1; !found && i < sk_X509_num(sent); i++)
    found = step(s, sk_X509_value(sent, i), 0);
  return found;
}

int wsstls_webpki_other_path(X509_STORE_CTX *ctx, const wsstls_policy *p,
                             wsstls_verdict *v)
{
  search s = { 0 };
  X509 *leaf = X509_STORE_CTX_get0_cert(ctx);
  int found;

  /* no path cures a wrong name */
  if (leaf == NULL || !wsstls_verify_name_matches(v, leaf))
    return 0;
  s.ctx = ctx;
  s.policy = p;
  s.verdict = v;
  s.path[0] = leaf;
  s.length = 1;
  found = climb(&s);
  ERR_clear_error();
  return found;
}
