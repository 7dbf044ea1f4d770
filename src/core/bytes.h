/* bytes.h: bytes that wait: added at the end, taken from the front. */
#ifndef WSSTLS_BYTES_H
#define WSSTLS_BYTES_H

#include <stddef.h>

/* Zero is empty. What waits is data[first] to data[last - 1]. */
typedef struct wsstls_bytes {
  char *data;
  size_t first, last, capacity;
} wsstls_bytes;

size_t wsstls_bytes_count(const wsstls_bytes *b);
const char *wsstls_bytes_front(const wsstls_bytes *b);
/* Room for `n` more at the end, to be filled and then counted with
 * wsstls_bytes_added; NULL: no memory. */
char *wsstls_bytes_room(wsstls_bytes *b, size_t n);
void wsstls_bytes_added(wsstls_bytes *b, size_t n);
int wsstls_bytes_add(wsstls_bytes *b, const void *data, size_t n);
void wsstls_bytes_taken(wsstls_bytes *b, size_t n);
void wsstls_bytes_free(wsstls_bytes *b); /* leaves it empty */

#endif
