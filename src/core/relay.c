/* relay.c: see relay.h: listening, the rules, the list of connections. */
#include "relay_parts.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* ------------------------------------------------------------- its records */

void wsstls_relay_row_add(wsstls_relay *r, const wsstls_relay_row *row)
{
  wsstls_relay_log_add(&r->log, row);
  if (r->watched)
    wsstls_io_ready(&r->io);
}

static void remember(wsstls_relay *r, const wsstls_relay_summary *sum)
{
  if (r->nover == r->over_room && r->over_room < WSSTLS_RELAY_REMEMBERED) {
    size_t room = r->over_room ? r->over_room * 4 : 16;
    wsstls_relay_summary *more;

    if (room > WSSTLS_RELAY_REMEMBERED)
      room = WSSTLS_RELAY_REMEMBERED;
    more = realloc(r->over, room * sizeof *more);
    if (more == NULL)
      return;
    r->over = more;
    r->over_room = room;
  }
  r->over[r->nover++ % r->over_room] = *sum;
}

void wsstls_relay_leave(wsstls_relay_pair *p)
{
  wsstls_relay *r = p->relay;

  p->sum.over = wsstls_now() - r->began;
  remember(r, &p->sum);
  if (p->prev != NULL)
    p->prev->next = p->next;
  else
    r->pairs = p->next;
  if (p->next != NULL)
    p->next->prev = p->prev;
  r->npairs--;
  if (!r->closed)
    wsstls_io_ready(&r->io); /* somebody may wait for it */
  wsstls_relay_pair_unref(p);
}

wsstls_relay_tally *wsstls_relay_tally_of(wsstls_relay_pair *p,
                                          const wsstls_relay_rule *rule)
{
  if (p->ntallies < rule->id) {
    size_t n = p->relay->rule_ids;
    wsstls_relay_tally *more = realloc(p->tallies, n * sizeof *more);

    if (more == NULL)
      return NULL;
    memset(more + p->ntallies, 0, (n - p->ntallies) * sizeof *more);
    p->tallies = more;
    p->ntallies = n;
  }
  return &p->tallies[rule->id - 1];
}

/* -------------------------------------------------------------- connections */

/* Until a pair listens: a dial never ends before the next turn. */
static void on_nothing(wsstls_stream *s, unsigned events, void *ud)
{
  (void)s;
  (void)events;
  (void)ud;
}

static void on_accepted(wsstls_acceptor *a, int fd,
                        const wsstls_address *peer, void *ud)
{
  wsstls_relay *r = ud;
  wsstls_relay_pair *p = wsstls_relay_pair_new(r, peer);
  wsstls_stream *client, *server = NULL;

  if (p == NULL) {
    close(fd);
    return;
  }
  if (r->refuse_after >= 0 && (long)r->connections >= r->refuse_after)
    wsstls_acceptor_pause(a, 1);
  client = wsstls_stream_adopt(r->io.loop, fd, peer, on_nothing, NULL);
  if (client != NULL && !r->silent)
    server = wsstls_stream_dial(r->io.loop, r->upstream, r->upstream_port,
                                r->connect_timeout, on_nothing, NULL);
  if (client == NULL || (server == NULL && !r->silent)) {
    wsstls_stream_unref(client);
    wsstls_relay_leave(p);
    return;
  }
  wsstls_relay_pair_start(p, client, server, 0);
}

int wsstls_relay_pair_up(wsstls_relay *r, wsstls_stream *client,
                         const void *from_client, size_t client_len,
                         wsstls_stream *server, const void *from_server,
                         size_t server_len)
{
  const void *bytes[2] = { from_client, from_server };
  size_t len[2] = { client_len, server_len };
  wsstls_relay_pair *p = r->closed ? NULL
    : wsstls_relay_pair_new(r, wsstls_stream_peer(client));

  if (p == NULL) {
    wsstls_stream_unref(client);
    wsstls_stream_unref(server);
    return 0;
  }
  p->refs++;
  wsstls_relay_pair_start(p, client, server, 1);
  for (int i = 0; i < 2; i++) {
    unsigned char *copy = len[i] > 0 && !p->over ? malloc(len[i]) : NULL;

    if (copy == NULL)
      continue;
    memcpy(copy, bytes[i], len[i]); /* rules may write into it */
    wsstls_relay_input(&p->way[i], copy, len[i]);
    free(copy);
    wsstls_relay_pump(&p->way[i]);
  }
  wsstls_relay_pair_settle(p);
  wsstls_relay_pair_unref(p);
  return 1;
}

