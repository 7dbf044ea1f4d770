/* relay_action.c: what each action makes of a record.
 *
 * It may change the bytes, say how they are sent, or what comes instead.
 */
#include "relay_unit.h"

#include <stdlib.h>
#include <string.h>
#include "relay_cert.h"

typedef wsstls_relay_unit unit;

typedef int action(unit *u, const wsstls_relay_rule *r,
                   wsstls_relay_tally *t);

static unsigned this_end(const unit *u)
{
  return u->way->from ? WSSTLS_RELAY_TO_CLIENT : WSSTLS_RELAY_TO_SERVER;
}

static void lose(unit *u)
{
  /* what an earlier rule has cut was meant to arrive */
  u->dropped = !u->cut;
}

/* `seconds` later, and not before what it follows. */
static int append_end(unit *u, const wsstls_owed *end, double seconds)
{
  int64_t due = seconds > 0 ? wsstls_after(seconds) : 0;

  if (u->nends == WSSTLS_RELAY_ENDS)
    return 0;
  u->ends[u->nends] = *end;
  u->ends[u->nends++].due = due > u->like.due ? due : u->like.due;
  return 1;
}

/* ------------------------------------------------------- changing the bytes */

static int do_flip(unit *u, const wsstls_relay_rule *r, wsstls_relay_tally *t)
{
  int64_t at = r->has_offset ? r->offset : -1;

  (void)t;
  if (r->byte >= 0 && !r->has_offset && !u->own)
    at = r->byte - (int64_t)u->subject->begins; /* any byte, head or not */
  else
    at += (int64_t)(at < 0 ? u->len : u->head);
  if (at < (int64_t)(r->byte >= 0 ? 0 : u->head) || at >= (int64_t)u->len)
    return 0;
  u->wire[at] ^= (unsigned char)r->mask;
  return 1;
}

static void set_length(unit *u)
{
  size_t n = u->len - u->head;

  if (u->head == 0)
    return;
  if (u->rebuilt && n > WSSTLS_FRAGMENT_MOST)
    n = WSSTLS_FRAGMENT_MOST; /* it will be several records */
  u->wire[3] = (unsigned char)(n >> 8);
  u->wire[4] = (unsigned char)n;
}

static int do_replace(unit *u, const wsstls_relay_rule *r,
                      wsstls_relay_tally *t)
{
  unsigned char *message = NULL, *wire;
  const unsigned char *with = r->bytes;
  size_t n = r->nbytes;

  (void)t;
  if (r->with != NULL)
    with = message = wsstls_relay_certificate(r->with, &n);
  wire = with != NULL || n == 0 ? malloc(u->head + n + 1) : NULL;
  if (wire == NULL) {
    free(message);
    return 0;
  }
  memcpy(wire, u->wire, u->head);
  if (n > 0)
    memcpy(wire + u->head, with, n);
  free(message);
  free(u->own);
  u->wire = u->own = wire;
  u->len = u->head + n;
  u->rebuilt |= u->message >= 0 || n > 65535;
  set_length(u);
  return 1;
}

static int do_truncate(unit *u, const wsstls_relay_rule *r,
                       wsstls_relay_tally *t)
{
  size_t keep = u->head + (u->len - u->head) / 2;

  (void)t;
  if (r->has_length)
    keep = u->head + (size_t)r->length;
  else if (r->byte >= 0)
    keep = (size_t)r->byte - (size_t)u->subject->begins;
  if (keep >= u->len)
    return 0;
  u->len = keep; /* the head keeps promising more */
  u->cut = 1;
  return 1;
}

/* --------------------------------------------------- more of them, or fewer */

static int do_inject(unit *u, const wsstls_relay_rule *r,
                     wsstls_relay_tally *t)
{
  (void)t;
  return wsstls_relay_queue_bytes(&u->way->queue, r->bytes, r->nbytes, 0);
}

