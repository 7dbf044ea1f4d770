/* conn.c: a connection's life: birth, attachment to its SSL, its one end. */
#include "conn_parts.h"

#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <openssl/err.h>
#include "classify.h"
#include "linger.h"
#include "listener.h"
#include "resolver.h"

enum { LINGER_SECONDS = 5 };

static void hold(wsstls_io *io)
{
  wsstls_conn_ref((wsstls_conn *)io);
}

static void drop(wsstls_io *io)
{
  wsstls_conn_unref((wsstls_conn *)io);
}

static void on_flush(wsstls_io *io)
{
  wsstls_conn *c = (wsstls_conn *)io;

  if (c->wsi != NULL && c->want_out)
    wsstls_conn_write_out(c);
  if (c->wsi != NULL && wsstls_wire_unsent(&c->wire) > 0 &&
      !c->wire.blocked)
    wsstls_wire_flush(&c->wire);
}

static void on_output(wsstls_wire *wire)
{
  wsstls_conn *c = (wsstls_conn *)(void *)((char *)wire -
                                           offsetof(wsstls_conn, wire));

  wsstls_io_dirty(&c->io);
}

/* Where ALPN chose h2, lws takes the connection for HTTP/2: its client never
 * frees the state of that (4.1.6), its server reads no HTTP/1.1. It looks
 * right after this, and the record has the choice. OpenSSL has no call that
 * takes it back; these bytes are the connection's own. */
static void hide_h2(const SSL *ssl)
{
  const unsigned char *name;
  unsigned len;

  SSL_get0_alpn_selected(ssl, &name, &len);
  if (len == 2 && memcmp(name, "h2", 2) == 0)
    memset((void *)(uintptr_t)name, 0, 2);
}

static void on_handshake(wsstls_observer *o)
{
  wsstls_conn *c = (wsstls_conn *)(void *)((char *)o -
                                           offsetof(wsstls_conn, o));

  o->record.phase = WSSTLS_PHASE_UPGRADE;
  hide_h2(c->wire.ssl);
  if (o->record.is_server && o->review == WSSTLS_REVIEW_WANTED &&
      o->record.verdict != NULL) {
    /* a server cannot pause inside OpenSSL 3.0: it asks before the upgrade */
    o->review = WSSTLS_REVIEW_WAITING;
    c->verify_due = 1;
    wsstls_conn_notify(c);
  }
  wsstls_conn_hold(c);
  wsstls_conn_arm(c);
}

static void on_keylog(wsstls_observer *o, const char *line)
{
  wsstls_conn *c = (wsstls_conn *)(void *)((char *)o -
                                           offsetof(wsstls_conn, o));
  size_t len = strlen(line);
  wsstls_item *item = wsstls_item_new(WSSTLS_ITEM_KEYLOG, len);

  if (item == NULL)
    return;
  memcpy(item->data, line, len);
  item->len = len;
  wsstls_conn_queue(c, item);
}

void wsstls_conn_keylog(wsstls_conn *c)
{
  c->o.on_keylog = on_keylog;
}

void wsstls_conn_review(wsstls_conn *c)
{
  c->o.review = WSSTLS_REVIEW_WANTED;
}

int wsstls_conn_reviewing(const wsstls_conn *c)
{
  return c->o.review != WSSTLS_REVIEW_NONE && !c->o.record.is_server &&
         c->wire.ssl != NULL && !c->o.record.handshake_done;
}

wsstls_conn *wsstls_conn_new(wsstls_loop *loop, int is_server,
                             wsstls_tlsconf *tls)
{
  wsstls_conn *c = calloc(1, sizeof *c);

  if (c == NULL)
    return NULL;
  c->refs = 1;
  c->io.loop = wsstls_loop_ref(loop);
  c->io.fd = -1;
  c->io.on_events = wsstls_conn_turn;
  c->io.on_flush = on_flush;
  c->io.on_hold = hold;
  c->io.on_drop = drop;
  wsstls_record_init(&c->o.record, is_server, tls != NULL);
  c->o.tls = tls != NULL ? wsstls_tlsconf_ref(tls) : NULL;
  c->o.on_handshake = on_handshake;
  c->o.record.verify_disabled =
    tls != NULL && !is_server && !wsstls_tlsconf_policy(tls)->check_peer;
  c->wire.shared = &loop->wires;
  c->wire.record = &c->o.record;
  c->wire.fd = -1;
  c->wire.on_output = on_output;
  wsstls_conn_timers_init(c);
  c->items_tail = &c->items;
  c->frames_tail = &c->frames;
  c->max_message = (size_t)64 << 20;
  loop->conns++;
  return c;
}

