/* webpki_names.c: the names in a certificate and the constraints on them.
 * Sources: RFC 5280 4.2.1.6 and 4.2.1.10, RFC 6125 6.4.3, CA/Browser Forum
 * Baseline Requirements 7.1.4.2 and 7.1.4.3. */
#include "webpki.h"

#include <ctype.h>
#include <string.h>
#include <strings.h>
#include <openssl/x509v3.h>
#include "cert.h"

#define LABEL_MAX 63

/* A DNS name of letters, digits and hyphens; the preferred form of
 * RFC 1034 3.5, which forbids the underscore. */
static int is_dns_name(const char *s, size_t len)
{
  size_t i, label = 0;

  for (i = 0; i < len; i++) {
    if (s[i] == '.') {
      if (label == 0 || s[i - 1] == '-')
        return 0;
      label = 0;
      continue;
    }
    if (!isalnum((unsigned char)s[i]) && (s[i] != '-' || label == 0))
      return 0;
    if (++label > LABEL_MAX)
      return 0;
  }
  return len > 0 && label > 0 && s[len - 1] != '-';
}

static void check_dns(const wsstls_webpki *w, const char *s, size_t len)
{
  const char *rest = s;

  if (memchr(s, '*', len) != NULL) {
    if (len < 3 || s[0] != '*' || s[1] != '.' ||
        memchr(s + 1, '*', len - 1) != NULL ||
        memchr(s + 2, '.', len - 2) == NULL) {
      wsstls_webpki_break(w, WSSTLS_WEBPKI_SAN_WILDCARD);
      return;
    }
    rest = s + 2;
    len -= 2;
  }
  if (!is_dns_name(rest, len))
    wsstls_webpki_break(w, WSSTLS_WEBPKI_SAN_INVALID_NAME);
}

static void check_email(const wsstls_webpki *w, const char *s, size_t len)
{
  const char *at = memchr(s, '@', len);
  size_t before = at != NULL ? (size_t)(at - s) : 0;

  if (at == NULL || before == 0 ||
      !is_dns_name(at + 1, len - before - 1))
    wsstls_webpki_break(w, WSSTLS_WEBPKI_SAN_INVALID_NAME);
}

static void check_san_entries(const wsstls_webpki *w,
                              const GENERAL_NAMES *names)
{
  const GENERAL_NAME *n;
  const char *s;
  size_t len;
  int i;

  for (i = 0; i < sk_GENERAL_NAME_num(names); i++) {
    n = sk_GENERAL_NAME_value(names, i);
    if (n->type != GEN_DNS && n->type != GEN_EMAIL)
      continue;
    s = (const char *)ASN1_STRING_get0_data(n->d.ia5);
    len = (size_t)ASN1_STRING_length(n->d.ia5);
    if (n->type == GEN_DNS)
      check_dns(w, s, len);
    else
      check_email(w, s, len);
  }
}

static int listed(const wsstls_strings *list, const char *name)
{
  size_t i;

  for (i = 0; i < list->count; i++)
    if (strcmp(list->items[i], name) == 0)
      return 1;
  return 0;
}

static int above(const wsstls_strings *list, const char *name)
{
  size_t i, len = strlen(name), n;

  for (i = 0; i < list->count; i++) {
    n = strlen(list->items[i]);
    if (n > len + 1 && list->items[i][n - len - 1] == '.' &&
        strcmp(list->items[i] + n - len, name) == 0)
      return 1;
  }
  return 0;
}

/* 7.1.4.3 wants the common name to be one of the subjectAltNames, character
 * for character. What is enforced is less, because practice is: a host may
 * also be the domain above one of them, and is not compared with a list that
 * has no host in it. */
static int cn_is_covered(const wsstls_cert *cert)
{
  const char *cn = cert->cn;

  if (cn == NULL)
    return 0;
  if (listed(&cert->dns, cn) || listed(&cert->ip, cn))
    return 1;
  if (isdigit((unsigned char)cn[0]) || strchr(cn, ':') != NULL)
    return cert->ip.count == 0;
  return cert->dns.count == 0 || above(&cert->dns, cn);
}

static void check_cn(const wsstls_webpki *w)
{
  wsstls_cert cert;

  if (X509_NAME_get_index_by_NID(X509_get_subject_name(w->x),
                                 NID_commonName, -1) < 0)
    return;
  if (wsstls_cert_read(w->x, &cert) != WSSTLS_OK) {
    w->list->no_memory = 1;
    return;
  }
  if (!cn_is_covered(&cert))
    wsstls_webpki_break(w, WSSTLS_WEBPKI_CN_NOT_IN_SAN);
  wsstls_cert_free(&cert);
}

