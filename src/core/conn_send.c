/* conn_send.c: frames out, and our close frame.
 *
 * Messages go straight to lws_write when nothing is ahead of them, else they
 * queue. Our close frame is an ordinary frame at the end of that queue, so
 * that nothing said before it is lost. What is compressed is compressed in
 * the order of sending, when it is sent or queued.
 * Source: RFC 6455 5 and 7; RFC 7692 6.1.
 */
#include "conn_parts.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

enum { SCRATCH_KEPT = 4 << 20, CLOSE_REASON = 123,
       OVERHEAD = 1024 };      /* more than TLS adds to what the wire holds */

void wsstls_conn_ask_writable(wsstls_conn *c)
{
  c->want_out = 1;
  wsstls_io_dirty(&c->io);
}

typedef struct outgoing {
  const void *data;
  size_t len;
  enum lws_write_protocol type;
  int packed;                  /* compressed: RSV1 on its frame */
} outgoing;

static wsstls_frame *frame_new(const outgoing *o)
{
  wsstls_frame *f = malloc(sizeof *f + LWS_PRE + o->len);

  if (f == NULL)
    return NULL;
  f->next = NULL;
  f->type = o->type;
  f->packed = o->packed;
  f->len = o->len;
  if (o->len > 0)
    memcpy(f->buf + LWS_PRE, o->data, o->len);
  return f;
}

void wsstls_conn_frames_free(wsstls_conn *c)
{
  while (c->frames != NULL) {
    wsstls_frame *next = c->frames->next;

    free(c->frames);
    c->frames = next;
  }
  c->frames_tail = &c->frames;
  c->frame_bytes = 0;
}

void wsstls_conn_want_close(wsstls_conn *c, int code, const char *reason,
                            size_t len)
{
  c->close_wanted = 1;
  c->close_code = (uint16_t)code;
  wsstls_record_string(&c->close_reason, reason, len);
  c->close_reason_len = (uint8_t)(c->close_reason != NULL ? len : 0);
}

int wsstls_conn_write_close(wsstls_conn *c)
{
  unsigned char buf[LWS_PRE + 125];
  size_t len = 0;

  if (c->close_code != 1005) {
    buf[LWS_PRE] = (unsigned char)(c->close_code >> 8);
    buf[LWS_PRE + 1] = (unsigned char)c->close_code;
    if (c->close_reason_len > 0)
      memcpy(buf + LWS_PRE + 2, c->close_reason, c->close_reason_len);
    len = 2u + c->close_reason_len;
  }
  c->close_written = 1;
  c->o.record.close_sent = 1;
  c->o.record.close_code = c->close_code;
  wsstls_record_event(&c->o.record, WSSTLS_EVENT_CLOSE_SENT, 0,
                      c->close_code);
  return lws_write(c->wsi, buf + LWS_PRE, len, WSSTLS_WRITE_CLOSE) < 0 ? -1
                                                                       : 0;
}

static int write_frame(wsstls_conn *c)
{
  wsstls_frame *f = c->frames;
  int n;

  c->frames = f->next;
  if (c->frames == NULL)
    c->frames_tail = &c->frames;
  c->frame_bytes -= f->len;
  c->tx_packed = (uint8_t)f->packed;
  n = lws_write(c->wsi, f->buf + LWS_PRE, f->len, f->type);
  c->tx_packed = 0;
  c->partial_bytes = n < 0 || lws_partial_buffered(c->wsi) ? f->len : 0;
  free(f);
  return n < 0 ? -1 : 0;
}

static int write_pong(wsstls_conn *c)
{
  unsigned char buf[LWS_PRE + 125];
  wsstls_item *pong = c->pong;
  int n;

  memcpy(buf + LWS_PRE, pong->data, pong->len);
  n = lws_write(c->wsi, buf + LWS_PRE, pong->len, LWS_WRITE_PONG);
  c->pong = NULL;
  free(pong);
  return n < 0 ? -1 : 0;
}

