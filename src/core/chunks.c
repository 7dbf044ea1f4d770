/* chunks.c: see chunks.h. */
#include "chunks.h"

#include <string.h>

enum { MAX_DIGITS = 8 };

static int digit(char c)
{
  if (c >= '0' && c <= '9')
    return c - '0';
  c = (char)(c | 0x20);
  return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* The size that begins a line; what follows it (an extension) is skipped.
 * -1: there is none. */
static long long size_of(const char *p, const char *end)
{
  const char *start = p;
  long long size = 0;

  for (; p < end && digit(*p) >= 0; p++) {
    if (p - start == MAX_DIGITS)
      return -1;
    size = size * 16 + digit(*p);
  }
  if (p == start || (p < end && *p != '\r' && *p != '\n' && *p != ';' &&
                     *p != ' ' && *p != '\t'))
    return -1;
  return size;
}

/* Trailers are header lines; an empty one is the end. */
static int trailers_end(const char *p, const char *end)
{
  const char *line;

  while (p < end && (line = memchr(p, '\n', (size_t)(end - p))) != NULL) {
    if (line == p || (line == p + 1 && *p == '\r'))
      return 1;
    p = line + 1;
  }
  return 0;
}

int wsstls_chunks(const char *body, size_t len, wsstls_chunk fn, void *ud)
{
  const char *p = body, *end = body + len;

  while (p < end) {
    const char *line = memchr(p, '\n', (size_t)(end - p));
    long long size = size_of(p, line != NULL ? line : end);
    size_t here;

    if (size < 0 || line == NULL)
      return size < 0 ? -1 : 0;
    p = line + 1;
    if (size == 0)
      return trailers_end(p, end);
    here = (size_t)(end - p);
    if (here > (size_t)size)
      here = (size_t)size;
    if (fn != NULL && here > 0)
      fn(p, here, ud);
    p += here;
    if (end - p < 2)
      return p == end || *p == '\r' ? 0 : -1;
    if (p[0] != '\r' || p[1] != '\n')
      return -1;
    p += 2;
  }
  return 0;
}
