/* observer.c: see observer.h. */
#include "observer.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <openssl/err.h>
#include "signature.h"

static int ex_index = -1;
static wsstls_attach attach_ssl;

static wsstls_observer *of(const SSL *ssl)
{
  return ssl != NULL ? SSL_get_ex_data(ssl, ex_index) : NULL;
}

static void keep_error(wsstls_record *r, unsigned long code,
                       const char *data, int flags)
{
  wsstls_ssl_error *e;

  if (r->errors == NULL)
    r->errors = calloc(WSSTLS_RECORD_ERRORS, sizeof *r->errors);
  if (r->errors == NULL || r->nerrors >= WSSTLS_RECORD_ERRORS)
    return;
  for (size_t i = 0; i < r->nerrors; i++)
    if (r->errors[i].code == code)
      return;
  e = &r->errors[r->nerrors++];
  e->code = code;
  if (data != NULL && (flags & ERR_TXT_STRING)) {
    size_t len = strnlen(data, sizeof e->data - 1);

    memcpy(e->data, data, len);
    e->data[len] = '\0';
  }
}

void wsstls_observer_errors(wsstls_observer *o)
{
  const char *data = NULL;
  int flags = 0;
  unsigned long code = ERR_peek_error_all(NULL, NULL, NULL, &data, &flags);

  if (code == 0)
    return;
  keep_error(&o->record, code, data, flags);
  code = ERR_peek_last_error_all(NULL, NULL, NULL, &data, &flags);
  keep_error(&o->record, code, data, flags);
}

void wsstls_ssl_error_read(const wsstls_ssl_error *e,
                           wsstls_ssl_error_text *out)
{
  const char *library = ERR_lib_error_string(e->code);
  const char *reason = ERR_reason_error_string(e->code);

  snprintf(out->library, sizeof out->library, "%s",
           library != NULL ? library : "");
  snprintf(out->reason, sizeof out->reason, "%s",
           reason != NULL ? reason : "");
  ERR_error_string_n(e->code, out->text, sizeof out->text);
}

/* ------------------------------------------------------------ handshake */

static void note_sni(wsstls_record *r, const SSL *ssl)
{
  const char *sni = SSL_get_servername(ssl, TLSEXT_NAMETYPE_host_name);

  if (sni != NULL)
    wsstls_record_string(&r->sni, sni, strnlen(sni, 255));
}

static void negotiated(wsstls_observer *o, const SSL *ssl)
{
  wsstls_record *r = &o->record;
  const SSL_CIPHER *cipher = r->handshake_done
                               ? SSL_get_current_cipher(ssl)
                               : SSL_get_pending_cipher(ssl);
  const unsigned char *alpn = NULL;
  unsigned alpn_len = 0;
  SSL *s = (SSL *)(uintptr_t)ssl; /* SSL_ctrl wants it; reads only */

  r->tls_version = SSL_version(ssl);
  r->resumed = (uint8_t)(SSL_session_reused(ssl) != 0);
  if (cipher != NULL) {
    r->cipher = SSL_CIPHER_get_protocol_id(cipher);
    r->cipher_name = SSL_CIPHER_standard_name(cipher);
  }
  r->group = (int)SSL_get_negotiated_group(s);
  if (r->is_server) {
    SSL_get_signature_type_nid(ssl, &r->sig_type);
    SSL_get_signature_nid(s, &r->sig_digest);
  } else {
    SSL_get_peer_signature_type_nid(ssl, &r->sig_type);
    SSL_get_peer_signature_nid(s, &r->sig_digest);
  }
  SSL_get0_alpn_selected(ssl, &alpn, &alpn_len);
  if (alpn_len > 0 && alpn_len < sizeof r->alpn) {
    memcpy(r->alpn, alpn, alpn_len);
    r->alpn[alpn_len] = '\0';
  }
  note_sni(r, ssl);
}

static void on_keylog(const SSL *ssl, const char *line);

/* While the callback is set OpenSSL writes out every secret of every
 * handshake (4 % of it), so it is set when the first one asks. */
static void log_keys(wsstls_observer *o, SSL *ssl)
{
  if (o->on_keylog != NULL ||
      (o->tls != NULL && wsstls_tlsconf_wants_keylog(o->tls)))
    SSL_CTX_set_keylog_callback(SSL_get_SSL_CTX(ssl), on_keylog);
}

void wsstls_observer_begin(wsstls_observer *o, SSL *ssl)
{
  SSL_set_ex_data(ssl, ex_index, o);
  o->record.phase = WSSTLS_PHASE_TLS;
  log_keys(o, ssl);
  if (o->tls != NULL && !wsstls_tlsconf_apply(o->tls, ssl))
    wsstls_observer_errors(o);
  if (!o->record.is_server)
    note_sni(&o->record, ssl); /* sent, whatever becomes of it */
}

static void on_start(SSL *ssl)
{
  wsstls_observer *o = attach_ssl != NULL ? attach_ssl(ssl) : NULL;

  if (o != NULL)
    wsstls_observer_begin(o, ssl);
}