/* What was lost does not count as sent, nor what goes out after the end. */
void wsstls_conn_drained(wsstls_conn *c)
{
  if (!c->full || c->ended || c->wire.write_failed ||
      wsstls_conn_buffered(c) >= WSSTLS_LOW_WATER)
    return;
  c->full = 0;
  c->drained_due = 1;
  wsstls_conn_notify(c);
}

int wsstls_conn_writable(wsstls_conn *c)
{
  int more;

  c->writable++;
  if (c->ended && (!c->close_wanted || c->close_written)) {
    c->out_idle = 1;
    return 0;
  }
  c->partial_bytes = 0;
  if (c->pong != NULL && !c->close_wanted) {
    if (write_pong(c) < 0)
      return -1;
  } else if (c->frames != NULL) {
    if (write_frame(c) < 0)
      return -1;
  } else if (c->close_wanted && !c->close_written) {
    return wsstls_conn_write_close(c);
  } else {
    c->out_idle = 1;
    wsstls_conn_drained(c);
    return 0;
  }
  more = c->frames != NULL || (c->close_wanted && !c->close_written);
  if (more || c->full)
    lws_callback_on_writable(c->wsi);
  if (more && !c->in_turn) /* lws's own poll found it: nobody else looks */
    wsstls_conn_ask_writable(c);
  return 0;
}

static int can_write_now(const wsstls_conn *c)
{
  return c->frames == NULL && !c->wire.blocked &&
         !lws_partial_buffered(c->wsi);
}

/* One buffer for all: lws wants room before the payload and may mask it. */
static unsigned char *scratch(wsstls_loop *loop, size_t len)
{
  if (loop->scratch_len < LWS_PRE + len) {
    free(loop->scratch);
    loop->scratch_len = 0;
    loop->scratch = malloc(LWS_PRE + len);
    if (loop->scratch == NULL)
      return NULL;
    loop->scratch_len = LWS_PRE + len;
  }
  return loop->scratch + LWS_PRE;
}

static void scratch_done(wsstls_loop *loop)
{
  if (loop->scratch_len <= SCRATCH_KEPT)
    return;
  free(loop->scratch);
  loop->scratch = NULL;
  loop->scratch_len = 0;
}

/* Packed data stands in the scratch buffer, where write_now wants it. */
static void pack(wsstls_conn *c, outgoing *o)
{
  unsigned char *buf;
  size_t len;

  if (c->deflate == NULL || o->len < WSSTLS_DEFLATE_MIN ||
      (o->type != LWS_WRITE_TEXT && o->type != LWS_WRITE_BINARY))
    return;
  buf = scratch(c->io.loop, o->len);
  len = buf != NULL ? wsstls_deflate_pack(c->deflate, o->data, o->len, buf)
                    : 0;
  if (len > 0) {
    o->data = buf;
    o->len = len;
    o->packed = 1;
  }
}

/* Without lws, whose write costs a sixth of OpenSSL's: a server masks nothing,
 * and while the wire has room for all of a frame nothing is left over. */
static int fits(const wsstls_conn *c, size_t len)
{
  return c->reads_frames && c->o.record.is_server &&
         wsstls_wire_unsent(&c->wire) + len + OVERHEAD <= WSSTLS_WIRE_BUFFER;
}

/* RFC 6455 5.2. The header goes into the room before the payload. */
static int write_directly(wsstls_conn *c, unsigned char *payload,
                          const outgoing *o)
{
  static const unsigned char opcodes[] = {
    [LWS_WRITE_TEXT] = 1, [LWS_WRITE_BINARY] = 2, [LWS_WRITE_PING] = 9,
    [LWS_WRITE_PONG] = 10
  };
  unsigned char *head = payload - (o->len < 126 ? 2 : 4);

  head[0] = (unsigned char)(0x80 | opcodes[o->type] |
                            (o->packed ? WSSTLS_RSV1 : 0));
  if (o->len < 126) {
    head[1] = (unsigned char)o->len;
  } else {
    head[1] = 126;
    head[2] = (unsigned char)(o->len >> 8);
    head[3] = (unsigned char)o->len;
  }
  return SSL_write(c->wire.ssl, head, (int)(payload + o->len - head)) > 0
           ? 0 : -1;
}

