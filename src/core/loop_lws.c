/* loop_lws.c: lws's own loops (poll, libev, libuv) behind our interface.
 *
 * They read sockets on their own, so a connection that must be seen first
 * (still connecting, or whose HTTP head is being judged) has lws's reading
 * switched off and is watched here with a short poll(2) of its own.
 * libev and libuv are found at run time, with lws's plugin for them: nothing
 * links against them. Sources: ev(3), docs.libuv.org (uv_run).
 */
#include "loop.h"

#include <dlfcn.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>

enum { ATTENTION_US = 5000, LEAST_US = 200 };
enum { ONCE = 0, NOWAIT = 1 };

typedef struct lws_state {
  wsstls_loop *loop;
  struct pollfd *fds;          /* what attend() polls, and whose they are */
  uint32_t *generations;
  size_t room;
  void *library;
  void (*run)(struct lws_state *s, int mode);
  void (*limit)(struct lws_state *s, int64_t us); /* the next run's */
  lws_sorted_usec_list_t sul;
  /* libev */
  int (*ev_run)(void *loop, int flags);
  void (*ev_loop_destroy)(void *loop);
  void (*ev_once)(void *loop, int fd, int events, double timeout,
                  void (*cb)(int revents, void *arg), void *arg);
  int64_t once_at;             /* when the pending ev_once fires; 0: none */
  /* libuv */
  int (*uv_run)(void *loop, int mode);
  int (*uv_loop_close)(void *loop);
  int (*uv_timer_start)(void *timer, void (*cb)(void *timer),
                        uint64_t ms, uint64_t repeat);
  int (*uv_timer_stop)(void *timer);
  void (*uv_update_time)(void *loop);
  void (*uv_stop)(void *loop);
  void (*uv_close)(void *handle, void (*cb)(void *handle));
  void *uv_timer;
} lws_state;

static void on_sul(lws_sorted_usec_list_t *sul)
{
  (void)sul;
}

static void limit_poll(lws_state *s, int64_t us)
{
  lws_sul_schedule(s->loop->context, 0, &s->sul, on_sul, us);
}

static void run_poll(lws_state *s, int mode)
{
  lws_service(s->loop->context, mode == NOWAIT ? -1 : 0);
  lws_sul_cancel(&s->sul);
}

/* Under an event library lws looks at its own timers only when something
 * else happens, so the limit must be the library's. */
static void on_once(int revents, void *arg)
{
  lws_state *s = arg;

  (void)revents;
  s->once_at = 0;
}

/* ev_once cannot be cancelled: one that fires early is only a short wait. */
static void limit_ev(lws_state *s, int64_t us)
{
  int64_t at = wsstls_now() + us;

  if (s->once_at != 0 && s->once_at <= at)
    return;
  s->once_at = at;
  s->ev_once(s->loop->foreign, -1, 0, (double)us / 1e6, on_once, s);
}

/* It may be due before uv_run has begun to wait: then it must not wait. */
static void on_uv_timer(void *timer)
{
  lws_state *s = *(lws_state **)timer; /* every handle begins with `data` */

  s->uv_stop(s->loop->foreign);
}

static void limit_uv(lws_state *s, int64_t us)
{
  s->uv_update_time(s->loop->foreign);
  s->uv_timer_start(s->uv_timer, on_uv_timer, (uint64_t)(us + 999) / 1000, 0);
}

static void run_ev(lws_state *s, int mode)
{
  s->ev_run(s->loop->foreign, mode == NOWAIT ? 1 : 2);
}

static void run_uv(lws_state *s, int mode)
{
  s->uv_run(s->loop->foreign, mode == NOWAIT ? 2 : 1);
  s->uv_timer_stop(s->uv_timer);
}

static int poll_open(wsstls_loop *loop, wsstls_error *err)
{
  lws_state *s = calloc(1, sizeof *s);

  (void)err;
  if (s == NULL)
    return 0;
  s->loop = loop;
  s->run = run_poll;
  s->limit = limit_poll;
  loop->state = s;
  return 1;
}

static int missing(wsstls_error *err, const char *library)
{
  wsstls_error_set(err, WSSTLS_UNKNOWN, "event loop: %s is not installed",
                   library);
  return 0;
}

/* A function out of a library: ISO C has no cast for it. */
static void find(void *library, const char *name, void *function)
{
  void *symbol = dlsym(library, name);

  memcpy(function, &symbol, sizeof symbol);
}

