/* bio.c: see bio.h. */
#include "bio.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <openssl/bio.h>

static BIO_METHOD *method;

int wsstls_wires_init(wsstls_wires *shared)
{
  memset(shared, 0, sizeof *shared);
  shared->in = malloc(WSSTLS_WIRE_BUFFER);
  return shared->in != NULL;
}

void wsstls_wires_free(wsstls_wires *shared)
{
  while (shared->nspare > 0)
    free(shared->spare[--shared->nspare]);
  free(shared->in);
  shared->in = NULL;
  if (method != NULL)
    BIO_meth_free(method);
  method = NULL;
}

/* ---------------------------------------------------------------- output */

static void drop_output(wsstls_wire *w)
{
  wsstls_wires *s = w->shared;

  if (w->out != NULL) {
    s->held--;
    if (w->out_cap == WSSTLS_WIRE_BUFFER && s->nspare < WSSTLS_WIRE_SPARES)
      s->spare[s->nspare++] = w->out;
    else
      free(w->out);
  }
  w->out = NULL;
  w->out_len = w->out_off = w->out_cap = 0;
}

static void write_failed(wsstls_wire *w, int error)
{
  w->write_failed = 1;
  w->blocked = 0;
  if (w->record->os_errno == 0 && error != EPIPE)
    w->record->os_errno = error;
  drop_output(w);
}

int wsstls_wire_flush(wsstls_wire *w)
{
  if (w->write_failed)
    return -1;
  while (w->out_off < w->out_len) {
    ssize_t n = send(w->fd, w->out + w->out_off, w->out_len - w->out_off,
                     MSG_NOSIGNAL);

    if (n > 0) {
      w->out_off += (uint32_t)n;
    } else if (n < 0 && errno == EINTR) {
      continue;
    } else if (n < 0 && (errno == EAGAIN || errno == ENOBUFS)) {
      w->blocked = 1;
      return 0;
    } else {
      write_failed(w, errno);
      return -1;
    }
  }
  drop_output(w);
  w->blocked = 0;
  return 1;
}

static int make_room(wsstls_wire *w, uint32_t n)
{
  wsstls_wires *s = w->shared;
  uint32_t cap = n > WSSTLS_WIRE_BUFFER ? n : WSSTLS_WIRE_BUFFER;
  unsigned char *grown;

  if (w->out == NULL) {
    w->out = cap == WSSTLS_WIRE_BUFFER && s->nspare > 0
               ? s->spare[--s->nspare] : malloc(cap);
    w->out_cap = w->out != NULL ? cap : 0;
    s->held += w->out != NULL;
    return w->out != NULL;
  }
  if (w->out_len + n <= w->out_cap)
    return 1;
  grown = realloc(w->out, w->out_len + n);
  if (grown == NULL)
    return 0;
  w->out = grown;
  w->out_cap = w->out_len + n;
  return 1;
}

/* A full kernel looks like a full socket to OpenSSL: retry. */
static int full(BIO *b)
{
  BIO_set_retry_write(b);
  errno = EAGAIN;
  return -1;
}

static int on_write(BIO *b, const char *bytes, int len)
{
  wsstls_wire *w = BIO_get_data(b);
  uint32_t n = (uint32_t)len;

  BIO_clear_retry_flags(b);
  if (len <= 0 || w == NULL)
    return len <= 0 ? 0 : -1;
  w->written += n;
  if (w->write_failed || w->record->gone)
    return len; /* see bio.h: the next read tells why */
  if (w->blocked || (w->out_len > 0 && w->out_len + n > WSSTLS_WIRE_BUFFER)) {
    int sent = wsstls_wire_flush(w);

    if (sent < 0)
      return len;
    if (sent == 0)
      return full(b);
  }
  if (!make_room(w, n)) {
    errno = ENOMEM;
    return -1;
  }
  memcpy(w->out + w->out_len, bytes, n);
  w->out_len += n;
  if (!w->in_turn && w->shared->held > WSSTLS_WIRE_SPARES)
    wsstls_wire_flush(w);
  else if (!w->in_turn && w->on_output != NULL)
    w->on_output(w);
  return len;
}

/* ----------------------------------------------------------------- input */

static void saw_end(wsstls_wire *w, ssize_t n)
{
  w->read_failed = 1;
  wsstls_record_stream_end(w->record, n == 0 ? 0 : errno);
}

static int take(const unsigned char *from, uint32_t *off, uint32_t end,
                char *to, int len)
{
  uint32_t n = end - *off;

  if (n > (uint32_t)len)
    n = (uint32_t)len;
  memcpy(to, from + *off, n);
  *off += n;
  return (int)n;
}

static int take_stash(wsstls_wire *w, char *to, int len)
{
  int n = take(w->stash, &w->stash_off, w->stash_len, to, len);

  if (w->stash_off == w->stash_len) {
    free(w->stash);
    w->stash = NULL;
    w->stash_len = w->stash_off = 0;
  }
  return n;
}

static int dry(BIO *b)
{
  BIO_set_retry_read(b);
  errno = EAGAIN;
  return -1;
}

static int receive(BIO *b, wsstls_wire *w, char *to, int len)
{
  wsstls_wires *s = w->shared;
  void *where = w->in_turn ? (void *)s->in : (void *)to;
  size_t room = w->in_turn ? WSSTLS_WIRE_BUFFER : (size_t)len;
  ssize_t n;

  if (w->read_failed)
    return 0; /* said once: whoever asks again hears of an end */
  do
    n = recv(w->fd, where, room, 0);
  while (n < 0 && errno == EINTR);
  if (n < 0 && errno == EAGAIN) {
    w->dry = 1;
    return dry(b);
  }
  if (n <= 0) {
    saw_end(w, n);
    return (int)n;
  }
  wsstls_record_first(w->record, where, (size_t)n);
  if (!w->in_turn)
    return (int)n;
  s->shown = w;
  w->dry = w->short_is_dry && (size_t)n < room;
  s->in_len = (uint32_t)n;
  s->in_off = 0;
  return take(s->in, &s->in_off, s->in_len, to, len);
}

