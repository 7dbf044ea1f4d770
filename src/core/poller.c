/* poller.c: our own edge-triggered epoll over lws_service_fd.
 *
 * lws's poll(2) is O(n) per event; here a descriptor is registered once and
 * its connection asked to take a turn. lws's own timers (few: every deadline
 * is ours) and anything it wants to do unasked get a slow tick. The epoll
 * descriptor is also what another library's loop can wait on.
 * Source: epoll(7), timerfd_create(2).
 */
#include "poller.h"

#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/timerfd.h>
#include <unistd.h>
#include "loop.h"

/* More events at a time are more connections than the cache holds until their
 * messages are answered. */
enum { EVENTS = 32, TICK_US = 100000, MAX_SKIPS = 10 };

#define KEY_WOKEN UINT64_MAX
#define KEY_ALARM (UINT64_MAX - 1)

struct wsstls_poller {
  wsstls_loop *loop;
  int epoll, event, alarm;     /* -1: none */
  wsstls_timer tick;
  int skips;
};

/* lws_service polls everything itself and would take the errno of a connect
 * that has just failed: while one is under way the tick waits (a second at
 * most), and what epoll knows already goes first. */
static void on_tick(wsstls_timer *timer)
{
  wsstls_poller *p = (wsstls_poller *)(void *)((char *)timer -
                                              offsetof(wsstls_poller, tick));
  wsstls_loop *loop = p->loop;

  if (loop->connecting == 0 || ++p->skips > MAX_SKIPS) {
    p->skips = 0;
    wsstls_poller_turn(p, 0);
    /* the only O(n) poll, rarely; what it finds to be read is ours to read,
     * epoll tells it anew */
    loop->wires.closed = 1;
    lws_service(loop->context, -1);
    loop->wires.closed = 0;
  }
  if (loop->conns > 0)
    wsstls_timer_set(&loop->timers, timer, wsstls_now() + TICK_US);
}

static int add(wsstls_poller *p, int fd, uint32_t events, uint64_t key)
{
  struct epoll_event event = { .events = events, .data.u64 = key };

  return epoll_ctl(p->epoll, EPOLL_CTL_ADD, fd, &event) == 0;
}

wsstls_poller *wsstls_poller_open(wsstls_loop *loop, wsstls_error *err)
{
  wsstls_poller *p = calloc(1, sizeof *p);

  if (p == NULL)
    return NULL;
  p->loop = loop;
  p->tick.fire = on_tick;
  p->event = p->alarm = -1;
  p->epoll = epoll_create1(EPOLL_CLOEXEC);
  if (p->epoll >= 0)
    p->event = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
  if (p->event < 0 || !add(p, p->event, EPOLLIN, KEY_WOKEN)) {
    wsstls_error_set(err, WSSTLS_LIMIT_FILES, "epoll: no descriptor left");
    wsstls_poller_close(p);
    return NULL;
  }
  return p;
}

void wsstls_poller_watch(wsstls_poller *p, wsstls_io *io)
{
  uint64_t key = (uint64_t)io->generation << 32 | (uint32_t)io->fd;
  uint32_t events = io->level ? EPOLLIN
                              : EPOLLIN | EPOLLOUT | EPOLLRDHUP | EPOLLET;

  if (p->tick.slot == 0)
    wsstls_timer_set(&p->loop->timers, &p->tick, wsstls_now() + TICK_US);
  io->watched = (uint8_t)add(p, io->fd, events, key);
}

void wsstls_poller_unwatch(wsstls_poller *p, wsstls_io *io)
{
  struct epoll_event ignored = { 0 };

  epoll_ctl(p->epoll, EPOLL_CTL_DEL, io->fd, &ignored);
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

static void tell(wsstls_poller *p, const struct epoll_event *event)
{
  uint64_t key = event->data.u64, ignored;
  ssize_t got;

  switch (key) {
  case KEY_ALARM:
    break; /* the next one clears it */
  case KEY_WOKEN:
    got = read(p->event, &ignored, sizeof ignored);
    (void)got; /* non-blocking; the value does not matter */
    break;
  default:
    wsstls_io_dispatch(p->loop, (int)(uint32_t)key, (uint32_t)(key >> 32),
                       events_of(event->events));
    break;
  }
}

void wsstls_poller_turn(wsstls_poller *p, int64_t timeout_us)
{
  struct epoll_event events[EVENTS];
  int ms, n;

  ms = timeout_us < 0 ? -1 : timeout_us > 3600000000 ? 3600000
                           : (int)((timeout_us + 999) / 1000);
  n = epoll_wait(p->epoll, events, EVENTS, ms);
  for (int i = 0; i < n; i++)
    tell(p, &events[i]);
}

int wsstls_poller_fd(const wsstls_poller *p)
{
  return p->epoll;
}

int wsstls_poller_alarm(wsstls_poller *p, int64_t timeout_us)
{
  struct itimerspec at = { 0 };

  if (p->alarm < 0) {
    p->alarm = timerfd_create(CLOCK_MONOTONIC, TFD_CLOEXEC | TFD_NONBLOCK);
    if (p->alarm < 0 || !add(p, p->alarm, EPOLLIN | EPOLLET, KEY_ALARM))
      return 0;
  }
  if (timeout_us == 0)
    timeout_us = 1; /* nothing would turn it off */
  if (timeout_us > 0) {
    at.it_value.tv_sec = (time_t)(timeout_us / 1000000);
    at.it_value.tv_nsec = (long)(timeout_us % 1000000) * 1000;
  }
  return timerfd_settime(p->alarm, 0, &at, NULL) == 0;
}

void wsstls_poller_wake(wsstls_poller *p)
{
  uint64_t one = 1;
  ssize_t put = write(p->event, &one, sizeof one);

  (void)put; /* full means: awake already */
}

void wsstls_poller_close(wsstls_poller *p)
{
  if (p == NULL)
    return;
  wsstls_timer_cancel(&p->loop->timers, &p->tick);
  if (p->event >= 0)
    close(p->event);
  if (p->alarm >= 0)
    close(p->alarm);
  if (p->epoll >= 0)
    close(p->epoll);
  free(p);
}
