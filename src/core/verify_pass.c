/* verify_pass.c: the pass that collects every fault and can accept nothing.
 *
 * OpenSSL's verify callback may let verification go on after a fault. That
 * is used on a context of our own, whose result is thrown away; the verdict
 * of the live handshake never comes from here.
 * Sources: X509_STORE_CTX_set_verify_cb(3), X509_cmp_time(3).
 */
#include "verify_pass.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <openssl/evp.h>
#include <openssl/x509v3.h>
#include "certutil.h"

/* Deeper than any chain OpenSSL builds: its own default. */
#define DEPTH_UNLIMITED 100

int wsstls_faults_have(const wsstls_faults *list, int code, int depth)
{
  size_t i;

  for (i = 0; i < list->count; i++)
    if (list->items[i].code == code && list->items[i].depth == depth)
      return 1;
  return 0;
}

/* Two rules of ours may share code 50 and a depth, and both are told. */
static int have_rule(const wsstls_faults *list, int code, int depth,
                     const char *rule)
{
  size_t i;

  if (rule == NULL)
    return wsstls_faults_have(list, code, depth);
  for (i = 0; i < list->count; i++)
    if (list->items[i].code == code && list->items[i].depth == depth &&
        strcmp(list->items[i].name, rule) == 0)
      return 1;
  return 0;
}

static wsstls_verify_fault *grow(wsstls_faults *list)
{
  size_t room = list->room > 0 ? 2 * list->room : 4;
  wsstls_verify_fault *items;

  if (list->count < list->room)
    return &list->items[list->count++];
  items = realloc(list->items, room * sizeof *items);
  if (items == NULL) {
    list->no_memory = 1;
    return NULL;
  }
  list->items = items;
  list->room = room;
  return &list->items[list->count++];
}

wsstls_verify_fault *wsstls_faults_add(wsstls_faults *list, int code,
                                       int depth, X509 *x,
                                       const char *rule)
{
  wsstls_verify_fault *f;
  char *subject;

  if (have_rule(list, code, depth, rule))
    return NULL;
  if (list->count == WSSTLS_MAX_FAULTS) {
    list->cut = 1;
    return NULL;
  }
  f = grow(list);
  if (f == NULL)
    return NULL;
  memset(f, 0, sizeof *f);
  f->code = code;
  f->depth = depth;
  if (rule != NULL)
    snprintf(f->name, sizeof f->name, "%s", rule);
  if (x == NULL)
    return f;
  subject = wsstls_name_text(X509_get_subject_name(x));
  if (subject != NULL)
    snprintf(f->subject, sizeof f->subject, "%s", subject);
  free(subject);
  return f;
}

/* Called for every fault (and every good certificate) of the second pass. */
static int on_fault(int ok, X509_STORE_CTX *ctx)
{
  wsstls_faults *list = X509_STORE_CTX_get_app_data(ctx);

  if (ok)
    return 1;
  /* the path of a CRL's issuer is judged in a context of its own, and told
   * here as one fault: CRL_PATH_VALIDATION_ERROR */
  if (list == NULL || X509_STORE_CTX_get0_parent_ctx(ctx) != NULL)
    return 0;
  wsstls_faults_add(list, X509_STORE_CTX_get_error(ctx),
                    X509_STORE_CTX_get_error_depth(ctx),
                    X509_STORE_CTX_get_current_cert(ctx), NULL);
  /* a leftover error makes build_chain believe that the callback has heard
   * about the missing trust already, and the fault would disappear */
  X509_STORE_CTX_set_error(ctx, X509_V_OK);
  return 1;
}

static X509_STORE_CTX *twin(X509_STORE_CTX *ctx)
{
  X509_STORE_CTX *c = X509_STORE_CTX_new();
  X509_VERIFY_PARAM *from = X509_STORE_CTX_get0_param(ctx);

  if (c == NULL)
    return NULL;
  if (!X509_STORE_CTX_init(c, X509_STORE_CTX_get0_store(ctx),
                           X509_STORE_CTX_get0_cert(ctx),
                           X509_STORE_CTX_get0_untrusted(ctx)) ||
      !X509_VERIFY_PARAM_set1(X509_STORE_CTX_get0_param(c), from)) {
    X509_STORE_CTX_free(c);
    return NULL;
  }
  return c;
}

int wsstls_verify_collect(X509_STORE_CTX *ctx, const wsstls_policy *p,
                          wsstls_verdict *v, wsstls_faults *list)
{
  X509_STORE_CTX *c = twin(ctx);
  int complete;

  if (c == NULL) {
    list->no_memory = 1;
    return 0;
  }
  /* who tolerates a long chain wants it judged, not cut off: beyond the
   * limit OpenSSL would not even look for the anchor */
  if (wsstls_policy_allows(p, X509_V_ERR_CERT_CHAIN_TOO_LONG))
    X509_VERIFY_PARAM_set_depth(X509_STORE_CTX_get0_param(c),
                                DEPTH_UNLIMITED);
  X509_STORE_CTX_set0_crls(c, p->crls);
  X509_STORE_CTX_set_app_data(c, list);
  X509_STORE_CTX_set_verify_cb(c, on_fault);
  complete = X509_verify_cert(c) > 0;
  sk_X509_pop_free(v->chain, X509_free);
  v->chain = X509_STORE_CTX_get1_chain(c);
  v->anchored = v->chain != NULL &&
    X509_STORE_CTX_get_num_untrusted(c) < sk_X509_num(v->chain);
  X509_STORE_CTX_free(c);
  return complete;
}

