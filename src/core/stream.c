/* stream.c: see stream.h. */
#include "stream_parts.h"

#include <errno.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>
#include "linger.h"

static unsigned wanted_now(const wsstls_stream *s)
{
  return s->interest & ((s->readable ? WSSTLS_READABLE : 0u) |
                        (s->writable ? WSSTLS_WRITABLE : 0u));
}

static void on_events(wsstls_io *io, unsigned events)
{
  wsstls_stream *s = (wsstls_stream *)io;
  unsigned told = 0;

  if (s->dead)
    return;
  if (s->dial != NULL) {
    wsstls_dial_events(s, events);
    return;
  }
  if (events & (WSSTLS_HANGUP | WSSTLS_FAILED)) {
    events |= WSSTLS_READABLE | WSSTLS_WRITABLE;
    told = s->hung ? 0 : WSSTLS_HANGUP;
    s->hung = 1;
  }
  s->readable |= (events & WSSTLS_READABLE) != 0;
  s->writable |= (events & WSSTLS_WRITABLE) != 0;
  told |= wanted_now(s);
  if (told)
    s->fn(s, told, s->ud);
  if (!s->dead && wanted_now(s)) /* epoll will not say it twice */
    wsstls_io_again(io);
}

static void hold(wsstls_io *io)
{
  ((wsstls_stream *)io)->refs++;
}

static void drop(wsstls_io *io)
{
  wsstls_stream_unref((wsstls_stream *)io);
}

/* Forgets the descriptor and returns it; -1: there was none. */
static int detach(wsstls_stream *s)
{
  int fd = s->io.fd;

  s->dead = 1;
  wsstls_dial_free(s);
  wsstls_io_unwatch(&s->io);
  return fd;
}

static void on_shutdown(wsstls_io *io)
{
  int fd = detach((wsstls_stream *)io);

  if (fd >= 0)
    close(fd);
}

wsstls_stream *wsstls_stream_new(wsstls_loop *loop, wsstls_stream_fn fn,
                                 void *ud)
{
  wsstls_stream *s = calloc(1, sizeof *s);

  if (s == NULL)
    return NULL;
  s->refs = 1;
  s->io.loop = wsstls_loop_ref(loop);
  s->io.fd = -1;
  s->io.on_events = on_events;
  s->io.on_hold = hold;
  s->io.on_drop = drop;
  s->io.on_shutdown = on_shutdown;
  s->fn = fn;
  s->ud = ud;
  return s;
}

wsstls_stream *wsstls_stream_adopt(wsstls_loop *loop, int fd,
                                   const wsstls_address *peer,
                                   wsstls_stream_fn fn, void *ud)
{
  wsstls_stream *s = wsstls_stream_new(loop, fn, ud);

  if (s == NULL) {
    close(fd);
    return NULL;
  }
  if (peer != NULL)
    s->peer = *peer;
  s->io.fd = fd;
  wsstls_io_watch(&s->io);
  return s;
}

void wsstls_stream_listen(wsstls_stream *s, wsstls_stream_fn fn, void *ud)
{
  s->fn = fn;
  s->ud = ud;
}

wsstls_status wsstls_stream_status(const wsstls_stream *s)
{
  return s->status;
}

int wsstls_stream_errno(const wsstls_stream *s)
{
  return s->error;
}

const wsstls_address *wsstls_stream_peer(const wsstls_stream *s)
{
  return &s->peer;
}

wsstls_io *wsstls_stream_io(wsstls_stream *s)
{
  return &s->io;
}

void wsstls_stream_want(wsstls_stream *s, unsigned interest)
{
  unsigned more = interest & ~(unsigned)s->interest;

  if (s->dead || s->dial != NULL) /* a dial waits for what it needs */
    return;
  s->interest = (uint8_t)interest;
  if (more && wanted_now(s))
    wsstls_io_again(&s->io); /* its edge may be long past */
}

ssize_t wsstls_stream_recv(wsstls_stream *s, void *bytes, size_t len)
{
  ssize_t n;

  if (s->dead)
    return -EBADF;
  do
    n = recv(s->io.fd, bytes, len, 0);
  while (n < 0 && errno == EINTR);
  if (n >= 0)
    return n;
  if (errno == EAGAIN)
    s->readable = 0;
  return -errno;
}

ssize_t wsstls_stream_send(wsstls_stream *s, const void *bytes, size_t len)
{
  ssize_t n;

  if (s->dead)
    return -EBADF;
  do
    n = send(s->io.fd, bytes, len, MSG_NOSIGNAL);
  while (n < 0 && errno == EINTR);
  if (n >= 0)
    return n;
  if (errno != EAGAIN)
    return -errno;
  s->writable = 0;
  return 0;
}

void wsstls_stream_shutdown(wsstls_stream *s)
{
  if (!s->dead && s->dial == NULL)
    shutdown(s->io.fd, SHUT_WR);
}

void wsstls_stream_close(wsstls_stream *s, const void *bytes, size_t len)
{
  int connected = s->dial == NULL, fd = detach(s);

  if (fd < 0)
    return;
  if (connected)
    wsstls_linger_close(s->io.loop, fd, bytes, len);
  else
    close(fd);
}

void wsstls_stream_reset(wsstls_stream *s)
{
  struct linger now = { .l_onoff = 1, .l_linger = 0 };
  int fd = detach(s);

  if (fd < 0)
    return;
  setsockopt(fd, SOL_SOCKET, SO_LINGER, &now, sizeof now);
  close(fd);
}

wsstls_stream *wsstls_stream_ref(wsstls_stream *s)
{
  s->refs++;
  return s;
}

void wsstls_stream_unref(wsstls_stream *s)
{
  wsstls_loop *loop;

  if (s == NULL || --s->refs > 0)
    return;
  loop = s->io.loop;
  wsstls_stream_close(s, NULL, 0);
  free(s);
  wsstls_loop_unref(loop);
}
