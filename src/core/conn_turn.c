/* conn_turn.c: one turn of a connection when its socket is ready.
 *
 * Edge-triggered: a turn goes on until the socket is dry or its budget is
 * spent; then the loop calls again. Order: look before lws does (handshake
 * review, HTTP head), let lws read, let it write, deliver to the
 * application, and send everything at once.
 */
#include "conn_parts.h"

#include <errno.h>
#include <poll.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>

enum { READS = 64, WRITES = 64 };

int wsstls_conn_service(wsstls_conn *c, int revents)
{
  struct lws_pollfd pollfd = { .fd = c->io.fd,
                               .events = LWS_POLLIN | LWS_POLLOUT,
                               .revents = (short)revents };

  if (c->wsi == NULL)
    return 0;
  lws_service_fd(c->io.loop->context, &pollfd);
  return c->wsi != NULL;
}

static int socket_full(const wsstls_conn *c)
{
  struct pollfd p = { .fd = c->io.fd, .events = POLLOUT };

  return poll(&p, 1, 0) != 1 || !(p.revents & POLLOUT);
}

/* Lets lws write what it wants to (pong, close), then us:
 * our WRITEABLE callback comes last, so when it has nothing, all is said. */
void wsstls_conn_write_out(wsstls_conn *c)
{
  c->want_out = 0;
  if (wsstls_conn_reviewing(c))
    return; /* lws would drive the handshake and fail at the pause */
  for (int i = 0; i < WRITES; i++) {
    unsigned called = c->writable;
    uint32_t written = c->wire.written;

    c->out_idle = 0;
    if (c->wire.blocked || !wsstls_conn_service(c, LWS_POLLOUT))
      return;
    if (c->writable == called && c->wire.written == written &&
        (c->o.tls != NULL || !lws_partial_buffered(c->wsi)))
      return; /* lws has nothing to say, and nothing to ask us */
    if (c->out_idle || (!c->opened && !lws_partial_buffered(c->wsi)))
      return;
    if (c->o.tls == NULL && lws_partial_buffered(c->wsi) && socket_full(c))
      return; /* wait for the next edge */
  }
  if (!c->wire.blocked)
    wsstls_io_again(&c->io);
}

/* Received, and lws has not taken it yet. */
static int input_left(const wsstls_conn *c)
{
  int n = 0;

  if (c->o.tls == NULL)
    return ioctl(c->io.fd, FIONREAD, &n) == 0 ? n : 0;
  if (c->wire.ssl != NULL)
    n = SSL_pending(c->wire.ssl);
  return n + (int)wsstls_wire_left(&c->wire);
}

static int input_over(const wsstls_conn *c)
{
  return c->o.tls == NULL || c->wire.dry || c->wire.read_failed;
}

/* Some frames it drops without a word (RFC 6455 5.5: a long ping). */
static int dropped_by_lws(wsstls_conn *c)
{
  if (c->wire.ssl == NULL || c->o.record.eof_seen ||
      wsstls_record_heard_alert(&c->o.record) ||
      !(SSL_get_shutdown(c->wire.ssl) & SSL_SENT_SHUTDOWN))
    return 0;
  c->dropped_by_lws = 1;
  wsstls_conn_end(c, WSSTLS_OK);
  return 1;
}

int wsstls_conn_refused(wsstls_conn *c)
{
  wsstls_record *r = &c->o.record;
  const unsigned char *payload;
  int len;

  if (!c->opened || c->ended || c->close_written)
    return 0;
  len = lws_get_close_length(c->wsi);
  if (len < 2)
    return 0;
  payload = lws_get_close_payload(c->wsi);
  r->close_code = (uint16_t)(payload[0] << 8 | payload[1]);
  /* on the wire, too, and it names the rule */
  wsstls_record_string(&r->close_reason, (const char *)payload + 2,
                       (size_t)len - 2);
  r->close_by = 1;
  r->close_sent = 1;
  wsstls_record_event(r, WSSTLS_EVENT_CLOSE_SENT, 0, r->close_code);
  wsstls_conn_end(c, r->close_code == 1007 ? WSSTLS_WS_INVALID_UTF8
                                           : WSSTLS_WS_PROTOCOL_ERROR);
  return 1;
}

/* lws would tell us nothing until the peer has answered its close frame. */
static int refused_by_lws(wsstls_conn *c)
{
  if (wsstls_conn_refused(c)) {
    wsstls_conn_write_out(c);
    return 1;
  }
  return c->opened && !c->ended && !c->close_written && dropped_by_lws(c);
}

