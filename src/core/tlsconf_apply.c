/* tlsconf_apply.c: a tlsconf onto one SSL, at SSL_CB_HANDSHAKE_START.
 *
 * Nothing is parsed here except the four strings that OpenSSL only takes as
 * strings, and those are usually absent. Everything is set explicitly, also
 * to "off": the SSL comes from a base SSL_CTX that lws has had its hands on.
 * Sources: SSL_set1_verify_cert_store(3), SSL_use_certificate(3),
 * SSL_set_min_proto_version(3), SSL_set_session_id_context(3),
 * ssl_lib.c (SSL_copy_session_id: the CERT is counted, and shared).
 */
#include "tlsconf_parts.h"

#include <string.h>
#include <openssl/err.h>

static const unsigned char http11[] = "\x08http/1.1";

static wsstls_status set_versions(const wsstls_tlsconf *c, SSL *ssl)
{
  const uint64_t off = SSL_OP_NO_TLSv1 | SSL_OP_NO_TLSv1_1 |
                       SSL_OP_NO_TLSv1_2 | SSL_OP_NO_TLSv1_3;

  SSL_clear_options(ssl, off);
  SSL_set_options(ssl, SSL_OP_NO_RENEGOTIATION | SSL_OP_NO_COMPRESSION);
  if (SSL_set_min_proto_version(ssl, c->min_version) != 1 ||
      SSL_set_max_proto_version(ssl, c->max_version) != 1)
    return WSSTLS_CONFIG_VERSION_RANGE;
  return WSSTLS_OK;
}

static wsstls_status set_lists(const wsstls_tlsconf *c, SSL *ssl)
{
  if (c->ciphers != NULL && SSL_set_cipher_list(ssl, c->ciphers) != 1)
    return WSSTLS_CONFIG_CIPHER_UNKNOWN;
  if (c->ciphersuites != NULL &&
      SSL_set_ciphersuites(ssl, c->ciphersuites) != 1)
    return WSSTLS_CONFIG_CIPHER_UNKNOWN;
  if (c->groups != NULL && SSL_set1_groups_list(ssl, c->groups) != 1)
    return WSSTLS_CONFIG_GROUP_UNKNOWN;
  return WSSTLS_OK;
}

wsstls_status wsstls_tlsconf_use_cert(const wsstls_tlsconf *c, SSL *ssl)
{
  unsigned long e;
  int reason;

  if (c->cert == NULL)
    return WSSTLS_OK;
  /* an EC certificate would stay beside an RSA one, and either be chosen */
  SSL_certs_clear(ssl);
  if (SSL_use_certificate(ssl, c->cert) == 1 &&
      SSL_use_PrivateKey(ssl, c->key) == 1 &&
      SSL_set1_chain(ssl, c->chain) == 1)
    return WSSTLS_OK;
  e = ERR_peek_last_error();
  reason = ERR_GET_REASON(e);
  if (ERR_GET_LIB(e) == ERR_LIB_SSL &&
      (reason == SSL_R_EE_KEY_TOO_SMALL || reason == SSL_R_CA_KEY_TOO_SMALL ||
       reason == SSL_R_CA_MD_TOO_WEAK))
    return WSSTLS_CONFIG_KEY_TOO_WEAK;
  if (ERR_GET_LIB(e) == ERR_LIB_X509 && reason == X509_R_KEY_VALUES_MISMATCH)
    return WSSTLS_CONFIG_KEY_MISMATCH;
  return WSSTLS_CONFIG_NOT_A_CERTIFICATE;
}

static wsstls_status use_dh(const wsstls_tlsconf *c, SSL *ssl)
{
  if (c->dh == NULL) {
    SSL_set_dh_auto(ssl, 1);
    return WSSTLS_OK;
  }
  if (!EVP_PKEY_up_ref(c->dh))
    return WSSTLS_LIMIT_MEMORY;
  if (SSL_set0_tmp_dh_pkey(ssl, c->dh) == 1)
    return WSSTLS_OK;
  EVP_PKEY_free(c->dh);
  return WSSTLS_CONFIG_DH_UNUSABLE;
}

