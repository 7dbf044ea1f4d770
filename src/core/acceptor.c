/* acceptor.c: see acceptor.h. */
#include "acceptor.h"

#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

enum { ACCEPTS = 64 }; /* in one turn: others want theirs */

struct wsstls_acceptor {
  wsstls_io io;                /* first: the loop casts */
  int refs, backlog;
  int kept;                    /* bound while it pauses; -1 */
  int filler;                  /* what fills the queue while it is deaf; -1 */
  wsstls_address address;
  wsstls_accepted fn;
  void *ud;
};

static void on_events(wsstls_io *io, unsigned events)
{
  wsstls_acceptor *a = (wsstls_acceptor *)io;

  (void)events;
  for (int i = 0; i < ACCEPTS && a->io.fd >= 0; i++) {
    wsstls_address peer;
    int fd = wsstls_socket_accept(a->io.fd, &peer);

    if (fd < 0)
      return;
    a->fn(a, fd, &peer, a->ud);
  }
}

static void hold(wsstls_io *io)
{
  ((wsstls_acceptor *)io)->refs++;
}

static void drop(wsstls_io *io)
{
  wsstls_acceptor_unref((wsstls_acceptor *)io);
}

static void on_shutdown(wsstls_io *io)
{
  wsstls_acceptor_close((wsstls_acceptor *)io);
}

wsstls_status wsstls_acceptor_open(wsstls_loop *loop, const char *host,
                                   int port, int backlog,
                                   wsstls_accepted fn, void *ud,
                                   wsstls_acceptor **out, wsstls_error *err)
{
  wsstls_acceptor *a = calloc(1, sizeof *a);
  wsstls_status status;

  *out = NULL;
  if (a == NULL)
    return wsstls_error_set(err, WSSTLS_LIMIT_MEMORY, "no memory");
  a->refs = 1;
  a->io.loop = wsstls_loop_ref(loop);
  a->io.level = 1;
  a->kept = a->filler = -1;
  a->backlog = backlog;
  a->io.on_events = on_events;
  a->io.on_hold = hold;
  a->io.on_drop = drop;
  a->io.on_shutdown = on_shutdown;
  a->fn = fn;
  a->ud = ud;
  status = wsstls_socket_listen(host, port, backlog, &a->io.fd, &a->address,
                                err);
  if (status != WSSTLS_OK) {
    wsstls_acceptor_unref(a);
    return status;
  }
  wsstls_io_watch(&a->io);
  *out = a;
  return WSSTLS_OK;
}

const wsstls_address *wsstls_acceptor_address(const wsstls_acceptor *a)
{
  return &a->address;
}

wsstls_io *wsstls_acceptor_io(wsstls_acceptor *a)
{
  return &a->io;
}

static void close_listening(wsstls_acceptor *a)
{
  int fd = a->io.fd;

  if (fd < 0)
    return;
  wsstls_io_unwatch(&a->io);
  close(fd);
}

void wsstls_acceptor_pause(wsstls_acceptor *a, int pause)
{
  wsstls_address same;

  if (pause && a->io.fd >= 0) {
    close_listening(a);
    wsstls_socket_listen(a->address.ip, a->address.port, -1, &a->kept, &same,
                         NULL);
  } else if (!pause && a->kept >= 0 && listen(a->kept, a->backlog) == 0) {
    a->io.fd = a->kept;
    a->kept = -1;
    wsstls_io_watch(&a->io);
  }
}

int wsstls_acceptor_deafen(wsstls_acceptor *a)
{
  int fd = a->io.fd;

  if (fd < 0)
    return 0;
  wsstls_io_unwatch(&a->io);
  a->kept = fd;
  a->filler = wsstls_socket_fill(fd);
  return a->filler >= 0;
}

void wsstls_acceptor_close(wsstls_acceptor *a)
{
  close_listening(a);
  if (a->filler >= 0)
    close(a->filler);
  a->filler = -1;
  if (a->kept >= 0)
    close(a->kept);
  a->kept = -1;
}

void wsstls_acceptor_unref(wsstls_acceptor *a)
{
  wsstls_loop *loop;

  if (a == NULL || --a->refs > 0)
    return;
  loop = a->io.loop;
  wsstls_acceptor_close(a);
  free(a);
  wsstls_loop_unref(loop);
}