static int ev_open(wsstls_loop *loop, wsstls_error *err)
{
  void *(*ev_loop_new)(unsigned flags);
  lws_state *s;

  if (!poll_open(loop, err))
    return 0;
  s = loop->state;
  s->library = dlopen("libev.so.4", RTLD_NOW | RTLD_LOCAL);
  if (s->library == NULL)
    return missing(err, "libev");
  find(s->library, "ev_loop_new", &ev_loop_new);
  find(s->library, "ev_run", &s->ev_run);
  find(s->library, "ev_loop_destroy", &s->ev_loop_destroy);
  find(s->library, "ev_once", &s->ev_once);
  if (ev_loop_new == NULL || s->ev_run == NULL ||
      s->ev_loop_destroy == NULL || s->ev_once == NULL)
    return missing(err, "libev 4");
  s->run = run_ev;
  s->limit = limit_ev;
  loop->foreign = ev_loop_new(0);
  return loop->foreign != NULL;
}

enum { UV_TIMER_HANDLE = 13 }; /* uv_handle_type, stable in libuv 1 */

static int uv_timer_open(wsstls_loop *loop, lws_state *s)
{
  size_t (*uv_handle_size)(int type);
  int (*uv_timer_init)(void *uv, void *timer);

  find(s->library, "uv_handle_size", &uv_handle_size);
  find(s->library, "uv_timer_init", &uv_timer_init);
  find(s->library, "uv_timer_start", &s->uv_timer_start);
  find(s->library, "uv_timer_stop", &s->uv_timer_stop);
  find(s->library, "uv_close", &s->uv_close);
  find(s->library, "uv_update_time", &s->uv_update_time);
  find(s->library, "uv_stop", &s->uv_stop);
  if (uv_handle_size == NULL || uv_timer_init == NULL ||
      s->uv_timer_start == NULL || s->uv_timer_stop == NULL ||
      s->uv_close == NULL || s->uv_update_time == NULL || s->uv_stop == NULL)
    return 0;
  s->uv_timer = calloc(1, uv_handle_size(UV_TIMER_HANDLE));
  if (s->uv_timer == NULL || uv_timer_init(loop->foreign, s->uv_timer) != 0)
    return 0;
  *(lws_state **)s->uv_timer = s;
  return 1;
}

static int uv_open(wsstls_loop *loop, wsstls_error *err)
{
  size_t (*uv_loop_size)(void);
  int (*uv_loop_init)(void *uv);
  lws_state *s;

  if (!poll_open(loop, err))
    return 0;
  s = loop->state;
  s->library = dlopen("libuv.so.1", RTLD_NOW | RTLD_LOCAL);
  if (s->library == NULL)
    return missing(err, "libuv");
  find(s->library, "uv_loop_size", &uv_loop_size);
  find(s->library, "uv_loop_init", &uv_loop_init);
  find(s->library, "uv_run", &s->uv_run);
  find(s->library, "uv_loop_close", &s->uv_loop_close);
  if (uv_loop_size == NULL || uv_loop_init == NULL || s->uv_run == NULL ||
      s->uv_loop_close == NULL)
    return missing(err, "libuv 1");
  s->run = run_uv;
  s->limit = limit_uv;
  loop->foreign = calloc(1, uv_loop_size());
  if (loop->foreign == NULL || uv_loop_init(loop->foreign) != 0)
    return 0;
  return uv_timer_open(loop, s) || missing(err, "libuv 1");
}

static int start(wsstls_loop *loop, wsstls_error *err)
{
  (void)loop;
  (void)err;
  return 1;
}

static int watch(wsstls_loop *loop, wsstls_io *io)
{
  (void)loop;
  io->watched = 1; /* lws polls connections; what is ours is not lws's */
  if (io->level || io->plain)
    wsstls_io_attention(io, 1);
  return 1;
}

static void unwatch(wsstls_loop *loop, wsstls_io *io)
{
  (void)loop;
  wsstls_io_attention(io, 0);
}

static unsigned events_of(short revents)
{
  return (revents & POLLIN ? WSSTLS_READABLE : 0u) |
         (revents & POLLOUT ? WSSTLS_WRITABLE : 0u) |
         (revents & (POLLHUP | POLLRDHUP) ? WSSTLS_HANGUP : 0u) |
         (revents & POLLERR ? WSSTLS_FAILED : 0u);
}

static int grow(lws_state *s)
{
  size_t room = s->room ? s->room * 2 : 64;
  struct pollfd *fds = realloc(s->fds, room * sizeof *fds);
  uint32_t *generations;

  if (fds == NULL)
    return 0;
  s->fds = fds;
  generations = realloc(s->generations, room * sizeof *generations);
  if (generations == NULL)
    return 0;
  s->generations = generations;
  s->room = room;
  return 1;
}

