/* verify_compare.c: which two strings did not match, and why not.
 *
 * The verdict on names is OpenSSL's (X509_check_host, X509_check_ip); this
 * file repeats its comparison name by name, so that a person can see it.
 * Sources: RFC 6125 6.4, RFC 2818 3.1, X509_check_host(3).
 */
#include "verify_pass.h"

#include <arpa/inet.h>
#include <ctype.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <openssl/err.h>
#include <openssl/x509v3.h>
#include "certutil.h"

static const char WHY_NAME[] = "a different name";
static const char WHY_ADDRESS[] = "a different address";
static const char WHY_LABELS[] = "wildcards match one label only";
static const char WHY_APEX[] =
  "a wildcard does not match the domain it stands in front of";
static const char WHY_WILDCARD[] =
  "a wildcard must stand in the leftmost label, above two others";
static const char WHY_IP_AS_DNS[] =
  "an address is compared with iPAddress entries only, and this one is "
  "written as a dNSName";
static const char WHY_CN_OFF[] = "not consulted (cn_fallback = false)";
static const char WHY_CN_IP[] =
  "not consulted: an address is never compared with the common name";
static const char WHY_CN_SAN[] =
  "not consulted: the certificate has dNSName entries";

/* The address in network order; its length, 0 when it is none. */
static size_t address(const char *text, unsigned char *out)
{
  if (inet_pton(AF_INET, text, out) == 1)
    return 4;
  return inet_pton(AF_INET6, text, out) == 1 ? 16 : 0;
}

static int same_address(const char *a, const char *b)
{
  unsigned char x[16], y[16];
  size_t n = address(a, x);

  return n > 0 && n == address(b, y) && memcmp(x, y, n) == 0;
}

/* X509_check_host's rule: one star, in the leftmost label, at one of its
 * ends, not in an IDNA label, and two more labels behind it. */
static int wildcard_is_valid(const char *pattern)
{
  const char *star = strchr(pattern, '*');
  const char *dot = strchr(pattern, '.');

  if (star == NULL || dot == NULL || star > dot ||
      strchr(star + 1, '*') != NULL)
    return 0;
  if (star != pattern && star + 1 != dot)
    return 0;
  if (strncasecmp(pattern, "xn--", 4) == 0)
    return 0;
  return strchr(dot + 1, '.') != NULL;
}

static int label_is_plain(const char *s, size_t len)
{
  size_t i;

  for (i = 0; i < len; i++)
    if (!isalnum((unsigned char)s[i]) && s[i] != '-')
      return 0;
  return 1;
}

/* NULL: it matches. */
static const char *match_wildcard(const char *pattern, const char *host)
{
  const char *star = strchr(pattern, '*');
  const char *suffix = star + 1;
  size_t before = (size_t)(star - pattern), after = strlen(suffix);
  size_t len = strlen(host), middle;

  if (!wildcard_is_valid(pattern))
    return WHY_WILDCARD;
  if (before == 0 && strcasecmp(suffix + 1, host) == 0)
    return WHY_APEX;
  if (len < before + after || strncasecmp(pattern, host, before) != 0 ||
      strcasecmp(host + len - after, suffix) != 0)
    return WHY_NAME;
  middle = len - before - after;
  if (memchr(host + before, '.', middle) != NULL)
    return WHY_LABELS;
  if (before + (*suffix != '.') > 0 && strncasecmp(host, "xn--", 4) == 0)
    return WHY_NAME;
  if (middle == 0 && before == 0 && *suffix == '.')
    return WHY_NAME;
  return label_is_plain(host + before, middle) ? NULL : WHY_NAME;
}

static const char *match_dns(const char *presented, const char *host)
{
  if (strcasecmp(presented, host) == 0)
    return NULL;
  return strchr(presented, '*') != NULL ? match_wildcard(presented, host)
                                        : WHY_NAME;
}

typedef struct rows {
  wsstls_compared *items;
  size_t count, room;
} rows;

static void add(rows *r, int is_ip, const char *expected,
                const char *presented, const char *source, const char *why)
{
  size_t room = r->room > 0 ? 2 * r->room : 8;
  wsstls_compared *c = r->items;

  if (r->count == r->room) {
    c = realloc(c, room * sizeof *c);
    if (c == NULL)
      return;
    r->items = c;
    r->room = room;
  }
  c = &r->items[r->count];
  c->expected_is_ip = is_ip;
  c->expected = strdup(expected);
  c->presented = strdup(presented);
  c->source = source;
  c->match = why == NULL;
  c->why = why;
  if (c->expected != NULL && c->presented != NULL) {
    r->count++;
    return;
  }
  free(c->expected);
  free(c->presented);
}

