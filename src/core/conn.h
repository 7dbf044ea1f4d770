/* conn.h: one WebSocket connection, client or server, ws or wss.
 *
 * The state machine guarantees one end: whatever happens (refusal, alert,
 * reset, silence, a close frame), exactly one outcome is recorded and one
 * CLOSED item is queued, last. The application drives it from outside the
 * library callbacks: it pulls items, answers the HTTP head, sends, closes.
 *
 * The HTTP head is seen here before lws sees it: TLS plaintext is peeked
 * (SSL_peek(3)), the application judges it, and only an accepted upgrade is
 * left to lws. Refusals are written and bodies read by us.
 */
#ifndef WSSTLS_CONN_H
#define WSSTLS_CONN_H

#include <libwebsockets.h>
#include "deflate.h"
#include "io.h"
#include "loop.h"
#include "observer.h"
#include "wskey.h"

typedef enum wsstls_item_kind {
  WSSTLS_ITEM_NONE,
  WSSTLS_ITEM_KEYLOG, WSSTLS_ITEM_VERIFY, WSSTLS_ITEM_REQUEST,
  WSSTLS_ITEM_RESPONSE, WSSTLS_ITEM_OPEN, WSSTLS_ITEM_MESSAGE,
  WSSTLS_ITEM_PONG, WSSTLS_ITEM_DRAINED, WSSTLS_ITEM_CLOSED
} wsstls_item_kind;

typedef struct wsstls_item {
  struct wsstls_item *next;
  wsstls_item_kind kind;
  int binary;
  size_t len, capacity;
  char data[];
} wsstls_item;

/* A frame waiting to be written. */
typedef struct wsstls_frame {
  struct wsstls_frame *next;
  enum lws_write_protocol type;
  int packed;                  /* compressed */
  size_t len;
  unsigned char buf[];         /* LWS_PRE bytes, then the payload */
} wsstls_frame;

/* Who drives the upgrade: lws only ever sees heads that were accepted. */
typedef enum wsstls_head_state {
  WSSTLS_HEAD_NONE,            /* not there yet: TCP, TLS */
  WSSTLS_HEAD_READING,         /* peeking for the end of the head */
  WSSTLS_HEAD_JUDGING,         /* complete; the application decides */
  WSSTLS_HEAD_ACCEPTED,        /* lws may read it */
  WSSTLS_HEAD_BODY,            /* client: collecting a refusal's body */
  WSSTLS_HEAD_ANSWERING,       /* server: writing our own answer */
  WSSTLS_HEAD_DRAINING         /* a frame was bad: nothing is read any more */
} wsstls_head_state;

typedef struct wsstls_conn_timeouts {
  double total, connect, tls, upgrade, close; /* seconds; 0: none */
} wsstls_conn_timeouts;

typedef struct wsstls_header {
  char *name, *value;
} wsstls_header;

/* A proxy whose CONNECT has been answered: the connection itself goes to a
 * tunnel of ours on this machine, the record shows who is behind it. */
typedef struct wsstls_conn_proxy {
  const char *host;            /* borrowed; NULL: no proxy */
  const char *ip;              /* numeric */
  int port, status;
} wsstls_conn_proxy;

/* How far the frames of the peer are judged (conn_frames.c). */
typedef struct wsstls_scan {
  uint64_t left, length;       /* of a frame's payload: to come, and all */
  uint64_t message;            /* of a message so far */
  unsigned char head[14], have;
  uint8_t inside, packed;      /* amid a message; a compressed one */
  uint8_t over;                /* after a close frame */
} wsstls_scan;

/* What a message can break, and how the connection is closed for it. */
typedef struct wsstls_rule {
  wsstls_status status;
  int code;
  const char *reason;
} wsstls_rule;

typedef struct wsstls_conn wsstls_conn;