/* A close_notify instead of the handshake's next message: lws goes on
 * waiting. */
static int hung_up(wsstls_conn *c)
{
  if (c->wire.ssl == NULL || c->o.record.handshake_done ||
      !(SSL_get_shutdown(c->wire.ssl) & SSL_RECEIVED_SHUTDOWN))
    return 0;
  c->o.record.eof_seen = 1;
  wsstls_conn_end(c, WSSTLS_OK);
  wsstls_conn_kill(c);
  return 1;
}

/* The peer's bytes before lws takes them: its first frame. */
static int peek_first(wsstls_conn *c)
{
  static unsigned char bytes[WSSTLS_RECORD_HEAD + 2];
  size_t skip = c->opened ? 0 : c->o.record.head_len;
  ssize_t n = recv(c->io.fd, bytes, skip + 2, MSG_PEEK | MSG_DONTWAIT);

  if (!c->opened)
    c->first_seen = 0; /* more may have come since the head was judged */
  else if ((n < 0 && (errno == EAGAIN || errno == EINTR)) ||
           (n == 1 && c->first_seen == 0 && !c->wire.hung_up))
    return 0;
  if (n > (ssize_t)skip)
    wsstls_conn_first_frame(c, bytes + skip, (size_t)n - skip);
  return 1;
}

/* Clients mask, servers do not (RFC 6455 5.1), and lws takes both. Whoever
 * does it wrong does so from the beginning: on ws:// the first frame is
 * looked at, and until then lws's reading is off. 0: it stays off. */
static int look_at_mask(wsstls_conn *c)
{
  if (c->o.tls != NULL || c->first_seen == 2 ||
      c->head != WSSTLS_HEAD_ACCEPTED)
    return 1;
  if (!c->ended && !peek_first(c))
    return 0;
  if (!c->opened)
    return 1;
  c->first_seen = 2;
  lws_rx_flow_control(c->wsi, 1);
  if (wsstls_conn_wrongly_masked(c))
    wsstls_conn_write_out(c); /* before lws answers what it reads */
  return c->wsi != NULL;
}

static int read_once(wsstls_conn *c)
{
  if (c->reads_frames)
    return wsstls_conn_read_frames(c);
  c->wire.gate = 0;
  c->answers_due = 1;
  return wsstls_conn_service(c, LWS_POLLIN) && !refused_by_lws(c) &&
         !hung_up(c);
}

static void read_in(wsstls_conn *c)
{
  for (int i = 0; i < READS; i++) {
    int left = c->o.tls != NULL ? input_left(c) : 0;
    unsigned received = c->received;

    if (wsstls_conn_head(c))
      return; /* not lws's turn, or it is gone */
    if (c->paused || !look_at_mask(c))
      return;
    if (!read_once(c))
      return;
    if (c->head == WSSTLS_HEAD_ACCEPTED && !c->opened && !c->ended &&
        input_left(c) == 0) {
      wsstls_conn_unreadable(c);
      return;
    }
    if (c->opened) /* a frame that came with the head is over already */
      (void)wsstls_conn_wrongly_masked(c);
    if (c->answers_due || c->want_out)
      wsstls_conn_write_out(c);
    if (c->wsi == NULL)
      return;
    if (input_left(c) == 0) {
      if (input_over(c))
        return;
    } else if (c->wire.ssl != NULL && c->received == received &&
               input_left(c) == left && c->wire.dry) {
      return; /* lws does not want it now */
    }
  }
  wsstls_io_again(&c->io);
}

/* The TCP connect came to an end: keep its errno before lws clears it. */
static int connecting(wsstls_conn *c, unsigned events)
{
  socklen_t len = sizeof(int);
  int error = 0;

  if (!(events & (WSSTLS_WRITABLE | WSSTLS_FAILED | WSSTLS_HANGUP)))
    return 0;
  if (getsockopt(c->io.fd, SOL_SOCKET, SO_ERROR, &error, &len) != 0)
    error = errno;
  if (error != 0) {
    c->o.record.os_errno = error;
    wsstls_conn_kill(c);
    c->killed = 0; /* only this attempt */
    return 0;
  }
  return wsstls_conn_service(c, LWS_POLLOUT);
}

