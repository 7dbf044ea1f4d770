/* verify_policy.c: a policy's life, and its way into OpenSSL's parameters. */
#include "verify_pass.h"

#include <arpa/inet.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <openssl/x509v3.h>

void wsstls_policy_init(wsstls_policy *p)
{
  memset(p, 0, sizeof *p);
  p->check_peer = 1;
  p->rules = WSSTLS_RULES_OPENSSL;
  p->depth = -1;
  p->security_level = -1;
  p->time = WSSTLS_NOW;
  p->trust_count = 0;
}

static int copy_string(char **to, const char *from)
{
  *to = NULL;
  if (from == NULL)
    return 1;
  *to = strdup(from);
  return *to != NULL;
}

static int copy_bytes(void **to, const void *from, size_t size)
{
  *to = NULL;
  if (size == 0)
    return 1;
  *to = malloc(size);
  if (*to == NULL)
    return 0;
  memcpy(*to, from, size);
  return 1;
}

static int copy_crls(STACK_OF(X509_CRL) **to, STACK_OF(X509_CRL) *from)
{
  int i;

  *to = NULL;
  if (from == NULL)
    return 1;
  *to = sk_X509_CRL_dup(from);
  for (i = 0; i < sk_X509_CRL_num(*to); i++)
    X509_CRL_up_ref(sk_X509_CRL_value(*to, i));
  return *to != NULL;
}

wsstls_status wsstls_policy_copy(wsstls_policy *to,
                                 const wsstls_policy *from)
{
  void *pins = NULL, *allow = NULL;
  int ok;

  *to = *from;
  /* every pointer is overwritten before the first failure can be seen */
  ok = copy_string(&to->host, from->host);
  ok = copy_string(&to->ip, from->ip) && ok;
  ok = copy_string(&to->trust_file, from->trust_file) && ok;
  ok = copy_string(&to->trust_path, from->trust_path) && ok;
  ok = copy_crls(&to->crls, from->crls) && ok;
  ok = copy_bytes(&pins, from->pins, from->npins * sizeof *from->pins) && ok;
  ok = copy_bytes(&allow, from->allow,
                  from->nallow * sizeof *from->allow) && ok;
  to->pins = (unsigned char (*)[32])pins;
  to->allow = (int *)allow;
  if (ok)
    return WSSTLS_OK;
  wsstls_policy_clear(to);
  return WSSTLS_LIMIT_MEMORY;
}

void wsstls_policy_clear(wsstls_policy *p)
{
  free(p->host);
  free(p->ip);
  free(p->trust_file);
  free(p->trust_path);
  free(p->pins);
  free(p->allow);
  sk_X509_CRL_pop_free(p->crls, X509_CRL_free);
  wsstls_policy_init(p);
}

int wsstls_policy_allows(const wsstls_policy *p, int code)
{
  size_t i;

  for (i = 0; i < p->nallow; i++)
    if (p->allow[i] == code)
      return 1;
  return 0;
}

/* "[::1]" and "fe80::1%eth0" as the bare address, anything else as it is. */
static char *bare_name(const char *text)
{
  size_t len = strlen(text);
  char *copy, *zone;

  if (len >= 2 && text[0] == '[' && text[len - 1] == ']') {
    text++;
    len -= 2;
  }
  copy = malloc(len + 1);
  if (copy == NULL)
    return NULL;
  memcpy(copy, text, len);
  copy[len] = '\0';
  zone = strchr(copy, '%');
  if (zone != NULL && strchr(copy, ':') != NULL)
    *zone = '\0';
  else if (len > 1 && copy[len - 1] == '.')
    copy[len - 1] = '\0'; /* the root label: "a.test." is a.test */
  return copy;
}

static int is_address(const char *text)
{
  unsigned char buf[16];

  return inet_pton(AF_INET, text, buf) == 1 ||
         inet_pton(AF_INET6, text, buf) == 1;
}

int wsstls_policy_names(const wsstls_policy *p, wsstls_verdict *v)
{
  char *name;

  if (p->ip != NULL && (v->expected_ip = bare_name(p->ip)) == NULL)
    return 0;
  if (p->host == NULL)
    return 1;
  name = bare_name(p->host);
  if (name == NULL)
    return 0;
  if (is_address(name) && v->expected_ip == NULL)
    v->expected_ip = name;
  else
    v->expected_host = name;
  return 1;
}

