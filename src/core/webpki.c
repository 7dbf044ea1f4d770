/* webpki.c: the rules about one certificate's fields; names are in
 * webpki_names.c. Sources: RFC 5280 4.1 and 4.2, CA/Browser Forum Baseline
 * Requirements 6.1.5, 6.3.2, 7.1.2 and 7.1.4. */
#include "webpki.h"

#include <string.h>
#include <openssl/ec.h>
#include <openssl/err.h>
#include <openssl/x509v3.h>

#define SERIAL_MAX 20
#define RSA_MIN 2048

static const struct {
  const char *name, *text;
} rules[WSSTLS_WEBPKI_COUNT] = {
#define ROW(name, text) { #name, text },
  WSSTLS_WEBPKI_RULES(ROW)
#undef ROW
};

const char *wsstls_webpki_text(const char *name)
{
  size_t i;

  for (i = 0; i < WSSTLS_WEBPKI_COUNT; i++)
    if (strcmp(rules[i].name, name) == 0)
      return rules[i].text;
  return NULL;
}

void wsstls_webpki_break(const wsstls_webpki *w, wsstls_webpki_rule rule)
{
  wsstls_verify_fault *f =
    wsstls_faults_add(w->list, X509_V_ERR_APPLICATION_VERIFICATION, w->depth,
                      w->x, rules[rule].name);

  if (f != NULL)
    f->status = w->verdict->peer_is_client ? WSSTLS_CLIENT_CERT_WEBPKI
                                           : WSSTLS_CERT_WEBPKI;
}

static int has(X509 *x, int nid)
{
  return X509_get_ext_by_NID(x, nid, -1) >= 0;
}

static int is_critical(X509 *x, int nid)
{
  int at = X509_get_ext_by_NID(x, nid, -1);

  return at >= 0 && X509_EXTENSION_get_critical(X509_get_ext(x, at));
}

static void check_serial(const wsstls_webpki *w)
{
  const ASN1_INTEGER *serial = X509_get0_serialNumber(w->x);
  int len = ASN1_STRING_length(serial), zero = 1, i;

  /* roots of the real world are older than this rule, and nobody looks */
  if (w->is_root)
    return;
  for (i = 0; i < len; i++)
    zero = zero && ASN1_STRING_get0_data(serial)[i] == 0;
  if (zero || ASN1_STRING_type(serial) == V_ASN1_NEG_INTEGER)
    wsstls_webpki_break(w, WSSTLS_WEBPKI_SERIAL_NOT_POSITIVE);
  /* DER puts a zero byte before a high bit, and counts it */
  if (len > SERIAL_MAX ||
      (len == SERIAL_MAX && ASN1_STRING_get0_data(serial)[0] >= 0x80))
    wsstls_webpki_break(w, WSSTLS_WEBPKI_SERIAL_TOO_LONG);
}

static void check_key_ids(const wsstls_webpki *w)
{
  AUTHORITY_KEYID *aki =
    X509_get_ext_d2i(w->x, NID_authority_key_identifier, NULL, NULL);
  const ASN1_OCTET_STRING *ski = X509_get0_subject_key_id(w->x);

  if (aki == NULL) {
    /* who put it among the anchors vouches for it */
    if (!w->is_root && !w->is_anchor)
      wsstls_webpki_break(w, WSSTLS_WEBPKI_AKI_MISSING);
  } else if (aki->keyid == NULL) {
    wsstls_webpki_break(w, WSSTLS_WEBPKI_AKI_WITHOUT_KEY_ID);
  } else if ((aki->issuer == NULL) != (aki->serial == NULL) ||
             (aki->issuer != NULL && !w->is_anchor)) {
    /* a few roots in every browser's store have all three fields */
    wsstls_webpki_break(w, WSSTLS_WEBPKI_AKI_WITH_ISSUER);
  } else if (w->is_root && w->is_anchor && ski != NULL &&
             ASN1_OCTET_STRING_cmp(aki->keyid, ski) != 0) {
    wsstls_webpki_break(w, WSSTLS_WEBPKI_AKI_NOT_OWN);
  }
  AUTHORITY_KEYID_free(aki);
  if (!w->is_leaf && ski == NULL)
    wsstls_webpki_break(w, WSSTLS_WEBPKI_SKI_MISSING);
}