static void drop_key_exchange(wsstls_record *r)
{
  free(r->key_exchange);
  r->key_exchange = NULL;
  r->key_exchange_len = 0;
}

/* Whose fault it is that a signature or the first record does not verify:
 * RFC 8446 6.2, decrypt_error and bad_record_mac. */
static void suspect_key(wsstls_record *r, SSL *ssl, int sent, int number)
{
  if (r->is_server && (sent ? number == SSL_AD_BAD_RECORD_MAC
                            : number == SSL_AD_DECRYPT_ERROR))
    r->key_foreign = wsstls_signature_own_key(ssl) == 0;
  else if (!r->is_server && sent && number == SSL_AD_DECRYPT_ERROR &&
           r->key_exchange != NULL)
    r->damaged = wsstls_signature_repairable(
      ssl, r->key_exchange, r->key_exchange_len) != 0;
  drop_key_exchange(r);
}

static void on_alert(wsstls_observer *o, const SSL *ssl, int sent, int ret)
{
  wsstls_record *r = &o->record;
  int fatal = (ret >> 8) == SSL3_AL_FATAL;

  if (!sent || !r->gone)
    wsstls_record_alert(r, sent, ret >> 8, ret & 0xff);
  if (sent && fatal)
    wsstls_observer_errors(o);
  if (!r->handshake_done && r->server_hello)
    negotiated(o, ssl); /* a failure, too, has a version */
  else if (r->sni == NULL)
    note_sni(r, ssl);
  if (!r->handshake_done && fatal)
    suspect_key(r, (SSL *)(uintptr_t)ssl, sent, ret & 0xff);
}

static void on_info(const SSL *ssl, int where, int ret)
{
  wsstls_observer *o = of(ssl);

  if ((where & SSL_CB_HANDSHAKE_START) && o == NULL) {
    on_start((SSL *)(uintptr_t)ssl);
    return;
  }
  if (o == NULL)
    return;
  if (where & SSL_CB_ALERT) {
    on_alert(o, ssl, !(where & SSL_CB_READ), ret);
  } else if (where & SSL_CB_HANDSHAKE_DONE) {
    if (o->record.handshake_done)
      return; /* tickets and key updates look like handshakes, too */
    o->record.handshake_done = 1;
    drop_key_exchange(&o->record);
    negotiated(o, ssl);
    wsstls_record_event(&o->record, WSSTLS_EVENT_HANDSHAKE_DONE, 0, 0);
    if (o->on_handshake != NULL)
      o->on_handshake(o);
  } else if ((where & SSL_CB_EXIT) && ret <= 0 && ERR_peek_error() != 0) {
    wsstls_observer_errors(o);
  }
}

/* The first one: it says what was offered; a retry is narrower. */
static void keep(unsigned char **slot, size_t *slot_len,
                 const unsigned char *bytes, size_t len)
{
  if (*slot != NULL)
    return;
  if (len > WSSTLS_RECORD_HELLO)
    len = WSSTLS_RECORD_HELLO;
  if ((*slot = malloc(len)) == NULL)
    return;
  memcpy(*slot, bytes, len);
  *slot_len = len;
}

static void on_handshake_message(wsstls_record *r, int sent,
                                 const unsigned char *m, size_t len)
{
  /* RFC 8446 4: type, uint24 length, body */
  wsstls_record_event(r, sent ? WSSTLS_EVENT_MESSAGE_SENT
                              : WSSTLS_EVENT_MESSAGE_RECEIVED,
                      m[0], (int)len);
  switch (m[0]) {
  case SSL3_MT_CLIENT_HELLO:
    keep(&r->hello, &r->hello_len, m + 4, len - 4);
    break;
  case SSL3_MT_SERVER_HELLO:
    r->server_hello = 1;
    break;
  case SSL3_MT_SERVER_KEY_EXCHANGE:
    if (!sent)
      keep(&r->key_exchange, &r->key_exchange_len, m, len);
    break;
  case SSL3_MT_CERTIFICATE_REQUEST:
    r->cert_requested = 1;
    break;
  case SSL3_MT_CERTIFICATE:
    /* an empty list is 3 bytes, 4 with TLS 1.3's context byte */
    if (sent != r->is_server && len > 8)
      r->cert_sent = 1;
    break;
  default:
    break;
  }
}

static void on_message(int sent, int version, int type, const void *buf,
                       size_t len, SSL *ssl, void *arg)
{
  wsstls_observer *o;

  (void)version;
  (void)arg;
  if (type != SSL3_RT_HANDSHAKE && type != SSL3_RT_CHANGE_CIPHER_SPEC)
    return;
  o = of(ssl);
  if (o == NULL)
    return;
  if (type == SSL3_RT_CHANGE_CIPHER_SPEC)
    wsstls_record_event(&o->record, sent ? WSSTLS_EVENT_CCS_SENT
                                         : WSSTLS_EVENT_CCS_RECEIVED, 0, 0);
  else if (len >= 4)
    on_handshake_message(&o->record, sent, buf, len);
}