/* -------------------------------------------------------------------- rules */

static void count_rules(wsstls_relay *r)
{
  memset(r->looks, 0, sizeof r->looks);
  memset(r->listens, 0, sizeof r->listens);
  for (size_t i = 0; i < r->nrules; i++)
    for (int from = 0; from < 2; from++)
      if (wsstls_relay_rule_looks(r->rules[i], from)) {
        r->looks[from] = 1;
        r->listens[from] |= r->rules[i]->handshake >= 0;
      }
}

uint32_t wsstls_relay_add(wsstls_relay *r, wsstls_relay_rule *rule)
{
  wsstls_relay_rule **more = realloc(r->rules,
                                     (r->nrules + 1) * sizeof *more);

  if (more == NULL)
    return 0;
  r->rules = more;
  r->rules[r->nrules++] = rule;
  rule->id = ++r->rule_ids;
  count_rules(r);
  return rule->id;
}

/* What a stall of that rule held back goes on. */
static void release(wsstls_relay_way *w, uint32_t id)
{
  int freed = 0;

  for (wsstls_owed *o = w->queue.head; o != NULL; o = o->next)
    if (o->rule == id && o->act == WSSTLS_OWE_STALL) {
      o->act = WSSTLS_OWE_WAIT;
      freed = 1;
    }
  if (!freed)
    return;
  w->stalled = 0;
  for (const wsstls_owed *o = w->queue.head; o != NULL; o = o->next)
    if (o->act == WSSTLS_OWE_STALL) {
      w->stalled = 1;
      w->stall_rule = o->rule;
    }
  wsstls_relay_pump(w);
}

int wsstls_relay_remove(wsstls_relay *r, uint32_t id)
{
  size_t i = 0;

  while (i < r->nrules && r->rules[i]->id != id)
    i++;
  if (i == r->nrules)
    return 0;
  wsstls_relay_rule_free(r->rules[i]);
  memmove(&r->rules[i], &r->rules[i + 1],
          (--r->nrules - i) * sizeof *r->rules);
  count_rules(r);
  for (wsstls_relay_pair *p = r->pairs, *next; p != NULL; p = next) {
    next = p->next;
    p->refs++;
    release(&p->way[0], id);
    release(&p->way[1], id);
    wsstls_relay_pair_settle(p);
    wsstls_relay_pair_unref(p);
  }
  return 1;
}

const wsstls_relay_rule *wsstls_relay_rule_at(const wsstls_relay *r,
                                              size_t index)
{
  return r->rules[index];
}

size_t wsstls_relay_rules(const wsstls_relay *r)
{
  return r->nrules;
}

/* --------------------------------------------------------------- the object */

static void hold(wsstls_io *io)
{
  ((wsstls_relay *)io)->refs++;
}

static void drop(wsstls_io *io)
{
  wsstls_relay_unref((wsstls_relay *)io);
}

static void on_events(wsstls_io *io, unsigned events)
{
  (void)io;
  (void)events; /* it has no descriptor: only its parts have */
}

static wsstls_relay *new_relay(wsstls_loop *loop, const wsstls_relay_opts *o)
{
  wsstls_relay *r = calloc(1, sizeof *r);

  if (r == NULL)
    return NULL;
  r->refs = 1;
  r->io.loop = wsstls_loop_ref(loop);
  r->io.fd = -1;
  r->io.on_events = on_events;
  r->io.on_hold = hold;
  r->io.on_drop = drop;
  r->began = wsstls_now();
  r->upstream_port = o->upstream_port;
  r->silent = o->silent;
  r->connect_timeout = o->connect_timeout;
  r->refuse_after = o->refuse_after;
  r->seed = o->seed;
  r->upstream = strdup(o->upstream != NULL ? o->upstream : "");
  r->buffer = malloc(WSSTLS_RELAY_BUFFER);
  if (r->upstream != NULL && r->buffer != NULL)
    return r;
  wsstls_relay_unref(r);
  return NULL;
}