static void check_ca_bits(const wsstls_webpki *w)
{
  uint32_t flags = X509_get_extension_flags(w->x);
  int is_ca = (flags & EXFLAG_CA) != 0;

  if (X509_get_version(w->x) != 2)
    wsstls_webpki_break(w, WSSTLS_WEBPKI_VERSION_NOT_3);
  if (w->is_leaf) {
    if (is_ca && !w->is_root)
      wsstls_webpki_break(w, WSSTLS_WEBPKI_LEAF_IS_CA);
    if (!is_ca && (flags & EXFLAG_KUSAGE) != 0 &&
        (X509_get_key_usage(w->x) & KU_KEY_CERT_SIGN) != 0)
      wsstls_webpki_break(w, WSSTLS_WEBPKI_LEAF_SIGNS_CERTIFICATES);
    return;
  }
  if (X509_NAME_entry_count(X509_get_subject_name(w->x)) == 0)
    wsstls_webpki_break(w, WSSTLS_WEBPKI_CA_WITHOUT_SUBJECT);
  if (!has(w->x, NID_basic_constraints))
    wsstls_webpki_break(w, WSSTLS_WEBPKI_BASIC_CONSTRAINTS_MISSING);
  else if (!is_critical(w->x, NID_basic_constraints))
    wsstls_webpki_break(w, WSSTLS_WEBPKI_BASIC_CONSTRAINTS_NOT_CRITICAL);
}

static void check_eku(const wsstls_webpki *w)
{
  int here = has(w->x, NID_ext_key_usage);

  if (w->is_root && !w->is_leaf && here)
    wsstls_webpki_break(w, WSSTLS_WEBPKI_EKU_IN_ROOT);
  if (!w->is_leaf || w->verdict->peer_is_client)
    return;
  /* browsers and Go take its absence for "any"; who names the purpose wants
   * to see it */
  if (!here && w->policy->purpose == X509_PURPOSE_SSL_SERVER)
    wsstls_webpki_break(w, WSSTLS_WEBPKI_EKU_MISSING);
  else if (is_critical(w->x, NID_ext_key_usage))
    wsstls_webpki_break(w, WSSTLS_WEBPKI_EKU_CRITICAL);
  if (here && (X509_get_extended_key_usage(w->x) & XKU_ANYEKU) != 0)
    wsstls_webpki_break(w, WSSTLS_WEBPKI_EKU_ANY);
}

static int curve_is_known(EVP_PKEY *key)
{
  char name[64] = "";
  int nid;

  if (!EVP_PKEY_get_group_name(key, name, sizeof name, NULL))
    return 0;
  nid = OBJ_txt2nid(name);
  return nid == NID_X9_62_prime256v1 || nid == NID_secp384r1 ||
         nid == NID_secp521r1;
}

static void check_key(const wsstls_webpki *w)
{
  EVP_PKEY *key = X509_get0_pubkey(w->x);
  int bits = key != NULL ? EVP_PKEY_get_bits(key) : 0;

  if (key == NULL)
    wsstls_webpki_break(w, WSSTLS_WEBPKI_KEY_TYPE_FORBIDDEN);
  else if (EVP_PKEY_is_a(key, "RSA") || EVP_PKEY_is_a(key, "RSA-PSS")) {
    if (bits < RSA_MIN)
      wsstls_webpki_break(w, WSSTLS_WEBPKI_RSA_KEY_TOO_SHORT);
    if (bits % 8 != 0)
      wsstls_webpki_break(w, WSSTLS_WEBPKI_RSA_KEY_ODD_SIZE);
  } else if (EVP_PKEY_is_a(key, "EC")) {
    if (!curve_is_known(key))
      wsstls_webpki_break(w, WSSTLS_WEBPKI_KEY_TYPE_FORBIDDEN);
  } else if (!EVP_PKEY_is_a(key, "ED25519")) {
    wsstls_webpki_break(w, WSSTLS_WEBPKI_KEY_TYPE_FORBIDDEN);
  }
}

/* The most days a server's certificate may be valid, by the day it begins:
 * the Baseline Requirements, and Apple's and Chrome's limit of 2020. Ballot
 * SC-081's shorter ones are for CAs the public trusts: a CA of one's own is
 * given none by any browser, and is held here to what it has been used to. */
static const struct {
  time_t since;
  int days, public_only;
} limits[] = {
  { 1341100800, 1827, 0 },     /* 2012-07-01: 60 months */
  { 1427846400, 1188, 0 },     /* 2015-04-01: 39 months */
  { 1519862400, 825, 0 },      /* 2018-03-01 */
  { 1598918400, 398, 0 },      /* 2020-09-01 */
  { 1773532800, 200, 1 },      /* 2026-03-15 */
  { 1805068800, 100, 1 },      /* 2027-03-15 */
  { 1868227200, 47, 1 },       /* 2029-03-15 */
};

