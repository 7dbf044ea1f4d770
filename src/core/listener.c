/* listener.c: see listener.h. */
#include "listener.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include "conn_parts.h"
#include "socket.h"

enum { ACCEPTS = 64, BACKLOG = 512 };

typedef struct accepted {
  struct accepted *next;
  wsstls_conn *conn;
} accepted;

struct wsstls_listener {
  wsstls_io io;                /* first: the loop casts */
  int refs, live;
  wsstls_address address;
  wsstls_tlsconf *tls;
  int max_connections;
  double handshake_timeout, close_timeout, ping_interval, ping_timeout;
  size_t max_message;
  int compress, review, keylog;
  accepted *queue, **tail;
};

/* ------------------------------------------------------------- accepting */

static wsstls_conn *conn_for(wsstls_listener *l, int fd,
                             const wsstls_address *peer)
{
  wsstls_conn *c = wsstls_conn_new(l->io.loop, 1, l->tls);

  if (c == NULL)
    return NULL;
  c->listener = wsstls_listener_ref(l);
  c->io.fd = fd;
  c->wire.fd = fd;
  c->max_message = l->max_message;
  c->compress = l->compress;
  if (l->review)
    wsstls_conn_review(c);
  if (l->keylog)
    wsstls_conn_keylog(c);
  c->ping_interval = l->ping_interval;
  c->ping_timeout = l->ping_timeout;
  c->limits.close = l->close_timeout;
  c->o.record.phase = l->tls != NULL ? WSSTLS_PHASE_TLS
                                     : WSSTLS_PHASE_UPGRADE;
  if (l->handshake_timeout > 0)
    c->deadline = wsstls_after(l->handshake_timeout);
  memcpy(c->o.record.peer_ip, peer->ip, sizeof peer->ip);
  c->o.record.peer_port = peer->port;
  wsstls_record_event(&c->o.record, WSSTLS_EVENT_ACCEPTED, 0, 0);
  return c;
}

/* Gives the socket to lws. On failure lws has closed it. */
static void adopt(wsstls_listener *l, wsstls_conn *c)
{
  lws_adopt_desc_t d;
  struct lws *wsi;

  memset(&d, 0, sizeof d);
  d.vh = l->tls != NULL ? l->io.loop->server : l->io.loop->plain;
  d.type = LWS_ADOPT_SOCKET | LWS_ADOPT_HTTP |
           (l->tls != NULL ? LWS_ADOPT_ALLOW_SSL : 0);
  d.fd.sockfd = c->io.fd;
  d.opaque = c;
  wsstls_conn_ref(c); /* the wsi's reference */
  c->wsi_born = 1;
  wsstls_io_watch(&c->io);
  wsstls_conn_begin(c); /* lws goes on to the ClientHello at once */
  wsi = lws_adopt_descriptor_vhost_via_info(&d);
  if (wsi != NULL)
    c->wsi = wsi;
  wsstls_conn_finish(c);
  if (wsi == NULL) {
    if (c->wsi_born) {
      c->wsi_born = 0;
      l->live--;
      wsstls_io_unwatch(&c->io);
      wsstls_conn_end(c, WSSTLS_LIMIT_FILES);
      wsstls_conn_unref(c);
    }
    return;
  }
  if (l->tls == NULL || c->head == WSSTLS_HEAD_READING) {
    /* a quick client: the handshake was over before there was a wsi */
    wsstls_conn_hold(c);
    wsstls_io_again(&c->io);
  }
  wsstls_conn_arm(c);
}

static void enqueue(wsstls_listener *l, wsstls_conn *c)
{
  accepted *a = malloc(sizeof *a);

  if (a == NULL) {
    wsstls_conn_unref(c);
    return;
  }
  a->next = NULL;
  a->conn = c;
  *l->tail = a;
  l->tail = &a->next;
  wsstls_io_ready(&l->io);
}

