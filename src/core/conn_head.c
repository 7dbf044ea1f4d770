/* conn_head.c: the HTTP head, seen and judged before lws sees it.
 *
 * lws's reading is switched off as soon as the handshake is done. TLS
 * plaintext is peeked record by record: while the head is incomplete lws may
 * take exactly the record that was peeked (the wire's gate keeps the next
 * one away); the record that completes it stays in OpenSSL until the
 * application has decided. Plain sockets are peeked with MSG_PEEK.
 * Sources: SSL_peek(3), recv(2), RFC 9112 2.1.
 */
#include "conn_parts.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <openssl/err.h>

enum { MAX_INTERIMS = 8 };

static void flow(wsstls_conn *c, int on)
{
  if (c->wsi != NULL)
    lws_rx_flow_control(c->wsi, on);
}

void wsstls_conn_hold(wsstls_conn *c)
{
  c->head = WSSTLS_HEAD_READING;
  flow(c, 0);
}

static int failed(wsstls_conn *c)
{
  wsstls_conn_end(c, WSSTLS_OK); /* the record says why */
  wsstls_conn_kill(c);
  return 1;
}

/* 103 Early Hints and the like (RFC 9110 15.2): lws takes no answer but the
 * last, so an interim head is taken out of the stream here. 1: gone. */
static int interim(wsstls_conn *c)
{
  wsstls_record *r = &c->o.record;

  if (r->is_server || r->head_len < 13 || c->interims >= MAX_INTERIMS ||
      (c->o.tls != NULL && c->head_before > 0) || /* lws has a part of it */
      memcmp(r->head, "HTTP/1.1 1", 10) != 0 ||
      memcmp(r->head + 9, "101", 3) == 0)
    return 0;
  c->interims++;
  c->first_seen = c->mask_wrong = 0; /* what came along was no frame */
  wsstls_record_event(r, WSSTLS_EVENT_HTTP_INTERIM, 0, (int)r->head_len);
  c->head_before = 0;
  wsstls_conn_swallow_head(c);
  r->head_len = 0;
  return 1;
}

static void judge(wsstls_conn *c)
{
  c->head = WSSTLS_HEAD_JUDGING;
  c->head_due = 1;
  wsstls_record_event(&c->o.record,
                      c->o.record.is_server ? WSSTLS_EVENT_HTTP_REQUEST
                                            : WSSTLS_EVENT_HTTP_RESPONSE,
                      0, (int)c->o.record.head_len);
  wsstls_conn_notify(c);
}

/* Appends what was peeked; 1 when the head is complete (or hopeless). */
static int append(wsstls_conn *c, const char *bytes, size_t n)
{
  wsstls_record *r = &c->o.record;
  size_t from = r->head_len > 3 ? r->head_len - 3 : 0;
  size_t room = WSSTLS_RECORD_HEAD - r->head_len;
  char *head, *end;

  c->head_before = r->head_len;
  if (n > room) {
    n = room;
    r->head_cut = 1;
  }
  head = realloc(r->head, r->head_len + n + 1);
  if (head == NULL) {
    r->head_cut = 1;
    return 1;
  }
  memcpy(head + r->head_len, bytes, n);
  r->head = head;
  r->head_len += n;
  head[r->head_len] = '\0';
  end = memmem(head + from, r->head_len - from, "\r\n\r\n", 4);
  if (end != NULL) {
    r->head_len = (size_t)(end - head) + 4;
    head[r->head_len] = '\0';
    /* a frame that came along is lws's before anybody could look again */
    if (n > r->head_len - c->head_before)
      wsstls_conn_first_frame(c, (const unsigned char *)bytes +
                              (r->head_len - c->head_before),
                              n - (r->head_len - c->head_before));
    return 1;
  }
  if (r->head_cut)
    return 1;
  if (r->is_server) /* a method, or something that is not HTTP at all */
    return head[0] < 'A' || head[0] > 'Z';
  n = r->head_len < 5 ? r->head_len : 5; /* an answer that is not HTTP */
  return memcmp(head, "HTTP/", n) != 0;
}

int wsstls_conn_tls_ended(wsstls_conn *c, int result)
{
  int error = SSL_get_error(c->wire.ssl, result);

  if (error == SSL_ERROR_WANT_READ || error == SSL_ERROR_WANT_WRITE)
    return 0;
  wsstls_observer_errors(&c->o);
  return 1;
}

/* The rest of the head's last record is frames already. */
static void early(wsstls_conn *c, const char *record, size_t n)
{
  size_t head = c->o.record.head_len - c->head_before;

  if (!c->o.record.head_cut && head < n)
    wsstls_conn_keep_early(c, record + head, n - head);
}

