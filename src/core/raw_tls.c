/* raw_tls.c: the SSL of a raw peer, over a BIO that is its stream.
 *
 * Reading takes what the plain stream has read already, then the socket.
 * Writing never blocks: what the kernel does not take waits in `out`, so
 * OpenSSL knows no "try again", and a close can say everything at once.
 * Sources: BIO_meth_new(3), SSL_get_error(3), SSL_set_retry_verify(3).
 */
#include "raw.h"

#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <openssl/bio.h>
#include <openssl/err.h>

static BIO_METHOD *method;

/* -------------------------------------------------------------- the BIO */

static int bio_write(BIO *b, const char *bytes, int len)
{
  wsstls_raw *r = BIO_get_data(b);

  BIO_clear_retry_flags(b);
  if (r == NULL || len <= 0)
    return -1;
  if (r->write_failed)
    return len; /* the next read tells why */
  if (!wsstls_bytes_add(&r->out, bytes, (size_t)len)) {
    errno = ENOMEM;
    return -1;
  }
  return len;
}

static int take_early(wsstls_raw *r, char *to, size_t len)
{
  size_t n = wsstls_bytes_count(&r->early);

  if (n > len)
    n = len;
  memcpy(to, wsstls_bytes_front(&r->early), n);
  wsstls_bytes_taken(&r->early, n);
  return (int)n;
}

static int bio_read(BIO *b, char *to, int len)
{
  wsstls_raw *r = BIO_get_data(b);
  ssize_t n;

  BIO_clear_retry_flags(b);
  if (r == NULL || len <= 0)
    return -1;
  if (wsstls_bytes_count(&r->early) > 0) {
    n = take_early(r, to, (size_t)len);
  } else {
    n = wsstls_stream_recv(r->stream, to, (size_t)len);
    if (n == -EAGAIN) {
      BIO_set_retry_read(b);
      errno = EAGAIN;
      return -1;
    }
    if (n <= 0) {
      wsstls_record_stream_end(&r->o.record, (int)-n);
      return n == 0 ? 0 : -1;
    }
  }
  wsstls_record_first(&r->o.record, to, (size_t)n);
  return (int)n;
}

static long bio_ctrl(BIO *b, int command, long number, void *pointer)
{
  wsstls_raw *r = BIO_get_data(b);

  (void)number;
  (void)pointer;
  if (command == BIO_CTRL_EOF)
    return r != NULL && r->o.record.eof_seen;
  return command == BIO_CTRL_FLUSH || command == BIO_CTRL_SET_CLOSE ||
         command == BIO_CTRL_DUP;
}

static int bio_create(BIO *b)
{
  BIO_set_init(b, 1);
  return 1;
}

static BIO_METHOD *bio_method(void)
{
  if (method != NULL)
    return method;
  method = BIO_meth_new(BIO_get_new_index() | BIO_TYPE_SOURCE_SINK,
                        "wsstls raw");
  if (method == NULL)
    return NULL;
  BIO_meth_set_write(method, bio_write);
  BIO_meth_set_read(method, bio_read);
  BIO_meth_set_ctrl(method, bio_ctrl);
  BIO_meth_set_create(method, bio_create);
  return method;
}

/* ------------------------------------------------------------- beginning */

static SSL_CTX *context(wsstls_loop *loop, int server)
{
  SSL_CTX **ctx = &loop->raw_contexts[server != 0];

  if (*ctx == NULL)
    *ctx = wsstls_observer_context(server, NULL);
  return *ctx;
}

void wsstls_raw_forget(wsstls_loop *loop)
{
  for (int i = 0; i < 2; i++) {
    SSL_CTX_free(loop->raw_contexts[i]);
    loop->raw_contexts[i] = NULL;
  }
  BIO_meth_free(method);
  method = NULL;
}

static void on_keylog(wsstls_observer *o, const char *text)
{
  wsstls_raw *r = (wsstls_raw *)(void *)((char *)o - offsetof(wsstls_raw, o));
  size_t len = strlen(text) + 1;
  wsstls_raw_line *line = malloc(sizeof *line + len);

  if (line == NULL)
    return;
  line->next = NULL;
  memcpy(line->text, text, len);
  *r->keys_tail = line;
  r->keys_tail = &line->next;
  wsstls_raw_notify(r);
}

static int new_ssl(wsstls_raw *r, int server)
{
  SSL_CTX *ctx = context(wsstls_stream_io(r->stream)->loop, server);
  BIO_METHOD *m = bio_method();
  BIO *b = m != NULL ? BIO_new(m) : NULL;

  r->ssl = ctx != NULL && b != NULL ? SSL_new(ctx) : NULL;
  if (r->ssl == NULL) {
    BIO_free(b);
    return 0;
  }
  BIO_set_data(b, r);
  SSL_set_bio(r->ssl, b, b);
  if (server)
    SSL_set_accept_state(r->ssl);
  else
    SSL_set_connect_state(r->ssl);
  return 1;
}

static void arm(wsstls_raw *r)
{
  int64_t at = r->tls.deadline;
  int64_t own = wsstls_after(r->tls.seconds);

  if (r->tls.seconds > 0 && (at == 0 || own < at))
    at = own;
  if (at > 0)
    wsstls_timer_set(&wsstls_stream_io(r->stream)->loop->timers, &r->timer,
                     at);
}

