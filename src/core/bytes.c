/* bytes.c: see bytes.h. */
#include "bytes.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

enum { SMALLEST = 4096 };

size_t wsstls_bytes_count(const wsstls_bytes *b)
{
  return b->last - b->first;
}

const char *wsstls_bytes_front(const wsstls_bytes *b)
{
  return b->data != NULL ? b->data + b->first : "";
}

static int grow(wsstls_bytes *b, size_t need)
{
  size_t capacity = b->capacity ? b->capacity : SMALLEST;
  char *data;

  while (capacity < need)
    capacity = capacity > SIZE_MAX / 2 ? need : capacity * 2;
  data = realloc(b->data, capacity);
  if (data == NULL)
    return 0;
  b->data = data;
  b->capacity = capacity;
  return 1;
}

char *wsstls_bytes_room(wsstls_bytes *b, size_t n)
{
  size_t count = wsstls_bytes_count(b);

  if (n > SIZE_MAX / 2 - count)
    return NULL;
  if (b->capacity - b->last < n) {
    /* moving costs what was taken since the last time, at the least */
    if (b->first > 0 && b->first >= count) {
      memmove(b->data, wsstls_bytes_front(b), count);
      b->first = 0;
      b->last = count;
    }
    if (b->capacity - b->last < n && !grow(b, b->last + n))
      return NULL;
  }
  return b->data + b->last;
}

void wsstls_bytes_added(wsstls_bytes *b, size_t n)
{
  b->last += n;
}

int wsstls_bytes_add(wsstls_bytes *b, const void *data, size_t n)
{
  char *room;

  if (n == 0)
    return 1;
  room = wsstls_bytes_room(b, n);
  if (room == NULL)
    return 0;
  memcpy(room, data, n);
  b->last += n;
  return 1;
}

void wsstls_bytes_taken(wsstls_bytes *b, size_t n)
{
  b->first += n;
  if (b->first == b->last)
    wsstls_bytes_free(b);
}

void wsstls_bytes_free(wsstls_bytes *b)
{
  free(b->data);
  b->data = NULL;
  b->first = b->last = b->capacity = 0;
}
