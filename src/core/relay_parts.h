/* relay_parts.h: what the files of a relay share.
 *
 *   relay.c         rules, listening, the list of connections
 *   relay_pair.c    a connection: its two streams and how it ends
 *   relay_input.c   what arrives, cut into records
 *   relay_action.c  what rules make of a record
 *   relay_pump.c    what goes out, and when
 */
#ifndef WSSTLS_RELAY_PARTS_H
#define WSSTLS_RELAY_PARTS_H

#include "acceptor.h"
#include "relay.h"
#include "relay_parse.h"
#include "relay_queue.h"

enum {
  WSSTLS_RELAY_BUFFER = 131072, /* of one recv(2) */
  WSSTLS_RELAY_HIGH = 1 << 20, /* unsent bytes at which reading stops */
  WSSTLS_RELAY_KINDS = 8       /* of records that are counted apart */
};

typedef struct wsstls_relay_pair wsstls_relay_pair;

/* A record that will be sent once more. */
typedef struct wsstls_relay_again {
  struct wsstls_relay_again *next;
  int64_t due;                 /* 0: after so many more records */
  unsigned after;
  size_t len;
  unsigned char bytes[];
} wsstls_relay_again;

/* One direction of a connection. */
typedef struct wsstls_relay_way {
  wsstls_relay_pair *pair;
  uint8_t from;                /* 0 the client, 1 the server */
  uint8_t ended;               /* the source ended, or is gone */
  uint8_t hung;                /* it has, behind what is not read */
  uint8_t finished;            /* the sink was told, or is gone */
  uint8_t blocked;             /* the sink's kernel is full */
  uint8_t muted, stalled;      /* what comes is lost; or waits for good */
  uint8_t deaf;                /* has given up collecting messages */
  uint32_t mute_actions, mute_rule, stall_rule;
  wsstls_relay_parser parser;
  unsigned char *in;           /* of a record, until it is whole */
  size_t in_len, in_room;
  unsigned char *held;         /* records, until a message is whole */
  size_t held_len, held_room;
  wsstls_relay_queue queue;
  wsstls_relay_again *again;
  size_t again_bytes;
  int64_t again_at;            /* when the first of them is due; 0: none */
  wsstls_timer timer;
  int64_t next_at, last_due;   /* throttle; delays add up */
  uint32_t counts[WSSTLS_RELAY_KINDS];
  uint64_t begins;             /* where the next record is in the stream */
} wsstls_relay_way;

typedef struct wsstls_relay_side {
  wsstls_relay_pair *pair;
  uint8_t who;
  wsstls_stream *stream;       /* NULL: gone */
} wsstls_relay_side;

struct wsstls_relay_pair {
  wsstls_relay *relay;
  wsstls_relay_pair *prev, *next;
  int refs;
  uint8_t open, over;
  wsstls_relay_side side[2];
  wsstls_relay_way way[2];     /* [from] */
  wsstls_relay_session session;
  wsstls_relay_tally *tallies; /* by rule id - 1 */
  size_t ntallies;
  wsstls_relay_summary sum;
};

struct wsstls_relay {
  wsstls_io io;                /* first: the loop casts */
  int refs;
  wsstls_acceptor *acceptor;
  wsstls_address address;
  char *upstream;
  int upstream_port, silent, closed, watched;
  double connect_timeout;
  long refuse_after;
  uint64_t seed;
  int64_t began;
  uint32_t connections, rule_ids;
  wsstls_relay_rule **rules;
  size_t nrules;
  uint8_t looks[2], listens[2]; /* rules for records, for messages */
  wsstls_relay_log log;
  wsstls_relay_pair *pairs;
  size_t npairs;
  wsstls_relay_summary *over;
  size_t nover, over_room;
  unsigned char *buffer;
};

/* relay.c */
void wsstls_relay_row_add(wsstls_relay *r, const wsstls_relay_row *row);
void wsstls_relay_leave(wsstls_relay_pair *p); /* it is over */
/* NULL: no memory */
wsstls_relay_tally *wsstls_relay_tally_of(wsstls_relay_pair *p,
                                          const wsstls_relay_rule *rule);

/* relay_pair.c */
wsstls_relay_pair *wsstls_relay_pair_new(wsstls_relay *r,
                                         const wsstls_address *client);
/* Hears both streams from now on; `server` may still be dialling. */
void wsstls_relay_pair_start(wsstls_relay_pair *p, wsstls_stream *client,
                             wsstls_stream *server, int open);
void wsstls_relay_pair_unref(wsstls_relay_pair *p);
/* The ends in `to` hear a FIN or a RST from us. */
void wsstls_relay_pair_end(wsstls_relay_pair *p, unsigned to, int reset,
                           wsstls_relay_end by);
/* The stream of a side broke. */
void wsstls_relay_pair_broke(wsstls_relay_pair *p, int who);
void wsstls_relay_pair_settle(wsstls_relay_pair *p);

/* relay_input.c */
void wsstls_relay_input(wsstls_relay_way *w, unsigned char *bytes,
                        size_t len);
void wsstls_relay_input_end(wsstls_relay_way *w);
/* A row about what the parser has just seen. */
void wsstls_relay_row_begin(wsstls_relay_way *w, wsstls_relay_row *row);

/* relay_action.c: one record (head 5) or plain bytes (head 0). `message`:
 * the handshake message it consists of, or -1. */
void wsstls_relay_act(wsstls_relay_way *w, unsigned char *wire, size_t len,
                      size_t head, int message, int rebuilt,
                      wsstls_relay_row *row);
void wsstls_relay_again_records(wsstls_relay_way *w);
int64_t wsstls_relay_again_due(wsstls_relay_way *w, int64_t now);

/* relay_pump.c */
void wsstls_relay_pump(wsstls_relay_way *w);
void wsstls_relay_pump_at(wsstls_timer *timer);

#endif
