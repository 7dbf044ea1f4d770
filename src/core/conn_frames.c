/* conn_frames.c: frames read and judged by ourselves.
 *
 * lws takes frames that RFC 6455 forbids (a mask where none may be, lengths
 * that are not minimal), drops others without a close frame, rewrites close
 * codes, and keeps a receive buffer for every idle connection. So from the
 * opening on it reads nothing any more: the frames of each record are judged
 * here, and what is good is delivered. Not on a plain socket: of that lws may
 * have taken more than was peeked at.
 * Source: RFC 6455 5.2 to 5.5.
 */
#include "conn_parts.h"

#include <stdlib.h>
#include <string.h>
#include <openssl/err.h>

enum { RECORD = 16384, DRAINS = 64 };

static const wsstls_rule
  reserved = { WSSTLS_WS_PROTOCOL_ERROR, 1002, "rsv bits" },
  bad_opcode = { WSSTLS_WS_PROTOCOL_ERROR, 1002, "bad opcode" },
  fragmented = { WSSTLS_WS_PROTOCOL_ERROR, 1002,
                 "fragmented control frame" },
  long_control = { WSSTLS_WS_PROTOCOL_ERROR, 1002, "control too long" },
  bad_continuation = { WSSTLS_WS_PROTOCOL_ERROR, 1002,
                       "bad continuation" },
  masked = { WSSTLS_WS_PROTOCOL_ERROR, 1002, "masked server frame" },
  unmasked = { WSSTLS_WS_PROTOCOL_ERROR, 1002, "unmasked client frame" },
  not_minimal = { WSSTLS_WS_PROTOCOL_ERROR, 1002, "length not minimal" },
  bad_length = { WSSTLS_WS_PROTOCOL_ERROR, 1002, "length beyond 63 bits" },
  too_big = { WSSTLS_WS_MESSAGE_TOO_BIG, 1009, "message too big" },
  no_memory = { WSSTLS_LIMIT_MEMORY, 1011, "out of memory" };

/* ---------------------------------------------------------------- headers */

static unsigned header_size(const wsstls_scan *s)
{
  unsigned size = 2;

  if (s->have < 2)
    return size;
  switch (s->head[1] & 127) {
  case 126: size += 2; break;
  case 127: size += 8; break;
  default: break;
  }
  return s->head[1] & 128 ? size + 4 : size;
}

static unsigned opcode(const wsstls_scan *s)
{
  return s->head[0] & 15u;
}

/* RFC 6455 5.2: the minimal number of bytes must be used. */
static const wsstls_rule *read_length(wsstls_scan *s)
{
  unsigned small = s->head[1] & 127, bytes = small == 127 ? 8 : 2;
  uint64_t length = 0;

  if (small < 126) {
    s->length = small;
    return NULL;
  }
  for (unsigned i = 0; i < bytes; i++)
    length = length << 8 | s->head[2 + i];
  s->length = length;
  return length < (bytes == 2 ? 126u : 65536u) ? &not_minimal : NULL;
}

/* By the first byte alone: lws, too, judges byte by byte. */
static const wsstls_rule *judge_kind(const wsstls_conn *c,
                                     const wsstls_scan *s)
{
  unsigned bits = s->head[0] & 0x70u, first = opcode(s) != 0;

  if (opcode(s) > 10 || (opcode(s) > 2 && opcode(s) < 8))
    return &bad_opcode;
  if (bits != 0 && (bits != WSSTLS_RSV1 || !first || opcode(s) & 8 ||
                    c->deflate == NULL))
    return &reserved;
  if (opcode(s) & 8)
    return s->head[0] & 0x80 ? NULL : &fragmented;
  return first == (s->inside != 0) ? &bad_continuation : NULL;
}

static const wsstls_rule *judge_mask(const wsstls_conn *c,
                                     const wsstls_scan *s)
{
  int is_masked = (s->head[1] & 128) != 0;

  if (opcode(s) & 8 && (s->head[1] & 127) > 125)
    return &long_control;
  if (is_masked != c->o.record.is_server)
    return is_masked ? &masked : &unmasked;
  return NULL;
}

static const wsstls_rule *judge_length(const wsstls_conn *c, wsstls_scan *s)
{
  const wsstls_rule *rule = read_length(s);

  if (rule != NULL || opcode(s) & 8)
    return rule;
  if (opcode(s) != 0) {
    s->message = 0;
    s->packed = (s->head[0] & WSSTLS_RSV1) != 0;
  }
  s->inside = !(s->head[0] & 0x80);
  s->message += s->length;
  return !s->packed && s->message > c->max_message ? &too_big : NULL;
}