/* The collecting pass has no limit when `allow` tolerates the length: say
 * that it was exceeded, where OpenSSL says it (the first one too many). */
void wsstls_verify_length(const wsstls_policy *p, const wsstls_verdict *v,
                          wsstls_faults *list)
{
  if (p->depth >= 0 && p->rules == WSSTLS_RULES_OPENSSL &&
      sk_X509_num(v->chain) > p->depth + 2)
    wsstls_faults_add(list, X509_V_ERR_CERT_CHAIN_TOO_LONG, p->depth + 1,
                      sk_X509_value(v->chain, p->depth + 1), NULL);
}

void wsstls_verify_dates(const wsstls_verdict *v, wsstls_faults *list)
{
  time_t at = (time_t)v->time;
  X509 *x;
  int i;

  /* the top of a chain that ends at an unknown issuer is never checked by
   * OpenSSL; a date that cannot be read is its own fault (13, 14) */
  for (i = 0; i < sk_X509_num(v->chain); i++) {
    x = sk_X509_value(v->chain, i);
    if (X509_cmp_time(X509_get0_notBefore(x), &at) > 0)
      wsstls_faults_add(list, X509_V_ERR_CERT_NOT_YET_VALID, i, x, NULL);
    if (X509_cmp_time(X509_get0_notAfter(x), &at) < 0)
      wsstls_faults_add(list, X509_V_ERR_CERT_HAS_EXPIRED, i, x, NULL);
  }
}

static int host_matches(const wsstls_verdict *v, X509 *leaf)
{
  unsigned flags = v->cn_fallback ? 0 : X509_CHECK_FLAG_NEVER_CHECK_SUBJECT;

  return v->expected_host == NULL ||
         (wsstls_verify_host_usable(v) &&
          X509_check_host(leaf, v->expected_host, 0, flags, NULL) == 1);
}

static int ip_matches(const wsstls_verdict *v, X509 *leaf)
{
  return v->expected_ip == NULL ||
         X509_check_ip_asc(leaf, v->expected_ip, 0) == 1;
}

int wsstls_verify_name_matches(const wsstls_verdict *v, X509 *leaf)
{
  return host_matches(v, leaf) && ip_matches(v, leaf);
}

void wsstls_verify_names(const wsstls_verdict *v, X509 *leaf,
                         wsstls_faults *list)
{
  if (!host_matches(v, leaf))
    wsstls_faults_add(list, X509_V_ERR_HOSTNAME_MISMATCH, 0, leaf, NULL);
  if (!ip_matches(v, leaf))
    wsstls_faults_add(list, X509_V_ERR_IP_ADDRESS_MISMATCH, 0, leaf, NULL);
}

static int pinned(const wsstls_policy *p, X509 *x)
{
  unsigned char hash[EVP_MAX_MD_SIZE], *der = NULL;
  int len = i2d_X509_PUBKEY(X509_get_X509_PUBKEY(x), &der);
  size_t i;
  int found = 0;

  if (len > 0 &&
      EVP_Digest(der, (size_t)len, hash, NULL, EVP_sha256(), NULL) == 1)
    for (i = 0; i < p->npins && !found; i++)
      found = memcmp(hash, p->pins[i], sizeof p->pins[i]) == 0;
  OPENSSL_free(der);
  return found;
}

/* What was pinned: the story has it beside the key that came. */
static void name_pins(const wsstls_policy *p, wsstls_verdict *v)
{
  unsigned char base64[64];

  EVP_EncodeBlock(base64, p->pins[0], sizeof p->pins[0]);
  snprintf(v->reason, sizeof v->reason, "sha256//%s", (char *)base64);
  if (p->npins > 1)
    snprintf(v->reason + strlen(v->reason),
             sizeof v->reason - strlen(v->reason), " and %zu more",
             p->npins - 1);
}

void wsstls_verify_pins(const wsstls_policy *p, wsstls_verdict *v,
                        wsstls_faults *list)
{
  wsstls_verify_fault *f;
  int i;

  if (p->npins == 0)
    return;
  for (i = 0; i < sk_X509_num(v->chain); i++)
    if (pinned(p, sk_X509_value(v->chain, i)))
      return;
  f = wsstls_faults_add(list, X509_V_ERR_APPLICATION_VERIFICATION, 0,
                        sk_X509_value(v->chain, 0), NULL);
  name_pins(p, v);
  if (f != NULL)
    f->status = v->peer_is_client ? WSSTLS_CLIENT_CERT_PIN_MISMATCH
                                  : WSSTLS_CERT_PIN_MISMATCH;
}
