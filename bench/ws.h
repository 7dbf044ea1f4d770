/* ws.h: the few lines of RFC 6455 and of /proc that floor.c and load.c share.
 * Made for measuring: peers are trusted to follow the protocol.
 */
#ifndef BENCH_WS_H
#define BENCH_WS_H

#include <dirent.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

enum { WS_TEXT = 1, WS_BINARY = 2, WS_CLOSE = 8, WS_HEADER_MAX = 14 };

/* One frame header, collected byte by byte. */
typedef struct ws_header {
  unsigned char bytes[WS_HEADER_MAX];
  size_t have;
  uint64_t length;   /* of the payload; valid once complete */
  unsigned char *key; /* the mask, or NULL */
} ws_header;

static inline void die(const char *what)
{
  perror(what);
  exit(1);
}

static inline size_t ws_header_need(const ws_header *h)
{
  size_t need = 2;

  if (h->have < 2)
    return 2;
  if ((h->bytes[1] & 127) == 126)
    need += 2;
  else if ((h->bytes[1] & 127) == 127)
    need += 8;
  return h->bytes[1] & 128 ? need + 4 : need;
}

/* Takes bytes from *p until the header is complete (1) or they end (0). */
static inline int ws_header_feed(ws_header *h, unsigned char **p,
                                 unsigned char *end)
{
  size_t i, n, need;

  while (h->have < (need = ws_header_need(h))) {
    if (*p == end)
      return 0;
    h->bytes[h->have++] = *(*p)++;
  }
  n = need - 2 - (h->bytes[1] & 128 ? 4 : 0);
  h->length = n == 0 ? h->bytes[1] & 127 : 0;
  for (i = 0; i < n; i++)
    h->length = h->length << 8 | h->bytes[2 + i];
  h->key = h->bytes[1] & 128 ? h->bytes + need - 4 : NULL;
  return 1;
}

/* Writes a header with FIN set; returns its length. */
static inline size_t ws_header_put(unsigned char *out, int opcode,
                                   uint64_t length, int masked)
{
  size_t i, n = length < 126 ? 0 : length < 65536 ? 2 : 8;
  unsigned char mask = masked ? 128 : 0;

  out[0] = (unsigned char)(128 | opcode);
  out[1] = (unsigned char)(mask |
                           (n == 0 ? length : n == 2 ? 126u : 127u));
  for (i = 0; i < n; i++)
    out[2 + i] = (unsigned char)(length >> (8 * (n - 1 - i)));
  return 2 + n;
}

/* XORs with the four-byte key; `offset` is the place within the payload. */
static inline void ws_mask(unsigned char *p, size_t n,
                           const unsigned char *key, uint64_t offset)
{
  unsigned char wide[8];
  uint64_t k, v;
  size_t i;

  for (i = 0; i < 8; i++)
    wide[i] = key[(offset + i) & 3];
  memcpy(&k, wide, 8);
  for (i = 0; i + 8 <= n; i += 8) {
    memcpy(&v, p + i, 8);
    v ^= k;
    memcpy(p + i, &v, 8);
  }
  for (; i < n; i++)
    p[i] ^= wide[i & 7];
}

static inline double schedstat(const char *path)
{
  unsigned long long ns = 0;
  FILE *f = fopen(path, "r");

  if (f == NULL)
    return 0;
  if (fscanf(f, "%llu", &ns) != 1)
    ns = 0;
  fclose(f);
  return (double)ns / 1e9;
}

/* Seconds on a CPU of all threads of a process, from the scheduler's own
 * nanosecond accounts. */
static inline double cpu_of(int pid)
{
  char path[300];
  struct dirent *entry;
  double total = 0;
  DIR *dir;

  snprintf(path, sizeof path, "/proc/%d/task", pid);
  dir = opendir(path);
  if (dir == NULL)
    die(path);
  while ((entry = readdir(dir)) != NULL) {
    if (entry->d_name[0] == '.')
      continue;
    snprintf(path, sizeof path, "/proc/%d/task/%.20s/schedstat", pid,
             entry->d_name);
    total += schedstat(path);
  }
  closedir(dir);
  return total;
}

/* Resident memory of a process in bytes. */
static inline double rss_of(int pid)
{
  char path[40];
  unsigned long pages = 0;
  FILE *f;

  snprintf(path, sizeof path, "/proc/%d/statm", pid);
  f = fopen(path, "r");
  if (f == NULL || fscanf(f, "%*u %lu", &pages) != 1)
    die(path);
  fclose(f);
  return (double)pages * (double)sysconf(_SC_PAGESIZE);
}

static inline void raise_file_limit(void)
{
  struct rlimit limit;

  if (getrlimit(RLIMIT_NOFILE, &limit) != 0)
    die("getrlimit");
  limit.rlim_cur = limit.rlim_max;
  if (setrlimit(RLIMIT_NOFILE, &limit) != 0)
    die("setrlimit");
}

static inline void set_nonblocking(int fd)
{
  if (fcntl(fd, F_SETFL, fcntl(fd, F_GETFL) | O_NONBLOCK) != 0)
    die("fcntl");
}

#endif
