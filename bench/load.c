/* load.c: a closed-loop load on a wss echo server, and what each operation
 * costs that server's process.
 *
 * load echo PORT CA PID CONNECTIONS SIZE MESSAGES IDLE
 *   CONNECTIONS play ping-pong with messages of SIZE bytes until MESSAGES
 *   have come back (after a tenth as many for warming up), while IDLE further
 *   connections are open and silent
 * load handshake PORT CA PID CONNECTIONS COUNT
 *   COUNT times connect, verify, upgrade, close; CONNECTIONS at a time
 * PID is the server's; TLS 1.3, AES-128-GCM, X25519 where the server has it,
 * verified against CA.
 * Prints one line of name=value pairs; times in microseconds.
 */
#include "ws.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <signal.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <time.h>

enum { CHUNK = 65536 };

typedef enum phase { TLS, UPGRADE, IDLE, PLAY, CLOSING } phase;

typedef struct conn {
  int fd, is_idle;
  phase phase;
  SSL *ssl;
  ws_header header;
  uint64_t left;
  size_t sent;   /* of the outgoing bytes, `out` */
  const unsigned char *out;
  size_t out_length;
  double started;
  char reply[1024];
  size_t reply_length;
} conn;

static struct {
  int port, pid, epoll_fd, handshakes;
  SSL_CTX *ctx;
  unsigned char *frame;
  size_t frame_length;
  size_t open, wanted;       /* connections that are upgraded / asked for */
  size_t begun, done, total; /* operations */
  double *times;
} load;

static const unsigned char CLOSE[] = { 0x88, 0x82, 1, 2, 3, 4, 2, 0xea };
static const char REQUEST[] =
  "GET / HTTP/1.1\r\nHost: 127.0.0.1\r\nUpgrade: websocket\r\n"
  "Connection: Upgrade\r\nSec-WebSocket-Version: 13\r\n"
  "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n";

