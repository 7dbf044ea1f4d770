/* raw.h: a byte stream over TCP, with or without a TLS of our own.
 *
 * The microscope: nothing of lws is behind it, nothing is answered by
 * itself, every byte goes in and out as the application says, and how it
 * ended is recorded as for a wsstls_conn. TLS may begin on a stream that is
 * already open, and bytes may be written beneath it.
 *
 * What arrives is read ahead up to a limit, then the peer is held back.
 * What is written waits here while the kernel is full: whoever writes more
 * is told when to wait.
 */
#ifndef WSSTLS_RAW_H
#define WSSTLS_RAW_H

#include "bytes.h"
#include "observer.h"
#include "stream.h"

enum { WSSTLS_RAW_READ_AHEAD = 1 << 18, WSSTLS_RAW_HIGH_WATER = 1 << 20,
       WSSTLS_RAW_LOW_WATER = 1 << 18, WSSTLS_RAW_LINE = 1 << 20 };

typedef enum wsstls_raw_state {
  WSSTLS_RAW_CONNECTING,       /* TCP, then TLS */
  WSSTLS_RAW_OPEN,
  WSSTLS_RAW_CLOSED
} wsstls_raw_state;

typedef enum wsstls_raw_ending {
  WSSTLS_RAW_GRACEFUL,         /* close_notify, then a FIN */
  WSSTLS_RAW_ABRUPT,           /* a FIN alone */
  WSSTLS_RAW_RESET             /* a RST; what waits is lost */
} wsstls_raw_ending;

typedef struct wsstls_raw_line {
  struct wsstls_raw_line *next;
  char text[];
} wsstls_raw_line;

typedef struct wsstls_raw_tls {
  wsstls_tlsconf *conf;        /* borrowed; NULL: plain */
  int server;                  /* which side of the handshake it is */
  int review, keylog;          /* as in wsstls_conn_opts */
  double seconds;              /* of the handshake; 0: no limit */
  int64_t deadline;            /* and its end at the latest; 0: none */
} wsstls_raw_tls;

typedef struct wsstls_raw {
  int refs;
  wsstls_stream *stream;       /* stays for its io, also when closed */
  wsstls_observer o;
  wsstls_raw_tls tls;
  wsstls_timer timer;          /* the deadline of the handshake */
  wsstls_raw_state state;
  SSL *ssl;                    /* NULL: plain */
  uint8_t in_ended, out_ended; /* each direction; a half may stay open */
  uint8_t fin_due, write_failed, was_full, verify_due, used, read_ahead,
          opened;
  wsstls_bytes in;             /* read, not yet asked for */
  wsstls_bytes early;          /* read as plain bytes, meant for TLS */
  wsstls_bytes out;            /* for the kernel */
  size_t wanted;               /* somebody waits for so many bytes */
  wsstls_raw_line *keys, **keys_tail; /* key log lines to be told */
} wsstls_raw;

/* ---- for the application; each gives or wants one reference */

/* Dials, for at most `seconds`, then TLS. NULL: no memory. */
wsstls_raw *wsstls_raw_connect(wsstls_loop *loop, const char *host, int port,
                               double seconds, const wsstls_raw_tls *tls,
                               int read_ahead);
/* What an acceptor gave; `fd` is taken over. NULL: no memory. */
wsstls_raw *wsstls_raw_accepted(wsstls_loop *loop, int fd,
                                const wsstls_address *peer,
                                const wsstls_raw_tls *tls, int read_ahead);
void wsstls_raw_unref(wsstls_raw *r); /* NULL is fine */

/* TLS from here on; what was read already is its beginning. CLOSED when the
 * stream is not open and plain, LIMIT_MEMORY. */
wsstls_status wsstls_raw_start_tls(wsstls_raw *r, const wsstls_raw_tls *tls);
/* The answer to what the verify function was shown. */
void wsstls_raw_reviewed(wsstls_raw *r, int ok, const char *reason);
/* The next key log line, to be freed; NULL: none. */
wsstls_raw_line *wsstls_raw_key(wsstls_raw *r);

typedef enum wsstls_raw_amount {
  WSSTLS_RAW_SOME, WSSTLS_RAW_EXACT, WSSTLS_RAW_ONE_LINE, WSSTLS_RAW_ALL
} wsstls_raw_amount;

typedef struct wsstls_raw_piece {
  const char *bytes;
  size_t len, taken;           /* taken counts a line's end, too */
} wsstls_raw_piece;

/* 1: *out is what was asked for (at the end of the stream: what is left); 0:
 * not there yet; -1: the end; -2: a line longer than WSSTLS_RAW_LINE. */
int wsstls_raw_look(wsstls_raw *r, wsstls_raw_amount amount, size_t n,
                    wsstls_raw_piece *out);
void wsstls_raw_taken(wsstls_raw *r, size_t n);

/* CLOSED, LIMIT_MEMORY. *full: wait until it has drained. `beneath`: not
 * through TLS, though there may be one. */
wsstls_status wsstls_raw_write(wsstls_raw *r, const void *bytes, size_t len,
                               int beneath, int *full);
size_t wsstls_raw_buffered(const wsstls_raw *r);
/* Ends our direction: close_notify, a FIN, or both. */
wsstls_status wsstls_raw_shutdown(wsstls_raw *r, int notify, int fin);
void wsstls_raw_close(wsstls_raw *r, wsstls_raw_ending how); /* idempotent */
/* The open plain stream and the bytes read from it, which are the caller's
 * now (what was written and is still here is lost); this is closed. NULL
 * when it is not open and plain. */
wsstls_stream *wsstls_raw_detach(wsstls_raw *r, wsstls_bytes *read);

/* ---- inside the core */

/* It is over: the record says why unless the status does. */
void wsstls_raw_end(wsstls_raw *r, wsstls_status status);
void wsstls_raw_notify(wsstls_raw *r);
void wsstls_raw_opened(wsstls_raw *r);
void wsstls_raw_leave(wsstls_raw *r); /* closed, but not its stream */
void wsstls_raw_want(wsstls_raw *r); /* tells the stream what to watch */
void wsstls_raw_flush(wsstls_raw *r);
void wsstls_raw_fill(wsstls_raw *r); /* reads as far as it may */

void wsstls_raw_secure(wsstls_raw *r); /* begins TLS, as r->tls says */
int wsstls_raw_begin(wsstls_raw *r); /* its SSL; 0: no memory */
void wsstls_raw_handshake(wsstls_raw *r);
/* As wsstls_stream_recv, through TLS; 0 is a clean end, -EPROTO OpenSSL's. */
ssize_t wsstls_raw_recv_tls(wsstls_raw *r, void *to, size_t len);
int wsstls_raw_send_tls(wsstls_raw *r, const void *from, size_t len);
void wsstls_raw_tls_free(wsstls_raw *r);
void wsstls_raw_forget(wsstls_loop *loop); /* at its very end */

#endif