static int on_read(BIO *b, char *to, int len)
{
  wsstls_wire *w = BIO_get_data(b);

  BIO_clear_retry_flags(b);
  if (w == NULL || len <= 0)
    return w == NULL ? -1 : 0;
  if (w->gate || w->shared->closed)
    return dry(b);
  if (w->stash != NULL)
    return take_stash(w, to, len);
  if (w->shared->shown == w && w->shared->in_off < w->shared->in_len)
    return take(w->shared->in, &w->shared->in_off, w->shared->in_len, to,
                len);
  if (w->in_turn && w->dry)
    return dry(b);
  return receive(b, w, to, len);
}

/* More follows in the same turn: the next ticket and perhaps the answer to
 * the request that came along, or our own request. */
static int more_follows(const wsstls_wire *w)
{
  return w->in_turn && w->ssl != NULL &&
         (SSL_get_state(w->ssl) == TLS_ST_SW_SESSION_TICKET ||
          SSL_get_state(w->ssl) == TLS_ST_CW_FINISHED);
}

/* So that OpenSSL says what it thinks of an end within the handshake. The
 * alert that it adds would reach nobody. */
static int gone_early(wsstls_wire *w)
{
  if (w->record->eof_seen && !w->record->handshake_done)
    w->record->gone = 1;
  return w->record->gone;
}

static long on_ctrl(BIO *b, int command, long number, void *pointer)
{
  wsstls_wire *w = BIO_get_data(b);

  (void)number;
  switch (command) {
  case BIO_C_GET_FD: /* lws asks only to close, before SSL_free */
    if (w == NULL)
      return -1;
    if (pointer != NULL)
      *(int *)pointer = w->fd;
    return w->fd;
  case BIO_CTRL_FLUSH: /* end of a flight or an alert: it must go now */
    if (w != NULL && w->out_len > 0 && !more_follows(w))
      wsstls_wire_flush(w);
    return 1;
  case BIO_CTRL_EOF:
    return w != NULL && gone_early(w);
  case BIO_CTRL_PENDING:
    return w != NULL ? (long)wsstls_wire_left(w) : 0;
  case BIO_CTRL_WPENDING:
    return w != NULL ? (long)(w->out_len - w->out_off) : 0;
  case BIO_CTRL_SET_CLOSE:
  case BIO_CTRL_DUP:
    return 1;
  default:
    return 0;
  }
}

static int on_create(BIO *b)
{
  BIO_set_init(b, 1);
  return 1;
}

static int on_destroy(BIO *b)
{
  wsstls_wire *w = BIO_get_data(b);

  if (w != NULL)
    w->ssl = NULL;
  return 1;
}

static BIO_METHOD *wire_method(void)
{
  if (method != NULL)
    return method;
  method = BIO_meth_new(BIO_get_new_index() | BIO_TYPE_SOURCE_SINK |
                          BIO_TYPE_DESCRIPTOR, "wsstls wire");
  if (method == NULL)
    return NULL;
  BIO_meth_set_write(method, on_write);
  BIO_meth_set_read(method, on_read);
  BIO_meth_set_ctrl(method, on_ctrl);
  BIO_meth_set_create(method, on_create);
  BIO_meth_set_destroy(method, on_destroy);
  return method;
}

/* ----------------------------------------------------------------- turns */

int wsstls_wire_attach(wsstls_wire *w, SSL *ssl)
{
  BIO_METHOD *m = wire_method();
  BIO *b = m != NULL ? BIO_new(m) : NULL;

  if (b == NULL)
    return 0;
  BIO_set_data(b, w);
  w->ssl = ssl;
  SSL_set_bio(ssl, b, b);
  return 1;
}

void wsstls_wire_begin(wsstls_wire *w, int settled)
{
  w->in_turn = 1;
  w->dry = 0;
  w->short_is_dry = (uint8_t)(settled && !w->hung_up);
}

void wsstls_wire_stash(wsstls_wire *w)
{
  wsstls_wires *s = w->shared;
  uint32_t left;

  if (s->shown != w)
    return;
  left = s->in_len - s->in_off;
  if (left > 0) {
    w->stash = malloc(left);
    if (w->stash != NULL) {
      memcpy(w->stash, s->in + s->in_off, left);
      w->stash_len = left;
      w->stash_off = 0;
    } else {
      w->read_failed = w->write_failed = 1; /* bytes are lost: end it */
    }
  }
  s->shown = NULL;
}

void wsstls_wire_end(wsstls_wire *w)
{
  wsstls_wire_stash(w);
  w->in_turn = 0;
}

uint32_t wsstls_wire_left(const wsstls_wire *w)
{
  uint32_t left = w->stash_len - w->stash_off;

  if (w->shared->shown == w)
    left += w->shared->in_len - w->shared->in_off;
  return left;
}

uint32_t wsstls_wire_unsent(const wsstls_wire *w)
{
  return w->out_len - w->out_off;
}

void wsstls_wire_release(wsstls_wire *w)
{
  if (w->ssl != NULL) {
    BIO *b = SSL_get_rbio(w->ssl);

    if (b != NULL && BIO_get_data(b) == w)
      BIO_set_data(b, NULL);
    w->ssl = NULL;
  }
  if (w->shared->shown == w)
    w->shared->shown = NULL;
  drop_output(w);
  free(w->stash);
  w->stash = NULL;
  w->stash_len = w->stash_off = 0;
}