/* After each byte of a header. */
static const wsstls_rule *judge(const wsstls_conn *c, wsstls_scan *s)
{
  const wsstls_rule *rule = NULL;

  if (s->have == 1)
    rule = judge_kind(c, s);
  else if (s->have == 2)
    rule = judge_mask(c, s);
  else if (s->have == 3 && (s->head[1] & 127) == 127 && s->head[2] & 128)
    rule = &bad_length;
  if (rule == NULL && s->have == header_size(s))
    rule = judge_length(c, s);
  return rule;
}

/* --------------------------------------------------------------- payloads */

/* Eight bytes at a time; `at` is where in the payload they stand. */
static void unmask(unsigned char *bytes, size_t n, const unsigned char *key,
                   uint64_t at)
{
  unsigned char turned[8];
  uint64_t mask, word;
  size_t i;

  for (i = 0; i < sizeof turned; i++)
    turned[i] = key[(at + i) & 3];
  memcpy(&mask, turned, sizeof mask);
  for (i = 0; i + sizeof word <= n; i += sizeof word) {
    memcpy(&word, bytes + i, sizeof word);
    word ^= mask;
    memcpy(bytes + i, &word, sizeof word);
  }
  for (; i < n; i++)
    bytes[i] ^= turned[i & 7];
}

/* A part of a data frame, given to the conn as lws would. */
static void data(wsstls_conn *c, const unsigned char *bytes, size_t n,
                 int first)
{
  const wsstls_scan *s = &c->scan;
  wsstls_part part = {
    .first = first && opcode(s) != 0,
    .final = (s->head[0] & 0x80) && s->left == 0,
    .binary = opcode(s) == 2, .rest = (size_t)s->left,
    .bits = s->head[0] & 0x70u
  };

  wsstls_conn_part(c, (const char *)bytes, n, &part);
}

/* A part of a control frame. What came with the head lws has read, too: it
 * answers, we only know better what stood in it. */
static void control(wsstls_conn *c, const unsigned char *bytes, size_t n)
{
  wsstls_scan *s = &c->scan;
  wsstls_item *item = c->control;

  if (item == NULL)
    item = c->control = wsstls_item_new(WSSTLS_ITEM_PONG, (size_t)s->length);
  if (item == NULL) {
    wsstls_conn_violation(c, no_memory.status, no_memory.code,
                          no_memory.reason);
    return;
  }
  if (n > 0)
    memcpy(item->data + item->len, bytes, n);
  item->len += n;
  if (s->left > 0)
    return;
  if (opcode(s) == 8) {
    s->over = 1;
    return;
  }
  c->control = NULL;
  if (c->early != NULL) {
    free(item);
  } else if (opcode(s) == 9) { /* the last of several is answered: 5.5.3 */
    free(c->pong);
    c->pong = item;
  } else {
    wsstls_conn_pong(c, item);
  }
}

/* Up to `n` bytes of the frame under way; how many. */
static size_t payload(wsstls_conn *c, unsigned char *bytes, size_t n)
{
  wsstls_scan *s = &c->scan;
  uint64_t at = s->length - s->left;

  if (n > s->left)
    n = (size_t)s->left;
  if (s->head[1] & 128)
    unmask(bytes, n, s->head + header_size(s) - 4, at);
  s->left -= n;
  if (opcode(s) & 8)
    control(c, bytes, n);
  else
    data(c, bytes, n, at == 0);
  if (s->left == 0)
    s->have = 0;
  return n;
}

/* Goes through `n` bytes, which it unmasks, until a frame breaks a rule or
 * the connection is over. RFC 6455 5.5.1: nothing counts after a close. */
static const wsstls_rule *scan(wsstls_conn *c, unsigned char *bytes, size_t n)
{
  wsstls_scan *s = &c->scan;
  size_t at = 0;

  while (at < n && !s->over && !c->ended) {
    const wsstls_rule *rule;

    if (s->left > 0) {
      at += payload(c, bytes + at, n - at);
      continue;
    }
    s->head[s->have++] = bytes[at++];
    rule = judge(c, s);
    if (rule != NULL)
      return rule;
    if (s->have < header_size(s))
      continue;
    s->left = s->length;
    if (s->left == 0)
      payload(c, bytes + at, 0);
  }
  return NULL;
}

