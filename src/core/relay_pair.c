/* relay_pair.c: one relayed connection: its two streams, and its end. */
#include "relay_parts.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

enum {
  RECEIVES = 4,                /* in one turn */
  RESET_US = 10000             /* by which a RST lags behind what it follows */
};

static void init_way(wsstls_relay_pair *p, int from)
{
  wsstls_relay_way *w = &p->way[from];

  w->pair = p;
  w->from = (uint8_t)from;
  w->parser.session = &p->session;
  w->timer.fire = wsstls_relay_pump_at;
  wsstls_relay_queue_init(&w->queue);
}

wsstls_relay_pair *wsstls_relay_pair_new(wsstls_relay *r,
                                         const wsstls_address *client)
{
  wsstls_relay_pair *p = calloc(1, sizeof *p);

  if (p == NULL)
    return NULL;
  p->relay = r;
  p->refs = 1; /* the relay's list */
  for (int i = 0; i < 2; i++) {
    p->side[i].pair = p;
    p->side[i].who = (uint8_t)i;
    init_way(p, i);
  }
  p->sum.number = ++r->connections;
  p->sum.began = wsstls_now() - r->began;
  if (client != NULL)
    p->sum.client = *client;
  p->next = r->pairs;
  if (r->pairs != NULL)
    r->pairs->prev = p;
  r->pairs = p;
  r->npairs++;
  return p;
}

static void free_way(wsstls_relay_way *w)
{
  wsstls_timer_cancel(&w->pair->relay->io.loop->timers, &w->timer);
  while (w->again != NULL) {
    wsstls_relay_again *next = w->again->next;

    free(w->again);
    w->again = next;
  }
  wsstls_relay_queue_free(&w->queue);
  free(w->in);
  free(w->held);
}

void wsstls_relay_pair_unref(wsstls_relay_pair *p)
{
  if (--p->refs > 0)
    return;
  free_way(&p->way[0]);
  free_way(&p->way[1]);
  free(p->tallies);
  free(p);
}

/* -------------------------------------------------------------- its ending */

static void blame(wsstls_relay_pair *p, wsstls_relay_end by)
{
  if (p->sum.end == WSSTLS_RELAY_OPEN)
    p->sum.end = by;
}

static wsstls_relay_end side_of(int who)
{
  return who ? WSSTLS_RELAY_BY_SERVER : WSSTLS_RELAY_BY_CLIENT;
}

static void drop_side(wsstls_relay_pair *p, int who, int reset)
{
  wsstls_stream *s = p->side[who].stream;

  if (s == NULL)
    return;
  p->side[who].stream = NULL;
  if (reset)
    wsstls_stream_reset(s);
  else
    wsstls_stream_close(s, NULL, 0);
  wsstls_stream_unref(s);
  p->way[who].ended = 1;
  p->way[!who].finished = 1;
}

void wsstls_relay_pair_end(wsstls_relay_pair *p, unsigned to, int reset,
                           wsstls_relay_end by)
{
  blame(p, by);
  for (int who = 0; who < 2; who++)
    if (to >> who & 1)
      drop_side(p, who, reset);
}

/* A send that fails may be the first to know of a RST: the last words that
 * came before it (an alert) are still there to read. */
static void last_words(wsstls_relay_way *w)
{
  wsstls_relay_pair *p = w->pair;

  for (int i = 0; i < RECEIVES && !p->over && !w->stalled; i++) {
    ssize_t n = wsstls_stream_recv(p->side[w->from].stream,
                                   p->relay->buffer, WSSTLS_RELAY_BUFFER);

    if (n <= 0)
      return;
    wsstls_relay_input(w, p->relay->buffer, (size_t)n);
  }
}

/* One end is gone without a word: the other hears the same. Not at once: a
 * RST that catches up with an alert would make its reader miss it. */
void wsstls_relay_pair_broke(wsstls_relay_pair *p, int who)
{
  wsstls_owed reset = { .act = WSSTLS_OWE_RESET, .to = (uint8_t)(who ? 1 : 2) };
  wsstls_relay_way *w = &p->way[who];

  if (p->side[who].stream == NULL)
    return;
  blame(p, side_of(who));
  last_words(w);
  drop_side(p, who, 1);
  if (p->sum.bytes[who] > 0)
    reset.due = wsstls_now() + RESET_US;
  if (!w->muted)
    wsstls_relay_queue_add(&w->queue, &reset, NULL, 0);
  wsstls_relay_pump(w);
}

/* Whether nothing can happen in this direction any more. */
static int way_over(const wsstls_relay_way *w)
{
  return w->finished || (w->stalled && (w->ended || w->hung));
}

static int is_over(const wsstls_relay_pair *p)
{
  int gone = 0, waiting = 0;

  for (int who = 0; who < 2; who++) {
    gone += p->side[who].stream == NULL;
    waiting += p->side[who].stream != NULL && !p->way[who].ended;
  }
  if (gone > 0) /* the other end was left alone on purpose */
    return waiting == 0;
  return way_over(&p->way[0]) && way_over(&p->way[1]);
}

static void finish(wsstls_relay_pair *p)
{
  p->over = 1;
  for (int i = 0; i < 2; i++) {
    wsstls_relay_way *w = &p->way[i];

    wsstls_relay_queue_rest(&w->queue, &p->sum.lost_bytes[i],
                            &p->sum.lost_records[i]);
    wsstls_relay_queue_free(&w->queue);
    wsstls_timer_cancel(&p->relay->io.loop->timers, &w->timer);
    drop_side(p, i, 0);
  }
  wsstls_relay_leave(p);
}