static int do_drop(unit *u, const wsstls_relay_rule *r, wsstls_relay_tally *t)
{
  (void)r;
  (void)t;
  u->dropped = 1;
  return 1;
}

static int do_duplicate(unit *u, const wsstls_relay_rule *r,
                        wsstls_relay_tally *t)
{
  (void)t;
  u->copies += r->count ? r->count : 1;
  return 1;
}

static int do_replay(unit *u, const wsstls_relay_rule *r,
                     wsstls_relay_tally *t)
{
  wsstls_relay_again *again, **tail = &u->way->again;
  double seconds = wsstls_relay_rule_seconds(r, t, u->subject);

  if (seconds <= 0 && r->count == 0) {
    u->copies++;
    return 1;
  }
  if (u->way->again_bytes + u->len > WSSTLS_RELAY_HIGH)
    return 0; /* there is a limit to what is kept for later */
  again = malloc(sizeof *again + u->len);
  if (again == NULL)
    return 0;
  u->way->again_bytes += u->len;
  again->next = NULL;
  again->after = seconds > 0 ? 0 : r->count + 1; /* it is counted, too */
  again->due = seconds > 0 ? wsstls_after(seconds) : 0;
  again->len = u->len;
  memcpy(again->bytes, u->wire, u->len);
  while (*tail != NULL)
    tail = &(*tail)->next;
  *tail = again;
  return 1;
}

/* --------------------------------------------------------------- their time */

static int do_split(unit *u, const wsstls_relay_rule *r,
                    wsstls_relay_tally *t)
{
  u->like.chunk = r->has_length ? (uint32_t)r->length : 1;
  u->like.gap = wsstls_relay_rule_seconds(r, t, u->subject);
  return 1;
}

static int do_coalesce(unit *u, const wsstls_relay_rule *r,
                       wsstls_relay_tally *t)
{
  double seconds = wsstls_relay_rule_seconds(r, t, u->subject);

  u->like.gather = 1;
  u->like.enough = r->has_length ? (size_t)r->length : WSSTLS_FRAGMENT_MOST;
  u->like.due = wsstls_after(seconds > 0 ? seconds : 0.05);
  return 1;
}

/* Delays of one record after the other add up; latency does not. */
static int do_delay(unit *u, const wsstls_relay_rule *r, wsstls_relay_tally *t)
{
  wsstls_relay_way *w = u->way;
  int64_t now = wsstls_now(), from = w->last_due > now ? w->last_due : now;

  w->last_due = from +
    wsstls_duration(wsstls_relay_rule_seconds(r, t, u->subject));
  if (w->last_due > u->like.due)
    u->like.due = w->last_due;
  return 1;
}

static int do_latency(unit *u, const wsstls_relay_rule *r,
                      wsstls_relay_tally *t)
{
  int64_t due = wsstls_after(wsstls_relay_rule_seconds(r, t, u->subject));

  if (due > u->like.due)
    u->like.due = due;
  return 1;
}

static int do_throttle(unit *u, const wsstls_relay_rule *r,
                       wsstls_relay_tally *t)
{
  (void)t;
  if (u->like.rate <= 0 || r->rate < u->like.rate)
    u->like.rate = r->rate;
  return 1;
}

/* ---------------------------------------------------------------- their end */

static void stall_way(wsstls_relay_way *w, const wsstls_relay_rule *r)
{
  w->stalled = 1;
  w->stall_rule = r->id;
}

static int do_stall(unit *u, const wsstls_relay_rule *r,
                    wsstls_relay_tally *t)
{
  double seconds = wsstls_relay_rule_seconds(r, t, u->subject);
  wsstls_owed end = { .act = seconds > 0 ? WSSTLS_OWE_WAIT : WSSTLS_OWE_STALL,
                      .seconds = seconds, .rule = r->id };
  wsstls_relay_way *other = &u->way->pair->way[!u->way->from];
  unsigned to = r->to ? r->to : 3;

  if (to & ~this_end(u) & 3) {
    wsstls_relay_queue_add(&other->queue, &end, NULL, 0);
    if (seconds <= 0)
      stall_way(other, r);
  }
  if (!(to & this_end(u)))
    return 1;
  if (seconds <= 0)
    stall_way(u->way, r);
  if (u->cut) /* what is left of it was meant to arrive */
    return append_end(u, &end, 0);
  return wsstls_relay_queue_add(&u->way->queue, &end, NULL, 0) != NULL;
}

