/* conn_scan.c: frames judged before lws reads them.
 *
 * lws takes frames that RFC 6455 forbids (a mask where none may be, lengths
 * that are not minimal), drops others without a close frame, and rewrites
 * close codes. Under TLS the next record can be peeked at, so its frames are
 * judged here: lws reads it only when they are good. What came whole before
 * a bad one is delivered first. Not on a plain socket: it gives lws more than
 * was peeked at.
 * Source: RFC 6455 5.2 to 5.5; SSL_peek(3).
 */
#include "conn.h"

#include <string.h>
#include <sys/socket.h>
#include <openssl/err.h>

enum { RECORD = 16384, DRAINS = 64, DIRECT = 16 };

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
  too_big = { WSSTLS_WS_MESSAGE_TOO_BIG, 1009, "message too big" };

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

/* A part of a data frame, given to the conn as lws would. */
static void feed(wsstls_conn *c, const wsstls_scan *s,
                 const unsigned char *bytes, size_t n)
{
  static unsigned char plain[RECORD];
  const unsigned char *key = s->head + header_size(s) - 4;
  uint64_t at = s->length - s->left;
  wsstls_part part = {
    .first = at == 0 && opcode(s) != 0,
    .final = (s->head[0] & 0x80) && s->left == n,
    .binary = opcode(s) == 2, .rest = (size_t)(s->left - n),
    .bits = s->head[0] & 0x70u
  };

  if (s->head[1] & 128) {
    for (size_t i = 0; i < n; i++)
      plain[i] = bytes[i] ^ key[(at + i) & 3];
    bytes = plain;
  }
  wsstls_conn_part(c, (const char *)bytes, n, &part);
}

static void note_code(wsstls_scan *s, const unsigned char *bytes, size_t n)
{
  const unsigned char *key = s->head + header_size(s) - 4;
  uint64_t at = s->length - s->left;

  for (size_t i = 0; i < n && at + i < 2; i++)
    s->code[at + i] = s->head[1] & 128 ? bytes[i] ^ key[at + i] : bytes[i];
}

/* lws answers the first ping of a record; the last must be answered, too. A
 * second one stands in the record as a whole. */
static void note_ping(wsstls_scan *s, const unsigned char *end)
{
  s->pings++;
  s->ping = end - s->length;
  s->ping_len = (unsigned char)s->length;
  if (s->head[1] & 128)
    memcpy(s->ping_key, s->head + header_size(s) - 4, 4);
  else
    memset(s->ping_key, 0, 4);
}

static void answer_last_ping(wsstls_conn *c, const wsstls_scan *s)
{
  unsigned char plain[125];

  for (unsigned i = 0; i < s->ping_len; i++)
    plain[i] = s->ping[i] ^ s->ping_key[i & 3];
  wsstls_conn_write_out(c); /* lws's pong comes first */
  if (c->wsi != NULL)
    wsstls_conn_send(c, plain, s->ping_len, LWS_WRITE_PONG, NULL);
}

/* Up to `n` bytes of the frame under way; how many. */
static size_t payload(wsstls_conn *feeding, wsstls_scan *s,
                      const unsigned char *bytes, size_t n)
{
  if (n > s->left)
    n = (size_t)s->left;
  if (opcode(s) == 8)
    note_code(s, bytes, n);
  if (feeding != NULL && !(opcode(s) & 8))
    feed(feeding, s, bytes, n);
  s->left -= n;
  if (s->left == 0) {
    if (opcode(s) == 9)
      note_ping(s, bytes + n);
    s->have = 0;
    s->over |= opcode(s) == 8;
    s->frames += !(opcode(s) & 8);
    s->controls += (opcode(s) & 8) != 0;
  }
  return n;
}

/* Goes through `n` bytes; *good: where the first frame that breaks the rule
 * begins. `feeding`: what is good is given to it. */
static const wsstls_rule *scan(const wsstls_conn *c, wsstls_scan *s,
                               const unsigned char *bytes, size_t n,
                               size_t *good, wsstls_conn *feeding)
{
  size_t at = 0;

  s->frames = s->pings = s->controls = 0;
  *good = 0;
  while (at < n && !s->over) { /* RFC 6455 5.5.1: nothing after a close */
    const wsstls_rule *rule;

    if (s->left > 0) {
      at += payload(feeding, s, bytes + at, n - at);
      continue;
    }
    if (s->have == 0)
      *good = at;
    s->head[s->have++] = bytes[at++];
    rule = judge(c, s);
    if (rule != NULL)
      return rule;
    if (s->have < header_size(s))
      continue;
    s->left = s->length;
    if (s->left == 0)
      payload(feeding, s, bytes + at, 0);
  }
  *good = n;
  return NULL;
}

