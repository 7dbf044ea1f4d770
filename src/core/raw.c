/* raw.c: a raw peer's life: TCP, TLS, bytes in and out, its one end. */
#include "raw.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <openssl/err.h>
#include "classify.h"
#include "resolver.h"

void wsstls_raw_notify(wsstls_raw *r)
{
  wsstls_io_ready(wsstls_stream_io(r->stream));
}

/* --------------------------------------------------------------- its end */

/* What the record alone does not prove: how the stream ended. */
static void by_stream(const wsstls_record *record, wsstls_outcome *out)
{
  static const char no_notify[] = "the stream ended without a close_notify";
  wsstls_status status = WSSTLS_UNKNOWN;

  if (wsstls_record_was_reset(record) || record->os_errno == EPIPE)
    status = WSSTLS_TCP_RESET;
  else if (record->is_tls && record->eof_seen)
    status = WSSTLS_TLS_EOF;
  if (status == WSSTLS_TLS_EOF && record->phase == WSSTLS_PHASE_OPEN)
    wsstls_record_string(&out->message, no_notify, sizeof no_notify - 1);
  wsstls_outcome_set(out, status, (wsstls_phase)record->phase,
                     status == WSSTLS_TCP_RESET ? WSSTLS_PARTY_NETWORK
                                                : WSSTLS_PARTY_UNKNOWN,
                     WSSTLS_PARTY_UNKNOWN);
}

static void classify(wsstls_raw *r, wsstls_outcome *out)
{
  if (!wsstls_classify_record(&r->o.record, out))
    by_stream(&r->o.record, out);
  /* TLS 1.3 tells a client of its certificate after its own handshake */
  if (out->phase == WSSTLS_PHASE_OPEN && !r->used &&
      wsstls_record_heard_alert(&r->o.record))
    out->phase = WSSTLS_PHASE_TLS;
}

void wsstls_raw_leave(wsstls_raw *r)
{
  r->state = WSSTLS_RAW_CLOSED;
  r->in_ended = r->out_ended = 1;
  r->verify_due = 0;
  wsstls_timer_cancel(&wsstls_stream_io(r->stream)->loop->timers, &r->timer);
  wsstls_record_event(&r->o.record, WSSTLS_EVENT_ENDED, 0, 0);
  wsstls_bytes_free(&r->out);
  wsstls_bytes_free(&r->early);
  wsstls_raw_notify(r);
}

void wsstls_raw_end(wsstls_raw *r, wsstls_status status)
{
  wsstls_outcome *out = &r->o.record.outcome;

  if (r->state == WSSTLS_RAW_CLOSED)
    return;
  out->status = status;
  classify(r, out);
  /* an alert of ours is still there to be sent */
  wsstls_stream_close(r->stream, wsstls_bytes_front(&r->out),
                      wsstls_bytes_count(&r->out));
  wsstls_raw_leave(r);
}

void wsstls_raw_close(wsstls_raw *r, wsstls_raw_ending how)
{
  if (r->state == WSSTLS_RAW_CLOSED)
    return;
  if (how == WSSTLS_RAW_GRACEFUL && r->ssl != NULL &&
      r->state == WSSTLS_RAW_OPEN) {
    ERR_clear_error();
    SSL_shutdown(r->ssl);
  }
  if (how == WSSTLS_RAW_RESET)
    wsstls_stream_reset(r->stream);
  else
    wsstls_stream_close(r->stream, wsstls_bytes_front(&r->out),
                        wsstls_bytes_count(&r->out));
  wsstls_bytes_free(&r->in);
  if (r->state == WSSTLS_RAW_OPEN)
    r->o.record.phase = WSSTLS_PHASE_CLOSE;
  r->o.record.close_by = 1;
  wsstls_raw_leave(r);
}

/* ------------------------------------------------------------- its turns */

void wsstls_raw_opened(wsstls_raw *r)
{
  r->state = WSSTLS_RAW_OPEN;
  r->opened = 1;
  r->o.record.phase = WSSTLS_PHASE_OPEN;
  wsstls_timer_cancel(&wsstls_stream_io(r->stream)->loop->timers, &r->timer);
  wsstls_raw_notify(r);
  wsstls_raw_fill(r);
}

void wsstls_raw_secure(wsstls_raw *r)
{
  r->state = WSSTLS_RAW_CONNECTING;
  if (wsstls_raw_begin(r))
    wsstls_raw_handshake(r);
  else
    wsstls_raw_end(r, WSSTLS_LIMIT_MEMORY);
  wsstls_raw_want(r);
}

static void note_peer(wsstls_raw *r)
{
  const wsstls_address *peer = wsstls_stream_peer(r->stream);

  memcpy(r->o.record.peer_ip, peer->ip, sizeof r->o.record.peer_ip);
  r->o.record.peer_port = peer->port;
}

