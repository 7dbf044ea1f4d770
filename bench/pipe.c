/* pipe.c: how much a relay passes, and whether it is all the same.
 *
 *   pipe LISTEN CONNECT BYTES [plain]
 *
 * Listens on one port of the loopback, connects to the relay at the other,
 * sends records of TLS's shape (or plain text) with ever new bytes, and
 * compares the checksums of what went in and came out.
 */
#include <arpa/inet.h>
#include <netinet/in.h>
#include <pthread.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

enum { RECORD = 16384 + 5, RECORDS = 16 };

typedef struct sum {
  uint64_t value, bytes;
} sum;

static void die(const char *what)
{
  perror(what);
  exit(1);
}

/* Both sides add blocks of the same size, so words fall into place. */
static void add(sum *s, const unsigned char *p, size_t len)
{
  uint64_t v = s->value, word;
  size_t i = 0;

  for (; i + sizeof word <= len; i += sizeof word) {
    memcpy(&word, p + i, sizeof word);
    v = (v ^ word) * UINT64_C(0x100000001b3);
  }
  for (; i < len; i++)
    v = (v ^ p[i]) * UINT64_C(0x100000001b3);
  s->value = v;
  s->bytes += len;
}

static struct sockaddr_in loopback(int port)
{
  struct sockaddr_in a;

  memset(&a, 0, sizeof a);
  a.sin_family = AF_INET;
  a.sin_port = htons((uint16_t)port);
  a.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  return a;
}

static int listening(int port)
{
  struct sockaddr_in a = loopback(port);
  int one = 1, fd = socket(AF_INET, SOCK_STREAM, 0);

  setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &one, sizeof one);
  if (bind(fd, (struct sockaddr *)&a, sizeof a) != 0 || listen(fd, 1) != 0)
    die("listen");
  return fd;
}

static int connected(int port)
{
  struct sockaddr_in a = loopback(port);
  int fd = socket(AF_INET, SOCK_STREAM, 0);

  if (connect(fd, (struct sockaddr *)&a, sizeof a) != 0)
    die("connect");
  return fd;
}

/* New bytes for every record, cheaply: its number, over and over. */
static void fill(unsigned char *record, uint64_t number, int plain)
{
  static const unsigned char head[5] = { 0x17, 3, 3, 0x40, 0 };
  uint64_t word = number * UINT64_C(0x9e3779b97f4a7c15);

  memcpy(record, plain ? (const unsigned char *)"plain" : head, sizeof head);
  for (size_t i = sizeof head; i + sizeof word <= RECORD; i += sizeof word)
    memcpy(record + i, &word, sizeof word);
}

typedef struct job {
  int port, plain;
  uint64_t bytes;
  sum sent;
} job;

static void *sending(void *arg)
{
  static unsigned char block[RECORD * RECORDS];
  job *j = arg;
  uint64_t number = 0;
  int fd = connected(j->port);

  while (j->sent.bytes < j->bytes) {
    size_t off = 0;

    for (int i = 0; i < RECORDS; i++)
      fill(block + i * RECORD, number++, j->plain);
    add(&j->sent, block, sizeof block);
    while (off < sizeof block) {
      ssize_t n = send(fd, block + off, sizeof block - off, MSG_NOSIGNAL);

      if (n <= 0)
        die("send");
      off += (size_t)n;
    }
  }
  shutdown(fd, SHUT_WR);
  recv(fd, block, 1, 0);
  close(fd);
  return NULL;
}

static void receive_all(int listener, sum *got)
{
  static unsigned char block[RECORD * RECORDS];
  int fd = accept(listener, NULL, NULL);
  ssize_t n;

  while ((n = recv(fd, block, sizeof block, MSG_WAITALL)) > 0)
    add(got, block, (size_t)n);
  close(fd);
}

int main(int argc, char **argv)
{
  job j = { 0 };
  sum got = { 0 };
  struct timespec a, b;
  pthread_t thread;
  int listener;
  double seconds;

  if (argc < 4)
    return 1;
  listener = listening(atoi(argv[1]));
  j.port = atoi(argv[2]);
  j.bytes = strtoull(argv[3], NULL, 10);
  j.plain = argc > 4;
  clock_gettime(CLOCK_MONOTONIC, &a);
  if (pthread_create(&thread, NULL, sending, &j) != 0)
    die("thread");
  receive_all(listener, &got);
  clock_gettime(CLOCK_MONOTONIC, &b);
  pthread_join(thread, NULL);
  seconds = (double)(b.tv_sec - a.tv_sec) +
            (double)(b.tv_nsec - a.tv_nsec) / 1e9;
  printf("seconds=%.3f bytes=%llu same=%d\n", seconds,
         (unsigned long long)got.bytes,
         got.value == j.sent.value && got.bytes == j.sent.bytes);
  return 0;
}
