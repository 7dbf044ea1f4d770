/* stream_dial.c: from a name to a connected stream, address by address. */
#include "stream_parts.h"

#include <errno.h>
#include <netdb.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>
#include "resolver.h"

typedef struct wsstls_dial {
  wsstls_stream *stream;
  wsstls_lookup *lookup;       /* while it runs */
  wsstls_timer timer;
  int port;
  size_t count, next;
  char (*addresses)[46];
} wsstls_dial;

void wsstls_dial_free(wsstls_stream *s)
{
  wsstls_dial *d = s->dial;

  if (d == NULL)
    return;
  s->dial = NULL;
  if (d->lookup != NULL)
    wsstls_lookup_cancel(d->lookup);
  wsstls_timer_cancel(&s->io.loop->timers, &d->timer);
  free(d->addresses);
  free(d);
}

static void drop_socket(wsstls_stream *s)
{
  int fd = s->io.fd;

  wsstls_io_unwatch(&s->io);
  if (fd >= 0)
    close(fd);
}

/* The end of a dial, told in a later turn: its caller may not have the
 * stream in hand yet. */
static void fail(wsstls_stream *s, wsstls_status status, int error)
{
  drop_socket(s);
  s->status = status;
  s->error = error;
  wsstls_io_again(&s->io);
}

static void next_address(wsstls_stream *s)
{
  wsstls_dial *d = s->dial;

  for (;;) {
    if (d->next == d->count) {
      fail(s, wsstls_socket_status(s->error), s->error);
      return;
    }
    memcpy(s->peer.ip, d->addresses[d->next++], sizeof s->peer.ip);
    s->peer.port = (uint16_t)d->port;
    s->io.fd = wsstls_socket_connect(&s->peer);
    if (s->io.fd >= 0)
      break;
    s->error = errno;
  }
  wsstls_io_watch(&s->io);
}

static void resolved(void *ud, int error, const char (*addresses)[46],
                     size_t count)
{
  wsstls_stream *s = ud;
  wsstls_dial *d = s->dial;

  d->lookup = NULL;
  if (error != 0 || count == 0) {
    fail(s, error == EAI_NONAME ? WSSTLS_DNS_NOT_FOUND : WSSTLS_DNS_FAILED,
         0);
    return;
  }
  d->addresses = malloc(count * sizeof *d->addresses);
  if (d->addresses == NULL) {
    fail(s, WSSTLS_LIMIT_MEMORY, 0);
    return;
  }
  memcpy(d->addresses, addresses, count * sizeof *d->addresses);
  d->count = count;
  next_address(s);
}

static void on_limit(wsstls_timer *timer)
{
  wsstls_dial *d = (wsstls_dial *)(void *)((char *)timer -
                                           offsetof(wsstls_dial, timer));

  if (d->stream->status == WSSTLS_OK)
    fail(d->stream, WSSTLS_TIMEOUT_CONNECT, 0);
}

void wsstls_dial_events(wsstls_stream *s, unsigned events)
{
  int error = 0;
  socklen_t len = sizeof error;

  if (s->status != WSSTLS_OK) {
    wsstls_dial_free(s);
    s->fn(s, WSSTLS_FAILED, s->ud);
    return;
  }
  if (s->io.fd < 0 || (events & ~(unsigned)WSSTLS_READABLE) == 0)
    return;
  getsockopt(s->io.fd, SOL_SOCKET, SO_ERROR, &error, &len);
  if (error != 0) {
    s->error = error;
    drop_socket(s);
    next_address(s);
    return;
  }
  s->error = 0;
  wsstls_dial_free(s);
  s->writable = 1;
  s->fn(s, WSSTLS_OPENED, s->ud);
}

static void start(wsstls_stream *s, const char *host)
{
  wsstls_dial *d = s->dial;

  if (wsstls_is_ip(host)) {
    char address[1][46];

    snprintf(address[0], sizeof address[0], "%s", host);
    resolved(s, 0, (const char (*)[46])address, 1);
    return;
  }
  d->lookup = wsstls_lookup_start(s->io.loop, host, resolved, s);
  if (d->lookup == NULL)
    fail(s, WSSTLS_DNS_FAILED, 0);
}

wsstls_stream *wsstls_stream_dial(wsstls_loop *loop, const char *host,
                                  int port, double seconds,
                                  wsstls_stream_fn fn, void *ud)
{
  wsstls_stream *s = wsstls_stream_new(loop, fn, ud);
  wsstls_dial *d = s != NULL ? calloc(1, sizeof *d) : NULL;

  if (d == NULL) {
    wsstls_stream_unref(s);
    return NULL;
  }
  s->dial = d;
  s->peer.port = (uint16_t)port;
  d->stream = s;
  d->port = port;
  d->timer.fire = on_limit;
  if (seconds > 0)
    wsstls_timer_set(&loop->timers, &d->timer,
                     wsstls_after(seconds));
  start(s, host);
  return s;
}
