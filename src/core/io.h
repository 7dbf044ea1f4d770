/* io.h: what the loop knows of anything with a descriptor.
 *
 * Connections, listeners and plain streams begin with a wsstls_io. The loop
 * finds it by descriptor, tells it about readiness, and delivers it to the
 * application when it has something to say; it knows nothing else about it.
 */
#ifndef WSSTLS_IO_H
#define WSSTLS_IO_H

#include <stdint.h>

struct wsstls_loop;

enum { WSSTLS_READABLE = 1, WSSTLS_WRITABLE = 2, WSSTLS_HANGUP = 4,
       WSSTLS_FAILED = 8 };

typedef struct wsstls_io {
  struct wsstls_loop *loop;
  int fd;                      /* -1: none */
  uint32_t generation;         /* tells a reused descriptor apart */
  uint8_t watched;             /* the poller knows the descriptor */
  uint8_t level;               /* wants level-triggered reads (listeners) */
  uint8_t in_again, in_ready, in_dirty;
  struct wsstls_io *again_next, *ready_next, *dirty_next;
  void (*on_events)(struct wsstls_io *io, unsigned events);
  void (*on_flush)(struct wsstls_io *io); /* output was queued outside */
  void (*on_hold)(struct wsstls_io *io);  /* the loop uses it: reference */
  void (*on_drop)(struct wsstls_io *io);  /* and lets go */
  void (*on_shutdown)(struct wsstls_io *io); /* the loop ends; or NULL */
  void *owner;                 /* the binding's, untouched here */
} wsstls_io;

#endif