static wsstls_status write_now(wsstls_conn *c, const outgoing *o)
{
  unsigned char *buf = scratch(c->io.loop, o->len);
  int n;

  if (buf == NULL)
    return WSSTLS_LIMIT_MEMORY;
  if (o->len > 0 && o->data != buf)
    memcpy(buf, o->data, o->len);
  errno = 0;
  c->tx_packed = (uint8_t)o->packed;
  n = fits(c, o->len) ? write_directly(c, buf, o)
                      : lws_write(c->wsi, buf, o->len, o->type);
  c->tx_packed = 0;
  if (n < 0) {
    if (c->o.record.os_errno == 0)
      c->o.record.os_errno = errno;
    wsstls_conn_end(c, WSSTLS_OK);
    wsstls_io_again(&c->io);
    return WSSTLS_CLOSED_ABNORMALLY;
  }
  c->partial_bytes = lws_partial_buffered(c->wsi) ? o->len : 0;
  if (c->partial_bytes > 0 && !c->wire.blocked)
    wsstls_conn_ask_writable(c); /* lws stopped, not the kernel */
  return WSSTLS_OK;
}

static wsstls_status write_later(wsstls_conn *c, const outgoing *o)
{
  wsstls_frame *f = frame_new(o);

  if (f == NULL) {
    if (o->packed)
      wsstls_deflate_forget(c->deflate);
    return WSSTLS_LIMIT_MEMORY;
  }
  *c->frames_tail = f;
  c->frames_tail = &f->next;
  c->frame_bytes += f->len;
  wsstls_conn_ask_writable(c);
  return WSSTLS_OK;
}

wsstls_status wsstls_conn_send(wsstls_conn *c, const void *data, size_t len,
                               enum lws_write_protocol type, int *full)
{
  int control = type == LWS_WRITE_PING || type == LWS_WRITE_PONG;
  outgoing o = { data, len, type, 0 };
  wsstls_status status;

  if (!c->opened || c->ended || c->close_wanted || c->wsi == NULL)
    return WSSTLS_CLOSED;
  if (control && len > 125)
    return WSSTLS_WS_MESSAGE_TOO_BIG; /* RFC 6455 5.5 */
  pack(c, &o);
  status = can_write_now(c) ? write_now(c, &o) : write_later(c, &o);
  scratch_done(c->io.loop);
  if (status == WSSTLS_OK && !control)
    wsstls_record_message(&c->o.record, 1, type == LWS_WRITE_BINARY, len);
  if (status == WSSTLS_OK && !control &&
      wsstls_conn_buffered(c) > WSSTLS_HIGH_WATER) {
    c->full = 1;
    if (full != NULL)
      *full = 1;
  }
  return status;
}

void wsstls_conn_send_pong(wsstls_conn *c)
{
  if (!can_write_now(c))
    wsstls_conn_ask_writable(c);
  else if (!c->close_wanted && write_pong(c) < 0)
    wsstls_conn_kill(c);
}

wsstls_status wsstls_conn_close(wsstls_conn *c, int code, const char *reason,
                                size_t len, double timeout)
{
  if (c->ended || c->close_wanted)
    return WSSTLS_OK;
  if (!c->opened || c->wsi == NULL) {
    wsstls_conn_abort(c);
    return WSSTLS_OK;
  }
  if (len > CLOSE_REASON)
    return WSSTLS_WS_MESSAGE_TOO_BIG;
  wsstls_conn_want_close(c, code, reason, len);
  c->o.record.phase = WSSTLS_PHASE_CLOSE;
  if (timeout > 0)
    c->limits.close = timeout;
  wsstls_conn_arm(c);
  wsstls_conn_ask_writable(c);
  if (c->paused) /* the peer's answer must be read */
    wsstls_conn_pause(c, 0);
  return WSSTLS_OK;
}
