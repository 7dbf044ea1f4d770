/* loop.h: the one libwebsockets context of the process, and its turns.
 *
 * Fixed vhosts (client, server, plain), one base SSL_CTX per side. The poller
 * tells ios about readiness; a backend is where the process waits for it:
 * the poller's own epoll (the default), or poll(2), libev or libuv.
 * What the application has to see waits in a list until the step is over:
 * nothing of it runs under an lws or OpenSSL callback.
 */
#ifndef WSSTLS_LOOP_H
#define WSSTLS_LOOP_H

#include <libwebsockets.h>
#include "bio.h"
#include "io.h"
#include "status.h"
#include "timer.h"

typedef struct wsstls_loop wsstls_loop;

enum { WSSTLS_LWS_BUFFER = 16384 + 64 }; /* lws reads and writes heads in it */

/* Where the process waits. Without functions: in the poller itself. */
typedef struct wsstls_backend {
  const char *name;
  int (*open)(wsstls_loop *loop, wsstls_error *err); /* 0: failed */
  void (*block)(wsstls_loop *loop); /* until the poller has something */
  void (*close)(wsstls_loop *loop); /* also after a failed open */
} wsstls_backend;

struct wsstls_loop {
  int refs;
  const wsstls_backend *backend;
  struct wsstls_poller *poller;
  struct wsstls_outside *outside; /* the backend's */
  struct lws_context *context;
  struct lws_vhost *client, *server, *plain; /* plain: ws:// */
  SSL_CTX *client_ctx;
  SSL_CTX *raw_contexts[2];    /* raw peers': client, server; or NULL */
  wsstls_wires wires;
  wsstls_timers timers;
  wsstls_io **table;           /* by descriptor */
  int table_size;
  uint32_t generations;
  /* who wants another turn; who has something to say to the application,
   * which takes it from there after the step; who has output */
  wsstls_io *again, *ready, **ready_tail, *dirty;
  int stepping;
  int forked;                  /* this is a child; the loop is the parent's */
  int closing;                 /* shut down: nothing happens any more */
  int dying;
  unsigned char *scratch;      /* for lws_write */
  size_t scratch_len;
  int conns;                   /* live connections */
  int connecting;              /* ... whose TCP connect is under way */
};

/* Opens the process's loop, or returns another reference to it. `name`:
 * "auto", "epoll", "libev", "libuv", "poll". */
wsstls_status wsstls_loop_open(const char *name, wsstls_loop **out,
                               wsstls_error *err);
wsstls_loop *wsstls_loop_ref(wsstls_loop *loop);
/* The last reference frees it, after shutting it down. */
void wsstls_loop_unref(wsstls_loop *loop);
/* Destroys the context and with it every wsi: each connection ends. What is
 * still referenced stays valid and does nothing. */
void wsstls_loop_shutdown(wsstls_loop *loop);
wsstls_loop *wsstls_loop_current(void); /* NULL: not open */

/* One turn: timers, readiness. timeout_us < 0 waits until
 * something happens. Returns 0 when called from inside itself. */
int wsstls_loop_step(wsstls_loop *loop, int64_t timeout_us);
/* Microseconds until the loop wants a step of its own accord; -1: never. */
int64_t wsstls_loop_timeout(const wsstls_loop *loop);

void wsstls_io_watch(wsstls_io *io);   /* fd is set: enter table, backend */
void wsstls_io_unwatch(wsstls_io *io); /* before or after the fd closes */
void wsstls_io_again(wsstls_io *io);   /* call on_events in the next turn */
void wsstls_io_ready(wsstls_io *io);   /* it has something to say */
void wsstls_io_dirty(wsstls_io *io);   /* call on_flush before waiting */
wsstls_io *wsstls_io_of(wsstls_loop *loop, int fd);
/* Calls on_events if `io` is still the one of that generation. */
void wsstls_io_dispatch(wsstls_loop *loop, int fd, uint32_t generation,
                        unsigned events);

/* lws's log lines: into the record being served, and to the application's
 * sink (called from step, copied). level 0 = silent. */
void wsstls_log_target(wsstls_record *record);
wsstls_record *wsstls_log_current(void);

/* Those lists: once around, or only letting go (shutdown). */
void wsstls_io_run_again(wsstls_loop *loop);
void wsstls_io_run_dirty(wsstls_loop *loop);
void wsstls_io_drop_lists(wsstls_loop *loop);
/* The application has seen loop->ready: on to the next. */
void wsstls_io_delivered(wsstls_loop *loop);

extern const wsstls_backend wsstls_backend_epoll, wsstls_backend_poll,
  wsstls_backend_libev, wsstls_backend_libuv;

#endif
