/* tlsconf_check.c: everything is tried once, on an SSL that goes nowhere,
 * so that a mistake is an error of the configuration and not of the first
 * connection. */
#include "tlsconf_parts.h"

#include <stdio.h>
#include <string.h>
#include <openssl/err.h>

/* Made once, for each side: an SSL_CTX costs more than a handshake. */
static SSL_CTX *scratch[2];

static const char *version_name(int version)
{
  switch (version) {
  case TLS1_VERSION:
    return "TLSv1";
  case TLS1_1_VERSION:
    return "TLSv1.1";
  case TLS1_2_VERSION:
    return "TLSv1.2";
  case TLS1_3_VERSION:
    return "TLSv1.3";
  default:
    return "unknown";
  }
}

static wsstls_status check_range(const wsstls_tlsconf *c, wsstls_error *err)
{
  if (c->max_version == 0 || c->min_version <= c->max_version)
    return WSSTLS_OK;
  return wsstls_error_set(err, WSSTLS_CONFIG_VERSION_RANGE,
    "max_version %s is below min_version %s (TLSv1.2 unless given)",
    version_name(c->max_version), version_name(c->min_version));
}

/* The first entry of a colon-separated list that `set` refuses. */
static void first_bad(SSL *ssl, const char *list,
                      int (*set)(SSL *, const char *), char *out,
                      size_t size)
{
  const char *end;
  int len;

  for (; *list != '\0'; list = *end == ':' ? end + 1 : end) {
    end = list + strcspn(list, ":");
    len = (int)(end - list);
    if (snprintf(out, size, "%.*s", len, list) < 0 || len == 0)
      continue;
    if (set(ssl, out) != 1)
      return;
  }
  snprintf(out, size, "%s", "");
}

static int set_group(SSL *ssl, const char *name)
{
  return SSL_set1_groups_list(ssl, name) == 1;
}

static int set_sigalg(SSL *ssl, const char *name)
{
  return SSL_set1_sigalgs_list(ssl, name) == 1;
}

static wsstls_status bad_cipher(const wsstls_tlsconf *c, SSL *ssl,
                                wsstls_error *err)
{
  int old = c->ciphers != NULL && SSL_set_cipher_list(ssl, c->ciphers) != 1;

  return wsstls_error_set(err, WSSTLS_CONFIG_CIPHER_UNKNOWN,
    "%s: '%.200s' has no cipher that this OpenSSL knows "
    "(OpenSSL 0A0000B9: no cipher match)",
    old ? "ciphers" : "ciphersuites", old ? c->ciphers : c->ciphersuites);
}

static wsstls_status weak_key(const char *reason, unsigned long code,
                              const SSL *ssl, wsstls_error *err)
{
  return wsstls_error_set(err, WSSTLS_CONFIG_KEY_TOO_WEAK,
    "cert: %s at security level %d (OpenSSL %08lX)", reason,
    SSL_get_security_level(ssl), code);
}

/* Says in words what the step refused. */
static wsstls_status explain(const wsstls_tlsconf *c, SSL *ssl,
                             wsstls_status status, wsstls_error *err)
{
  unsigned long code = ERR_peek_last_error();
  const char *reason = ERR_reason_error_string(code);
  char word[96];

  reason = reason != NULL ? reason : "refused";
  switch (status) {
  case WSSTLS_CONFIG_VERSION_RANGE:
    return wsstls_error_set(err, status,
      "this OpenSSL cannot do %s to %s", version_name(c->min_version),
      c->max_version ? version_name(c->max_version) : "its newest");
  case WSSTLS_CONFIG_CIPHER_UNKNOWN:
    return bad_cipher(c, ssl, err);
  case WSSTLS_CONFIG_GROUP_UNKNOWN:
    first_bad(ssl, c->groups, set_group, word, sizeof word);
    return wsstls_error_set(err, status, "groups: '%s' is unknown in '%.200s'",
                            word, c->groups);
  case WSSTLS_CONFIG_SIGALG_UNKNOWN:
    first_bad(ssl, c->sigalgs, set_sigalg, word, sizeof word);
    return wsstls_error_set(err, status,
      "sigalgs: '%s' is unknown in '%.200s'", word, c->sigalgs);
  case WSSTLS_CONFIG_KEY_TOO_WEAK:
    return weak_key(reason, code, ssl, err);
  case WSSTLS_CONFIG_KEY_MISMATCH:
    return wsstls_error_set(err, status,
      "key: this private key does not belong to the certificate "
      "(OpenSSL %08lX: %s)", code, reason);
  case WSSTLS_CONFIG_DH_UNUSABLE:
    return wsstls_error_set(err, status,
      "dh_file: %s at security level %d (OpenSSL %08lX)", reason,
      SSL_get_security_level(ssl), code);
  default:
    return wsstls_error_set(err, status, "%s: %s (OpenSSL %08lX)",
                            c->cert != NULL ? "cert" : "tls", reason, code);
  }
}

/* A client with nothing but trust needs no trial, and most clients are. */
static int is_plain(const wsstls_tlsconf *c)
{
  return c->cert == NULL && c->ciphers == NULL && c->ciphersuites == NULL &&
         c->groups == NULL && c->sigalgs == NULL && c->dh == NULL &&
         c->min_version >= TLS1_2_VERSION &&
         (c->max_version == 0 || c->max_version >= TLS1_2_VERSION) &&
         (c->sni == NULL || strlen(c->sni) <= TLSEXT_MAXLEN_host_name);
}

static SSL *scratch_ssl(int server)
{
  SSL_CTX **ctx = &scratch[server != 0];

  if (*ctx == NULL)
    *ctx = SSL_CTX_new(server ? TLS_server_method() : TLS_client_method());
  return *ctx != NULL ? SSL_new(*ctx) : NULL;
}

wsstls_status wsstls_tlsconf_check(wsstls_tlsconf *c, wsstls_error *err)
{
  wsstls_status status = check_range(c, err);
  SSL *ssl;

  if (status != WSSTLS_OK || is_plain(c))
    return status;
  ssl = scratch_ssl(c->server);
  if (ssl == NULL)
    return wsstls_error_set(err, WSSTLS_LIMIT_MEMORY, "no TLS object");
  ERR_clear_error();
  status = wsstls_tlsconf_steps(c, ssl);
  if (status == WSSTLS_OK) {
    c->model = ssl;
  } else {
    status = explain(c, ssl, status, err);
    SSL_free(ssl);
  }
  ERR_clear_error();
  return status;
}

void wsstls_tlsconf_forget(void)
{
  for (int side = 0; side < 2; side++) {
    SSL_CTX_free(scratch[side]);
    scratch[side] = NULL;
  }
  wsstls_trust_forget();
}
