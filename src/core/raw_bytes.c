/* raw_bytes.c: a raw peer's bytes, read ahead up to a limit, and written.
 *
 * Whoever asks for more than the limit raises it for as long as it waits.
 * A write that fails ends the peer only after what came in was looked at:
 * an alert or a reset says why.
 */
#include "raw.h"

#include <errno.h>
#include <stdint.h>
#include <string.h>
#include <openssl/err.h>

enum { CHUNK = 16384 };

static int has_room(const wsstls_raw *r)
{
  size_t limit = r->read_ahead ? WSSTLS_RAW_READ_AHEAD : 0;

  return wsstls_bytes_count(&r->in) < (r->wanted > limit ? r->wanted
                                                         : limit);
}

/* Tells the stream what to watch; after everything that may change it. */
void wsstls_raw_want(wsstls_raw *r)
{
  unsigned interest = 0;

  if (r->state == WSSTLS_RAW_CLOSED)
    return;
  if (!r->in_ended && r->o.review != WSSTLS_REVIEW_WAITING &&
      (r->state == WSSTLS_RAW_CONNECTING || has_room(r)))
    interest |= WSSTLS_READABLE;
  if (wsstls_bytes_count(&r->out) > 0)
    interest |= WSSTLS_WRITABLE;
  wsstls_stream_want(r->stream, interest);
}

static void write_failed(wsstls_raw *r, int error)
{
  r->write_failed = 1;
  r->out_ended = 1;
  if (r->o.record.os_errno == 0)
    r->o.record.os_errno = error;
  wsstls_bytes_free(&r->out);
  if (r->state == WSSTLS_RAW_OPEN) {
    wsstls_raw_fill(r); /* an alert, or a reset, says why */
  } else if (r->ssl != NULL) {
    ERR_clear_error();
    if (SSL_do_handshake(r->ssl) != 1)
      wsstls_observer_errors(&r->o);
  }
  wsstls_raw_end(r, WSSTLS_OK);
}

void wsstls_raw_flush(wsstls_raw *r)
{
  while (wsstls_bytes_count(&r->out) > 0) {
    ssize_t n = wsstls_stream_send(r->stream, wsstls_bytes_front(&r->out),
                                   wsstls_bytes_count(&r->out));

    if (n == 0)
      break;
    if (n < 0) {
      write_failed(r, (int)-n);
      return;
    }
    wsstls_bytes_taken(&r->out, (size_t)n);
  }
  if (r->fin_due && wsstls_bytes_count(&r->out) == 0) {
    r->fin_due = 0;
    wsstls_stream_shutdown(r->stream);
  }
  if (r->was_full && wsstls_bytes_count(&r->out) < WSSTLS_RAW_LOW_WATER) {
    r->was_full = 0;
    wsstls_raw_notify(r);
  }
}

static ssize_t recv_some(wsstls_raw *r, char *to, size_t len)
{
  ssize_t n;

  if (r->ssl != NULL)
    return wsstls_raw_recv_tls(r, to, len);
  n = wsstls_stream_recv(r->stream, to, len);
  if (n > 0)
    wsstls_record_first(&r->o.record, to, (size_t)n);
  else if (n != -EAGAIN)
    wsstls_record_stream_end(&r->o.record, (int)-n);
  return n;
}

/* One chunk; 0: no more for now. */
static int fill_once(wsstls_raw *r)
{
  char *room = wsstls_bytes_room(&r->in, CHUNK);
  ssize_t n = room != NULL ? recv_some(r, room, CHUNK) : -ENOMEM;

  if (n > 0) {
    wsstls_bytes_added(&r->in, (size_t)n);
    r->used = 1;
    wsstls_raw_notify(r);
    return 1;
  }
  if (n == 0) {
    r->in_ended = 1;
    wsstls_raw_notify(r);
  } else if (n != -EAGAIN) {
    wsstls_raw_end(r, n == -ENOMEM ? WSSTLS_LIMIT_MEMORY : WSSTLS_OK);
  }
  return 0;
}

void wsstls_raw_fill(wsstls_raw *r)
{
  while (r->state == WSSTLS_RAW_OPEN && !r->in_ended && has_room(r) &&
         fill_once(r))
    ;
  if (wsstls_bytes_count(&r->in) == 0)
    wsstls_bytes_free(&r->in);
  if (r->state == WSSTLS_RAW_OPEN && r->ssl != NULL)
    wsstls_raw_flush(r); /* TLS may answer: a key update */
}

/* ------------------------------------------------------ the application's */

static int over(const wsstls_raw *r)
{
  return r->in_ended || r->state == WSSTLS_RAW_CLOSED;
}