static void check_validity(const wsstls_webpki *w)
{
  const ASN1_TIME *from = X509_get0_notBefore(w->x);
  int days, seconds, most = 0;
  size_t i;

  if (!w->is_leaf || w->verdict->peer_is_client ||
      !ASN1_TIME_diff(&days, &seconds, from, X509_get0_notAfter(w->x)))
    return;
  for (i = 0; i < sizeof limits / sizeof limits[0]; i++)
    if (ASN1_TIME_cmp_time_t(from, limits[i].since) >= 0 &&
        (!limits[i].public_only || w->verdict->trust_system))
      most = limits[i].days;
  if (most > 0 && (days > most || (days == most && seconds > 0)))
    wsstls_webpki_break(w, WSSTLS_WEBPKI_VALIDITY_TOO_LONG);
}

static void check_other_extensions(const wsstls_webpki *w)
{
  AUTHORITY_INFO_ACCESS *aia;

  if (has(w->x, NID_policy_constraints) &&
      !is_critical(w->x, NID_policy_constraints))
    wsstls_webpki_break(w, WSSTLS_WEBPKI_POLICY_CONSTRAINTS_NOT_CRITICAL);
  if (!has(w->x, NID_info_access))
    return;
  aia = X509_get_ext_d2i(w->x, NID_info_access, NULL, NULL);
  if (aia == NULL || sk_ACCESS_DESCRIPTION_num(aia) < 1)
    wsstls_webpki_break(w, WSSTLS_WEBPKI_AIA_MALFORMED);
  AUTHORITY_INFO_ACCESS_free(aia);
}

static void check_crls(const wsstls_webpki *w)
{
  STACK_OF(X509_CRL) *crls = w->policy->crls;
  X509_CRL *crl;
  int i;

  for (i = 0; i < sk_X509_CRL_num(crls); i++) {
    crl = sk_X509_CRL_value(crls, i);
    if (X509_NAME_cmp(X509_CRL_get_issuer(crl),
                      X509_get_issuer_name(w->x)) == 0 &&
        X509_CRL_get_ext_by_NID(crl, NID_crl_number, -1) < 0)
      wsstls_webpki_break(w, WSSTLS_WEBPKI_CRL_NUMBER_MISSING);
  }
}

/* verify_depth counts the intermediates between two names: one that was
 * issued by itself, for a new key, is no step (RFC 5280 6.1.4 (l)). */
static void check_depth(const wsstls_policy *p, const wsstls_verdict *v,
                        wsstls_faults *list)
{
  int i, counted = 0;
  X509 *x;

  if (p->depth < 0)
    return;
  for (i = 1; i < sk_X509_num(v->chain) - 1; i++) {
    x = sk_X509_value(v->chain, i);
    if ((X509_get_extension_flags(x) & EXFLAG_SI) != 0)
      continue;
    if (++counted > p->depth)
      wsstls_faults_add(list, X509_V_ERR_CERT_CHAIN_TOO_LONG, i, x, NULL);
    if (counted > p->depth)
      return;
  }
}

void wsstls_webpki_check(const wsstls_policy *p, const wsstls_verdict *v,
                         wsstls_faults *list)
{
  wsstls_webpki w = { p, v, list, NULL, 0, 0, 0, 0 };
  int n = sk_X509_num(v->chain);

  for (w.depth = 0; w.depth < n; w.depth++) {
    w.x = sk_X509_value(v->chain, w.depth);
    w.is_leaf = w.depth == 0;
    w.is_root = (X509_get_extension_flags(w.x) & EXFLAG_SI) != 0;
    w.is_anchor = w.depth == n - 1 && v->anchored;
    if (w.is_leaf)
      wsstls_webpki_leaf_names(&w);
    check_serial(&w);
    check_ca_bits(&w);
    check_key_ids(&w);
    check_eku(&w);
    check_key(&w);
    check_validity(&w);
    wsstls_webpki_constraints(&w);
    check_other_extensions(&w);
    check_crls(&w);
  }
  check_depth(p, v, list);
  ERR_clear_error();
}

void wsstls_webpki_forgive(const wsstls_verdict *v, wsstls_faults *list)
{
  time_t before = (time_t)v->time - 1;
  wsstls_verify_fault *f;
  size_t i, kept = 0;
  X509 *x;

  for (i = 0; i < list->count; i++) {
    f = &list->items[i];
    x = f->depth < sk_X509_num(v->chain)
      ? sk_X509_value(v->chain, f->depth) : NULL;
    if (f->code == X509_V_ERR_CERT_HAS_EXPIRED && x != NULL &&
        X509_cmp_time(X509_get0_notAfter(x), &before) > 0)
      continue;
    list->items[kept++] = *f;
  }
  list->count = kept;
}