/* A leading dot would make OpenSSL accept every name below it. */
int wsstls_verify_host_usable(const wsstls_verdict *v)
{
  return v->expected_host[0] != '\0' && v->expected_host[0] != '.';
}

/* An empty or impossible name would switch OpenSSL's check off: it has to
 * fail instead. */
static int apply_names(const wsstls_policy *p, const wsstls_verdict *v,
                       X509_VERIFY_PARAM *param)
{
  unsigned flags = p->cn_fallback ? 0 : X509_CHECK_FLAG_NEVER_CHECK_SUBJECT;

  X509_VERIFY_PARAM_set1_host(param, NULL, 0);
  X509_VERIFY_PARAM_set1_ip(param, NULL, 0);
  X509_VERIFY_PARAM_set1_email(param, NULL, 0);
  X509_VERIFY_PARAM_set_hostflags(param, flags);
  if (v->expected_host != NULL &&
      (!wsstls_verify_host_usable(v) ||
       !X509_VERIFY_PARAM_set1_host(param, v->expected_host, 0)))
    return X509_V_ERR_HOSTNAME_MISMATCH;
  if (v->expected_ip != NULL &&
      !X509_VERIFY_PARAM_set1_ip_asc(param, v->expected_ip))
    return X509_V_ERR_IP_ADDRESS_MISMATCH;
  return 0;
}

static void apply_flags(const wsstls_policy *p, X509_VERIFY_PARAM *param)
{
  const unsigned long ours = X509_V_FLAG_X509_STRICT |
    X509_V_FLAG_PARTIAL_CHAIN | X509_V_FLAG_CRL_CHECK |
    X509_V_FLAG_CRL_CHECK_ALL | X509_V_FLAG_POLICY_CHECK |
    X509_V_FLAG_EXTENDED_CRL_SUPPORT | X509_V_FLAG_USE_DELTAS;
  unsigned long flags = 0;

  if (p->strict)
    flags |= X509_V_FLAG_X509_STRICT;
  /* to browsers and Go every trusted certificate is an anchor */
  if (p->partial_chain || p->rules == WSSTLS_RULES_WEBPKI)
    flags |= X509_V_FLAG_PARTIAL_CHAIN;
  if (p->crl_check > 0)
    flags |= X509_V_FLAG_CRL_CHECK;
  if (p->crl_check > 1)
    flags |= X509_V_FLAG_CRL_CHECK_ALL;
  if (p->policy_check)
    flags |= X509_V_FLAG_POLICY_CHECK;
  if (p->crl_extended)
    flags |= X509_V_FLAG_EXTENDED_CRL_SUPPORT | X509_V_FLAG_USE_DELTAS;
  X509_VERIFY_PARAM_clear_flags(param, ours);
  X509_VERIFY_PARAM_set_flags(param, flags);
}

/* Without a set of acceptable policies OpenSSL accepts none; RFC 5280 6.1.1
 * (c) starts from any-policy. */
static void apply_policies(const wsstls_policy *p, X509_VERIFY_PARAM *param)
{
  ASN1_OBJECT *any;

  X509_VERIFY_PARAM_set1_policies(param, NULL);
  if (!p->policy_check)
    return;
  any = OBJ_nid2obj(NID_any_policy);
  if (any != NULL && !X509_VERIFY_PARAM_add0_policy(param, any))
    ASN1_OBJECT_free(any);
}

int wsstls_policy_apply(const wsstls_policy *p, const wsstls_verdict *v,
                        X509_VERIFY_PARAM *param)
{
  int index = X509_PURPOSE_get_by_id(v->purpose);
  int trust = index < 0 ? 0 : X509_PURPOSE_get_trust(X509_PURPOSE_get0(index));

  apply_flags(p, param);
  apply_policies(p, param);
  X509_VERIFY_PARAM_set_purpose(param, v->purpose);
  if (trust > 0)
    X509_VERIFY_PARAM_set_trust(param, trust);
  X509_VERIFY_PARAM_set_time(param, (time_t)v->time);
  /* webpki counts for itself: what issued itself is no step there */
  if (p->depth >= 0 && p->rules == WSSTLS_RULES_OPENSSL)
    X509_VERIFY_PARAM_set_depth(param, p->depth);
  if (p->security_level >= 0)
    X509_VERIFY_PARAM_set_auth_level(param, p->security_level);
  return apply_names(p, v, param);
}
