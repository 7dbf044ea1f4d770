/* socket.c: see socket.h. */
#include "socket.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

static void without_delay(int fd)
{
  int one = 1;

  setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
}

static int close_keeping_errno(int fd)
{
  int saved = errno;

  close(fd);
  errno = saved;
  return -1;
}

/* --------------------------------------------------------------- listening */

static wsstls_status listen_status(int error)
{
  switch (error) {
  case EADDRINUSE: return WSSTLS_LISTEN_IN_USE;
  case EACCES:
  case EPERM: return WSSTLS_LISTEN_DENIED;
  case EMFILE:
  case ENFILE: return WSSTLS_LIMIT_FILES;
  default: return WSSTLS_LISTEN_FAILED;
  }
}

static int listening(const struct addrinfo *ai, int backlog)
{
  int one = 1, fd;

  fd = socket(ai->ai_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
  if (fd < 0)
    return -1;
  setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &one, sizeof one);
  if (bind(fd, ai->ai_addr, ai->ai_addrlen) == 0 &&
      (backlog < 0 || listen(fd, backlog) == 0))
    return fd;
  return close_keeping_errno(fd);
}

int wsstls_socket_name(int fd, wsstls_address *own)
{
  struct sockaddr_storage address;
  socklen_t len = sizeof address;
  char port[16];

  if (getsockname(fd, (struct sockaddr *)&address, &len) != 0)
    return 0;
  getnameinfo((struct sockaddr *)&address, len, own->ip, sizeof own->ip,
              port, sizeof port, NI_NUMERICHOST | NI_NUMERICSERV);
  own->port = (uint16_t)atoi(port);
  return 1;
}

wsstls_status wsstls_socket_listen(const char *host, int port, int backlog,
                                   int *fd, wsstls_address *bound,
                                   wsstls_error *err)
{
  struct addrinfo hints = { .ai_flags = AI_PASSIVE | AI_NUMERICSERV,
                            .ai_socktype = SOCK_STREAM }, *ai = NULL;
  char text[16];
  int error;

  *fd = -1;
  snprintf(text, sizeof text, "%d", port);
  error = getaddrinfo(host, text, &hints, &ai);
  if (error != 0)
    return wsstls_error_set(err, WSSTLS_LISTEN_FAILED,
                            "cannot listen on '%s': %s", host,
                            gai_strerror(error));
  *fd = listening(ai, backlog);
  if (*fd >= 0 && !wsstls_socket_name(*fd, bound))
    *fd = close_keeping_errno(*fd);
  error = errno;
  freeaddrinfo(ai);
  if (*fd < 0)
    return wsstls_error_set(err, listen_status(error),
                            "cannot listen on %s port %d: %s", host, port,
                            strerror(error));
  return WSSTLS_OK;
}

int wsstls_socket_fill(int fd)
{
  struct sockaddr_storage address = { 0 };
  socklen_t len = sizeof address;
  int filler;

  if (listen(fd, 0) != 0 ||
      getsockname(fd, (struct sockaddr *)&address, &len) != 0)
    return -1;
  filler = socket(address.ss_family,
                  SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
  if (filler >= 0 &&
      connect(filler, (struct sockaddr *)&address, len) != 0 &&
      errno != EINPROGRESS)
    return close_keeping_errno(filler);
  return filler;
}

static void note_peer(const struct sockaddr_storage *from,
                      wsstls_address *peer)
{
  if (from->ss_family == AF_INET) {
    const struct sockaddr_in *in = (const void *)from;

    inet_ntop(AF_INET, &in->sin_addr, peer->ip, sizeof peer->ip);
    peer->port = ntohs(in->sin_port);
  } else {
    const struct sockaddr_in6 *in6 = (const void *)from;

    inet_ntop(AF_INET6, &in6->sin6_addr, peer->ip, sizeof peer->ip);
    peer->port = ntohs(in6->sin6_port);
  }
}

int wsstls_socket_accept(int fd, wsstls_address *peer)
{
  struct sockaddr_storage address;
  socklen_t len = sizeof address;
  int accepted;

  memset(&address, 0, sizeof address);
  accepted = accept4(fd, (struct sockaddr *)&address, &len,
                     SOCK_NONBLOCK | SOCK_CLOEXEC);
  if (accepted < 0)
    return -1;
  without_delay(accepted);
  note_peer(&address, peer);
  return accepted;
}

/* -------------------------------------------------------------- connecting */

int wsstls_socket_connect(const wsstls_address *to)
{
  struct addrinfo hints = { .ai_flags = AI_NUMERICHOST | AI_NUMERICSERV,
                            .ai_socktype = SOCK_STREAM }, *ai = NULL;
  char port[16];
  int fd;

  snprintf(port, sizeof port, "%u", to->port);
  if (getaddrinfo(to->ip, port, &hints, &ai) != 0) {
    errno = EINVAL;
    return -1;
  }
  fd = socket(ai->ai_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
  if (fd >= 0 && connect(fd, ai->ai_addr, ai->ai_addrlen) != 0 &&
      errno != EINPROGRESS)
    fd = close_keeping_errno(fd);
  freeaddrinfo(ai);
  if (fd >= 0)
    without_delay(fd);
  return fd;
}

wsstls_status wsstls_socket_status(int error)
{
  switch (error) {
  case ECONNREFUSED: return WSSTLS_TCP_REFUSED;
  case ECONNRESET: return WSSTLS_TCP_RESET;
  case ENETUNREACH:
  case EHOSTUNREACH: return WSSTLS_TCP_UNREACHABLE;
  case EMFILE:
  case ENFILE: return WSSTLS_LIMIT_FILES;
  case ENOMEM:
  case ENOBUFS: return WSSTLS_LIMIT_MEMORY;
  case ETIMEDOUT: return WSSTLS_TIMEOUT_CONNECT;
  default: return WSSTLS_TCP_FAILED;
  }
}