static short wanted(const wsstls_io *io)
{
  if (io->level)
    return POLLIN;
  if (io->plain)
    return (short)((io->interest & WSSTLS_READABLE ? POLLIN : 0) |
                   (io->interest & WSSTLS_WRITABLE ? POLLOUT : 0) |
                   (io->hung ? 0 : POLLRDHUP));
  return io->reading ? POLLIN | POLLRDHUP : POLLOUT;
}

/* Looks, without waiting, at everything lws must not read. 1: something of
 * ours moved, and more may be there already. */
static int attend(wsstls_loop *loop)
{
  lws_state *s = loop->state;
  size_t n = 0;
  int moved = 0;

  for (wsstls_io *io = loop->attention; io != NULL; io = io->attention_next) {
    if (io->fd < 0 || wanted(io) == 0) /* poll would go on about POLLHUP */
      continue;
    if (n == s->room && !grow(s))
      break;
    s->fds[n] = (struct pollfd){ .fd = io->fd, .events = wanted(io) };
    s->generations[n++] = io->generation;
  }
  if (n == 0 || poll(s->fds, (nfds_t)n, 0) <= 0)
    return 0;
  for (size_t i = 0; i < n; i++) {
    const wsstls_io *io = wsstls_io_of(loop, s->fds[i].fd);

    if (s->fds[i].revents == 0)
      continue;
    moved |= io != NULL && io->plain;
    wsstls_io_dispatch(loop, s->fds[i].fd, s->generations[i],
                       events_of(s->fds[i].revents));
  }
  return moved;
}

static int only_listeners(const wsstls_loop *loop)
{
  for (wsstls_io *io = loop->attention; io != NULL; io = io->attention_next)
    if (!io->level)
      return 0;
  return 1;
}

static void wait_for(wsstls_loop *loop, int64_t timeout_us)
{
  lws_state *s = loop->state;

  if (loop->attention != NULL) {
    int64_t slice = only_listeners(loop) ? ATTENTION_US : ATTENTION_US / 5;

    if (timeout_us >= 0 && timeout_us < slice)
      slice = timeout_us;
    if (attend(loop) || loop->ready != NULL || loop->again != NULL)
      slice = 0;
    timeout_us = slice;
  }
  if (timeout_us >= 0 && timeout_us < LEAST_US) {
    s->run(s, NOWAIT); /* they count in milliseconds */
    return;
  }
  if (timeout_us > 0)
    s->limit(s, timeout_us);
  s->run(s, ONCE);
}

static void wake(wsstls_loop *loop)
{
  lws_cancel_service(loop->context);
}

static int no_pollfd(wsstls_loop *loop)
{
  (void)loop;
  return -1;
}

/* With a foreign libuv loop the first lws_context_destroy only begins. */
static int drain(wsstls_loop *loop)
{
  lws_state *s = loop->state;

  if (s->uv_run == NULL)
    return 0;
  for (int i = 0; i < 100 && s->uv_run(loop->foreign, 2) != 0; i++)
    ;
  return 1;
}

static void close_state(wsstls_loop *loop)
{
  lws_state *s = loop->state;

  if (s == NULL)
    return;
  if (s->ev_loop_destroy != NULL && loop->foreign != NULL)
    s->ev_loop_destroy(loop->foreign);
  if (s->uv_timer != NULL)
    s->uv_close(s->uv_timer, NULL);
  if (s->uv_loop_close != NULL && loop->foreign != NULL) {
    s->uv_run(loop->foreign, 2); /* the closed handles' last callbacks */
    if (s->uv_loop_close(loop->foreign) == 0)
      free(loop->foreign);
  }
  free(s->uv_timer);
  free(s->fds);
  free(s->generations);
  /* the library stays: lws's plugin may still have handlers in it */
  free(s);
}

#define BACKEND(text, options, opener) \
  { .name = text, .context_options = options, .coalesce = 0, \
    .open = opener, .start = start, .watch = watch, .unwatch = unwatch, \
    .wait = wait_for, .wake = wake, .pollfd = no_pollfd, \
    .drain = drain, .close = close_state }

const wsstls_backend wsstls_backend_poll = BACKEND("poll", 0, poll_open);
const wsstls_backend wsstls_backend_libev =
  BACKEND("libev", LWS_SERVER_OPTION_LIBEV, ev_open);
const wsstls_backend wsstls_backend_libuv =
  BACKEND("libuv", LWS_SERVER_OPTION_LIBUV, uv_open);
