/* backends.c: where the process waits: in epoll itself, or in poll(2), libev
 * or libuv, which wait for epoll's descriptor.
 *
 * lws has loops of its own for these. They read, write and close as they see
 * fit (libuv tells lws of an error, lws closes, and the alert that came first
 * is unread), so each would end connections in its own way.
 * libev and libuv are found at run time: nothing links against them.
 * Sources: ev(3), docs.libuv.org (uv_poll_t, uv_run).
 */
#include "loop.h"

#include <dlfcn.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include "poller.h"

/* One library's loop, with one descriptor in it. */
typedef struct wsstls_outside {
  wsstls_poller *poller;
  void *library, *loop;        /* which stay; NULL: poll(2) */
  void *handle;                /* libuv's */
  int waiting;                 /* libev's ev_once is under way */
  int (*run)(void *loop, int mode);
  void (*ev_once)(void *loop, int fd, int events, double timeout,
                  void (*cb)(int revents, void *arg), void *arg);
  void (*ev_loop_destroy)(void *loop);
  int (*uv_loop_close)(void *loop);
  void (*uv_close)(void *handle, void (*cb)(void *handle));
} outside;

static outside *outside_open(wsstls_loop *loop, const char *library,
                             wsstls_error *err)
{
  outside *o = calloc(1, sizeof *o);

  if (o == NULL)
    return NULL;
  loop->outside = o;
  o->poller = loop->poller;
  if (!wsstls_poller_alarm(o->poller, -1)) {
    wsstls_error_set(err, WSSTLS_LIMIT_FILES, "timerfd: no descriptor left");
    return NULL;
  }
  if (library == NULL)
    return o;
  o->library = dlopen(library, RTLD_NOW | RTLD_LOCAL);
  if (o->library != NULL)
    return o;
  wsstls_error_set(err, WSSTLS_UNKNOWN, "event loop: %s is not installed",
                   library);
  return NULL;
}

/* A function out of the library: ISO C has no cast for it. */
static int find(const outside *o, const char *name, void *function)
{
  void *symbol = dlsym(o->library, name);

  memcpy(function, &symbol, sizeof symbol);
  return symbol != NULL;
}

const wsstls_backend wsstls_backend_epoll = { .name = "epoll" };

/* -------------------------------------------------------------------- poll */

static int poll_open(wsstls_loop *loop, wsstls_error *err)
{
  return outside_open(loop, NULL, err) != NULL;
}

static void poll_block(wsstls_loop *loop)
{
  struct pollfd p = { .fd = wsstls_poller_fd(loop->poller),
                      .events = POLLIN };

  poll(&p, 1, -1);
}

static void poll_close(wsstls_loop *loop)
{
  free(loop->outside);
}

const wsstls_backend wsstls_backend_poll = {
  .name = "poll", .open = poll_open, .block = poll_block, .close = poll_close
};

/* ------------------------------------------------------------------- libev */

enum { EV_READ = 1, EV_NOWAIT = 1, EV_ONCE = 2 };

static int ev_open(wsstls_loop *loop, wsstls_error *err)
{
  outside *o = outside_open(loop, "libev.so.4", err);
  void *(*ev_loop_new)(unsigned flags);

  if (o == NULL || !find(o, "ev_loop_new", &ev_loop_new) ||
      !find(o, "ev_run", &o->run) || !find(o, "ev_once", &o->ev_once) ||
      !find(o, "ev_loop_destroy", &o->ev_loop_destroy))
    return 0;
  o->loop = ev_loop_new(0);
  return o->loop != NULL;
}

static void on_once(int revents, void *arg)
{
  (void)revents;
  ((outside *)arg)->waiting = 0;
}

static void ev_block(wsstls_loop *loop)
{
  outside *o = loop->outside;

  if (!o->waiting)
    o->ev_once(o->loop, wsstls_poller_fd(o->poller), EV_READ, -1, on_once, o);
  o->waiting = 1;
  o->run(o->loop, EV_ONCE);
}

static void ev_close(wsstls_loop *loop)
{
  outside *o = loop->outside;

  if (o != NULL && o->waiting) { /* only what it waits for ends an ev_once */
    wsstls_poller_wake(o->poller);
    o->run(o->loop, EV_NOWAIT);
  }
  if (o != NULL && o->loop != NULL)
    o->ev_loop_destroy(o->loop);
  free(o);
}

const wsstls_backend wsstls_backend_libev = {
  .name = "libev", .open = ev_open, .block = ev_block, .close = ev_close
};

/* ------------------------------------------------------------------- libuv */

enum { UV_POLL_HANDLE = 8, /* uv_handle_type, stable in libuv 1 */
       UV_READABLE = 1, UV_ONCE = 1, UV_NOWAIT = 2 };

static void on_readable(void *handle, int status, int events)
{
  (void)handle;
  (void)status;
  (void)events;
}

static int uv_watch(outside *o)
{
  size_t (*uv_handle_size)(int type);
  int (*uv_poll_init)(void *loop, void *handle, int fd);
  int (*uv_poll_start)(void *handle, int events,
                       void (*cb)(void *handle, int status, int events));

  if (!find(o, "uv_handle_size", &uv_handle_size) ||
      !find(o, "uv_poll_init", &uv_poll_init) ||
      !find(o, "uv_poll_start", &uv_poll_start) ||
      !find(o, "uv_close", &o->uv_close))
    return 0;
  o->handle = calloc(1, uv_handle_size(UV_POLL_HANDLE));
  if (o->handle == NULL)
    return 0;
  if (uv_poll_init(o->loop, o->handle, wsstls_poller_fd(o->poller)) != 0) {
    free(o->handle);
    o->handle = NULL;
    return 0;
  }
  return uv_poll_start(o->handle, UV_READABLE, on_readable) == 0;
}

static int uv_open(wsstls_loop *loop, wsstls_error *err)
{
  outside *o = outside_open(loop, "libuv.so.1", err);
  size_t (*uv_loop_size)(void);
  int (*uv_loop_init)(void *uv);

  if (o == NULL || !find(o, "uv_loop_size", &uv_loop_size) ||
      !find(o, "uv_loop_init", &uv_loop_init) || !find(o, "uv_run", &o->run) ||
      !find(o, "uv_loop_close", &o->uv_loop_close))
    return 0;
  o->loop = calloc(1, uv_loop_size());
  if (o->loop == NULL)
    return 0;
  if (uv_loop_init(o->loop) != 0) {
    free(o->loop);
    o->loop = NULL;
    return 0;
  }
  return uv_watch(o);
}

static void uv_block(wsstls_loop *loop)
{
  const outside *o = loop->outside;

  o->run(o->loop, UV_ONCE);
}

static void uv_close(wsstls_loop *loop)
{
  outside *o = loop->outside;

  if (o != NULL && o->loop != NULL) {
    if (o->handle != NULL)
      o->uv_close(o->handle, NULL);
    o->run(o->loop, UV_NOWAIT); /* a handle closes in its own loop */
    o->uv_loop_close(o->loop);
    free(o->handle);
    free(o->loop);
  }
  free(o);
}

const wsstls_backend wsstls_backend_libuv = {
  .name = "libuv", .open = uv_open, .block = uv_block, .close = uv_close
};
