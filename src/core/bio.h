/* bio.h: the BIO under every SSL, and what it knows about the socket.
 *
 * Reading: one recv(2) per readiness into a buffer shared by all
 * connections; what a turn leaves over is stashed per connection. Writing:
 * collected up to 64 KiB and sent once at the end of the connection's turn,
 * so a message costs one recv and one send. Of what is written outside a turn
 * so much is collected only while few others do: to say one thing to all of
 * ten thousand takes no ten thousand buffers. It sees EOF, RST and the first
 * bytes of a peer that does not speak TLS, which lws hides. A failed write is
 * swallowed: the reason (an alert, a reset) is what the next read finds.
 * Source: BIO_meth_new(3).
 */
#ifndef WSSTLS_BIO_H
#define WSSTLS_BIO_H

#include <stdint.h>
#include <openssl/ssl.h>
#include "record.h"

enum { WSSTLS_WIRE_BUFFER = 65536, WSSTLS_WIRE_SPARES = 64 };

struct wsstls_wire;

/* What all wires of one loop share. */
typedef struct wsstls_wires {
  unsigned char *in;           /* WSSTLS_WIRE_BUFFER bytes */
  uint32_t in_len, in_off;
  struct wsstls_wire *shown;   /* whose bytes are in `in` */
  unsigned char *spare[WSSTLS_WIRE_SPARES];
  unsigned nspare, held;       /* buffers: free for use; in use */
  int closed;                  /* nothing is read for now */
} wsstls_wires;

typedef struct wsstls_wire {
  wsstls_wires *shared;
  wsstls_record *record;
  SSL *ssl;
  int fd;
  uint32_t written;            /* bytes OpenSSL gave us, wrapping */
  uint8_t in_turn, dry, read_failed, write_failed;
  uint8_t hung_up;             /* the end is near: read until it shows */
  uint8_t short_is_dry;        /* this turn: a short recv took everything */
  uint8_t blocked;             /* the kernel takes no more for now */
  uint8_t gate;                /* hold back what SSL has not read yet */
  unsigned char *stash;
  uint32_t stash_len, stash_off;
  unsigned char *out;
  uint32_t out_len, out_off, out_cap;
  void (*on_output)(struct wsstls_wire *wire); /* written outside a turn */
} wsstls_wire;

int wsstls_wires_init(wsstls_wires *shared);
void wsstls_wires_free(wsstls_wires *shared);

/* Puts the wire under `ssl`. Returns 0 when memory is gone. */
int wsstls_wire_attach(wsstls_wire *wire, SSL *ssl);
/* A turn of its connection. `settled`: nobody but OpenSSL and we hold bytes
 * back, so that a recv(2) that did not fill its buffer is the last one
 * (epoll(7), Q9): whatever comes later is another edge. */
void wsstls_wire_begin(wsstls_wire *wire, int settled);
void wsstls_wire_stash(wsstls_wire *wire); /* free the shared buffer */
void wsstls_wire_end(wsstls_wire *wire);   /* stash; flushing is next */
/* Bytes received and not yet given to OpenSSL. */
uint32_t wsstls_wire_left(const wsstls_wire *wire);
uint32_t wsstls_wire_unsent(const wsstls_wire *wire);
/* 1 all sent, 0 the kernel is full, -1 broken. */
int wsstls_wire_flush(wsstls_wire *wire);
/* Releases everything; the SSL may live on. */
void wsstls_wire_release(wsstls_wire *wire);

#endif
