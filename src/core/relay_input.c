/* relay_input.c: what arrives from one end, cut into records.
 *
 * Without rules for a direction its bytes go on as they come, and the parser
 * only looks along. With rules every record is collected first; with rules
 * about handshake messages, records in clear wait for their message.
 */
#include "relay_parts.h"

#include <stdlib.h>
#include <string.h>

enum { HELD_MOST = 131072, FRAGMENT_MOST = 16384 };

void wsstls_relay_row_begin(wsstls_relay_way *w, wsstls_relay_row *row)
{
  wsstls_relay_pair *p = w->pair;
  int plain = w->parser.plain;
  int type = plain ? WSSTLS_RELAY_PLAIN : w->parser.head[0];

  memset(row, 0, sizeof *row);
  row->at = wsstls_now() - p->relay->began;
  row->connection = p->sum.number;
  row->from = w->from;
  row->type = (uint8_t)type;
  row->nth = ++w->counts[plain ? 0 : (type - 19) & 7];
  if (plain)
    return;
  row->version = (uint16_t)(w->parser.head[1] << 8 | w->parser.head[2]);
  row->length = wsstls_relay_fragment(w->parser.head);
  row->nmessages = w->parser.nmessages;
  memcpy(row->messages, w->parser.messages, sizeof row->messages);
}

/* ---------------------------------------------------------- looking along */

/* Rows for bytes that are on their way; returns how many records end behind
 * the first `sent` of them. */
static uint32_t look_along(wsstls_relay_way *w, const unsigned char *bytes,
                           size_t len, size_t sent)
{
  wsstls_relay_row row;
  uint32_t waiting = 0;
  size_t at = 0;
  int whole;

  while (at < len && !w->parser.plain) {
    at += wsstls_relay_parser_feed(&w->parser, bytes + at, len - at, &whole);
    if (!whole)
      continue;
    wsstls_relay_row_begin(w, &row);
    wsstls_relay_row_add(w->pair->relay, &row);
    wsstls_relay_parser_next(&w->parser);
    w->pair->sum.records[w->from]++;
    waiting += at > sent;
  }
  if (w->parser.plain) {
    wsstls_relay_row_begin(w, &row);
    row.length = (uint32_t)len;
    wsstls_relay_row_add(w->pair->relay, &row);
  }
  return waiting;
}

static void pass(wsstls_relay_way *w, const unsigned char *bytes, size_t len)
{
  wsstls_stream *sink = w->pair->side[!w->from].stream;
  ssize_t sent = 0;
  uint32_t waiting;

  if (w->muted) {
    w->pair->sum.lost_records[w->from] += look_along(w, bytes, len, 0);
    w->pair->sum.lost_bytes[w->from] += len;
    return;
  }
  if (w->queue.head == NULL && sink != NULL)
    sent = wsstls_stream_send(sink, bytes, len);
  if (sent < 0)
    sent = 0; /* the pump finds out why */
  waiting = look_along(w, bytes, len, (size_t)sent);
  w->begins += len;
  if ((size_t)sent < len &&
      !wsstls_relay_queue_bytes(&w->queue, bytes + sent, len - (size_t)sent,
                                waiting))
    wsstls_relay_pair_end(w->pair, 3, 1, WSSTLS_RELAY_BY_RELAY);
}

/* ----------------------------------------------------------------- records */

static int append(unsigned char **buffer, size_t *len, size_t *room,
                  const unsigned char *bytes, size_t more)
{
  if (*room - *len < more) {
    size_t want = *len + more > 2 * *room ? *len + more : 2 * *room;
    unsigned char *bigger = realloc(*buffer, want);

    if (bigger == NULL)
      return 0;
    *buffer = bigger;
    *room = want;
  }
  memcpy(*buffer + *len, bytes, more);
  *len += more;
  return 1;
}

/* The parser has seen these bytes and says which messages begin in them. */
static void one_record(wsstls_relay_way *w, unsigned char *wire, size_t len,
                       int message)
{
  wsstls_relay_row row;

  memcpy(w->parser.head, wire, WSSTLS_RELAY_HEAD);
  wsstls_relay_row_begin(w, &row);
  wsstls_relay_act(w, wire, len, WSSTLS_RELAY_HEAD, message, 0, &row);
}

/* Whether some rule wants this kind of message. */
static int wanted(const wsstls_relay_way *w, int message)
{
  const wsstls_relay *r = w->pair->relay;

  for (size_t i = 0; i < r->nrules; i++)
    if (r->rules[i]->handshake == message &&
        wsstls_relay_rule_looks(r->rules[i], w->from))
      return 1;
  return 0;
}

