/* conn_receive.c: messages in, and the peer's close frame.
 *
 * Fragments are put together here, inflated when they are compressed, and
 * checked: size and UTF-8 while the message grows, so that neither a bomb
 * nor a wrong byte costs more than it must.
 * Source: RFC 6455 5, 7 and 8.1; RFC 7692 6.
 */
#include "conn_parts.h"

#include <stdlib.h>
#include <string.h>

/* ------------------------------------------------------------------- UTF-8 */

/* state: bytes still expected (low 3 bits), and the bounds of the next one
 * for the leads whose second byte is restricted (RFC 3629 4). */
static int utf8_lead(unsigned char b, unsigned *state)
{
  unsigned low = 0x80, high = 0xbf, need;

  if (b >= 0xc2 && b <= 0xdf) {
    need = 1;
  } else if (b >= 0xe0 && b <= 0xef) {
    need = 2;
    low = b == 0xe0 ? 0xa0 : 0x80;
    high = b == 0xed ? 0x9f : 0xbf;
  } else if (b >= 0xf0 && b <= 0xf4) {
    need = 3;
    low = b == 0xf0 ? 0x90 : 0x80;
    high = b == 0xf4 ? 0x8f : 0xbf;
  } else {
    return 0;
  }
  *state = need | low << 8 | high << 16;
  return 1;
}

/* Past what is ASCII, 32 bytes at a time: most text is. */
static const unsigned char *skip_ascii(const unsigned char *p,
                                       const unsigned char *end)
{
  for (; end - p >= 32; p += 32) {
    uint64_t w[4];

    memcpy(w, p, sizeof w);
    if (((w[0] | w[1] | w[2] | w[3]) & 0x8080808080808080u) != 0)
      break;
  }
  for (; end - p >= 8; p += 8) {
    uint64_t w;

    memcpy(&w, p, sizeof w);
    if ((w & 0x8080808080808080u) != 0)
      break;
  }
  return p;
}

int wsstls_utf8_ok(unsigned *state, const char *bytes, size_t len)
{
  const unsigned char *p = (const unsigned char *)bytes, *end = p + len;

  while (p < end) {
    if (*state == 0) {
      p = skip_ascii(p, end);
      if (p == end)
        break;
      if (*p >= 0x80 && !utf8_lead(*p, state))
        return 0;
    } else {
      unsigned need = *state & 7, low = *state >> 8 & 0xff,
               high = *state >> 16;

      if (*p < low || *p > high)
        return 0;
      *state = need > 1 ? (need - 1) | 0x80u << 8 | 0xbfu << 16 : 0;
    }
    p++;
  }
  return 1;
}

/* ---------------------------------------------------------------- incoming */

static void end_code(wsstls_conn *c, int code, int by, int clean)
{
  wsstls_record *r = &c->o.record;

  r->close_code = (uint16_t)code;
  r->close_by = (uint8_t)by;
  r->close_clean = (uint8_t)clean;
}

/* The peer broke a rule: our close frame is the next thing it gets, and
 * nothing it still sends counts. Never fail RECEIVE instead: lws would go on
 * reading with its buffer's fill level not reset, and write behind its end. */
void wsstls_conn_violation(wsstls_conn *c, wsstls_status status, int code,
                           const char *reason)
{
  free(c->rx);
  c->rx = NULL;
  wsstls_conn_want_close(c, code, reason, strlen(reason));
  end_code(c, code, 1, 0);
  wsstls_record_string(&c->o.record.close_reason, reason, strlen(reason));
  wsstls_conn_end(c, status);
  wsstls_conn_frames_free(c);
  wsstls_conn_ask_writable(c);
}

void wsstls_conn_first_frame(wsstls_conn *c, const unsigned char *bytes,
                             size_t n)
{
  for (; n > 0 && c->first_seen < 2; n--, bytes++)
    if (++c->first_seen == 2)
      c->mask_wrong = (*bytes >= 128) != c->o.record.is_server;
}

int wsstls_conn_veiled(const wsstls_conn *c)
{
  return c->o.tls == NULL && c->first_seen < 2;
}

static const char *mask_fault(const wsstls_conn *c)
{
  return c->o.record.is_server ? "client unmasked" : "masked server frame";
}