int wsstls_raw_begin(wsstls_raw *r)
{
  wsstls_record *record = &r->o.record;
  const wsstls_raw_tls *tls = &r->tls;

  record->is_tls = 1;
  record->is_server = (uint8_t)(tls->server != 0);
  record->verify_disabled = !tls->server &&
                            !wsstls_tlsconf_policy(tls->conf)->check_peer;
  r->o.review = tls->review ? WSSTLS_REVIEW_WANTED : WSSTLS_REVIEW_NONE;
  r->o.on_keylog = tls->keylog ? on_keylog : NULL;
  if (!new_ssl(r, tls->server))
    return 0;
  arm(r);
  ERR_clear_error();
  wsstls_observer_begin(&r->o, r->ssl);
  return 1;
}

void wsstls_raw_tls_free(wsstls_raw *r)
{
  if (r->ssl != NULL)
    BIO_set_data(SSL_get_rbio(r->ssl), NULL);
  SSL_free(r->ssl);
  r->ssl = NULL;
}

/* ------------------------------------------------------------- going on */

/* A server cannot pause inside OpenSSL 3.0: its application is asked when
 * the handshake is over, before it reads anything. */
static int review_due(wsstls_raw *r)
{
  if (r->o.record.is_server && r->o.review == WSSTLS_REVIEW_WANTED &&
      r->o.record.verdict != NULL)
    r->o.review = WSSTLS_REVIEW_WAITING;
  else if (SSL_want(r->ssl) != SSL_RETRY_VERIFY ||
           r->o.review != WSSTLS_REVIEW_WAITING)
    return 0;
  r->verify_due = 1;
  wsstls_raw_notify(r);
  return 1;
}

void wsstls_raw_handshake(wsstls_raw *r)
{
  int n, error;

  if (r->o.review == WSSTLS_REVIEW_WAITING)
    return; /* the application is thinking */
  ERR_clear_error();
  n = SSL_do_handshake(r->ssl);
  error = n == 1 ? SSL_ERROR_NONE : SSL_get_error(r->ssl, n);
  if (n != 1 && error != SSL_ERROR_WANT_READ &&
      error != SSL_ERROR_WANT_RETRY_VERIFY) {
    wsstls_observer_errors(&r->o);
    if (error == SSL_ERROR_ZERO_RETURN) /* a close_notify is no answer */
      r->o.record.eof_seen = 1;
    wsstls_raw_end(r, WSSTLS_OK);
    return;
  }
  wsstls_raw_flush(r);
  if (r->state == WSSTLS_RAW_CLOSED || review_due(r) || n != 1)
    return;
  wsstls_observer_settle(r->ssl);
  wsstls_raw_opened(r);
}

ssize_t wsstls_raw_recv_tls(wsstls_raw *r, void *to, size_t len)
{
  int n;

  ERR_clear_error();
  n = SSL_read(r->ssl, to, len < INT_MAX ? (int)len : INT_MAX);
  if (n > 0)
    return n;
  switch (SSL_get_error(r->ssl, n)) {
  case SSL_ERROR_WANT_READ: return -EAGAIN;
  case SSL_ERROR_ZERO_RETURN: return 0;
  default:
    wsstls_observer_errors(&r->o);
    return -EPROTO;
  }
}

int wsstls_raw_send_tls(wsstls_raw *r, const void *from, size_t len)
{
  const char *p = from;

  while (len > 0) {
    int n;

    ERR_clear_error();
    n = SSL_write(r->ssl, p, len < INT_MAX ? (int)len : INT_MAX);
    if (n <= 0) {
      wsstls_observer_errors(&r->o);
      return 0;
    }
    p += n;
    len -= (size_t)n;
  }
  return 1;
}

/* ------------------------------------------------------ the application's */

wsstls_status wsstls_raw_start_tls(wsstls_raw *r, const wsstls_raw_tls *tls)
{
  if (r->state != WSSTLS_RAW_OPEN || r->ssl != NULL || r->in_ended ||
      r->out_ended)
    return WSSTLS_CLOSED;
  wsstls_tlsconf_unref(r->o.tls);
  r->o.tls = wsstls_tlsconf_ref(tls->conf);
  r->tls = *tls;
  r->early = r->in;
  memset(&r->in, 0, sizeof r->in);
  memset(r->o.record.first_bytes, 0, sizeof r->o.record.first_bytes);
  r->o.record.nfirst = 0; /* what was plain on purpose */
  r->used = 0;
  wsstls_raw_secure(r);
  return WSSTLS_OK;
}

void wsstls_raw_reviewed(wsstls_raw *r, int ok, const char *reason)
{
  wsstls_record *record = &r->o.record;

  if (r->o.review != WSSTLS_REVIEW_WAITING ||
      r->state != WSSTLS_RAW_CONNECTING)
    return;
  r->o.review = ok ? WSSTLS_REVIEW_PASSED : WSSTLS_REVIEW_REJECTED;
  if (!ok) {
    wsstls_verdict_reject(record->verdict, reason);
    wsstls_record_string(&record->outcome.message, reason, strlen(reason));
  }
  if (!ok && record->is_server) {
    ERR_clear_error();
    SSL_shutdown(r->ssl);
    wsstls_raw_end(r, WSSTLS_CLIENT_CERT_VERIFY_CALLBACK);
  } else {
    wsstls_raw_handshake(r);
  }
  wsstls_raw_want(r);
}

wsstls_raw_line *wsstls_raw_key(wsstls_raw *r)
{
  wsstls_raw_line *line = r->keys;

  if (line == NULL)
    return NULL;
  r->keys = line->next;
  if (r->keys == NULL)
    r->keys_tail = &r->keys;
  return line;
}