/* The messages of what is held, without record headers, malloc'd. */
static unsigned char *messages_of(const wsstls_relay_way *w, size_t *len)
{
  unsigned char *all = malloc(w->held_len);
  size_t at = 0;

  *len = 0;
  while (all != NULL && at < w->held_len) {
    size_t fragment = wsstls_relay_fragment(w->held + at);

    memcpy(all + *len, w->held + at + WSSTLS_RELAY_HEAD, fragment);
    *len += fragment;
    at += WSSTLS_RELAY_HEAD + fragment;
  }
  return all;
}

static size_t message_size(const unsigned char *message, size_t left)
{
  size_t size = left;

  if (left >= WSSTLS_MESSAGE_HEAD)
    size = WSSTLS_MESSAGE_HEAD + ((size_t)message[1] << 16 |
                                  (size_t)message[2] << 8 | message[3]);
  return size < left ? size : left;
}

/* Every message in a record of its own (or several, when it is long). */
static void recut(wsstls_relay_way *w, const unsigned char *all, size_t len)
{
  unsigned char head[WSSTLS_RELAY_HEAD], *wire;
  size_t at = 0, size;

  memcpy(head, w->held, sizeof head);
  for (; at < len; at += size) {
    int type = wsstls_relay_message_type(all + at, len - at);
    size_t shown;
    wsstls_relay_row row;

    size = message_size(all + at, len - at);
    wire = malloc(sizeof head + size);
    if (wire == NULL)
      return;
    shown = size < FRAGMENT_MOST ? size : FRAGMENT_MOST;
    head[3] = (unsigned char)(shown >> 8);
    head[4] = (unsigned char)shown;
    memcpy(wire, head, sizeof head);
    memcpy(wire + sizeof head, all + at, size);
    memcpy(w->parser.head, head, sizeof head);
    w->parser.nmessages = 1;
    w->parser.messages[0] = (uint8_t)type;
    wsstls_relay_row_begin(w, &row);
    row.length = (uint32_t)size;
    wsstls_relay_act(w, wire, sizeof head + size, WSSTLS_RELAY_HEAD, type, 1,
                     &row);
    free(wire);
  }
}

/* Tells the parser which messages begin in those bytes of the whole. */
static void name_messages(wsstls_relay_way *w, const unsigned char *all,
                          size_t len, size_t from, size_t size)
{
  wsstls_relay_parser *p = &w->parser;

  p->nmessages = 0;
  for (size_t at = 0; at < len && p->nmessages < WSSTLS_RELAY_MESSAGES;
       at += message_size(all + at, len - at))
    if (at >= from && at < from + size)
      p->messages[p->nmessages++] =
        (uint8_t)wsstls_relay_message_type(all + at, len - at);
}

static void as_they_came(wsstls_relay_way *w, const unsigned char *all,
                         size_t len, int message)
{
  size_t at = 0, off = 0, size = w->held_len;

  w->held_len = 0;
  while (at < size) {
    size_t fragment = wsstls_relay_fragment(w->held + at);

    name_messages(w, all, len, off, fragment);
    one_record(w, w->held + at, WSSTLS_RELAY_HEAD + fragment, message);
    off += fragment;
    at += WSSTLS_RELAY_HEAD + fragment;
  }
}

/* What is held goes on: as it came, unless a rule wants one of its messages
 * and it shares a record. */
static void release(wsstls_relay_way *w)
{
  unsigned char *all;
  size_t len;
  int hit = 0, alone;

  if (w->held_len == 0)
    return;
  all = messages_of(w, &len);
  if (all == NULL) {
    wsstls_relay_pair_end(w->pair, 3, 1, WSSTLS_RELAY_BY_RELAY);
    return;
  }
  alone = w->held_len == WSSTLS_RELAY_HEAD + len &&
          message_size(all, len) == len;
  for (size_t i = 0; i < len; i += message_size(all + i, len - i))
    hit |= wanted(w, wsstls_relay_message_type(all + i, len - i));
  if (hit && !alone)
    recut(w, all, len);
  else
    as_they_came(w, all, len,
                 alone ? wsstls_relay_message_type(all, len) : -1);
  free(all);
  w->held_len = 0;
}

static void record(wsstls_relay_way *w, unsigned char *wire, size_t len)
{
  int clear = wire[0] == WSSTLS_RELAY_HANDSHAKE && !w->parser.encrypted &&
              len > WSSTLS_RELAY_HEAD && !w->deaf;
  int whole;

  wsstls_relay_parser_feed(&w->parser, wire, len, &whole);
  w->pair->sum.records[w->from]++;
  if (clear && (w->held_len > 0 || w->pair->relay->listens[w->from]) &&
      append(&w->held, &w->held_len, &w->held_room, wire, len)) {
    w->deaf = w->held_len > HELD_MOST; /* no message is that long */
    if (w->parser.message_len == 0 || w->deaf)
      release(w);
  } else {
    uint8_t n = w->parser.nmessages, messages[WSSTLS_RELAY_MESSAGES];

    memcpy(messages, w->parser.messages, sizeof messages);
    release(w);
    w->parser.nmessages = n;
    memcpy(w->parser.messages, messages, sizeof messages);
    one_record(w, wire, len, -1);
  }
  memcpy(w->parser.head, wire, WSSTLS_RELAY_HEAD);
  wsstls_relay_parser_next(&w->parser);
}

