/* relay_log.h: what passed a relay, the last 10,000 rows of it. */
#ifndef WSSTLS_RELAY_LOG_H
#define WSSTLS_RELAY_LOG_H

#include <stddef.h>
#include <stdint.h>
#include "status.h"

enum { WSSTLS_RELAY_ROWS = 10000 };

/* Content types on the wire (RFC 8446 5.1), and ours below them. */
#define WSSTLS_RELAY_TYPES(X) \
  X(1, "plain") X(2, "connection") X(20, "change_cipher_spec") \
  X(21, "alert") X(22, "handshake") X(23, "application") \
  X(24, "heartbeat")

enum { WSSTLS_RELAY_PLAIN = 1, WSSTLS_RELAY_CONNECTION = 2,
       WSSTLS_RELAY_CCS = 20, WSSTLS_RELAY_HANDSHAKE = 22,
       WSSTLS_RELAY_APPLICATION = 23 };

enum { WSSTLS_RELAY_MESSAGES = 4 };

typedef struct wsstls_relay_row {
  int64_t at;                  /* microseconds since the relay began */
  uint32_t connection;         /* from 1 */
  uint32_t length;             /* of the fragment; of the bytes when plain */
  uint32_t nth;                /* of its type, direction and connection */
  uint32_t actions;            /* 1 << action, of every rule that acted */
  uint32_t rule;               /* the first of those; 0: none */
  wsstls_status status;        /* type "connection": why it failed */
  uint16_t version;            /* as on the wire; 0: plain */
  uint8_t from;                /* 0 the client, 1 the server */
  uint8_t type;
  uint8_t partial;             /* the stream ended inside it */
  uint8_t nmessages;           /* handshake messages that begin in it */
  uint8_t messages[WSSTLS_RELAY_MESSAGES];
} wsstls_relay_row;

typedef struct wsstls_relay_log {
  wsstls_relay_row *rows;
  size_t capacity;
  uint64_t total;              /* ever written */
} wsstls_relay_log;

void wsstls_relay_log_add(wsstls_relay_log *log, const wsstls_relay_row *row);
/* Rows are numbered from 0; those below `_first` are gone. */
uint64_t wsstls_relay_log_first(const wsstls_relay_log *log);
const wsstls_relay_row *wsstls_relay_log_at(const wsstls_relay_log *log,
                                            uint64_t number);
void wsstls_relay_log_free(wsstls_relay_log *log);

const char *wsstls_relay_type_name(int type);  /* "unknown" at worst */
int wsstls_relay_type(const char *name);       /* 0: no such */

#endif