void wsstls_webpki_leaf_names(const wsstls_webpki *w)
{
  int critical = 0;
  GENERAL_NAMES *names =
    X509_get_ext_d2i(w->x, NID_subject_alt_name, &critical, NULL);
  int has_subject = X509_NAME_entry_count(X509_get_subject_name(w->x)) > 0;

  if (names == NULL) {
    /* a client may be known by its subject alone */
    if (!w->verdict->peer_is_client)
      wsstls_webpki_break(w, critical == -1 ? WSSTLS_WEBPKI_SAN_MISSING
                                            : WSSTLS_WEBPKI_SAN_INVALID_NAME);
    return;
  }
  if (has_subject && critical > 0)
    wsstls_webpki_break(w, WSSTLS_WEBPKI_SAN_CRITICAL);
  if (!has_subject && critical == 0)
    wsstls_webpki_break(w, WSSTLS_WEBPKI_SAN_NOT_CRITICAL);
  check_san_entries(w, names);
  GENERAL_NAMES_free(names);
  if (!w->verdict->peer_is_client)
    check_cn(w);
}

static void check_subtrees(const wsstls_webpki *w,
                           STACK_OF(GENERAL_SUBTREE) *trees)
{
  const GENERAL_NAME *n;
  const char *s;
  size_t len;
  int i;

  for (i = 0; i < sk_GENERAL_SUBTREE_num(trees); i++) {
    n = sk_GENERAL_SUBTREE_value(trees, i)->base;
    if (n->type != GEN_DNS)
      continue;
    s = (const char *)ASN1_STRING_get0_data(n->d.ia5);
    len = (size_t)ASN1_STRING_length(n->d.ia5);
    /* an empty one stands for every name */
    if (len > 0 && !is_dns_name(s, len))
      wsstls_webpki_break(w, WSSTLS_WEBPKI_NAME_CONSTRAINTS_INVALID);
  }
}

/* Does "*.suffix" cover a name inside the excluded subtree, although it is
 * no such name itself? OpenSSL compares the text with the star in it. */
static int reaches(const char *san, size_t san_len, const char *excluded,
                   size_t len)
{
  const char *dot = memchr(excluded, '.', len);
  size_t suffix_len = san_len - 2, rest;

  if (san_len < 3 || san[0] != '*' || dot == NULL)
    return 0;
  rest = len - (size_t)(dot + 1 - excluded);
  return rest == suffix_len && strncasecmp(dot + 1, san + 2, rest) == 0;
}

static void check_wildcards(const wsstls_webpki *w,
                            STACK_OF(GENERAL_SUBTREE) *excluded)
{
  X509 *leaf = sk_X509_value(w->verdict->chain, 0);
  GENERAL_NAMES *names =
    X509_get_ext_d2i(leaf, NID_subject_alt_name, NULL, NULL);
  const GENERAL_NAME *n, *e;
  int i, j;

  for (i = 0; i < sk_GENERAL_NAME_num(names); i++) {
    n = sk_GENERAL_NAME_value(names, i);
    for (j = 0; j < sk_GENERAL_SUBTREE_num(excluded); j++) {
      e = sk_GENERAL_SUBTREE_value(excluded, j)->base;
      if (n->type == GEN_DNS && e->type == GEN_DNS &&
          reaches((const char *)ASN1_STRING_get0_data(n->d.ia5),
                  (size_t)ASN1_STRING_length(n->d.ia5),
                  (const char *)ASN1_STRING_get0_data(e->d.ia5),
                  (size_t)ASN1_STRING_length(e->d.ia5)))
        wsstls_webpki_break(w, WSSTLS_WEBPKI_WILDCARD_REACHES_EXCLUDED);
    }
  }
  GENERAL_NAMES_free(names);
}

void wsstls_webpki_constraints(const wsstls_webpki *w)
{
  int critical = 0;
  NAME_CONSTRAINTS *nc =
    X509_get_ext_d2i(w->x, NID_name_constraints, &critical, NULL);

  if (nc == NULL) {
    if (critical != -1)
      wsstls_webpki_break(w, WSSTLS_WEBPKI_NAME_CONSTRAINTS_INVALID);
    return;
  }
  if (w->is_leaf)
    wsstls_webpki_break(w, WSSTLS_WEBPKI_NAME_CONSTRAINTS_IN_LEAF);
  if (sk_GENERAL_SUBTREE_num(nc->permittedSubtrees) < 1 &&
      sk_GENERAL_SUBTREE_num(nc->excludedSubtrees) < 1)
    wsstls_webpki_break(w, WSSTLS_WEBPKI_NAME_CONSTRAINTS_EMPTY);
  check_subtrees(w, nc->permittedSubtrees);
  check_subtrees(w, nc->excludedSubtrees);
  if (!w->is_leaf)
    check_wildcards(w, nc->excludedSubtrees);
  NAME_CONSTRAINTS_free(nc);
}