struct wsstls_conn {
  wsstls_io io;                /* first: the loop casts */
  wsstls_observer o;           /* the record and the TLS side */
  wsstls_wire wire;
  wsstls_timer timer;          /* the phase's deadline */
  wsstls_timer keepalive;
  int refs;
  wsstls_head_state head;
  struct lws *wsi;             /* NULL before and after */
  unsigned received, writable; /* RECEIVE, WRITEABLE callbacks so far */
  uint8_t ended, opened, close_wanted, close_written, out_idle,
          want_out, paused, full, killed, wsi_born, verify_due,
          open_due, closed_due, drained_due, head_due, ping_waiting,
          tcp_connected, retry_dial, review_told, in_turn;
  uint8_t dialling;            /* inside lws's connect */
  uint8_t connecting;          /* its socket; the loop counts them */
  uint8_t answers_due;         /* lws has read what it answers: a pong... */
  uint8_t dropped_by_lws;      /* it shut the stream down of its own accord */
  uint8_t first_seen;          /* bytes of the peer's first frame, up to 2 */
  uint8_t mask_wrong;          /* said by the second of them */
  uint8_t interims;            /* 1xx heads taken out so far */
  uint8_t rx_packed, rx_inside; /* compressed; amid a frame */
  uint8_t early_due;           /* lws may have kept some of `early` */
  uint8_t reads_frames;        /* we do, lws does not: conn_frames.c */
  uint8_t hung_up;             /* close_notify and FIN are sent */
  size_t head_before;          /* head bytes before the last peek */
  wsstls_conn_timeouts limits;
  int64_t deadline;            /* of the whole connect; 0: none */
  double ping_interval, ping_timeout;
  size_t max_message;
  int compress;
  unsigned rx_utf8;
  wsstls_deflate_params agreed; /* once both have said compress */
  wsstls_deflate *deflate;     /* NULL: not negotiated */
  wsstls_item *rx;             /* the message being assembled */
  wsstls_scan scan;
  wsstls_item *control;        /* a control frame; the close frame stays */
  wsstls_item *pong;           /* to be sent: the last ping's payload */
  wsstls_item *early;          /* frames in the head's own record */
  const wsstls_rule *broken;   /* by one of them */
  wsstls_item *items, **items_tail;
  size_t queued_bytes, queued_items;
  wsstls_frame *frames, **frames_tail;
  size_t frame_bytes, partial_bytes;
  char *close_reason;          /* ours, waiting to be written; or NULL */
  uint16_t close_code;
  uint8_t close_reason_len;
  uint8_t tx_packed;           /* the frame that is being written */
  int port;                    /* client */
  wsstls_status timeout_status; /* set when a deadline ended it */
  wsstls_status refusal;       /* the application's verdict on the head */
  long body_left;              /* -1: to the end of the stream, -2: to the
                                  last chunk */
  char *answer;                /* server: raw HTTP answer being written */
  size_t answer_len, answer_off;
  char *protocol;              /* the chosen subprotocol, or NULL */
  /* client */
  char *host, *authority, *path, *protocols;
  wsstls_header *headers;
  size_t nheaders;
  char *accept;                /* what the server has to answer, or NULL */
  char (*addresses)[46];
  size_t naddresses, next_address;
  struct wsstls_lookup *lookup;
  /* server */
  struct wsstls_listener *listener;
};

typedef struct wsstls_conn_opts {
  const char *host;
  int port;
  wsstls_tlsconf *tls;         /* up-referenced; NULL: ws:// */
  const char *authority, *path, *protocols, *url;
  const wsstls_header *headers; /* copied */
  size_t nheaders;
  size_t max_message;
  int compress;
  int review;                  /* show the verify-result before going on */
  int keylog;                  /* queue key log lines as items */
  double ping_interval, ping_timeout;
  wsstls_conn_timeouts limits;
  wsstls_conn_proxy proxy;
} wsstls_conn_opts;

/* ---- for the application (the binding) */

/* Starts dialling; one reference for the caller. NULL: out of memory. */
wsstls_conn *wsstls_conn_connect(wsstls_loop *loop,
                                 const wsstls_conn_opts *opts);
wsstls_conn *wsstls_conn_ref(wsstls_conn *c);
void wsstls_conn_unref(wsstls_conn *c);

/* The next item, owned by the caller (free(3) it); NULL: none. Items
 * without data are static markers: *marker is set instead. */
wsstls_item *wsstls_conn_next(wsstls_conn *c, wsstls_item_kind *marker);
int wsstls_conn_has_next(const wsstls_conn *c);

/* Judge a REQUEST or RESPONSE. What is accepted is open, or over, when this
 * returns: ask for the next item. */
void wsstls_conn_accept(wsstls_conn *c, const char *subprotocol);
/* body_length: bytes, -1 to the end of the stream, -2 chunked. */
void wsstls_conn_refuse(wsstls_conn *c, wsstls_status status,
                        const char *message, long body_length);
void wsstls_conn_respond(wsstls_conn *c, const char *bytes, size_t len,
                         wsstls_status status, const char *message);
void wsstls_conn_reviewed(wsstls_conn *c, int ok, const char *reason);

/* OK: sent or queued. *full is set when the caller should wait for DRAINED.
 * Errors: CLOSED, WS_MESSAGE_TOO_BIG (control frames), LIMIT_MEMORY. */
wsstls_status wsstls_conn_send(wsstls_conn *c, const void *data, size_t len,
                               enum lws_write_protocol type, int *full);
wsstls_status wsstls_conn_close(wsstls_conn *c, int code, const char *reason,
                                size_t len, double timeout);
void wsstls_conn_abort(wsstls_conn *c);
const char *wsstls_conn_state(const wsstls_conn *c);
size_t wsstls_conn_buffered(const wsstls_conn *c);
/* 0 when text breaks UTF-8 (RFC 3629). *state is 0 before the first part, and
 * after the last one when nothing is missing. */
int wsstls_utf8_ok(unsigned *state, const char *bytes, size_t len);

#endif