static void plain(wsstls_relay_way *w, unsigned char *bytes, size_t len)
{
  wsstls_relay_row row;

  w->parser.plain = 1;
  wsstls_relay_row_begin(w, &row);
  row.length = (uint32_t)len;
  wsstls_relay_act(w, bytes, len, 0, -1, 0, &row);
}

/* How much of a record is there: what to take next of `len` bytes. */
static size_t collect(wsstls_relay_way *w, unsigned char *bytes, size_t len)
{
  size_t need = w->in_len < WSSTLS_RELAY_HEAD
                  ? WSSTLS_RELAY_HEAD - w->in_len
                  : WSSTLS_RELAY_HEAD + wsstls_relay_fragment(w->in) -
                      w->in_len;
  size_t taken = need < len ? need : len;

  if (!append(&w->in, &w->in_len, &w->in_room, bytes, taken)) {
    wsstls_relay_pair_end(w->pair, 3, 1, WSSTLS_RELAY_BY_RELAY);
    return len;
  }
  if (!wsstls_relay_plausible(w->in, w->in_len)) {
    release(w);
    plain(w, w->in, w->in_len);
    w->in_len = 0;
  } else if (w->in_len >= WSSTLS_RELAY_HEAD &&
             w->in_len == WSSTLS_RELAY_HEAD + wsstls_relay_fragment(w->in)) {
    size_t whole = w->in_len;

    w->in_len = 0;
    record(w, w->in, whole);
  }
  return taken;
}

static size_t next_piece(wsstls_relay_way *w, unsigned char *bytes,
                         size_t len)
{
  size_t whole;

  if (w->parser.plain ||
      (w->in_len == 0 && !wsstls_relay_plausible(bytes, len))) {
    release(w);
    plain(w, bytes, len);
    return len;
  }
  if (w->in_len == 0 && len >= WSSTLS_RELAY_HEAD &&
      wsstls_relay_plausible(bytes, WSSTLS_RELAY_HEAD)) {
    whole = WSSTLS_RELAY_HEAD + wsstls_relay_fragment(bytes);
    if (whole <= len) { /* it need not be copied */
      record(w, bytes, whole);
      return whole;
    }
  }
  return collect(w, bytes, len);
}

/* The rest of a record whose beginning has gone before there were rules. */
static size_t rest_of_record(wsstls_relay_way *w, unsigned char *bytes,
                             size_t len)
{
  size_t rest = WSSTLS_RELAY_HEAD - w->parser.head_len + w->parser.left;

  if (w->parser.head_len < WSSTLS_RELAY_HEAD)
    rest = 1; /* of its header: the length is not known yet */
  rest = rest < len ? rest : len;
  pass(w, bytes, rest);
  return rest;
}

void wsstls_relay_input(wsstls_relay_way *w, unsigned char *bytes,
                        size_t len)
{
  const wsstls_relay *r = w->pair->relay;

  w->pair->sum.bytes[w->from] += len;
  if (!r->looks[w->from] && w->in_len == 0 && w->held_len == 0 &&
      !w->muted && !w->stalled) {
    pass(w, bytes, len);
    return;
  }
  while (len > 0 && !w->pair->over) {
    size_t n = w->in_len == 0 && w->parser.head_len > 0 && !w->parser.plain
                 ? rest_of_record(w, bytes, len)
                 : next_piece(w, bytes, len);

    bytes += n;
    len -= n;
  }
}

/* The end of the stream inside a record or a message. */
void wsstls_relay_input_end(wsstls_relay_way *w)
{
  wsstls_relay_row row;

  release(w);
  if (w->in_len == 0)
    return;
  memcpy(w->parser.head, w->in,
         w->in_len < WSSTLS_RELAY_HEAD ? w->in_len : WSSTLS_RELAY_HEAD);
  w->parser.nmessages = 0;
  wsstls_relay_row_begin(w, &row);
  row.partial = 1;
  row.length = (uint32_t)w->in_len;
  wsstls_relay_row_add(w->pair->relay, &row);
  wsstls_relay_queue_bytes(&w->queue, w->in, w->in_len, 0);
  w->in_len = 0;
}