static int peek_tls(wsstls_conn *c)
{
  static char buf[16384];

  for (;;) {
    int n;

    ERR_clear_error();
    n = SSL_peek(c->wire.ssl, buf, sizeof buf);
    if (n <= 0)
      return wsstls_conn_tls_ended(c, n) ? failed(c) : 1;
    if (append(c, buf, (size_t)n)) {
      if (interim(c))
        continue;
      early(c, buf, (size_t)n);
      judge(c);
      return 1;
    }
    /* incomplete: lws takes this record, and only this one */
    c->wire.gate = 1;
    flow(c, 1);
    wsstls_conn_service(c, LWS_POLLIN);
    c->wire.gate = 0;
    if (c->wsi == NULL)
      return 1;
    flow(c, 0);
  }
}

static int peek_plain(wsstls_conn *c)
{
  static char buf[WSSTLS_RECORD_HEAD];
  wsstls_record *r = &c->o.record;
  ssize_t n = recv(c->io.fd, buf, sizeof buf, MSG_PEEK | MSG_DONTWAIT);

  if (n < 0 && (errno == EAGAIN || errno == EINTR))
    return 1;
  if (n <= 0) {
    if (n == 0)
      r->eof_seen = 1;
    else
      r->reset_seen = 1, r->os_errno = errno;
    return failed(c);
  }
  r->head_len = 0;
  if (append(c, buf, (size_t)n) || (size_t)n == sizeof buf) {
    if (interim(c))
      return peek_plain(c);
    judge(c);
  } else if (r->eof_seen || r->reset_seen)
    return failed(c);
  return 1;
}

/* -------------------------------------------------------------- handshake */

/* With a review (verify = function) we drive the handshake ourselves: lws
 * does not know SSL_ERROR_WANT_RETRY_VERIFY. */
static int handshake(wsstls_conn *c)
{
  SSL *ssl = c->wire.ssl;
  int n;

  if (!wsstls_conn_reviewing(c))
    return 0;
  ERR_clear_error();
  n = SSL_do_handshake(ssl);
  if (n == 1) {
    flow(c, 1); /* lws sends its request, then waits like before */
    wsstls_conn_service(c, LWS_POLLOUT);
    if (c->wsi == NULL)
      return 1;
    flow(c, 0);
    return wsstls_conn_head(c);
  }
  if (SSL_want(ssl) == SSL_RETRY_VERIFY) {
    if (!c->review_told) {
      c->review_told = 1;
      c->verify_due = 1;
      wsstls_conn_notify(c);
    }
    return 1;
  }
  return wsstls_conn_tls_ended(c, n) ? failed(c) : 1;
}

int wsstls_conn_head(wsstls_conn *c)
{
  switch (c->head) {
  case WSSTLS_HEAD_NONE:
    return c->o.tls != NULL && handshake(c);
  case WSSTLS_HEAD_READING:
    if (c->o.review == WSSTLS_REVIEW_WAITING)
      return 1;
    return c->o.tls != NULL ? peek_tls(c) : peek_plain(c);
  case WSSTLS_HEAD_JUDGING:
    return 1;
  case WSSTLS_HEAD_BODY:
    return wsstls_conn_read_body(c);
  case WSSTLS_HEAD_ANSWERING:
    return wsstls_conn_write_answer(c);
  case WSSTLS_HEAD_DRAINING:
    return wsstls_conn_drain(c);
  case WSSTLS_HEAD_ACCEPTED:
    break;
  }
  return 0;
}

/* ---------------------------------------------------------------- verdicts */

void wsstls_conn_accept(wsstls_conn *c, const char *subprotocol)
{
  wsstls_loop *loop = c->io.loop;
  char why[320];

  if (c->head != WSSTLS_HEAD_JUDGING || c->ended || c->wsi == NULL)
    return;
  if (!c->o.record.is_server &&
      !wsstls_conn_extension_answered(c, why, sizeof why)) {
    wsstls_conn_refuse(c, WSSTLS_UPGRADE_BAD_EXTENSION, why, 0);
    return;
  }
  c->head = WSSTLS_HEAD_ACCEPTED;
  if (subprotocol != NULL &&
      strlen(subprotocol) < sizeof wsstls_protocol_slot)
    wsstls_record_string(&c->protocol, subprotocol, strlen(subprotocol));
  flow(c, 1);
  if (loop->stepping) {
    wsstls_io_again(&c->io);
    return;
  }
  wsstls_conn_turn(&c->io, WSSTLS_READABLE | WSSTLS_WRITABLE);
  if (loop->ready == &c->io) /* whoever judges goes on with `next` */
    wsstls_io_delivered(loop);
}

void wsstls_conn_reviewed(wsstls_conn *c, int ok, const char *reason)
{
  if (c->o.review != WSSTLS_REVIEW_WAITING || c->ended)
    return;
  c->o.review = ok ? WSSTLS_REVIEW_PASSED : WSSTLS_REVIEW_REJECTED;
  if (!ok) {
    wsstls_verdict_reject(c->o.record.verdict, reason);
    wsstls_record_string(&c->o.record.outcome.message, reason,
                         strlen(reason));
  }
  wsstls_io_again(&c->io);
}
