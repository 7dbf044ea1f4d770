/* conn_answer.c: an upgrade that does not happen.
 *
 * Client: the body of a refusal is read (bounded) before the end. Server:
 * our own HTTP answer is written, lws never sees the request.
 * Source: RFC 9112 6 and 9.6.
 */
#include "conn_parts.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <openssl/err.h>
#include "chunks.h"

static ssize_t plain_read(wsstls_conn *c, char *to, size_t len)
{
  ssize_t n = recv(c->io.fd, to, len, MSG_DONTWAIT);

  if (n < 0 && (errno == EAGAIN || errno == EINTR))
    return 0;
  return n <= 0 ? -1 : n;
}

ssize_t wsstls_conn_read_some(wsstls_conn *c, char *to, size_t len)
{
  int n;

  if (c->wsi == NULL)
    return -1;
  if (c->o.tls == NULL)
    return plain_read(c, to, len);
  if (c->wire.ssl == NULL)
    return -1;
  ERR_clear_error();
  n = SSL_read(c->wire.ssl, to, (int)len);
  if (n > 0)
    return n;
  return wsstls_conn_tls_ended(c, n) ? -1 : 0;
}

/* What of the head lws has not taken is taken here. */
void wsstls_conn_swallow_head(wsstls_conn *c)
{
  char buf[1024];
  size_t left = c->o.record.head_len -
                (c->o.tls != NULL ? c->head_before : 0);

  while (left > 0) {
    ssize_t n = wsstls_conn_read_some(c, buf, left < sizeof buf
                                                ? left : sizeof buf);

    if (n <= 0)
      return;
    left -= (size_t)n;
  }
}

static int refused(wsstls_conn *c)
{
  wsstls_conn_end(c, c->refusal);
  wsstls_conn_kill(c);
  return 1;
}

int wsstls_conn_read_body(wsstls_conn *c)
{
  wsstls_record *r = &c->o.record;

  for (;;) {
    char buf[4096];
    size_t want = sizeof buf, room = WSSTLS_RECORD_BODY - r->body_len;
    char *body;
    ssize_t n;

    if (c->body_left >= 0 && (size_t)c->body_left < want)
      want = (size_t)c->body_left;
    if (want == 0 || room == 0) {
      r->body_cut = (uint8_t)(want != 0);
      return refused(c);
    }
    n = wsstls_conn_read_some(c, buf, want < room ? want : room);
    if (n == 0)
      return 1;
    if (n < 0)
      return refused(c);
    body = realloc(r->body, r->body_len + (size_t)n + 1); /* and a NUL */
    if (body == NULL)
      return refused(c);
    memcpy(body + r->body_len, buf, (size_t)n);
    r->body = body;
    r->body_len += (size_t)n;
    r->body[r->body_len] = '\0';
    if (c->body_left > 0)
      c->body_left -= n;
    else if (c->body_left == -2 &&
             wsstls_chunks(r->body, r->body_len, NULL, NULL) != 0)
      return refused(c);
  }
}

static ssize_t write_some(wsstls_conn *c)
{
  const char *from = c->answer + c->answer_off;
  size_t left = c->answer_len - c->answer_off;
  ssize_t n;

  if (c->o.tls != NULL) {
    if (c->wire.ssl == NULL)
      return -1;
    ERR_clear_error();
    n = SSL_write(c->wire.ssl, from, (int)left);
    return n > 0 ? n : wsstls_conn_tls_ended(c, (int)n) ? -1 : 0;
  }
  n = send(c->io.fd, from, left, MSG_NOSIGNAL | MSG_DONTWAIT);
  if (n < 0 && (errno == EAGAIN || errno == EINTR))
    return 0;
  return n;
}

void wsstls_conn_end_output(wsstls_conn *c)
{
  if (c->wire.ssl != NULL) {
    SSL_shutdown(c->wire.ssl);
    wsstls_wire_flush(&c->wire);
  }
  if (!c->wire.blocked)
    shutdown(c->io.fd, SHUT_WR);
}

/* Writes the answer, then reads until the client has gone: closing at once
 * with unread bytes would reset the connection and lose the answer. */
int wsstls_conn_write_answer(wsstls_conn *c)
{
  char buf[4096];
  ssize_t n;

  while (c->answer_off < c->answer_len) {
    n = write_some(c);
    if (n < 0)
      return refused(c);
    if (n == 0)
      return 1;
    c->answer_off += (size_t)n;
    if (c->answer_off == c->answer_len)
      wsstls_record_event(&c->o.record, WSSTLS_EVENT_HTTP_RESPONSE, 0,
                          (int)c->answer_len);
  }
  wsstls_conn_end_output(c);
  wsstls_conn_end(c, c->refusal);
  do
    n = wsstls_conn_read_some(c, buf, sizeof buf);
  while (n > 0);
  if (n < 0)
    wsstls_conn_kill(c);
  return 1;
}

static void keep_refusal(wsstls_conn *c, wsstls_status status,
                         const char *message)
{
  c->refusal = status;
  if (message != NULL)
    wsstls_record_string(&c->o.record.outcome.message, message,
                         strlen(message));
}

/* A second for the body, or what the deadline has left. */
static void limit_body(wsstls_conn *c)
{
  int64_t at = wsstls_now() + 1000000;

  if (c->timer.slot != 0 && c->timer.at < at)
    return;
  wsstls_timer_set(&c->io.loop->timers, &c->timer, at);
}

void wsstls_conn_refuse(wsstls_conn *c, wsstls_status status,
                        const char *message, long body_length)
{
  if (c->head != WSSTLS_HEAD_JUDGING || c->ended)
    return;
  keep_refusal(c, status, message);
  wsstls_conn_swallow_head(c);
  c->body_left = body_length;
  c->head = WSSTLS_HEAD_BODY;
  limit_body(c);
  wsstls_io_again(&c->io);
}

void wsstls_conn_respond(wsstls_conn *c, const char *bytes, size_t len,
                         wsstls_status status, const char *message)
{
  if (c->head != WSSTLS_HEAD_JUDGING || c->ended)
    return;
  keep_refusal(c, status, message);
  if (len > 12) /* "HTTP/1.1 404 ..." */
    c->o.record.http_status = (uint16_t)strtol(bytes + 9, NULL, 10);
  wsstls_conn_swallow_head(c);
  c->answer = malloc(len ? len : 1);
  if (c->answer != NULL) {
    memcpy(c->answer, bytes, len);
    c->answer_len = len;
  }
  c->head = WSSTLS_HEAD_ANSWERING;
  wsstls_io_again(&c->io);
}

/* ------------------------------------------------- what lws cannot read */

const char wsstls_head_unreadable[] =
  "libwebsockets cannot read this head (docs/limits.md, Heads)";
static const char BAD_REQUEST[] =
  "HTTP/1.1 400 Bad Request\r\nContent-Type: text/plain\r\n"
  "Content-Length: 46\r\nConnection: close\r\n\r\n"
  "libwebsockets cannot read this upgrade request";

void wsstls_conn_unreadable(wsstls_conn *c)
{
  c->head = WSSTLS_HEAD_JUDGING;
  if (c->o.record.is_server)
    wsstls_conn_respond(c, BAD_REQUEST, sizeof BAD_REQUEST - 1,
                        WSSTLS_UPGRADE_BAD_REQUEST, wsstls_head_unreadable);
  else
    wsstls_conn_refuse(c, WSSTLS_UPGRADE_BAD_RESPONSE,
                       wsstls_head_unreadable, 0);
}