int wsstls_conn_wrongly_masked(wsstls_conn *c)
{
  if (c->mask_wrong && !c->ended)
    wsstls_conn_violation(c, WSSTLS_WS_PROTOCOL_ERROR, 1002, mask_fault(c));
  return c->mask_wrong;
}

static int grow(wsstls_conn *c, size_t need)
{
  size_t capacity = c->rx->capacity * 2 > need ? c->rx->capacity * 2 : need;
  wsstls_item *rx;

  if (capacity > c->max_message)
    capacity = c->max_message > need ? c->max_message : need;
  rx = realloc(c->rx, sizeof *rx + capacity);
  if (rx == NULL)
    return 0;
  rx->capacity = capacity;
  c->rx = rx;
  return 1;
}

static const wsstls_rule
  reserved = { WSSTLS_WS_PROTOCOL_ERROR, 1002, "rsv bits" },
  no_utf8 = { WSSTLS_WS_INVALID_UTF8, 1007, "invalid UTF-8" },
  bad_deflate = { WSSTLS_WS_PROTOCOL_ERROR, 1007, "bad deflate stream" },
  too_big = { WSSTLS_WS_MESSAGE_TOO_BIG, 1009, "message too big" },
  no_memory = { WSSTLS_LIMIT_MEMORY, 1011, "out of memory" };

static int text_ok(wsstls_conn *c, const char *bytes, size_t len, int final)
{
  return c->rx->binary || (wsstls_utf8_ok(&c->rx_utf8, bytes, len) &&
                           (!final || c->rx_utf8 == 0));
}

static const wsstls_rule *append(wsstls_conn *c, const char *in, size_t len,
                          size_t rest, int final)
{
  wsstls_item *rx = c->rx;

  if (rx->len + len + rest > c->max_message)
    return &too_big;
  if (!text_ok(c, in, len, final))
    return &no_utf8;
  if (rx->len + len > rx->capacity && !grow(c, rx->len + len + rest))
    return &no_memory;
  rx = c->rx;
  if (len > 0)
    memcpy(rx->data + rx->len, in, len);
  rx->len += len;
  return NULL;
}

/* One byte above max_message is room enough to see that there is more. */
static const wsstls_rule *inflate_in(wsstls_conn *c, const char *in, size_t len,
                              int final)
{
  wsstls_inflated result;

  wsstls_inflate_feed(c->deflate, in, len, final);
  do {
    wsstls_item *rx = c->rx;
    size_t n;

    if (rx->len == rx->capacity && !grow(c, rx->len + 1))
      return &no_memory;
    rx = c->rx;
    result = wsstls_inflate(c->deflate, rx->data + rx->len,
                            rx->capacity - rx->len, &n);
    rx->len += n;
    if (rx->len > c->max_message)
      return &too_big;
    if (result == WSSTLS_INFLATED_MEMORY)
      return &no_memory;
    if (result == WSSTLS_INFLATED_BROKEN)
      return &bad_deflate;
    if (!text_ok(c, rx->data + rx->len - n, n,
                 final && result == WSSTLS_INFLATED_ALL))
      return &no_utf8;
  } while (result == WSSTLS_INFLATED_FULL);
  return NULL;
}

/* What the peer announces is trusted for plain messages only: it is held to
 * it, and untouched memory is free. */
static size_t first_room(const wsstls_conn *c, size_t len, size_t rest)
{
  size_t room = c->rx_packed ? len * 4 + 512 : len + rest;

  if (room > c->max_message)
    room = c->rx_packed ? c->max_message : 1; /* append() says so */
  return room > 0 ? room : 1;
}

static void begin_message(wsstls_conn *c, size_t len,
                          const wsstls_part *part)
{
  free(c->rx);
  c->rx_utf8 = 0;
  c->rx_packed = (part->bits & WSSTLS_RSV1) != 0;
  c->rx = wsstls_item_new(WSSTLS_ITEM_MESSAGE, first_room(c, len, part->rest));
  if (c->rx != NULL)
    c->rx->binary = part->binary;
}

/* RSV1 belongs to the first frame of a message; while an extension is active
 * lws lets everything pass. */
static int bits_ok(const wsstls_conn *c, unsigned bits, int first)
{
  if (first)
    return bits == 0 || (bits == WSSTLS_RSV1 && c->deflate != NULL);
  return bits == 0 || c->rx_inside; /* the frame's beginning was judged */
}