static void dialled(wsstls_raw *r, unsigned events)
{
  wsstls_status status = wsstls_stream_status(r->stream);

  note_peer(r);
  if (events & WSSTLS_FAILED) {
    r->o.record.phase = (uint8_t)wsstls_status_phase(status);
    r->o.record.os_errno = wsstls_stream_errno(r->stream);
    wsstls_raw_end(r, status);
    return;
  }
  wsstls_record_event(&r->o.record, WSSTLS_EVENT_CONNECTED, 0, 0);
  if (r->tls.conf != NULL)
    wsstls_raw_secure(r);
  else
    wsstls_raw_opened(r);
}

static void on_stream(wsstls_stream *stream, unsigned events, void *ud)
{
  wsstls_raw *r = ud;

  (void)stream;
  if (events & (WSSTLS_OPENED | WSSTLS_FAILED))
    dialled(r, events);
  else if (events & WSSTLS_WRITABLE)
    wsstls_raw_flush(r);
  if (r->state == WSSTLS_RAW_OPEN)
    wsstls_raw_fill(r);
  else if (r->state == WSSTLS_RAW_CONNECTING && r->ssl != NULL &&
           (events & WSSTLS_READABLE))
    wsstls_raw_handshake(r);
  wsstls_raw_want(r);
}

static void on_deadline(wsstls_timer *timer)
{
  wsstls_raw *r = (wsstls_raw *)(void *)((char *)timer -
                                         offsetof(wsstls_raw, timer));

  wsstls_record_event(&r->o.record, WSSTLS_EVENT_TIMED_OUT, 0, 0);
  wsstls_raw_end(r, WSSTLS_TIMEOUT_TLS);
}

/* ------------------------------------------------------- birth and death */

static wsstls_raw *raw_new(const wsstls_raw_tls *tls, int is_server,
                           int read_ahead)
{
  wsstls_raw *r = calloc(1, sizeof *r);

  if (r == NULL)
    return NULL;
  r->refs = 1;
  wsstls_record_init(&r->o.record, is_server, tls->conf != NULL);
  r->tls = *tls;
  r->o.tls = tls->conf != NULL ? wsstls_tlsconf_ref(tls->conf) : NULL;
  r->timer.fire = on_deadline;
  r->read_ahead = (uint8_t)(read_ahead != 0);
  r->keys_tail = &r->keys;
  return r;
}

wsstls_raw *wsstls_raw_connect(wsstls_loop *loop, const char *host, int port,
                               double seconds, const wsstls_raw_tls *tls,
                               int read_ahead)
{
  wsstls_raw *r = raw_new(tls, 0, read_ahead);

  if (r == NULL)
    return NULL;
  wsstls_record_event(&r->o.record, WSSTLS_EVENT_CONNECTING, 0, 0);
  if (!wsstls_is_ip(host))
    wsstls_record_string(&r->o.record.peer_host, host, strlen(host));
  r->o.record.peer_port = (uint16_t)port;
  r->stream = wsstls_stream_dial(loop, host, port, seconds, on_stream, r);
  if (r->stream == NULL) {
    wsstls_raw_unref(r);
    return NULL;
  }
  return r;
}

wsstls_raw *wsstls_raw_accepted(wsstls_loop *loop, int fd,
                                const wsstls_address *peer,
                                const wsstls_raw_tls *tls, int read_ahead)
{
  wsstls_raw *r = raw_new(tls, 1, read_ahead);

  if (r == NULL) {
    close(fd);
    return NULL;
  }
  r->stream = wsstls_stream_adopt(loop, fd, peer, on_stream, r);
  if (r->stream == NULL) {
    wsstls_raw_unref(r);
    return NULL;
  }
  note_peer(r);
  wsstls_record_event(&r->o.record, WSSTLS_EVENT_ACCEPTED, 0, 0);
  if (tls->conf != NULL)
    wsstls_raw_secure(r);
  else
    wsstls_raw_opened(r);
  wsstls_raw_want(r);
  return r;
}

void wsstls_raw_unref(wsstls_raw *r)
{
  if (r == NULL || --r->refs > 0)
    return;
  if (r->stream != NULL)
    wsstls_raw_close(r, WSSTLS_RAW_ABRUPT);
  wsstls_raw_tls_free(r);
  wsstls_stream_unref(r->stream);
  wsstls_bytes_free(&r->in);
  wsstls_bytes_free(&r->early);
  wsstls_bytes_free(&r->out);
  for (wsstls_raw_line *line; (line = wsstls_raw_key(r)) != NULL;)
    free(line);
  wsstls_record_free(&r->o.record);
  wsstls_tlsconf_unref(r->o.tls);
  free(r);
}
