/* raw_listener.c: see raw_listener.h. */
#include "raw_listener.h"

#include <stdlib.h>
#include <unistd.h>

typedef struct waiting {
  struct waiting *next;
  wsstls_raw *peer;
} waiting;

struct wsstls_raw_listener {
  wsstls_acceptor *acceptor;
  wsstls_raw_tls tls;
  int read_ahead, backlog, count;
  waiting *queue, **tail;
};

static void on_accepted(wsstls_acceptor *a, int fd,
                        const wsstls_address *address, void *ud)
{
  wsstls_raw_listener *l = ud;
  wsstls_io *io = wsstls_acceptor_io(a);
  waiting *w = l->count < l->backlog ? malloc(sizeof *w) : NULL;

  if (w == NULL) {
    close(fd);
    return;
  }
  w->next = NULL;
  w->peer = wsstls_raw_accepted(io->loop, fd, address, &l->tls,
                                l->read_ahead);
  if (w->peer == NULL) {
    free(w);
    return;
  }
  *l->tail = w;
  l->tail = &w->next;
  l->count++;
  wsstls_io_ready(io);
}

wsstls_status wsstls_raw_listen(wsstls_loop *loop, const char *host, int port,
                                int backlog, const wsstls_raw_tls *tls,
                                int read_ahead, wsstls_raw_listener **out,
                                wsstls_error *err)
{
  wsstls_raw_listener *l = calloc(1, sizeof *l);
  wsstls_status status;

  *out = NULL;
  if (l == NULL)
    return wsstls_error_set(err, WSSTLS_LIMIT_MEMORY, "no memory");
  l->tls = *tls;
  if (tls->conf != NULL)
    l->tls.conf = wsstls_tlsconf_ref(tls->conf);
  l->read_ahead = read_ahead;
  l->backlog = backlog;
  l->tail = &l->queue;
  status = wsstls_acceptor_open(loop, host, port, backlog, on_accepted, l,
                                &l->acceptor, err);
  if (status != WSSTLS_OK) {
    wsstls_raw_listener_free(l);
    return status;
  }
  *out = l;
  return WSSTLS_OK;
}

wsstls_raw *wsstls_raw_listener_next(wsstls_raw_listener *l)
{
  waiting *w = l->queue;
  wsstls_raw *peer;

  if (w == NULL)
    return NULL;
  l->queue = w->next;
  if (l->queue == NULL)
    l->tail = &l->queue;
  l->count--;
  peer = w->peer;
  free(w);
  return peer;
}

const wsstls_address *
wsstls_raw_listener_address(const wsstls_raw_listener *l)
{
  return wsstls_acceptor_address(l->acceptor);
}

wsstls_io *wsstls_raw_listener_io(wsstls_raw_listener *l)
{
  return wsstls_acceptor_io(l->acceptor);
}

void wsstls_raw_listener_close(wsstls_raw_listener *l)
{
  wsstls_raw *peer;

  if (l->acceptor != NULL)
    wsstls_acceptor_close(l->acceptor);
  while ((peer = wsstls_raw_listener_next(l)) != NULL)
    wsstls_raw_unref(peer);
}

void wsstls_raw_listener_free(wsstls_raw_listener *l)
{
  if (l == NULL)
    return;
  wsstls_raw_listener_close(l);
  wsstls_acceptor_unref(l->acceptor);
  wsstls_tlsconf_unref(l->tls.conf);
  free(l);
}
