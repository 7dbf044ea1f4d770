/* timer.c: see timer.h. */
#include "timer.h"

#include <stdlib.h>
#include <time.h>

int64_t wsstls_now(void)
{
  struct timespec t;

  clock_gettime(CLOCK_MONOTONIC, &t);
  return (int64_t)t.tv_sec * 1000000 + t.tv_nsec / 1000;
}

int64_t wsstls_duration(double seconds)
{
  const double century = 3.2e9;

  return (int64_t)((seconds < century ? seconds : century) * 1e6);
}

int64_t wsstls_after(double seconds)
{
  return wsstls_now() + wsstls_duration(seconds);
}

double wsstls_epoch(void)
{
  struct timespec t;

  clock_gettime(CLOCK_REALTIME, &t);
  return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static void place(wsstls_timers *timers, size_t slot, wsstls_timer *timer)
{
  timers->heap[slot] = timer;
  timer->slot = slot;
}

static void sift_up(wsstls_timers *timers, size_t slot, wsstls_timer *timer)
{
  while (slot > 1 && timers->heap[slot / 2]->at > timer->at) {
    place(timers, slot, timers->heap[slot / 2]);
    slot /= 2;
  }
  place(timers, slot, timer);
}

static void sift_down(wsstls_timers *timers, size_t slot, wsstls_timer *timer)
{
  for (;;) {
    size_t child = slot * 2;

    if (child > timers->count)
      break;
    if (child < timers->count &&
        timers->heap[child + 1]->at < timers->heap[child]->at)
      child++;
    if (timers->heap[child]->at >= timer->at)
      break;
    place(timers, slot, timers->heap[child]);
    slot = child;
  }
  place(timers, slot, timer);
}

static int grow(wsstls_timers *timers)
{
  size_t capacity = timers->capacity ? timers->capacity * 2 : 64;
  wsstls_timer **heap = realloc(timers->heap, capacity * sizeof *heap);

  if (heap == NULL)
    return 0;
  timers->heap = heap;
  timers->capacity = capacity;
  return 1;
}

int wsstls_timer_set(wsstls_timers *timers, wsstls_timer *timer, int64_t at)
{
  int64_t before = timer->at;

  timer->at = at;
  if (timer->slot != 0) {
    if (at < before)
      sift_up(timers, timer->slot, timer);
    else
      sift_down(timers, timer->slot, timer);
    return 1;
  }
  if (timers->count + 1 >= timers->capacity && !grow(timers))
    return 0;
  timers->count++;
  sift_up(timers, timers->count, timer);
  return 1;
}

void wsstls_timer_cancel(wsstls_timers *timers, wsstls_timer *timer)
{
  size_t slot = timer->slot;
  wsstls_timer *last;

  if (slot == 0)
    return;
  timer->slot = 0;
  last = timers->heap[timers->count--];
  if (last == timer)
    return;
  if (slot > 1 && timers->heap[slot / 2]->at > last->at)
    sift_up(timers, slot, last);
  else
    sift_down(timers, slot, last);
}

void wsstls_timers_run(wsstls_timers *timers, int64_t now)
{
  while (timers->count > 0 && timers->heap[1]->at <= now) {
    wsstls_timer *timer = timers->heap[1];

    wsstls_timer_cancel(timers, timer);
    timer->fire(timer);
  }
}

int64_t wsstls_timers_next(const wsstls_timers *timers, int64_t now)
{
  if (timers->count == 0)
    return -1;
  return timers->heap[1]->at > now ? timers->heap[1]->at - now : 0;
}

void wsstls_timers_free(wsstls_timers *timers)
{
  free(timers->heap);
  timers->heap = NULL;
  timers->count = timers->capacity = 0;
}
