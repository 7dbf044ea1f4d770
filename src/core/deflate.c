/* deflate.c: see deflate.h.
 *
 * A compressed message is a run of deflate blocks that ends with an empty
 * stored one, of which the last four bytes are left out. The sender may keep
 * its window from message to message; it may also drop it at any time, so
 * that what does not shrink is sent as it is and forgotten.
 * Sources: RFC 7692 6 and 7.2, RFC 1951, zlib.h.
 */
#include "deflate.h"

#include <limits.h>
#include <stdlib.h>
#include <zlib.h>

/* Level 1: the loop waits meanwhile, and the others gain little. */
enum { LEVEL = 1, MEMORY_LEVEL = 8, TAIL = 4, NARROWEST = 9 };

static const unsigned char tail[TAIL] = { 0x00, 0x00, 0xff, 0xff };

struct wsstls_deflate {
  wsstls_deflate_side out, in;
  z_stream tx, rx;
  uint8_t tx_open, rx_open;
  uint8_t rx_final;            /* the piece fed is the message's last */
  uint8_t rx_tail;             /* the four bytes are being inflated */
  uint8_t rx_any;              /* the message has had a byte */
  uint8_t rx_between;          /* zlib stands between two blocks */
};

wsstls_deflate *wsstls_deflate_new(const wsstls_deflate_params *params,
                                   int is_server)
{
  wsstls_deflate *d = calloc(1, sizeof *d);

  if (d == NULL)
    return NULL;
  d->out = is_server ? params->server : params->client;
  d->in = is_server ? params->client : params->server;
  return d;
}

static void close_tx(wsstls_deflate *d)
{
  if (d->tx_open)
    deflateEnd(&d->tx);
  d->tx_open = 0;
}

static void close_rx(wsstls_deflate *d)
{
  if (d->rx_open)
    inflateEnd(&d->rx);
  d->rx_open = 0;
}

void wsstls_deflate_free(wsstls_deflate *d)
{
  if (d == NULL)
    return;
  close_tx(d);
  close_rx(d);
  free(d);
}

/* ---------------------------------------------------------------- outgoing */

static int open_tx(wsstls_deflate *d)
{
  if (d->out.bits < NARROWEST) /* zlib has no raw window of 2^8 */
    return 0;
  if (!d->tx_open)
    d->tx_open = deflateInit2(&d->tx, LEVEL, Z_DEFLATED, -d->out.bits,
                              MEMORY_LEVEL, Z_DEFAULT_STRATEGY) == Z_OK;
  return d->tx_open;
}

void wsstls_deflate_forget(wsstls_deflate *d)
{
  if (d->tx_open && deflateReset(&d->tx) != Z_OK)
    close_tx(d);
}

size_t wsstls_deflate_pack(wsstls_deflate *d, const void *data, size_t len,
                           unsigned char *out)
{
  z_stream *z = &d->tx;
  size_t n;

  if (len < WSSTLS_DEFLATE_MIN || len > UINT_MAX || !open_tx(d))
    return 0;
  z->next_in = (z_const Bytef *)(uintptr_t)data; /* zlib.h: not written to */
  z->avail_in = (uInt)len;
  z->next_out = out;
  z->avail_out = (uInt)len;
  if (deflate(z, Z_SYNC_FLUSH) != Z_OK || z->avail_in > 0 ||
      z->avail_out == 0) {
    wsstls_deflate_forget(d); /* it does not shrink */
    return 0;
  }
  n = len - z->avail_out - TAIL;
  if (d->out.no_takeover)
    close_tx(d);
  return n;
}

/* ---------------------------------------------------------------- incoming */

/* The window costs its size only once something refers to it, and 2^9 is
 * what senders of zlib's take for 2^8. */
static int open_rx(wsstls_deflate *d)
{
  int bits = d->in.bits < NARROWEST ? NARROWEST : d->in.bits;

  if (!d->rx_open) {
    d->rx.next_in = NULL;
    d->rx.avail_in = 0;
    d->rx_open = inflateInit2(&d->rx, -bits) == Z_OK;
  }
  return d->rx_open;
}

void wsstls_inflate_feed(wsstls_deflate *d, const void *data, size_t len,
                         int final)
{
  d->rx_final = final != 0;
  d->rx_tail = 0;
  d->rx_any |= len > 0;
  if (!open_rx(d))
    return;
  d->rx.next_in = (z_const Bytef *)(uintptr_t)data;
  d->rx.avail_in = (uInt)len; /* a piece is at most lws's buffer */
}

static void message_done(wsstls_deflate *d)
{
  d->rx_tail = d->rx_final = d->rx_any = 0;
  if (d->in.no_takeover)
    close_rx(d);
}

/* A block may say that it is the last (7.2.3.4): zlib stops there, and the
 * stream goes on at the next byte with the same window. */
static wsstls_inflated run(wsstls_deflate *d)
{
  z_stream *z = &d->rx;

  do {
    /* only Z_BLOCK lets zlib say whether it stands between two blocks */
    int result = inflate(z, d->rx_tail ? Z_BLOCK : Z_SYNC_FLUSH);

    if (result != Z_BUF_ERROR)
      d->rx_between = result == Z_STREAM_END || (z->data_type & 128) != 0;
    if (result == Z_STREAM_END)
      result = inflateResetKeep(z);
    if (result == Z_MEM_ERROR)
      return WSSTLS_INFLATED_MEMORY;
    if (result == Z_BUF_ERROR && z->avail_in > 0 && z->avail_out > 0)
      return WSSTLS_INFLATED_BROKEN;
    if (result != Z_OK && result != Z_BUF_ERROR)
      return WSSTLS_INFLATED_BROKEN;
  } while (z->avail_in > 0 && z->avail_out > 0);
  return z->avail_out == 0 ? WSSTLS_INFLATED_FULL : WSSTLS_INFLATED_ALL;
}

wsstls_inflated wsstls_inflate(wsstls_deflate *d, char *out, size_t room,
                               size_t *n)
{
  size_t most = room < UINT_MAX ? room : UINT_MAX;
  wsstls_inflated result;

  *n = 0;
  if (!d->rx_open)
    return WSSTLS_INFLATED_MEMORY;
  d->rx.next_out = (Bytef *)out;
  d->rx.avail_out = (uInt)most;
  result = run(d);
  if (result == WSSTLS_INFLATED_ALL && d->rx_final && !d->rx_tail &&
      d->rx_any) {
    d->rx_tail = 1;
    d->rx.next_in = (z_const Bytef *)(uintptr_t)tail;
    d->rx.avail_in = TAIL;
    result = run(d);
  }
  *n = most - d->rx.avail_out;
  if (result == WSSTLS_INFLATED_ALL && d->rx_final) {
    if (d->rx_tail && !d->rx_between)
      return WSSTLS_INFLATED_BROKEN;
    message_done(d);
  }
  return result;
}