static double now(void)
{
  struct timespec t;

  clock_gettime(CLOCK_MONOTONIC, &t);
  return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static void fail(const char *what)
{
  fprintf(stderr, "load: %s (%zu of %zu connections, %zu of %zu operations)"
          "\n", what, load.open, load.wanted, load.done, load.total);
  ERR_print_errors_fp(stderr);
  exit(1);
}

static conn *conn_begin(int is_idle)
{
  struct sockaddr_in a = { .sin_family = AF_INET };
  struct epoll_event event = { .events = EPOLLIN | EPOLLOUT | EPOLLET };
  conn *c = calloc(1, sizeof *c);
  int on = 1;

  if (c == NULL)
    die("calloc");
  c->is_idle = is_idle;
  c->started = now();
  c->fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  a.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  a.sin_port = htons((uint16_t)load.port);
  if (c->fd < 0 || connect(c->fd, (struct sockaddr *)&a, sizeof a) != 0)
    die("connect");
  setsockopt(c->fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  set_nonblocking(c->fd);
  c->ssl = SSL_new(load.ctx);
  if (c->ssl == NULL)
    fail("SSL_new");
  SSL_set_fd(c->ssl, c->fd);
  SSL_set_connect_state(c->ssl);
  X509_VERIFY_PARAM_set1_ip_asc(SSL_get0_param(c->ssl), "127.0.0.1");
  event.data.ptr = c;
  if (epoll_ctl(load.epoll_fd, EPOLL_CTL_ADD, c->fd, &event) != 0)
    die("epoll_ctl");
  return c;
}

static void conn_write(conn *c, const void *bytes, size_t length)
{
  c->out = bytes;
  c->out_length = length;
  c->sent = 0;
}

static void conn_flush(conn *c)
{
  int n;

  while (c->sent < c->out_length) {
    n = SSL_write(c->ssl, c->out + c->sent, (int)(c->out_length - c->sent));
    if (n <= 0) {
      if (SSL_get_error(c->ssl, n) != SSL_ERROR_WANT_WRITE)
        fail("the server went away while we wrote");
      return;
    }
    c->sent += (size_t)n;
  }
}

static void conn_ping(conn *c)
{
  if (load.begun == load.total)
    return;
  load.begun++;
  c->started = now();
  conn_write(c, load.frame, load.frame_length);
  conn_flush(c);
}

static void conn_pong(conn *c)
{
  load.times[load.done++] = now() - c->started;
  conn_ping(c);
}

/* The end of a handshake operation: the next one takes its place. */
static void conn_end(conn *c)
{
  SSL_free(c->ssl);
  close(c->fd);
  if (load.done < load.total)
    load.times[load.done++] = now() - c->started;
  free(c);
  if (load.begun < load.total) {
    load.begun++;
    conn_begin(0);
  }
}

static void conn_upgraded(conn *c)
{
  load.open++;
  c->phase = c->is_idle ? IDLE : PLAY;
  if (load.handshakes) {
    c->phase = CLOSING;
    conn_write(c, CLOSE, sizeof CLOSE);
    conn_flush(c);
  }
}

static void conn_reply(conn *c, const unsigned char *p, size_t n)
{
  if (c->reply_length + n >= sizeof c->reply)
    fail("the answer to the upgrade is too long");
  memcpy(c->reply + c->reply_length, p, n);
  c->reply_length += n;
  c->reply[c->reply_length] = 0;
  if (strstr(c->reply, "\r\n\r\n") == NULL)
    return;
  if (strncmp(c->reply, "HTTP/1.1 101", 12) != 0)
    fail("the upgrade was refused");
  conn_upgraded(c);
}

/* Counts a message when its last frame has ended; servers may cut it up. */
static void conn_frames(conn *c, unsigned char *p, unsigned char *end)
{
  size_t n;

  while (p < end) {
    if (c->left == 0) {
      if (!ws_header_feed(&c->header, &p, end))
        return;
      c->left = c->header.length;
    }
    n = (size_t)(end - p) < c->left ? (size_t)(end - p) : (size_t)c->left;
    p += n;
    c->left -= n;
    if (c->left == 0) {
      n = c->header.bytes[0];
      memset(&c->header, 0, sizeof c->header);
      if ((n & 15) < 3 && (n & 128))
        conn_pong(c);
    }
  }
}

static void conn_read(conn *c)
{
  static unsigned char chunk[CHUNK];
  int n;

  while ((n = SSL_read(c->ssl, chunk, sizeof chunk)) > 0) {
    if (c->phase == UPGRADE)
      conn_reply(c, chunk, (size_t)n);
    else if (c->phase != CLOSING)
      conn_frames(c, chunk, chunk + n);
  }
  n = SSL_get_error(c->ssl, n);
  if (n == SSL_ERROR_WANT_READ)
    return;
  if (c->phase != CLOSING)
    fail("the server closed the connection");
  ERR_clear_error();
  conn_end(c);
}

static void conn_ready(conn *c)
{
  int n;

  if (c->phase == TLS) {
    n = SSL_do_handshake(c->ssl);
    if (n <= 0) {
      if (SSL_get_error(c->ssl, n) == SSL_ERROR_WANT_READ)
        return;
      fail("the handshake failed");
    }
    c->phase = UPGRADE;
    conn_write(c, REQUEST, sizeof REQUEST - 1);
  }
  conn_flush(c);
  conn_read(c);
}

static void turn(void)
{
  struct epoll_event events[256];
  int i, n = epoll_wait(load.epoll_fd, events, 256, 20000);

  if (n <= 0)
    fail("nothing happened for 20 seconds");
  for (i = 0; i < n; i++)
    conn_ready(events[i].data.ptr);
}

static int by_value(const void *a, const void *b)
{
  double x = *(const double *)a, y = *(const double *)b;

  return (x > y) - (x < y);
}

static void report(double cpu, double seconds)
{
  size_t n = load.total;

  qsort(load.times, n, sizeof *load.times, by_value);
  printf("cpu=%.3f rate=%.0f p50=%.1f p99=%.1f rss=%.0f\n",
         cpu / (double)n * 1e6, (double)n / seconds,
         load.times[n / 2] * 1e6, load.times[n * 99 / 100] * 1e6,
         rss_of(load.pid));
}

static void operations(size_t count)
{
  load.begun = load.done = 0;
  load.total = count;
  load.times = realloc(load.times, (count + 1) * sizeof *load.times);
  if (load.times == NULL)
    die("realloc");
}

/* One measured run of `count` ping-pongs, or an unmeasured one. */
static void play(conn **players, size_t connections, size_t count,
                 int measured)
{
  double cpu = cpu_of(load.pid), started = now();
  size_t i;

  operations(count);
  for (i = 0; i < connections; i++)
    conn_ping(players[i]);
  while (load.done < load.total)
    turn();
  if (measured)
    report(cpu_of(load.pid) - cpu, now() - started);
}

static void open_all(size_t count, int is_idle, conn **players)
{
  conn *c;

  for (; count > 0; count--) {
    load.wanted++;
    c = conn_begin(is_idle);
    if (players != NULL)
      *players++ = c;
    while (load.open + 64 < load.wanted)
      turn();
  }
  while (load.open < load.wanted)
    turn();
}

static void echo(size_t connections, size_t size, size_t messages,
                 size_t idle)
{
  conn **players = calloc(connections, sizeof *players);
  double before = rss_of(load.pid);

  load.frame = calloc(1, size + WS_HEADER_MAX);
  if (load.frame == NULL || players == NULL)
    die("calloc");
  load.frame_length = ws_header_put(load.frame, WS_BINARY, size, 1);
  memcpy(load.frame + load.frame_length, "\1\2\3\4", 4);
  load.frame_length += 4 + size;
  open_all(idle, 1, NULL);
  if (idle > 0)
    printf("idle=%.0f ", (rss_of(load.pid) - before) / (double)idle);
  open_all(connections, 0, players);
  play(players, connections, messages / 10 + connections, 0);
  play(players, connections, messages, 1);
  free(players);
}

static void handshakes(size_t at_once, size_t count)
{
  double cpu, started;
  size_t i, round;

  load.handshakes = 1;
  for (round = 0; round < 2; round++) {
    cpu = cpu_of(load.pid);
    started = now();
    operations(round == 0 ? count / 10 + at_once : count);
    for (i = 0; i < at_once && load.begun < load.total; i++) {
      load.begun++;
      conn_begin(0);
    }
    while (load.done < load.total)
      turn();
  }
  report(cpu_of(load.pid) - cpu, now() - started);
}

static void set_up(const char *ca)
{
  load.ctx = SSL_CTX_new(TLS_client_method());
  load.epoll_fd = epoll_create1(EPOLL_CLOEXEC);
  if (load.ctx == NULL || load.epoll_fd < 0 ||
      SSL_CTX_load_verify_locations(load.ctx, ca, NULL) != 1)
    fail("the CA cannot be loaded");
  SSL_CTX_set_verify(load.ctx, SSL_VERIFY_PEER, NULL);
  SSL_CTX_set_min_proto_version(load.ctx, TLS1_3_VERSION);
  SSL_CTX_set_ciphersuites(load.ctx, "TLS_AES_128_GCM_SHA256");
  SSL_CTX_set1_groups_list(load.ctx, "X25519:P-256");
  SSL_CTX_set_mode(load.ctx, SSL_MODE_ENABLE_PARTIAL_WRITE |
                   SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER);
  signal(SIGPIPE, SIG_IGN);
  raise_file_limit();
}

int main(int argc, char **argv)
{
  size_t n[4] = { 0, 0, 0, 0 };
  int i;

  if (argc < 7) {
    fprintf(stderr, "usage: load echo PORT CA PID CONNECTIONS SIZE MESSAGES "
            "IDLE\n       load handshake PORT CA PID AT_ONCE COUNT\n");
    return 1;
  }
  load.port = atoi(argv[2]);
  load.pid = atoi(argv[4]);
  for (i = 5; i < argc && i < 9; i++)
    n[i - 5] = strtoul(argv[i], NULL, 10);
  set_up(argv[3]);
  if (strcmp(argv[1], "echo") == 0)
    echo(n[0], n[1], n[2], n[3]);
  else
    handshakes(n[0], n[1]);
  return 0;
}
