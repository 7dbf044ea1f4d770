/* timer.h: deadlines in a binary heap, intrusive, O(log n).
 *
 * lws keeps its timers in a sorted list, which makes every accept O(n) when
 * thousands of idle connections wait for their next ping; this does not.
 * Times are microseconds of the monotonic clock (wsstls_now).
 */
#ifndef WSSTLS_TIMER_H
#define WSSTLS_TIMER_H

#include <stddef.h>
#include <stdint.h>

typedef struct wsstls_timer {
  int64_t at;
  size_t slot;                 /* 1-based place in the heap; 0: not armed */
  void (*fire)(struct wsstls_timer *timer);
} wsstls_timer;

typedef struct wsstls_timers {
  wsstls_timer **heap;         /* heap[1..count] */
  size_t count, capacity;
} wsstls_timers;

int64_t wsstls_now(void);      /* monotonic microseconds */
/* Seconds as microseconds; they may be infinite: a century at most. */
int64_t wsstls_duration(double seconds);
int64_t wsstls_after(double seconds); /* the time in so many seconds */
double wsstls_epoch(void);     /* seconds since 1970, with fractions */

/* Arms (or moves) `timer`; returns 0 when memory is gone. */
int wsstls_timer_set(wsstls_timers *timers, wsstls_timer *timer, int64_t at);
void wsstls_timer_cancel(wsstls_timers *timers, wsstls_timer *timer);
/* Fires everything due; a fired timer is disarmed before its function. */
void wsstls_timers_run(wsstls_timers *timers, int64_t now);
/* Microseconds until the next one, 0 when due, -1 when there is none. */
int64_t wsstls_timers_next(const wsstls_timers *timers, int64_t now);
void wsstls_timers_free(wsstls_timers *timers);

#endif
