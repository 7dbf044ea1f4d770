/* relay_unit.c: one record past all the rules, and into the queue.
 *
 * The rules are asked in order. What they leave of the record is queued, as
 * they said; the row of the log says who did what.
 */
#include "relay_unit.h"

#include <stdlib.h>
#include <string.h>

typedef wsstls_relay_unit unit;

static void apply_rules(unit *u, wsstls_relay_row *row)
{
  wsstls_relay_pair *p = u->way->pair;
  wsstls_relay *relay = p->relay;

  for (size_t i = 0; i < relay->nrules; i++) {
    wsstls_relay_rule *r = relay->rules[i];
    wsstls_relay_tally *t = wsstls_relay_tally_of(p, r);

    if (t == NULL || !wsstls_relay_rule_takes(r, t, u->subject))
      continue;
    if (!wsstls_relay_do(u, r, t)) {
      r->unfit += r->action != WSSTLS_RELAY_LIMIT;
      continue;
    }
    r->fired++;
    row->actions |= 1u << r->action;
    if (row->rule == 0)
      row->rule = r->id;
  }
}

/* Bytes that belong together go as one item; those collected by coalesce
 * join the ones that wait already. */
static int queue_bytes(unit *u, const unsigned char *bytes, size_t len)
{
  wsstls_relay_queue *q = &u->way->queue;
  const wsstls_owed *last = q->last;

  if (u->like.gather && last != NULL && last->gather)
    return wsstls_relay_queue_gather(q, bytes, len);
  if (u->like.due == 0 && u->like.rate <= 0 && u->like.chunk == 0)
    return wsstls_relay_queue_bytes(q, bytes, len, 1);
  return wsstls_relay_queue_add(q, &u->like, bytes, len) != NULL;
}

/* A message longer than a record may be becomes several of them. */
static int queue_cut(unit *u)
{
  unsigned char record[WSSTLS_RELAY_HEAD + WSSTLS_FRAGMENT_MOST];
  size_t at = u->head;

  memcpy(record, u->wire, WSSTLS_RELAY_HEAD);
  while (at < u->len) {
    size_t n = u->len - at < WSSTLS_FRAGMENT_MOST ? u->len - at
                                                  : WSSTLS_FRAGMENT_MOST;

    record[3] = (unsigned char)(n >> 8);
    record[4] = (unsigned char)n;
    memcpy(record + WSSTLS_RELAY_HEAD, u->wire + at, n);
    if (!queue_bytes(u, record, WSSTLS_RELAY_HEAD + n))
      return 0;
    at += n;
  }
  return 1;
}

static int queue_once(unit *u)
{
  if (u->len == 0)
    return 1;
  if (u->rebuilt && u->head > 0 && u->len - u->head > WSSTLS_FRAGMENT_MOST)
    return queue_cut(u);
  return queue_bytes(u, u->wire, u->len);
}

static int queue_unit(unit *u)
{
  wsstls_relay_summary *sum = &u->way->pair->sum;
  int ok = 1;

  u->like.records = 1;
  if (u->cut)
    sum->lost_bytes[u->way->from] += u->came - u->len;
  if (u->dropped) {
    sum->lost_records[u->way->from]++;
    sum->lost_bytes[u->way->from] += u->len;
  } else {
    for (unsigned i = 0; ok && i <= u->copies; i++)
      ok = queue_once(u);
  }
  for (unsigned i = 0; ok && i < u->nends; i++)
    ok = wsstls_relay_queue_add(&u->way->queue, &u->ends[i], NULL, 0) != NULL;
  return ok;
}

/* A row for what nobody will get any more. */
static int silenced(wsstls_relay_way *w, size_t len, wsstls_relay_row *row)
{
  if (w->stalled) {
    row->actions |= 1u << WSSTLS_RELAY_STALL;
    row->rule = w->stall_rule;
  }
  if (!w->muted)
    return 0;
  row->actions |= w->mute_actions;
  row->rule = w->mute_rule;
  w->pair->sum.lost_records[w->from]++;
  w->pair->sum.lost_bytes[w->from] += len;
  return 1;
}

void wsstls_relay_act(wsstls_relay_way *w, unsigned char *wire, size_t len,
                      size_t head, int message, int rebuilt,
                      wsstls_relay_row *row)
{
  wsstls_relay_pair *p = w->pair;
  wsstls_relay_subject subject = {
    .seed = p->relay->seed, .connection = p->sum.number, .from = w->from,
    .type = row->type, .message = (int16_t)message, .begins = w->begins,
    .ends = w->begins + len };
  unit u = { .way = w, .subject = &subject, .wire = wire, .len = len,
             .came = len, .head = head, .rebuilt = rebuilt,
             .message = message };

  w->begins += len;
  if (!silenced(w, len, row)) {
    int stalled = w->stalled;

    if (!stalled) /* once it waits for good, rules have done with it */
      apply_rules(&u, row);
    if (!queue_unit(&u))
      wsstls_relay_pair_end(p, 3, 1, WSSTLS_RELAY_BY_RELAY);
    wsstls_relay_again_records(w);
  }
  free(u.own);
  wsstls_relay_row_add(p->relay, row);
}

/* ----------------------------------------------------------------- replays */

static void send_again(wsstls_relay_way *w, wsstls_relay_again **at)
{
  wsstls_relay_again *a = *at;
  wsstls_owed alone = { .act = WSSTLS_OWE_BYTES };

  *at = a->next;
  w->again_bytes -= a->len;
  if (!w->muted)
    wsstls_relay_queue_add(&w->queue, &alone, a->bytes, a->len);
  free(a);
}

/* One more record has passed. */
void wsstls_relay_again_records(wsstls_relay_way *w)
{
  wsstls_relay_again **at = &w->again;

  while (*at != NULL) {
    if ((*at)->after > 0 && --(*at)->after == 0)
      send_again(w, at);
    else
      at = &(*at)->next;
  }
}

/* Queues those whose time has come; when the next one's does (0: none). */
int64_t wsstls_relay_again_due(wsstls_relay_way *w, int64_t now)
{
  wsstls_relay_again **at = &w->again;
  int64_t next = 0;

  while (*at != NULL) {
    if ((*at)->due > 0 && (*at)->due <= now) {
      send_again(w, at);
      continue;
    }
    if ((*at)->due > 0 && (next == 0 || (*at)->due < next))
      next = (*at)->due;
    at = &(*at)->next;
  }
  return next;
}
