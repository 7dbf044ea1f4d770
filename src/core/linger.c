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
  size_t len, off;
  int drain;                   /* FIN, then read to the end */
} leftover;

static void hold(wsstls_io *io)
{
  ((leftover *)io)->refs++;
}

static void drop(wsstls_io *io)
{
  leftover *l = (leftover *)io;

  if (--l->refs > 0) /* NOLINT: whoever still uses it holds one of them */
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

/* 1: all is sent; 0: later; -1: broken. */
static int send_rest(leftover *l)
{
  while (l->off < l->len) {
    ssize_t n = send(l->io.fd, l->bytes + l->off, l->len - l->off,
                     MSG_NOSIGNAL);

    if (n > 0)
      l->off += (size_t)n;
    else if (n < 0 && errno == EINTR)
      continue;
    else
      return n < 0 && errno == EAGAIN ? 0 : -1;
  }
  return 1;
}

/* 1: the peer may send more; 0: it has ended. Bounded, as every turn is. */
static int discard_input(leftover *l)
{
  char away[16384];

  for (int i = 0; i < 64; i++) {
    ssize_t n = recv(l->io.fd, away, sizeof away, 0);

    if (n == 0 || (n < 0 && errno != EINTR && errno != EAGAIN))
      return 0;
    if (n < 0 && errno == EAGAIN)
      return 1;
  }
  wsstls_io_again(&l->io);
  return 1;
}

static void on_events(wsstls_io *io, unsigned events)
{
  leftover *l = (leftover *)io;
  int sent;

  (void)events;
  if (l->io.fd < 0)
    return;
  sent = send_rest(l);
  if (sent == 0)
    return;
  if (sent > 0 && l->drain) {
    if (l->drain == 1)
      shutdown(l->io.fd, SHUT_WR);
    l->drain = 2;
    if (discard_input(l))
      return;
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

/* Takes the descriptor and the bytes over, or lets both go. */
static leftover *begin(wsstls_loop *loop, int fd, unsigned char *bytes)
{
  leftover *l = fd >= 0 ? calloc(1, sizeof *l) : NULL;

  if (l == NULL) {
    free(bytes);
    if (fd >= 0)
      close(fd);
    return NULL;
  }
  l->refs = 1;
  l->io.loop = loop; /* no reference: it ends with the loop */
  l->io.on_events = on_events;
  l->io.on_hold = hold;
  l->io.on_drop = drop;
  l->io.on_shutdown = on_shutdown;
  l->io.fd = fd;
  l->timer.fire = on_limit;
  l->bytes = bytes;
  return l;
}

static void wait_for_kernel(leftover *l)
{
  wsstls_loop *loop = l->io.loop;

  wsstls_io_watch(&l->io);
  wsstls_timer_set(&loop->timers, &l->timer, wsstls_now() + LIMIT_US);
}

void wsstls_linger(wsstls_loop *loop, wsstls_wire *wire)
{
  leftover *l;

  if (wsstls_wire_unsent(wire) == 0 || wsstls_wire_flush(wire) != 0 ||
      loop->closing)
    return;
  l = begin(loop, dup(wire->fd), wire->out);
  if (l != NULL) {
    l->len = wire->out_len;
    l->off = wire->out_off;
    wait_for_kernel(l);
  }
  wire->out = NULL;
  wire->shared->held--;
  wire->out_len = wire->out_off = wire->out_cap = 0;
}

void wsstls_linger_close(wsstls_loop *loop, int fd, const void *bytes,
                         size_t len)
{
  unsigned char *copy = len > 0 ? malloc(len) : NULL;
  leftover *l;

  if (copy != NULL)
    memcpy(copy, bytes, len);
  l = begin(loop, fd, copy);
  if (l == NULL)
    return;
  l->drain = 1;
  l->len = copy != NULL ? len : 0;
  if (!loop->closing) {
    wait_for_kernel(l);
    hold(&l->io);
    on_events(&l->io, 0);
    drop(&l->io);
  } else {
    send_rest(l);
    finish(l);
  }
}