/* What OpenSSL keeps in one counted object, which SSLs may share. */
static wsstls_status set_shared(const wsstls_tlsconf *c, SSL *ssl)
{
  wsstls_status status;

  if (c->sigalgs != NULL && SSL_set1_sigalgs_list(ssl, c->sigalgs) != 1)
    return WSSTLS_CONFIG_SIGALG_UNKNOWN;
  status = wsstls_tlsconf_use_cert(c, ssl);
  if (status == WSSTLS_OK && c->server) {
    SSL_set_session_id_context(ssl, c->session_id, sizeof c->session_id);
    status = use_dh(c, ssl);
  }
  if (status == WSSTLS_OK && c->trust.store != NULL &&
      SSL_set1_verify_cert_store(ssl, c->trust.store) != 1)
    status = WSSTLS_LIMIT_MEMORY;
  return status;
}

/* All of it at once, from the SSL on which it was tried: to give it anew
 * has the key compared with the certificate each time, a tenth of what a
 * handshake costs beside its cryptography. Not where a server name may put
 * another certificate into it. */
static int share(const wsstls_tlsconf *c, SSL *ssl)
{
  return c->model != NULL && c->nnames == 0 &&
         SSL_get_ssl_method(ssl) == SSL_get_ssl_method(c->model) &&
         SSL_copy_session_id(ssl, c->model) == 1;
}

static wsstls_status set_server(const wsstls_tlsconf *c, SSL *ssl)
{
  STACK_OF(X509_NAME) *names;

  if (c->ca_names != NULL) {
    names = SSL_dup_CA_list(c->ca_names);
    if (names == NULL)
      return WSSTLS_LIMIT_MEMORY;
    SSL_set_client_CA_list(ssl, names);
  }
  SSL_set_num_tickets(ssl, (size_t)c->tickets);
  if (c->tickets == 0)
    SSL_set_options(ssl, SSL_OP_NO_TICKET);
  return WSSTLS_OK;
}

static wsstls_status set_client(const wsstls_tlsconf *c, SSL *ssl)
{
  /* lws asks for SNI also when it dials an address: take that off */
  if (SSL_set_tlsext_host_name(ssl, c->sni) != 1)
    return WSSTLS_LIMIT_MEMORY;
  if (c->alpn != NULL)
    SSL_set_alpn_protos(ssl, c->alpn, c->alpn_len);
  return WSSTLS_OK;
}

static int verify_mode(const wsstls_tlsconf *c)
{
  if (!c->server)
    return c->policy.check_peer ? SSL_VERIFY_PEER : SSL_VERIFY_NONE;
  switch (c->client_verify) {
  case 0:
    return SSL_VERIFY_NONE;
  case 1:
    return SSL_VERIFY_PEER;
  default:
    return SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT;
  }
}

wsstls_status wsstls_tlsconf_steps(const wsstls_tlsconf *c, SSL *ssl)
{
  int shared = share(c, ssl);
  wsstls_status status;

  /* first: the level decides what the others may use */
  if (!shared && c->policy.security_level >= 0)
    SSL_set_security_level(ssl, c->policy.security_level);
  SSL_set_mode(ssl, SSL_MODE_NO_AUTO_CHAIN);
  status = set_versions(c, ssl);
  if (status == WSSTLS_OK)
    status = set_lists(c, ssl);
  if (status == WSSTLS_OK && !shared)
    status = set_shared(c, ssl);
  if (status == WSSTLS_OK)
    status = c->server ? set_server(c, ssl) : set_client(c, ssl);
  SSL_set_verify(ssl, verify_mode(c), NULL);
  return status;
}

int wsstls_tlsconf_apply(wsstls_tlsconf *c, SSL *ssl)
{
  return wsstls_tlsconf_steps(c, ssl) == WSSTLS_OK;
}

int wsstls_tlsconf_alpn(wsstls_tlsconf *c, const unsigned char **out,
                        unsigned char *outlen, const unsigned char *in,
                        unsigned inlen)
{
  const unsigned char *ours = c->alpn != NULL ? c->alpn : http11;
  unsigned len = c->alpn != NULL ? c->alpn_len : sizeof http11 - 1;
  unsigned char *chosen = NULL;

  if (len > 0 && SSL_select_next_proto(&chosen, outlen, ours, len, in,
                                       inlen) == OPENSSL_NPN_NEGOTIATED) {
    *out = chosen;
    return SSL_TLSEXT_ERR_OK;
  }
  return c->alpn_strict ? SSL_TLSEXT_ERR_ALERT_FATAL : SSL_TLSEXT_ERR_NOACK;
}