static void compare_host(rows *r, const wsstls_verdict *v,
                         const wsstls_cert *cert)
{
  const char *host = v->expected_host, *why;
  size_t i;

  for (i = 0; i < cert->dns.count; i++)
    add(r, 0, host, cert->dns.items[i], "san",
        match_dns(cert->dns.items[i], host));
  if (cert->cn == NULL)
    return;
  if (!v->cn_fallback)
    why = WHY_CN_OFF;
  else if (cert->dns.count > 0)
    why = WHY_CN_SAN;
  else
    why = match_dns(cert->cn, host);
  add(r, 0, host, cert->cn, "cn", why);
}

static void compare_ip(rows *r, const wsstls_verdict *v,
                       const wsstls_cert *cert)
{
  const char *ip = v->expected_ip;
  unsigned char buf[16];
  size_t i;

  for (i = 0; i < cert->ip.count; i++)
    add(r, 1, ip, cert->ip.items[i], "san",
        same_address(ip, cert->ip.items[i]) ? NULL : WHY_ADDRESS);
  for (i = 0; i < cert->dns.count; i++)
    if (address(cert->dns.items[i], buf) > 0)
      add(r, 1, ip, cert->dns.items[i], "san", WHY_IP_AS_DNS);
  if (cert->cn != NULL)
    add(r, 1, ip, cert->cn, "cn", v->cn_fallback ? WHY_CN_IP : WHY_CN_OFF);
}

static int take_san(GENERAL_NAMES *names, wsstls_cert *out)
{
  const GENERAL_NAME *n;
  const ASN1_STRING *s;
  int i, ok = 1;

  for (i = 0; ok && i < sk_GENERAL_NAME_num(names); i++) {
    n = sk_GENERAL_NAME_value(names, i);
    if (n->type != GEN_DNS && n->type != GEN_IPADD)
      continue;
    s = n->type == GEN_DNS ? n->d.dNSName : n->d.iPAddress;
    ok = n->type == GEN_DNS
      ? wsstls_strings_add(&out->dns,
          wsstls_text_escape(ASN1_STRING_get0_data(s),
                             (size_t)ASN1_STRING_length(s)))
      : wsstls_strings_add(&out->ip,
          wsstls_ip_text(ASN1_STRING_get0_data(s),
                         (size_t)ASN1_STRING_length(s)));
  }
  return ok;
}

static int take_cn(const X509_NAME *subject, wsstls_cert *out)
{
  unsigned char *utf8 = NULL;
  int i = -1, last = -1, len;

  while ((i = X509_NAME_get_index_by_NID((X509_NAME *)(size_t)subject,
                                         NID_commonName, i)) >= 0)
    last = i;
  if (last < 0)
    return 1;
  len = ASN1_STRING_to_UTF8(&utf8, X509_NAME_ENTRY_get_data(
    X509_NAME_get_entry(subject, last)));
  if (len < 0)
    return 1; /* no text to compare */
  out->cn = wsstls_text_escape(utf8, (size_t)len);
  OPENSSL_free(utf8);
  return out->cn != NULL;
}

/* Names only: reading the whole certificate would cost as much as checking
 * a signature. */
static int read_names(X509 *x, wsstls_cert *out)
{
  GENERAL_NAMES *names = X509_get_ext_d2i(x, NID_subject_alt_name, NULL,
                                          NULL);
  int ok = take_san(names, out);

  GENERAL_NAMES_free(names);
  ERR_clear_error();
  return take_cn(X509_get_subject_name(x), out) && ok;
}

wsstls_compared *wsstls_verdict_compare(const wsstls_verdict *v,
                                        size_t *count)
{
  rows r = { 0 };
  wsstls_cert cert = { 0 };

  *count = 0;
  if ((v->expected_host == NULL && v->expected_ip == NULL) ||
      sk_X509_num(v->sent) < 1)
    return NULL;
  if (!read_names(sk_X509_value(v->sent, 0), &cert)) {
    wsstls_cert_free(&cert);
    return NULL;
  }
  if (v->expected_host != NULL)
    compare_host(&r, v, &cert);
  if (v->expected_ip != NULL)
    compare_ip(&r, v, &cert);
  wsstls_cert_free(&cert);
  *count = r.count;
  return r.items;
}

void wsstls_compared_free(wsstls_compared *items, size_t count)
{
  size_t i;

  for (i = 0; i < count; i++) {
    free(items[i].expected);
    free(items[i].presented);
  }
  free(items);
}
