/* relay_rule.h: what a relay does to which records.
 *
 * A rule counts the records it matches per direction and connection, and may
 * take one of them (nth) or some by chance. Chance is a hash of the relay's
 * seed and of what is being decided, so the same traffic meets the same fate
 * whatever happens beside it.
 */
#ifndef WSSTLS_RELAY_RULE_H
#define WSSTLS_RELAY_RULE_H

#include <stddef.h>
#include <stdint.h>
#include "material.h"

/* In the order in which a row of the log names them. */
#define WSSTLS_RELAY_ACTIONS(X) \
  X(FLIP, "flip") X(REPLACE, "replace") X(TRUNCATE, "truncate") \
  X(INJECT, "inject") X(DROP, "drop") X(DUPLICATE, "duplicate") \
  X(REPLAY, "replay") X(SPLIT, "split") X(COALESCE, "coalesce") \
  X(DELAY, "delay") X(LATENCY, "latency") X(THROTTLE, "throttle") \
  X(STALL, "stall") X(HALF_CLOSE, "half_close") \
  X(SLOW_CLOSE, "slow_close") X(LIMIT, "limit") X(CLOSE, "close") \
  X(RESET, "reset")

typedef enum wsstls_relay_action {
#define WSSTLS_ACTION_ENUM(name, text) WSSTLS_RELAY_##name,
  WSSTLS_RELAY_ACTIONS(WSSTLS_ACTION_ENUM)
#undef WSSTLS_ACTION_ENUM
  WSSTLS_RELAY_ACTION_COUNT
} wsstls_relay_action;

enum { WSSTLS_RELAY_TO_CLIENT = 1, WSSTLS_RELAY_TO_SERVER = 2 };

typedef struct wsstls_relay_rule {
  uint32_t id;                 /* from 1, never used again */
  uint8_t from;                /* 1 client, 2 server, 3 both */
  uint8_t record;              /* 0: any */
  int16_t handshake;           /* -1: records, whatever is in them */
  uint32_t nth;                /* 0: every one */
  int64_t byte;                /* carries this byte of its stream; -1 */
  double probability;
  wsstls_relay_action action;
  uint8_t to;                  /* 1 client, 2 server, 3 both; 0: default */
  uint8_t has_offset, has_length;
  int64_t offset, length;
  unsigned mask, count;        /* flip; how often, how many later */
  double seconds, jitter, rate;
  unsigned char *bytes;        /* inject, replace: owned */
  size_t nbytes;
  wsstls_material *with;       /* replace: a reference */
  /* what became of it */
  uint64_t matched, fired, unfit;
} wsstls_relay_rule;

/* What a rule decides about. */
typedef struct wsstls_relay_subject {
  uint64_t seed;
  uint32_t connection;
  uint8_t from;                /* 0 client, 1 server */
  uint8_t type;
  int16_t message;             /* a handshake message alone; -1 */
  uint64_t begins, ends;       /* in its stream, in bytes */
} wsstls_relay_subject;

/* What one connection has counted for one rule, per direction. */
typedef struct wsstls_relay_tally {
  uint32_t seen[2];
  uint64_t bytes[2];           /* limit: let through so far */
} wsstls_relay_tally;

/* Counts the subject; 1: the rule takes it. */
int wsstls_relay_rule_takes(wsstls_relay_rule *r, wsstls_relay_tally *t,
                            const wsstls_relay_subject *subject);
/* Whether the rule looks at records of that direction at all. */
int wsstls_relay_rule_looks(const wsstls_relay_rule *r, int from);
/* Seconds with jitter, never below 0. */
double wsstls_relay_rule_seconds(const wsstls_relay_rule *r,
                                 const wsstls_relay_tally *t,
                                 const wsstls_relay_subject *subject);
void wsstls_relay_rule_free(wsstls_relay_rule *r);

const char *wsstls_relay_action_name(wsstls_relay_action action);
int wsstls_relay_action_of(const char *name); /* -1: no such */

#endif