static void plain_hangup(wsstls_conn *c, unsigned events)
{
  wsstls_record *r = &c->o.record;
  socklen_t len = sizeof(int);
  int error = 0;

  if ((events & WSSTLS_FAILED) && !r->reset_seen &&
      getsockopt(c->io.fd, SOL_SOCKET, SO_ERROR, &error, &len) == 0 &&
      error != 0) {
    r->reset_seen = 1;
    r->os_errno = error;
    wsstls_record_event(r, WSSTLS_EVENT_RESET_SEEN, 0, error);
  } else if ((events & WSSTLS_HANGUP) && !r->eof_seen) {
    r->eof_seen = 1;
    wsstls_record_event(r, WSSTLS_EVENT_EOF_SEEN, 0, 0);
  }
}

/* lws goes on with its opening when it may write; a server under TLS has
 * nothing to say before it has read more. */
static int opening(const wsstls_conn *c)
{
  return !c->opened && !(c->o.record.is_server && c->o.tls != NULL &&
                         c->head == WSSTLS_HEAD_NONE);
}

static void take_turn(wsstls_conn *c, unsigned events)
{
  if (c->retry_dial) {
    c->retry_dial = 0;
    wsstls_conn_dial(c);
    return;
  }
  if (c->wsi == NULL)
    return;
  if (c->ended && c->o.record.outcome.status == WSSTLS_CLOSED_ABNORMALLY) {
    wsstls_conn_kill(c);
    return;
  }
  if (!c->o.record.is_server && !c->tcp_connected) {
    if (!connecting(c, events))
      return;
    events |= WSSTLS_READABLE;
  }
  if ((events & WSSTLS_WRITABLE) && c->wire.blocked) {
    if (wsstls_wire_flush(&c->wire) == 1)
      wsstls_conn_write_out(c);
  } else if (events & WSSTLS_WRITABLE) {
    if (c->want_out || c->frames != NULL || opening(c) ||
        (c->close_wanted && !c->close_written) ||
        lws_partial_buffered(c->wsi))
      wsstls_conn_write_out(c);
  }
  if (c->wsi != NULL && c->head >= WSSTLS_HEAD_ANSWERING)
    wsstls_conn_head(c);
  if (c->wsi != NULL && c->o.tls == NULL &&
      (events & (WSSTLS_HANGUP | WSSTLS_FAILED)))
    plain_hangup(c, events);
  /* writing may have read, too (a handshake): what it left has no edge */
  if (c->wsi != NULL && ((events & ~(unsigned)WSSTLS_WRITABLE) ||
                         (c->o.tls != NULL && input_left(c) > 0)))
    read_in(c);
}

void wsstls_conn_begin(wsstls_conn *c)
{
  wsstls_conn_ref(c);
  wsstls_log_target(&c->o.record);
  /* while lws takes the head in, it may keep bytes of its own */
  wsstls_wire_begin(&c->wire,
                    c->opened || c->head != WSSTLS_HEAD_ACCEPTED);
  c->in_turn = 1;
}

void wsstls_conn_finish(wsstls_conn *c)
{
  wsstls_wire_stash(&c->wire);
  wsstls_log_target(NULL);
  c->in_turn = 0;
  if (c->want_out && c->wsi != NULL)
    wsstls_conn_write_out(c);
  wsstls_wire_end(&c->wire);
  if (wsstls_wire_unsent(&c->wire) > 0 && !c->wire.blocked) {
    if (c->head == WSSTLS_HEAD_JUDGING && c->wsi != NULL)
      wsstls_io_dirty(&c->io); /* with the answer, or in the next step */
    else
      wsstls_wire_flush(&c->wire);
  }
  wsstls_conn_drained(c);
  wsstls_conn_unref(c);
}

void wsstls_conn_turn(wsstls_io *io, unsigned events)
{
  wsstls_conn *c = (wsstls_conn *)io;

  if (events & (WSSTLS_HANGUP | WSSTLS_FAILED))
    c->wire.hung_up = 1;
  wsstls_conn_begin(c);
  take_turn(c, events);
  wsstls_conn_finish(c);
}

/* Backpressure: lws must stop reading, also in its tick. */
void wsstls_conn_pause(wsstls_conn *c, int paused)
{
  if (c->paused == (paused != 0) || c->wsi == NULL)
    return;
  c->paused = (uint8_t)(paused != 0);
  lws_rx_flow_control(c->wsi, !paused && !wsstls_conn_veiled(c));
  if (!paused)
    wsstls_io_again(&c->io);
}
