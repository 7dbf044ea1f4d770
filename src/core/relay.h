/* relay.h: a hostile network between a client and a server.
 *
 * It listens, dials upstream for every connection, and passes bytes both
 * ways: unharmed and fast without rules, record by record with them. All of
 * it happens in the loop's turn. What it read, did and lost is in its log
 * and in its list of connections, both bounded.
 */
#ifndef WSSTLS_RELAY_H
#define WSSTLS_RELAY_H

#include "loop.h"
#include "relay_log.h"
#include "relay_rule.h"
#include "stream.h"

typedef struct wsstls_relay wsstls_relay;

typedef struct wsstls_relay_opts {
  const char *host;            /* where to listen; NULL: nowhere */
  int port, backlog;
  const char *upstream;        /* whom to dial; borrowed */
  int upstream_port;
  double connect_timeout;      /* 0: none */
  int silent;                  /* accepts and never answers */
  int deaf;                    /* does not even accept */
  long refuse_after;           /* connections; -1: never */
  uint64_t seed;
} wsstls_relay_opts;

/* Who or what ended a relayed connection. */
typedef enum wsstls_relay_end {
  WSSTLS_RELAY_OPEN, WSSTLS_RELAY_BY_CLIENT, WSSTLS_RELAY_BY_SERVER,
  WSSTLS_RELAY_BY_RULE, WSSTLS_RELAY_BY_RELAY, WSSTLS_RELAY_BY_UPSTREAM
} wsstls_relay_end;

/* One connection, from the client and from the server: [0] and [1]. */
typedef struct wsstls_relay_summary {
  uint32_t number;             /* from 1 */
  wsstls_address client;
  int64_t began, over;         /* microseconds since the relay began */
  wsstls_relay_end end;
  wsstls_status status;        /* BY_UPSTREAM: why it could not be dialled */
  int error;                   /* and its errno */
  uint64_t bytes[2], records[2];
  uint64_t lost_bytes[2], lost_records[2]; /* read and never passed on */
} wsstls_relay_summary;

enum { WSSTLS_RELAY_REMEMBERED = 1000 }; /* connections that are over */

/* Errors: as wsstls_socket_listen, LIMIT_MEMORY. */
wsstls_status wsstls_relay_open(wsstls_loop *loop,
                                const wsstls_relay_opts *o,
                                wsstls_relay **out, wsstls_error *err);
/* Two streams that are connected already become one relayed connection, and
 * the relay's own (both references are taken, also on failure). The bytes
 * have been read from them before. 0: no memory, or the relay is closed. */
int wsstls_relay_pair_up(wsstls_relay *r, wsstls_stream *client,
                         const void *from_client, size_t client_len,
                         wsstls_stream *server, const void *from_server,
                         size_t server_len);

/* Takes the rule over and gives it its number; 0: no memory. */
uint32_t wsstls_relay_add(wsstls_relay *r, wsstls_relay_rule *rule);
/* 0: there is no such rule. What a stall of it held back goes on. */
int wsstls_relay_remove(wsstls_relay *r, uint32_t id);
const wsstls_relay_rule *wsstls_relay_rule_at(const wsstls_relay *r,
                                              size_t index);
size_t wsstls_relay_rules(const wsstls_relay *r);

const wsstls_relay_log *wsstls_relay_rows(const wsstls_relay *r);
/* Summaries, oldest first, then those of open connections. */
size_t wsstls_relay_connections(const wsstls_relay *r);
const wsstls_relay_summary *wsstls_relay_connection(const wsstls_relay *r,
                                                    size_t index);
const wsstls_address *wsstls_relay_address(const wsstls_relay *r);
/* Its io, for bindings; `watch`: deliver it whenever rows are new. */
wsstls_io *wsstls_relay_io(wsstls_relay *r);
void wsstls_relay_watch(wsstls_relay *r, int watch);

/* New connections are refused (or no longer); `cut` ends the present. */
void wsstls_relay_down(wsstls_relay *r, int down, int cut);
/* Stops listening and ends every connection with a FIN. Idempotent. */
void wsstls_relay_close(wsstls_relay *r);
void wsstls_relay_unref(wsstls_relay *r); /* NULL is fine */

#endif