static void on_events(wsstls_io *io, unsigned events)
{
  wsstls_listener *l = (wsstls_listener *)io;

  (void)events;
  for (int i = 0; i < ACCEPTS && l->io.fd >= 0; i++) {
    wsstls_address peer;
    wsstls_conn *c;
    int fd = wsstls_socket_accept(l->io.fd, &peer);

    if (fd < 0)
      return;
    if (l->max_connections > 0 && l->live >= l->max_connections) {
      close(fd); /* nothing better can be said before TLS */
      continue;
    }
    c = conn_for(l, fd, &peer);
    if (c == NULL) {
      close(fd);
      continue;
    }
    l->live++;
    adopt(l, c);
    enqueue(l, c);
  }
}

wsstls_conn *wsstls_listener_next(wsstls_listener *l)
{
  accepted *a = l->queue;
  wsstls_conn *c;

  if (a == NULL)
    return NULL;
  l->queue = a->next;
  if (l->queue == NULL)
    l->tail = &l->queue;
  c = a->conn;
  free(a);
  return c;
}

void wsstls_listener_released(wsstls_listener *l)
{
  l->live--;
}

/* --------------------------------------------------------------- listening */

static void hold(wsstls_io *io)
{
  wsstls_listener_ref((wsstls_listener *)io);
}

static void drop(wsstls_io *io)
{
  wsstls_listener_unref((wsstls_listener *)io);
}

wsstls_status wsstls_listener_open(wsstls_loop *loop,
                                   const wsstls_listen_opts *o,
                                   wsstls_listener **out, wsstls_error *err)
{
  wsstls_listener *l = calloc(1, sizeof *l);
  wsstls_status status;

  *out = NULL;
  if (l == NULL)
    return wsstls_error_set(err, WSSTLS_LIMIT_MEMORY, "no memory");
  l->refs = 1;
  l->io.loop = wsstls_loop_ref(loop);
  l->io.fd = -1;
  l->io.level = 1;
  l->io.on_events = on_events;
  l->io.on_hold = hold;
  l->io.on_drop = drop;
  l->tail = &l->queue;
  l->tls = o->tls != NULL ? wsstls_tlsconf_ref(o->tls) : NULL;
  l->max_connections = o->max_connections;
  l->handshake_timeout = o->handshake_timeout;
  l->close_timeout = o->close_timeout;
  l->ping_interval = o->ping_interval;
  l->ping_timeout = o->ping_timeout;
  l->max_message = o->max_message;
  l->compress = o->compress;
  l->review = o->review;
  l->keylog = o->keylog;
  status = wsstls_socket_listen(o->host, o->port,
                                o->backlog > 0 ? o->backlog : BACKLOG,
                                &l->io.fd, &l->address, err);
  if (status != WSSTLS_OK) {
    wsstls_listener_unref(l);
    return status;
  }
  wsstls_io_watch(&l->io);
  *out = l;
  return WSSTLS_OK;
}

wsstls_listener *wsstls_listener_ref(wsstls_listener *l)
{
  l->refs++;
  return l;
}

void wsstls_listener_close(wsstls_listener *l)
{
  int fd = l->io.fd;
  wsstls_conn *c;

  while ((c = wsstls_listener_next(l)) != NULL) {
    wsstls_conn_abort(c); /* accepted, and nobody will ever ask */
    wsstls_conn_unref(c);
  }
  if (fd < 0)
    return;
  wsstls_io_unwatch(&l->io);
  close(fd);
}

void wsstls_listener_unref(wsstls_listener *l)
{
  wsstls_loop *loop;

  if (l == NULL || --l->refs > 0)
    return;
  loop = l->io.loop;
  wsstls_listener_close(l);
  wsstls_tlsconf_unref(l->tls);
  free(l);
  wsstls_loop_unref(loop);
}

void wsstls_listener_set_tls(wsstls_listener *l, wsstls_tlsconf *tls)
{
  wsstls_tlsconf *old = l->tls;

  l->tls = wsstls_tlsconf_ref(tls);
  wsstls_tlsconf_unref(old);
}

int wsstls_listener_port(const wsstls_listener *l)
{
  return l->address.port;
}

const char *wsstls_listener_host(const wsstls_listener *l)
{
  return l->address.ip;
}

int wsstls_listener_count(const wsstls_listener *l)
{
  return l->live;
}

wsstls_io *wsstls_listener_io(wsstls_listener *l)
{
  return &l->io;
}
