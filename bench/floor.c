/* floor.c: what OpenSSL and the kernel cost by themselves: a wss echo server
 * of one epoll loop without any of a server's duties.
 *
 * floor CERT KEY      prints "ready PORT" and serves until killed
 */
#include "ws.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <openssl/evp.h>
#include <openssl/sha.h>
#include <openssl/ssl.h>
#include <signal.h>
#include <sys/epoll.h>
#include <sys/socket.h>

enum { CHUNK = 65536, FRONT = 10, REQUEST_MAX = 4096 };

typedef struct conn {
  int fd, upgraded, opcode;
  SSL *ssl;
  ws_header header;
  uint64_t left;           /* payload bytes still to come */
  unsigned char *message;  /* FRONT bytes of room, then the payload */
  size_t length, capacity;
  size_t out, out_end;     /* what of `message` is still to be written */
} conn;

static unsigned char chunk[CHUNK];
static int epoll_fd;

static void conn_free(conn *c)
{
  SSL_free(c->ssl);
  close(c->fd);
  free(c->message);
  free(c);
}

static int conn_reserve(conn *c, size_t more)
{
  size_t need = FRONT + c->length + more;
  unsigned char *p;

  if (need <= c->capacity)
    return 1;
  p = realloc(c->message, need + need / 2);
  if (p == NULL)
    return 0;
  c->message = p;
  c->capacity = need + need / 2;
  return 1;
}

/* Writes what is pending: 1 done, 0 the socket is full, -1 lost. */
static int conn_flush(conn *c)
{
  int n;

  while (c->out < c->out_end) {
    n = SSL_write(c->ssl, c->message + c->out, (int)(c->out_end - c->out));
    if (n <= 0)
      return SSL_get_error(c->ssl, n) == SSL_ERROR_WANT_WRITE ? 0 : -1;
    c->out += (size_t)n;
  }
  c->length = 0;
  return 1;
}

static int conn_reply(conn *c)
{
  unsigned char header[FRONT];
  size_t n = ws_header_put(header, c->opcode, c->length, 0);

  c->out = FRONT - n;
  c->out_end = FRONT + c->length;
  memcpy(c->message + c->out, header, n);
  return conn_flush(c);
}

/* Takes frames out of [p, end); stops with what is left unread never: a
 * closed-loop client sends one message at a time. */
static int conn_frames(conn *c, unsigned char *p, unsigned char *end)
{
  size_t n;
  int done;

  while (p < end || (c->header.key != NULL && c->left == 0)) {
    if (c->header.key == NULL) {
      if (!ws_header_feed(&c->header, &p, end))
        return 1;
      c->left = c->header.length;
      if ((c->header.bytes[0] & 15) != 0)
        c->opcode = c->header.bytes[0] & 15;
      if (c->header.key == NULL)
        return -1;
    }
    n = (size_t)(end - p) < c->left ? (size_t)(end - p) : (size_t)c->left;
    if (!conn_reserve(c, n))
      return -1;
    memcpy(c->message + FRONT + c->length, p, n);
    ws_mask(c->message + FRONT + c->length, n, c->header.key,
            c->header.length - c->left);
    c->length += n;
    p += n;
    c->left -= n;
    if (c->left > 0)
      return 1;
    done = c->header.bytes[0] & 128;
    memset(&c->header, 0, sizeof c->header);
    if (done && conn_reply(c) < 0)
      return -1;
    if (c->opcode == WS_CLOSE)
      return -1;
  }
  return 1;
}

static int conn_upgrade(conn *c, const char *bytes, size_t n)
{
  static const char guid[] = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";
  unsigned char digest[SHA_DIGEST_LENGTH], accept[32];
  char text[128], reply[256];
  const char *key;
  int length;

  if (!conn_reserve(c, n + 1))
    return -1;
  memcpy(c->message + c->length, bytes, n);
  c->length += n;
  c->message[c->length] = 0;
  if (c->length > REQUEST_MAX)
    return -1;
  if (strstr((char *)c->message, "\r\n\r\n") == NULL)
    return 1;
  key = strcasestr((char *)c->message, "sec-websocket-key: ");
  if (key == NULL)
    return -1;
  length = snprintf(text, sizeof text, "%.24s%s", key + 19, guid);
  SHA1((unsigned char *)text, (size_t)length, digest);
  EVP_EncodeBlock(accept, digest, sizeof digest);
  length = snprintf(reply, sizeof reply, "HTTP/1.1 101 Switching Protocols"
                    "\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
                    "Sec-WebSocket-Accept: %s\r\n\r\n", accept);
  c->length = 0;
  c->upgraded = 1;
  return SSL_write(c->ssl, reply, length) == length ? 1 : -1;
}