static int wants_input(const wsstls_relay_way *w)
{
  const wsstls_relay *r = w->pair->relay;
  size_t most = r->looks[w->from] || w->stalled ? WSSTLS_RELAY_HIGH : 1;

  return !w->ended && w->pair->open && w->queue.bytes < most;
}

void wsstls_relay_pair_settle(wsstls_relay_pair *p)
{
  if (p->over)
    return;
  if (p->relay->closed || (p->open && is_over(p))) {
    blame(p, p->relay->closed ? WSSTLS_RELAY_BY_RELAY : WSSTLS_RELAY_BY_RULE);
    finish(p);
    return;
  }
  for (int who = 0; who < 2; who++)
    if (p->side[who].stream != NULL)
      wsstls_stream_want(p->side[who].stream,
        (wants_input(&p->way[who]) ? WSSTLS_READABLE : 0u) |
        (p->way[!who].blocked ? WSSTLS_WRITABLE : 0u));
}

/* --------------------------------------------------------------- its events */

/* slow_close: how much later the other end shall hear of this one's end. */
static double slowness(wsstls_relay_way *w)
{
  wsstls_relay_pair *p = w->pair;
  wsstls_relay_subject subject = { .seed = p->relay->seed, .from = w->from,
                                   .connection = p->sum.number };
  double seconds = 0;

  for (size_t i = 0; i < p->relay->nrules; i++) {
    wsstls_relay_rule *r = p->relay->rules[i];
    wsstls_relay_tally *t = wsstls_relay_tally_of(p, r);

    if (r->action != WSSTLS_RELAY_SLOW_CLOSE || !(r->from >> w->from & 1) ||
        t == NULL)
      continue;
    r->matched++;
    r->fired++;
    t->seen[w->from]++;
    seconds += wsstls_relay_rule_seconds(r, t, &subject);
  }
  return seconds;
}

static void input_ended(wsstls_relay_way *w)
{
  wsstls_owed fin = { .act = WSSTLS_OWE_FIN };
  double slow = slowness(w);

  w->ended = 1;
  blame(w->pair, side_of(w->from));
  wsstls_relay_input_end(w);
  if (slow > 0)
    fin.due = wsstls_after(slow);
  if (!w->muted)
    wsstls_relay_queue_add(&w->queue, &fin, NULL, 0);
  wsstls_relay_pump(w);
}

/* What came in may have put something into either queue. */
static void pump_both(wsstls_relay_way *w)
{
  wsstls_relay_way *other = &w->pair->way[!w->from];

  wsstls_relay_pump(w);
  if (other->queue.head != NULL && !other->blocked)
    wsstls_relay_pump(other);
}

static void receive(wsstls_relay_way *w)
{
  wsstls_relay_pair *p = w->pair;

  for (int i = 0; i < RECEIVES && !p->over && wants_input(w); i++) {
    ssize_t n = wsstls_stream_recv(p->side[w->from].stream,
                                   p->relay->buffer, WSSTLS_RELAY_BUFFER);

    if (n > 0) {
      wsstls_relay_input(w, p->relay->buffer, (size_t)n);
      pump_both(w);
    } else if (n == 0) {
      input_ended(w);
    } else {
      if (n != -EAGAIN)
        wsstls_relay_pair_broke(p, w->from);
      return;
    }
  }
}

static void dial_failed(wsstls_relay_pair *p)
{
  wsstls_relay_row row;
  wsstls_stream *s = p->side[1].stream;

  p->sum.status = wsstls_stream_status(s);
  p->sum.error = wsstls_stream_errno(s);
  memset(&row, 0, sizeof row);
  row.at = wsstls_now() - p->relay->began;
  row.connection = p->sum.number;
  row.from = 1;
  row.type = WSSTLS_RELAY_CONNECTION;
  row.status = p->sum.status;
  wsstls_relay_row_add(p->relay, &row);
  blame(p, WSSTLS_RELAY_BY_UPSTREAM);
  drop_side(p, 0, 1);
  finish(p);
}

static void on_hangup(wsstls_relay_pair *p, int who)
{
  p->way[who].hung = 1;
  if (p->side[1].stream == NULL && !p->open) { /* nobody was dialled */
    blame(p, side_of(who));
    finish(p);
  }
}

static void on_stream(wsstls_stream *s, unsigned events, void *ud)
{
  wsstls_relay_side *side = ud;
  wsstls_relay_pair *p = side->pair;
  int who = side->who;

  (void)s;
  p->refs++;
  if (events & WSSTLS_FAILED)
    dial_failed(p);
  if (events & WSSTLS_OPENED)
    p->open = 1;
  if (events & WSSTLS_HANGUP)
    on_hangup(p, who);
  if (!p->over && (events & WSSTLS_WRITABLE)) {
    p->way[!who].blocked = 0;
    wsstls_relay_pump(&p->way[!who]);
  }
  if (!p->over && (events & WSSTLS_READABLE))
    receive(&p->way[who]);
  wsstls_relay_pair_settle(p);
  wsstls_relay_pair_unref(p);
}

void wsstls_relay_pair_start(wsstls_relay_pair *p, wsstls_stream *client,
                             wsstls_stream *server, int open)
{
  p->side[0].stream = client;
  p->side[1].stream = server;
  p->open = (uint8_t)open;
  wsstls_stream_listen(client, on_stream, &p->side[0]);
  if (server != NULL)
    wsstls_stream_listen(server, on_stream, &p->side[1]);
  wsstls_relay_pair_settle(p);
}
