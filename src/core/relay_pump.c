/* relay_pump.c: what goes out of one direction, and when. */
#include "relay_parts.h"

#include <stddef.h>

enum { PER_TURN = 256 };       /* items: others want their turn */

/* A rate is kept in pieces of a hundredth of a second. */
static const double PIECE = 0.01;

static void arm(wsstls_relay_way *w, int64_t at)
{
  if (w->again_at != 0 && w->again_at < at)
    at = w->again_at; /* a replay comes first */
  wsstls_timer_set(&w->pair->relay->io.loop->timers, &w->timer, at);
}

static size_t piece_of(const wsstls_owed *o)
{
  size_t n = o->len - o->off;

  if (o->chunk > 0 && n > o->chunk)
    n = o->chunk;
  if (o->rate > 0 && (double)n > o->rate * PIECE)
    n = o->rate * PIECE < 1 ? 1 : (size_t)(o->rate * PIECE);
  return n;
}

/* When the rest of a split record may follow: at once is a turn later. */
static int64_t after_chunk(const wsstls_owed *o, int64_t now)
{
  return now + 1 + wsstls_duration(o->gap);
}

/* 1: go on with the next item; 0: later. */
static int send_bytes(wsstls_relay_way *w, wsstls_owed *o, int64_t now)
{
  wsstls_stream *sink = w->pair->side[!w->from].stream;
  wsstls_owed was = *o;
  ssize_t n;

  if (o->rate > 0 && w->next_at > now) {
    arm(w, w->next_at);
    return 0;
  }
  n = wsstls_stream_send(sink, o->bytes + o->off, piece_of(o));
  if (n < 0) {
    wsstls_relay_pair_broke(w->pair, !w->from);
    return 0;
  }
  if (n == 0) {
    w->blocked = 1;
    return 0;
  }
  if (o->rate > 0)
    w->next_at = (w->next_at > now ? w->next_at : now) +
                 wsstls_duration((double)n / o->rate);
  wsstls_relay_queue_sent(&w->queue, (size_t)n);
  if (o->off == o->len)
    wsstls_relay_queue_drop(&w->queue);
  else if (was.chunk > 0)
    o->due = after_chunk(o, now);
  if (was.chunk > 0) {
    arm(w, after_chunk(&was, now));
    return 0;
  }
  return 1;
}

static int not_yet(const wsstls_owed *o, int64_t now)
{
  return o->due > now && !(o->gather && o->len >= o->enough);
}

static int one_wait(wsstls_relay_way *w, wsstls_owed *o, int64_t now)
{
  if (!o->begun) {
    o->begun = 1;
    o->due = now + wsstls_duration(o->seconds);
    return 1;
  }
  wsstls_relay_queue_drop(&w->queue);
  return 1;
}

static int one_item(wsstls_relay_way *w, wsstls_owed *o, int64_t now)
{
  wsstls_stream *sink = w->pair->side[!w->from].stream;
  int to = o->to, reset = o->act == WSSTLS_OWE_RESET;

  switch (o->act) {
  case WSSTLS_OWE_BYTES:
    return send_bytes(w, o, now);
  case WSSTLS_OWE_WAIT:
    return one_wait(w, o, now);
  case WSSTLS_OWE_STALL:
    return 0;
  case WSSTLS_OWE_FIN:
    wsstls_relay_queue_drop(&w->queue);
    wsstls_stream_shutdown(sink);
    w->finished = 1;
    return 1;
  case WSSTLS_OWE_CLOSE:
  case WSSTLS_OWE_RESET:
    wsstls_relay_queue_drop(&w->queue);
    wsstls_relay_pair_end(w->pair, (unsigned)to, reset,
                          WSSTLS_RELAY_BY_RULE);
    return 0;
  }
  return 0;
}

/* What nobody can receive any more is lost. */
static void discard(wsstls_relay_way *w)
{
  wsstls_relay_summary *sum = &w->pair->sum;

  wsstls_relay_queue_rest(&w->queue, &sum->lost_bytes[w->from],
                          &sum->lost_records[w->from]);
  wsstls_relay_queue_free(&w->queue);
}

void wsstls_relay_pump(wsstls_relay_way *w)
{
  int64_t now = wsstls_now();

  w->again_at = wsstls_relay_again_due(w, now);
  if (w->again_at != 0)
    arm(w, w->again_at);
  for (int i = 0; !w->pair->over && w->queue.head != NULL; i++) {
    wsstls_owed *o = w->queue.head;

    if (w->pair->side[!w->from].stream == NULL) {
      discard(w);
      return;
    }
    if (i == PER_TURN || not_yet(o, now)) {
      arm(w, i == PER_TURN ? now + 1 : o->due);
      return;
    }
    if (!one_item(w, o, now))
      return;
  }
}

void wsstls_relay_pump_at(wsstls_timer *timer)
{
  wsstls_relay_way *w = (wsstls_relay_way *)(void *)
    ((char *)timer - offsetof(wsstls_relay_way, timer));
  wsstls_relay_pair *p = w->pair;

  p->refs++;
  wsstls_relay_pump(w);
  wsstls_relay_pair_settle(p);
  wsstls_relay_pair_unref(p);
}