static void mute(wsstls_relay_way *w, const wsstls_relay_rule *r)
{
  w->muted = 1;
  w->mute_rule = r->id;
  w->mute_actions = 1u << r->action;
}

static int do_half_close(unit *u, const wsstls_relay_rule *r,
                         wsstls_relay_tally *t)
{
  double seconds = wsstls_relay_rule_seconds(r, t, u->subject);
  wsstls_owed end = { .act = WSSTLS_OWE_FIN };
  wsstls_relay_way *other = &u->way->pair->way[!u->way->from];
  unsigned to = r->to ? r->to : this_end(u);

  if (to & ~this_end(u) & 3) {
    end.due = wsstls_after(seconds);
    wsstls_relay_queue_add(&other->queue, &end, NULL, 0);
    mute(other, r);
  }
  if (!(to & this_end(u)))
    return 1;
  lose(u);
  mute(u->way, r);
  return append_end(u, &end, seconds);
}

static int do_end(unit *u, const wsstls_relay_rule *r, wsstls_relay_tally *t)
{
  wsstls_owed end = { .act = r->action == WSSTLS_RELAY_RESET
                               ? WSSTLS_OWE_RESET : WSSTLS_OWE_CLOSE,
                      .to = r->to ? r->to : 3 };

  lose(u);
  mute(u->way, r);
  return append_end(u, &end,
                    wsstls_relay_rule_seconds(r, t, u->subject));
}

static int do_limit(unit *u, const wsstls_relay_rule *r, wsstls_relay_tally *t)
{
  uint64_t *passed = &t->bytes[u->way->from], most = (uint64_t)r->length;
  uint64_t before = *passed;

  *passed += u->len;
  if (*passed <= most)
    return 0;
  u->len = before < most ? (size_t)(most - before) : 0;
  u->cut = 1;
  return do_end(u, r, t);
}

static int do_nothing(unit *u, const wsstls_relay_rule *r,
                      wsstls_relay_tally *t)
{
  (void)u;
  (void)r;
  (void)t;
  return 0; /* slow_close looks at ends, not at records */
}

static action *const actions[WSSTLS_RELAY_ACTION_COUNT] = {
  [WSSTLS_RELAY_FLIP] = do_flip, [WSSTLS_RELAY_REPLACE] = do_replace,
  [WSSTLS_RELAY_TRUNCATE] = do_truncate, [WSSTLS_RELAY_INJECT] = do_inject,
  [WSSTLS_RELAY_DROP] = do_drop, [WSSTLS_RELAY_DUPLICATE] = do_duplicate,
  [WSSTLS_RELAY_REPLAY] = do_replay, [WSSTLS_RELAY_SPLIT] = do_split,
  [WSSTLS_RELAY_COALESCE] = do_coalesce, [WSSTLS_RELAY_DELAY] = do_delay,
  [WSSTLS_RELAY_LATENCY] = do_latency,
  [WSSTLS_RELAY_THROTTLE] = do_throttle, [WSSTLS_RELAY_STALL] = do_stall,
  [WSSTLS_RELAY_HALF_CLOSE] = do_half_close,
  [WSSTLS_RELAY_SLOW_CLOSE] = do_nothing, [WSSTLS_RELAY_LIMIT] = do_limit,
  [WSSTLS_RELAY_CLOSE] = do_end, [WSSTLS_RELAY_RESET] = do_end
};

int wsstls_relay_do(unit *u, const wsstls_relay_rule *r,
                    wsstls_relay_tally *t)
{
  return actions[r->action](u, r, t);
}