/* A line without its end, which is LF or CRLF. */
static int find_line(wsstls_raw *r, const char **bytes, size_t *len,
                     size_t *taken)
{
  size_t count = wsstls_bytes_count(&r->in);
  const char *end = count > 0 ? memchr(*bytes, '\n', count) : NULL;

  if (end == NULL)
    return 0;
  *len = (size_t)(end - *bytes);
  *taken = *len + 1;
  if (*len > 0 && (*bytes)[*len - 1] == '\r')
    --*len;
  return 1;
}

static int find(wsstls_raw *r, wsstls_raw_amount amount, size_t n,
                wsstls_raw_piece *out)
{
  size_t count = wsstls_bytes_count(&r->in);

  out->bytes = wsstls_bytes_front(&r->in);
  out->len = out->taken = count;
  switch (amount) {
  case WSSTLS_RAW_SOME:
    return count > 0;
  case WSSTLS_RAW_EXACT:
    out->len = out->taken = count < n ? count : n;
    return count >= n;
  case WSSTLS_RAW_ONE_LINE:
    return find_line(r, &out->bytes, &out->len, &out->taken);
  case WSSTLS_RAW_ALL:
    break;
  }
  return 0;
}

int wsstls_raw_look(wsstls_raw *r, wsstls_raw_amount amount, size_t n,
                    wsstls_raw_piece *out)
{
  static const size_t most[] = {
    [WSSTLS_RAW_SOME] = 1, [WSSTLS_RAW_ONE_LINE] = WSSTLS_RAW_LINE,
    [WSSTLS_RAW_ALL] = SIZE_MAX
  };

  if (find(r, amount, n, out))
    return 1;
  r->wanted = amount == WSSTLS_RAW_EXACT ? n : most[amount];
  wsstls_raw_fill(r);
  if (find(r, amount, n, out)) {
    r->wanted = 0;
    return 1;
  }
  if (over(r)) {
    r->wanted = 0;
    return out->len > 0 ? 1 : -1;
  }
  if (amount == WSSTLS_RAW_ONE_LINE && out->len >= WSSTLS_RAW_LINE)
    return -2;
  wsstls_raw_want(r);
  return 0;
}

void wsstls_raw_taken(wsstls_raw *r, size_t n)
{
  wsstls_bytes_taken(&r->in, n);
  r->wanted = 0;
  wsstls_raw_fill(r); /* TLS may hold more than its socket shows */
  wsstls_raw_want(r);
}

wsstls_status wsstls_raw_write(wsstls_raw *r, const void *bytes, size_t len,
                               int beneath, int *full)
{
  int done;

  *full = 0;
  if (r->state != WSSTLS_RAW_OPEN || r->out_ended)
    return WSSTLS_CLOSED;
  done = r->ssl != NULL && !beneath
           ? wsstls_raw_send_tls(r, bytes, len)
           : wsstls_bytes_add(&r->out, bytes, len);
  if (!done)
    wsstls_raw_end(r, r->ssl == NULL ? WSSTLS_LIMIT_MEMORY : WSSTLS_OK);
  else
    wsstls_raw_flush(r);
  if (r->state != WSSTLS_RAW_OPEN)
    return WSSTLS_CLOSED; /* and its outcome says why */
  *full = wsstls_bytes_count(&r->out) > WSSTLS_RAW_HIGH_WATER;
  r->was_full |= (uint8_t)*full;
  wsstls_raw_want(r);
  return WSSTLS_OK;
}

size_t wsstls_raw_buffered(const wsstls_raw *r)
{
  return wsstls_bytes_count(&r->out);
}

wsstls_status wsstls_raw_shutdown(wsstls_raw *r, int notify, int fin)
{
  if (r->state != WSSTLS_RAW_OPEN)
    return WSSTLS_CLOSED;
  if (notify && r->ssl != NULL) {
    ERR_clear_error();
    SSL_shutdown(r->ssl);
  }
  r->out_ended = 1;
  r->fin_due |= (uint8_t)(fin != 0);
  wsstls_raw_flush(r);
  wsstls_raw_want(r);
  return WSSTLS_OK;
}

wsstls_stream *wsstls_raw_detach(wsstls_raw *r, wsstls_bytes *read)
{
  wsstls_stream *stream = r->stream;

  if (r->state != WSSTLS_RAW_OPEN || r->ssl != NULL)
    return NULL;
  *read = r->in;
  memset(&r->in, 0, sizeof r->in);
  wsstls_raw_leave(r);
  return wsstls_stream_ref(stream);
}