/* ------------------------------------------------------------ the reading */

static void hang_up(wsstls_conn *c)
{
  if (!c->close_written || c->hung_up || wsstls_wire_unsent(&c->wire) > 0)
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
 * sends counts: lws reads no more. */
static void refuse(wsstls_conn *c, const wsstls_rule *rule)
{
  if (!c->ended)
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

/* No record: the end of the stream, which lws has to see itself, or none yet.
 * Then the gate stays closed: one may come this very moment. */
static int nothing(wsstls_conn *c, int peeked)
{
  int over = wsstls_conn_tls_ended(c, peeked), alive = 1;

  c->wire.gate = !over;
  if (over || c->resumed) {
    c->resumed = 0;
    c->answers_due = 1;
    alive = wsstls_conn_service(c, LWS_POLLIN);
  }
  c->wire.gate = 1;
  return alive;
}

/* The gate is closed from the opening on, so lws reads the record that was
 * peeked at and no other, also when it reads unasked. */
static void judged_bad(wsstls_conn *c, const wsstls_rule *rule,
                       const unsigned char *record, size_t good)
{
  wsstls_scan s = c->scan;

  if (s.left == 0 && s.have == 0) {
    scan(c, &s, record, good, &good, c);
  } else if (good > 0) {
    /* lws has the beginning of the frame before it: it reads the rest */
    scan(c, &s, record, good, &good, NULL);
    c->allowed = (int)s.frames;
    wsstls_conn_service(c, LWS_POLLIN);
    c->allowed = -1;
  }
  refuse(c, rule);
}

void wsstls_conn_judge_early(wsstls_conn *c, const char *bytes, size_t n)
{
  size_t good;

  c->broken = scan(c, &c->scan, (const unsigned char *)bytes, n, &good, NULL);
  if (c->broken != NULL)
    c->allowed = (int)c->scan.frames;
}

/* A record of whole messages needs no lws: neither before nor after it is
 * there a frame that lws knows the beginning of. */
static int whole(const wsstls_scan *before, const wsstls_scan *after)
{
  return before->left == 0 && before->have == 0 && !before->inside &&
         after->left == 0 && after->have == 0 && !after->inside &&
         after->controls == 0 && after->frames <= DIRECT;
}

static void read_directly(wsstls_conn *c, unsigned char *record, int n)
{
  size_t good;

  if (SSL_read(c->wire.ssl, record, n) == n)
    scan(c, &c->scan, record, (size_t)n, &good, c);
}

int wsstls_conn_read_judged(wsstls_conn *c)
{
  static unsigned char record[RECORD];
  wsstls_scan after = c->scan;
  const wsstls_rule *rule;
  int n, left, resumed = c->resumed;
  size_t good;

  if (c->broken != NULL) {
    wsstls_conn_service(c, LWS_POLLIN);
    c->allowed = -1;
    refuse(c, c->broken);
    return 0;
  }
  c->wire.gate = (uint8_t)resumed; /* what lws has kept comes first */
  ERR_clear_error();
  n = SSL_peek(c->wire.ssl, record, sizeof record);
  if (n <= 0)
    return nothing(c, n);
  c->resumed = 0;
  c->wire.gate = 1;
  rule = scan(c, &after, record, (size_t)n, &good, NULL);
  if (rule != NULL) {
    judged_bad(c, rule, record, good);
    return 0;
  }
  if (!resumed && whole(&c->scan, &after)) {
    read_directly(c, record, n);
    c->answers_due = 0;
    return 1;
  }
  memcpy(c->scan.code, after.code, sizeof after.code);
  c->scan.over = after.over; /* lws will tell us of it while it reads */
  if (!wsstls_conn_service(c, LWS_POLLIN))
    return 0;
  if (after.pings > 1 && !c->ended)
    answer_last_ping(c, &after);
  if (c->wsi == NULL)
    return 0;
  c->answers_due = after.controls > 0;
  left = SSL_pending(c->wire.ssl);
  if (left == 0)
    c->scan = after;
  else
    scan(c, &c->scan, record, (size_t)(n - left), &good, NULL);
  return 1;
}
