/* loop_epoll.c: our own edge-triggered epoll over lws_service_fd.
 *
 * lws's poll(2) is O(n) per event; here a descriptor is registered once and
 * its connection asked to take a turn. lws's own timers (few: every deadline
 * is ours) and anything it wants to do unasked get a slow tick. The epoll
 * descriptor is also what another library's loop can wait on.
 * Source: epoll(7).
 */
#include "loop.h"

#if WSSTLS_HAVE_EPOLL

#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <unistd.h>

enum { EVENTS = 64, TICK_US = 100000, MAX_SKIPS = 10 };

typedef struct epoll_state {
  int epoll, event;
  wsstls_timer tick;
  int skips;
  wsstls_loop *loop;
} epoll_state;

static void epoll_wait_for(wsstls_loop *loop, int64_t timeout_us);

/* lws_service polls everything itself and would take the errno of a connect
 * that has just failed: while one is under way the tick waits (a second at
 * most), and what epoll knows already goes first. */
static void on_tick(wsstls_timer *timer)
{
  epoll_state *e = (epoll_state *)(void *)((char *)timer -
                                          offsetof(epoll_state, tick));

  if (e->loop->attention == NULL || ++e->skips > MAX_SKIPS) {
    e->skips = 0;
    epoll_wait_for(e->loop, 0);
    /* the only O(n) poll, rarely; what it finds to be read is ours to read,
     * epoll tells it anew */
    e->loop->wires.closed = 1;
    lws_service(e->loop->context, -1);
    e->loop->wires.closed = 0;
  }
  if (e->loop->conns > 0)
    wsstls_timer_set(&e->loop->timers, timer, wsstls_now() + TICK_US);
}

static int add(epoll_state *e, int fd, uint32_t events, uint64_t key)
{
  struct epoll_event event = { .events = events, .data.u64 = key };

  return epoll_ctl(e->epoll, EPOLL_CTL_ADD, fd, &event) == 0;
}

static int epoll_open(wsstls_loop *loop, wsstls_error *err)
{
  epoll_state *e = calloc(1, sizeof *e);

  if (e == NULL)
    return 0;
  loop->state = e;
  e->loop = loop;
  e->tick.fire = on_tick;
  e->event = -1;
  e->epoll = epoll_create1(EPOLL_CLOEXEC);
  if (e->epoll >= 0)
    e->event = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
  if (e->event < 0 || !add(e, e->event, EPOLLIN, UINT64_MAX)) {
    wsstls_error_set(err, WSSTLS_LIMIT_FILES, "epoll: no descriptor left");
    return 0;
  }
  return 1;
}

static int epoll_start(wsstls_loop *loop, wsstls_error *err)
{
  (void)loop;
  (void)err;
  return 1;
}

static int epoll_watch(wsstls_loop *loop, wsstls_io *io)
{
  epoll_state *e = loop->state;
  uint64_t key = (uint64_t)io->generation << 32 | (uint32_t)io->fd;
  uint32_t events = io->level ? EPOLLIN
                              : EPOLLIN | EPOLLOUT | EPOLLRDHUP | EPOLLET;

  if (e->tick.slot == 0)
    wsstls_timer_set(&loop->timers, &e->tick, wsstls_now() + TICK_US);
  io->watched = (uint8_t)add(e, io->fd, events, key);
  return io->watched;
}

static void epoll_unwatch(wsstls_loop *loop, wsstls_io *io)
{
  epoll_state *e = loop->state;
  struct epoll_event ignored = { 0 };

  epoll_ctl(e->epoll, EPOLL_CTL_DEL, io->fd, &ignored);
}

static unsigned events_of(uint32_t from)
{
  unsigned events = 0;

  if (from & EPOLLIN)
    events |= WSSTLS_READABLE;
  if (from & EPOLLOUT)
    events |= WSSTLS_WRITABLE;
  if (from & (EPOLLRDHUP | EPOLLHUP))
    events |= WSSTLS_HANGUP;
  if (from & EPOLLERR)
    events |= WSSTLS_FAILED;
  return events;
}

static void epoll_wait_for(wsstls_loop *loop, int64_t timeout_us)
{
  epoll_state *e = loop->state;
  struct epoll_event events[EVENTS];
  int ms, n;

  ms = timeout_us < 0 ? -1 : timeout_us > 3600000000 ? 3600000
                           : (int)((timeout_us + 999) / 1000);
  n = epoll_wait(e->epoll, events, EVENTS, ms);
  for (int i = 0; i < n; i++) {
    uint64_t key = events[i].data.u64;

    if (key == UINT64_MAX) {
      uint64_t ignored;
      ssize_t got = read(e->event, &ignored, sizeof ignored);

      (void)got; /* non-blocking; the value does not matter */
      continue;
    }
    wsstls_io_dispatch(loop, (int)(uint32_t)key, (uint32_t)(key >> 32),
                       events_of(events[i].events));
  }
}

static void epoll_wake(wsstls_loop *loop)
{
  epoll_state *e = loop->state;
  uint64_t one = 1;
  ssize_t put = write(e->event, &one, sizeof one);

  (void)put; /* full means: awake already */
}

static int epoll_pollfd(wsstls_loop *loop)
{
  epoll_state *e = loop->state;

  return e->epoll;
}

static void epoll_close(wsstls_loop *loop)
{
  epoll_state *e = loop->state;

  if (e == NULL)
    return;
  wsstls_timer_cancel(&loop->timers, &e->tick);
  if (e->event >= 0)
    close(e->event);
  if (e->epoll >= 0)
    close(e->epoll);
  free(e);
}

const wsstls_backend wsstls_backend_epoll = {
  .name = "epoll", .context_options = 0, .coalesce = 1,
  .open = epoll_open, .start = epoll_start, .watch = epoll_watch,
  .unwatch = epoll_unwatch, .wait = epoll_wait_for, .wake = epoll_wake,
  .pollfd = epoll_pollfd, .close = epoll_close
};

#endif