wsstls_conn *wsstls_conn_ref(wsstls_conn *c)
{
  c->refs++;
  return c;
}

static void free_items(wsstls_conn *c)
{
  while (c->items != NULL) {
    wsstls_item *next = c->items->next;

    free(c->items);
    c->items = next;
  }
  free(c->rx);
  free(c->control);
  free(c->pong);
  free(c->early);
}

void wsstls_conn_unref(wsstls_conn *c)
{
  wsstls_loop *loop;

  if (c == NULL || --c->refs > 0)
    return;
  loop = c->io.loop;
  wsstls_timer_cancel(&loop->timers, &c->timer);
  wsstls_timer_cancel(&loop->timers, &c->keepalive);
  wsstls_io_unwatch(&c->io);
  wsstls_wire_release(&c->wire);
  if (wsstls_log_current() == &c->o.record)
    wsstls_log_target(NULL);
  wsstls_record_free(&c->o.record);
  wsstls_tlsconf_unref(c->o.tls);
  free_items(c);
  wsstls_conn_frames_free(c);
  wsstls_deflate_free(c->deflate);
  wsstls_conn_dial_free(c);
  wsstls_listener_unref(c->listener);
  free(c->answer);
  free(c->protocol);
  free(c->close_reason);
  free(c);
  loop->conns--;
  wsstls_loop_unref(loop);
}

/* --------------------------------------------------------------- attaching */

wsstls_observer *wsstls_conn_attach(SSL *ssl)
{
  wsstls_loop *loop = wsstls_loop_current();
  wsstls_io *io = wsstls_io_of(loop, SSL_get_fd(ssl));
  wsstls_conn *c = (wsstls_conn *)io;

  if (io == NULL || io->on_events != wsstls_conn_turn || c->o.tls == NULL ||
      c->wire.ssl != NULL)
    return NULL;
  c->wire.fd = io->fd;
  if (!wsstls_wire_attach(&c->wire, ssl))
    return NULL;
  if (wsstls_conn_reviewing(c) && c->wsi != NULL)
    lws_rx_flow_control(c->wsi, 0);
  return &c->o;
}

/* ------------------------------------------------------------------ the end */

void wsstls_conn_end(wsstls_conn *c, wsstls_status status)
{
  wsstls_record *r = &c->o.record;
  wsstls_timers *timers = &c->io.loop->timers;

  if (c->ended)
    return;
  wsstls_conn_drained(c); /* the last moment to know it */
  c->ended = 1;
  r->outcome.status = status;
  wsstls_classify(c, &r->outcome);
  wsstls_record_event(r, WSSTLS_EVENT_ENDED, 0, 0);
  wsstls_timer_cancel(timers, &c->keepalive);
  c->closed_due = 1;
  c->verify_due = c->head_due = c->drained_due = 0;
  if (c->wsi != NULL) /* lws may still be saying goodbye */
    wsstls_timer_set(timers, &c->timer,
                     wsstls_now() + LINGER_SECONDS * 1000000);
  else
    wsstls_timer_cancel(timers, &c->timer);
  wsstls_conn_notify(c);
}

void wsstls_conn_kill(wsstls_conn *c)
{
  /* lws goes by stages: flushing, shutdown, closed */
  wsstls_conn_ref(c);
  c->killed = 1;
  for (int i = 0; i < 4 && c->wsi != NULL; i++)
    lws_set_timeout(c->wsi, PENDING_TIMEOUT_KILLED_BY_PARENT,
                    LWS_TO_KILL_SYNC);
  wsstls_conn_unref(c);
}

void wsstls_conn_abort(wsstls_conn *c)
{
  if (!c->ended) {
    c->o.record.close_by = 1;
    wsstls_conn_end(c, WSSTLS_CANCELLED);
  }
  if (c->lookup != NULL) {
    wsstls_lookup_cancel(c->lookup);
    c->lookup = NULL;
    wsstls_conn_unref(c);
  }
  wsstls_conn_kill(c); /* NOLINT: whoever aborts holds a reference, too */
}

const char *wsstls_conn_state(const wsstls_conn *c)
{
  if (c->ended)
    return "closed";
  if (!c->opened)
    return "connecting";
  return c->close_wanted || c->o.record.close_received ? "closing" : "open";
}

size_t wsstls_conn_buffered(const wsstls_conn *c)
{
  return c->frame_bytes + c->partial_bytes + wsstls_wire_unsent(&c->wire);
}