wsstls_status wsstls_relay_open(wsstls_loop *loop,
                                const wsstls_relay_opts *o,
                                wsstls_relay **out, wsstls_error *err)
{
  wsstls_relay *r = new_relay(loop, o);
  wsstls_status status;

  *out = NULL;
  if (r == NULL)
    return wsstls_error_set(err, WSSTLS_LIMIT_MEMORY, "no memory");
  if (o->host != NULL) {
    status = wsstls_acceptor_open(loop, o->host, o->port,
                                  o->backlog > 0 ? o->backlog : 512,
                                  on_accepted, r, &r->acceptor, err);
    if (status != WSSTLS_OK) {
      wsstls_relay_unref(r);
      return status;
    }
    r->address = *wsstls_acceptor_address(r->acceptor);
    if (o->deaf && !wsstls_acceptor_deafen(r->acceptor)) {
      wsstls_relay_unref(r);
      return wsstls_error_set(err, WSSTLS_LISTEN_FAILED,
                              "the queue of the relay cannot be filled");
    }
    if (r->refuse_after == 0)
      wsstls_acceptor_pause(r->acceptor, 1);
  }
  *out = r;
  return WSSTLS_OK;
}

static void end_all(wsstls_relay *r)
{
  while (r->pairs != NULL) {
    wsstls_relay_pair *p = r->pairs;

    p->refs++;
    wsstls_relay_pair_end(p, 3, 0, WSSTLS_RELAY_BY_RELAY);
    p->open = 1; /* also when it was still dialling */
    wsstls_relay_pair_settle(p);
    wsstls_relay_pair_unref(p);
  }
}

void wsstls_relay_down(wsstls_relay *r, int down, int cut)
{
  if (r->closed || r->acceptor == NULL)
    return;
  wsstls_acceptor_pause(r->acceptor, down);
  if (cut)
    end_all(r);
}

void wsstls_relay_close(wsstls_relay *r)
{
  if (r->closed)
    return;
  r->closed = 1;
  if (r->acceptor != NULL)
    wsstls_acceptor_close(r->acceptor);
  end_all(r);
}

void wsstls_relay_unref(wsstls_relay *r)
{
  wsstls_loop *loop;

  if (r == NULL || --r->refs > 0)
    return;
  loop = r->io.loop;
  r->refs = 1; /* its connections refer to it while they go */
  wsstls_relay_close(r);
  wsstls_acceptor_unref(r->acceptor);
  while (r->nrules > 0)
    wsstls_relay_rule_free(r->rules[--r->nrules]);
  free(r->rules);
  wsstls_relay_log_free(&r->log);
  free(r->over);
  free(r->upstream);
  free(r->buffer);
  free(r);
  wsstls_loop_unref(loop);
}

/* -------------------------------------------------------------- what it has */

const wsstls_relay_log *wsstls_relay_rows(const wsstls_relay *r)
{
  return &r->log;
}

size_t wsstls_relay_connections(const wsstls_relay *r)
{
  return (r->nover < r->over_room ? r->nover : r->over_room) + r->npairs;
}

const wsstls_relay_summary *wsstls_relay_connection(const wsstls_relay *r,
                                                    size_t index)
{
  size_t kept = r->nover < r->over_room ? r->nover : r->over_room;
  const wsstls_relay_pair *p = r->pairs;

  if (index < kept)
    return &r->over[(r->nover - kept + index) % r->over_room];
  for (size_t i = r->npairs - 1 - (index - kept); i > 0; i--)
    p = p->next; /* the newest is first */
  return &p->sum;
}

const wsstls_address *wsstls_relay_address(const wsstls_relay *r)
{
  return &r->address;
}

wsstls_io *wsstls_relay_io(wsstls_relay *r)
{
  return &r->io;
}

void wsstls_relay_watch(wsstls_relay *r, int watch)
{
  r->watched = watch;
}
