/* linger.c: see linger.h. */
#include "linger.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

enum { LIMIT_US = 5000000 };

typedef struct leftover {
  wsstls_io io;
  wsstls_timer timer;
  int refs;
  unsigned char *bytes;
  uint32_t len, off;
} leftover;

static void hold(wsstls_io *io)
{
  ((leftover *)io)->refs++;
}

static void drop(wsstls_io *io)
{
  leftover *l = (leftover *)io;

  if (--l->refs > 0)
    return;
  free(l->bytes);
  free(l);
}

static void finish(leftover *l)
{
  int fd = l->io.fd;

  if (fd < 0)
    return;
  wsstls_timer_cancel(&l->io.loop->timers, &l->timer);
  wsstls_io_unwatch(&l->io);
  close(fd);
  drop(&l->io);
}

static void on_events(wsstls_io *io, unsigned events)
{
  leftover *l = (leftover *)io;

  (void)events;
  while (l->io.fd >= 0 && l->off < l->len) {
    ssize_t n = send(l->io.fd, l->bytes + l->off, l->len - l->off,
                     MSG_NOSIGNAL);

    if (n > 0)
      l->off += (uint32_t)n;
    else if (n < 0 && errno == EINTR)
      continue;
    else if (n < 0 && errno == EAGAIN)
      return;
    else
      break;
  }
  finish(l);
}

static void on_shutdown(wsstls_io *io)
{
  finish((leftover *)io);
}

static void on_limit(wsstls_timer *timer)
{
  finish((leftover *)(void *)((char *)timer - offsetof(leftover, timer)));
}

void wsstls_linger(wsstls_loop *loop, wsstls_wire *wire)
{
  leftover *l;
  int fd;

  if (wsstls_wire_unsent(wire) == 0 || wsstls_wire_flush(wire) != 0 ||
      loop->closing)
    return;
  fd = dup(wire->fd);
  l = fd >= 0 ? calloc(1, sizeof *l) : NULL;
  if (l == NULL) {
    if (fd >= 0)
      close(fd);
    return;
  }
  l->refs = 1;
  l->io.loop = loop; /* no reference: it ends with the loop */
  l->io.on_events = on_events;
  l->io.on_hold = hold;
  l->io.on_drop = drop;
  l->io.on_shutdown = on_shutdown;
  l->io.fd = fd;
  l->timer.fire = on_limit;
  l->bytes = wire->out;
  l->len = wire->out_len;
  l->off = wire->out_off;
  wire->out = NULL;
  wire->out_len = wire->out_off = wire->out_cap = 0;
  wsstls_io_watch(&l->io);
  wsstls_io_attention(&l->io, !loop->backend->coalesce);
  wsstls_timer_set(&loop->timers, &l->timer, wsstls_now() + LIMIT_US);
}