static int conn_ready(conn *c)
{
  int n, ok;

  if (!SSL_is_init_finished(c->ssl)) {
    n = SSL_accept(c->ssl);
    if (n <= 0)
      return SSL_get_error(c->ssl, n) == SSL_ERROR_WANT_READ ? 1 : -1;
  }
  if (c->out < c->out_end && (ok = conn_flush(c)) <= 0)
    return ok < 0 ? -1 : 1;
  for (;;) {
    n = SSL_read(c->ssl, chunk, sizeof chunk);
    if (n <= 0)
      return SSL_get_error(c->ssl, n) == SSL_ERROR_WANT_READ ? 1 : -1;
    ok = c->upgraded ? conn_frames(c, chunk, chunk + n)
                     : conn_upgrade(c, (char *)chunk, (size_t)n);
    if (ok < 0)
      return -1;
    if (c->out < c->out_end)
      return 1;
  }
}

static void accept_one(int listener, SSL_CTX *ctx)
{
  struct epoll_event event;
  int fd = accept4(listener, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC);
  int on = 1;
  conn *c;

  if (fd < 0)
    return;
  setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  c = calloc(1, sizeof *c);
  if (c == NULL || (c->ssl = SSL_new(ctx)) == NULL)
    die("accept");
  c->fd = fd;
  SSL_set_fd(c->ssl, fd);
  event.events = EPOLLIN | EPOLLOUT | EPOLLET;
  event.data.ptr = c;
  if (epoll_ctl(epoll_fd, EPOLL_CTL_ADD, fd, &event) != 0)
    die("epoll_ctl");
}

static int listen_on_loopback(void)
{
  struct sockaddr_in a = { .sin_family = AF_INET };
  socklen_t length = sizeof a;
  int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

  a.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  if (bind(fd, (struct sockaddr *)&a, sizeof a) != 0 ||
      listen(fd, 4096) != 0)
    die("listen");
  set_nonblocking(fd);
  getsockname(fd, (struct sockaddr *)&a, &length);
  printf("ready %d\n", ntohs(a.sin_port));
  fflush(stdout);
  return fd;
}

int main(int argc, char **argv)
{
  struct epoll_event events[256], event = { .events = EPOLLIN };
  SSL_CTX *ctx = SSL_CTX_new(TLS_server_method());
  int i, n, listener;

  if (argc != 3 || SSL_CTX_use_certificate_chain_file(ctx, argv[1]) != 1 ||
      SSL_CTX_use_PrivateKey_file(ctx, argv[2], SSL_FILETYPE_PEM) != 1) {
    fprintf(stderr, "usage: floor CERT KEY\n");
    return 1;
  }
  SSL_CTX_set_mode(ctx, SSL_MODE_ENABLE_PARTIAL_WRITE |
                   SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER |
                   SSL_MODE_RELEASE_BUFFERS);
  signal(SIGPIPE, SIG_IGN);
  raise_file_limit();
  epoll_fd = epoll_create1(EPOLL_CLOEXEC);
  listener = listen_on_loopback();
  if (epoll_ctl(epoll_fd, EPOLL_CTL_ADD, listener, &event) != 0)
    die("epoll_ctl");
  for (;;) {
    n = epoll_wait(epoll_fd, events, 256, -1);
    for (i = 0; i < n; i++) {
      if (events[i].data.ptr == NULL)
        accept_one(listener, ctx);
      else if (conn_ready(events[i].data.ptr) < 0)
        conn_free(events[i].data.ptr);
    }
  }
}