static void on_keylog(const SSL *ssl, const char *line)
{
  wsstls_observer *o = of(ssl);

  if (o == NULL)
    return;
  if (o->tls != NULL && wsstls_tlsconf_wants_keylog(o->tls))
    wsstls_tlsconf_keylog(o->tls, line);
  if (o->on_keylog != NULL)
    o->on_keylog(o, line);
}

/* --------------------------------------------------------- verification */

/* A second opinion (verify = function) may only add a rejection. It is given
 * outside OpenSSL: the handshake pauses until it is there. */
static int review(wsstls_observer *o, SSL *ssl, X509_STORE_CTX *ctx)
{
  switch (o->review) {
  case WSSTLS_REVIEW_WANTED:
    o->review = WSSTLS_REVIEW_WAITING;
    return SSL_set_retry_verify(ssl);
  case WSSTLS_REVIEW_WAITING:
    return SSL_set_retry_verify(ssl);
  case WSSTLS_REVIEW_REJECTED:
    X509_STORE_CTX_set_error(ctx, X509_V_ERR_APPLICATION_VERIFICATION);
    return 0;
  case WSSTLS_REVIEW_NONE:
  case WSSTLS_REVIEW_PASSED:
    break;
  }
  return 1;
}

static int on_verify(X509_STORE_CTX *ctx, void *arg)
{
  SSL *ssl = X509_STORE_CTX_get_ex_data(ctx,
                                        SSL_get_ex_data_X509_STORE_CTX_idx());
  wsstls_observer *o = of(ssl);
  const wsstls_policy *policy;
  wsstls_verdict *beside;
  wsstls_record *r;
  int ok;

  (void)arg;
  if (o == NULL || o->tls == NULL) {
    X509_STORE_CTX_set_error(ctx, X509_V_ERR_APPLICATION_VERIFICATION);
    return 0; /* never accept a chain nobody is responsible for */
  }
  r = &o->record;
  if (r->verdict != NULL && o->review != WSSTLS_REVIEW_NONE &&
      !r->is_server)
    return review(o, ssl, ctx);
  wsstls_verdict_free(r->verdict);
  r->verdict = NULL;
  policy = wsstls_tlsconf_policy(o->tls);
  beside = policy->rules == WSSTLS_RULES_WEBPKI
             ? wsstls_verify_openssl(ctx, policy, r->is_server) : NULL;
  ok = wsstls_verify_run(ctx, policy, r->is_server, &r->verdict);
  if (r->verdict != NULL)
    r->verdict->openssl = beside;
  else
    wsstls_verdict_free(beside);
  wsstls_record_event(r, WSSTLS_EVENT_VERIFIED, ok,
                      r->verdict != NULL ? r->verdict->code : 0);
  return ok && !r->is_server ? review(o, ssl, ctx) : ok;
}

/* ------------------------------------------------------------- contexts */

static int on_servername(SSL *ssl, int *alert, void *arg)
{
  wsstls_observer *o = of(ssl);

  (void)arg;
  if (o == NULL || o->tls == NULL)
    return SSL_TLSEXT_ERR_NOACK;
  return wsstls_tlsconf_servername(o->tls, ssl, alert);
}

static int on_alpn(SSL *ssl, const unsigned char **out, unsigned char *len,
                   const unsigned char *in, unsigned in_len, void *arg)
{
  wsstls_observer *o = of(ssl);

  (void)arg;
  if (o == NULL || o->tls == NULL)
    return SSL_TLSEXT_ERR_NOACK;
  return wsstls_tlsconf_alpn(o->tls, out, len, in, in_len);
}

void wsstls_observer_hook(SSL_CTX *ctx, int server, wsstls_attach attach)
{
  if (ex_index < 0)
    ex_index = SSL_get_ex_new_index(0, NULL, NULL, NULL, NULL);
  if (attach != NULL)
    attach_ssl = attach;
  SSL_CTX_set_info_callback(ctx, on_info);
  SSL_CTX_set_msg_callback(ctx, on_message);
  SSL_CTX_set_cert_verify_callback(ctx, on_verify, NULL);
  SSL_CTX_set_mode(ctx, SSL_MODE_RELEASE_BUFFERS |
                          SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER);
  if (server) {
    /* lws's own would switch to another server's SSL_CTX */
    SSL_CTX_set_tlsext_servername_callback(ctx, on_servername);
    SSL_CTX_set_alpn_select_cb(ctx, on_alpn, NULL);
    SSL_CTX_set_options(ctx, SSL_OP_NO_RENEGOTIATION);
  }
}

SSL_CTX *wsstls_observer_context(int server, wsstls_attach attach)
{
  SSL_CTX *ctx = SSL_CTX_new(server ? TLS_server_method()
                                    : TLS_client_method());

  if (ctx == NULL)
    return NULL;
  /* the floor is set per connection; here it must not stand in the way */
  SSL_CTX_set_min_proto_version(ctx, 0);
  SSL_CTX_set_session_cache_mode(ctx, SSL_SESS_CACHE_OFF);
  wsstls_observer_hook(ctx, server, attach);
  return ctx;
}

void wsstls_observer_settle(SSL *ssl)
{
  SSL_set_msg_callback(ssl, NULL);
}