/* ------------------------------------------------------------ the reading */

static void hang_up(wsstls_conn *c)
{
  if (!c->close_written || c->hung_up || wsstls_wire_unsent(&c->wire) > 0 ||
      lws_partial_buffered(c->wsi))
    return;
  c->hung_up = 1;
  wsstls_conn_end_output(c);
}

int wsstls_conn_drain(wsstls_conn *c)
{
  char ignored[4096];
  ssize_t n = 0;

  hang_up(c);
  c->wire.gate = 0;
  for (int i = 0; i < DRAINS; i++) {
    n = wsstls_conn_read_some(c, ignored, sizeof ignored);
    if (n <= 0)
      break;
  }
  if (n < 0)
    wsstls_conn_kill(c);
  else if (n > 0)
    wsstls_io_again(&c->io);
  return 1;
}

/* The close frame is the last thing the peer hears, and nothing it still
 * sends counts. */
static void refuse(wsstls_conn *c, const wsstls_rule *rule)
{
  if (rule != NULL && !c->ended)
    wsstls_conn_violation(c, rule->status, rule->code, rule->reason);
  if (c->wsi == NULL)
    return;
  c->head = WSSTLS_HEAD_DRAINING;
  wsstls_conn_write_out(c);
  if (c->wsi != NULL)
    wsstls_wire_flush(&c->wire);
  if (c->wsi != NULL)
    wsstls_conn_drain(c);
}

/* The peer closes: it gets its own payload back, unless we were first. */
static void goodbye(wsstls_conn *c)
{
  unsigned char echo[LWS_PRE + 125];
  size_t len = c->control->len;

  memcpy(echo + LWS_PRE, c->control->data, len);
  if (wsstls_conn_close_received(c, echo + LWS_PRE, len, 0) == 0) {
    c->close_wanted = c->close_written = 1;
    lws_write(c->wsi, echo + LWS_PRE, len, WSSTLS_WRITE_CLOSE);
  }
  if (lws_partial_buffered(c->wsi))
    refuse(c, NULL); /* when there is room */
  else
    wsstls_conn_kill(c);
}

void wsstls_conn_keep_early(wsstls_conn *c, const char *bytes, size_t n)
{
  c->early = wsstls_item_new(WSSTLS_ITEM_NONE, n);
  if (c->early == NULL) {
    c->broken = &no_memory;
    return;
  }
  memcpy(c->early->data, bytes, n);
  c->early->len = n;
}

void wsstls_conn_read_early(wsstls_conn *c)
{
  if (c->early == NULL)
    return;
  c->early_due = 1;
  c->broken = scan(c, (unsigned char *)c->early->data, c->early->len);
  free(c->early);
  c->early = NULL;
}

/* lws may have kept what came with the head: it answers pings and closes. */
static int early_rest(wsstls_conn *c)
{
  c->early_due = 0;
  c->answers_due = 1;
  c->wire.gate = 1;
  return wsstls_conn_service(c, LWS_POLLIN);
}

/* No record: none yet, or the end of the stream, which lws sees itself. */
static int nothing(wsstls_conn *c, int result)
{
  int alive = 1;

  if (wsstls_conn_tls_ended(c, result)) {
    c->wire.gate = 0;
    c->answers_due = 1;
    alive = wsstls_conn_service(c, LWS_POLLIN);
    c->wire.gate = 1;
  }
  return alive;
}

int wsstls_conn_read_frames(wsstls_conn *c)
{
  static unsigned char record[RECORD];
  const wsstls_rule *rule;
  int n;

  if (c->broken != NULL || c->ended) {
    refuse(c, c->broken);
    return 0;
  }
  if (c->early_due)
    return early_rest(c);
  if (ERR_peek_error() != 0) /* to clear what is clear costs eight times that */
    ERR_clear_error();
  c->wire.gate = 0;
  n = SSL_read(c->wire.ssl, record, sizeof record);
  c->wire.gate = 1;
  c->answers_due = 0;
  if (n <= 0)
    return nothing(c, n);
  rule = scan(c, record, (size_t)n);
  if (c->scan.over)
    goodbye(c);
  else if (rule != NULL || c->ended)
    refuse(c, rule);
  else if (c->pong != NULL)
    wsstls_conn_send_pong(c);
  return !c->ended && c->wsi != NULL;
}