static const wsstls_rule *take(wsstls_conn *c, const char *in, size_t len,
                               const wsstls_part *part)
{
  int first = part->first || c->rx == NULL;

  if (!bits_ok(c, part->bits, first))
    return &reserved;
  c->rx_inside = part->rest > 0;
  if (first)
    begin_message(c, len, part);
  if (c->rx == NULL)
    return &no_memory;
  return c->rx_packed ? inflate_in(c, in, len, part->final)
                      : append(c, in, len, part->rest, part->final);
}

static wsstls_item *shrunk(wsstls_item *rx)
{
  wsstls_item *less;

  if (rx->capacity - rx->len < rx->len / 4 + 1024)
    return rx;
  less = realloc(rx, sizeof *rx + rx->len);
  if (less == NULL)
    return rx;
  less->capacity = less->len;
  return less;
}

void wsstls_conn_part(wsstls_conn *c, const char *in, size_t len,
                      const wsstls_part *part)
{
  const wsstls_rule *broken;

  c->received++;
  if (c->ended || wsstls_conn_wrongly_masked(c))
    return;
  broken = take(c, in, len, part);
  if (broken != NULL) {
    wsstls_conn_violation(c, broken->status, broken->code, broken->reason);
  } else if (part->final) {
    wsstls_item *rx = shrunk(c->rx);

    c->rx = NULL;
    wsstls_record_message(&c->o.record, 0, rx->binary, rx->len);
    wsstls_conn_queue(c, rx);
  }
}

void wsstls_conn_received(wsstls_conn *c, const char *in, size_t len)
{
  wsstls_part part = {
    .first = lws_is_first_fragment(c->wsi),
    .final = lws_is_final_fragment(c->wsi),
    .binary = lws_frame_is_binary(c->wsi) != 0,
    .rest = lws_remaining_packet_payload(c->wsi),
    .bits = lws_get_reserved_bits(c->wsi)
  };

  if (c->reads_frames)
    return; /* it came with the head: we have seen it */
  wsstls_conn_part(c, in, len, &part);
}

/* RFC 6455 7.4: what may appear on the wire. */
static int code_allowed(int code)
{
  if (code < 1000 || code > 4999)
    return 0;
  if (code >= 3000)
    return 1;
  return code <= 1014 && code != 1004 && code != 1005 && code != 1006;
}

/* Answers a close frame that is itself wrong, and closes: without
 * lws_close_reason lws does not read on. */
static int bad_close(wsstls_conn *c, wsstls_status status, int code,
                     const char *reason)
{
  wsstls_conn_violation(c, status, code, reason);
  if (!c->close_written && !lws_partial_buffered(c->wsi))
    wsstls_conn_write_close(c);
  return -1;
}

int wsstls_conn_close_received(wsstls_conn *c, const unsigned char *in,
                               size_t len, int bits)
{
  wsstls_record *r = &c->o.record;
  int code = len >= 2 ? in[0] << 8 | in[1] : 1005;
  unsigned state = 0;

  if (c->ended)
    return -1;
  r->close_received = 1;
  wsstls_record_event(r, WSSTLS_EVENT_CLOSE_RECEIVED, 0, code);
  if (c->mask_wrong)
    return bad_close(c, WSSTLS_WS_PROTOCOL_ERROR, 1002, mask_fault(c));
  if (bits != 0)
    return bad_close(c, reserved.status, reserved.code, reserved.reason);
  if (len == 1 || (len >= 2 && !code_allowed(code)))
    return bad_close(c, WSSTLS_WS_PROTOCOL_ERROR, 1002, "bad close code");
  if (len > 2) {
    const char *reason = (const char *)in + 2;

    if (!wsstls_utf8_ok(&state, reason, len - 2) || state != 0)
      return bad_close(c, WSSTLS_WS_INVALID_UTF8, 1007,
                       "close reason is not UTF-8");
    wsstls_record_string(&r->close_reason, reason, len - 2);
  }
  end_code(c, code, r->close_sent ? 1 : 2, 1);
  if (!r->close_sent)
    wsstls_record_event(r, WSSTLS_EVENT_CLOSE_SENT, 0, code);
  wsstls_conn_end(c, WSSTLS_OK);
  return r->close_sent ? -1 : 0; /* 0: lws echoes it, then closes */
}
