/* relay_unit.h: a record on its way through the rules. */
#ifndef WSSTLS_RELAY_UNIT_H
#define WSSTLS_RELAY_UNIT_H

#include "relay_parts.h"

enum { WSSTLS_RELAY_ENDS = 4, WSSTLS_FRAGMENT_MOST = 16384 };

typedef struct wsstls_relay_unit {
  wsstls_relay_way *way;
  const wsstls_relay_subject *subject;
  unsigned char *wire;         /* head and fragment */
  size_t len, head, came;      /* came: len, before the rules */
  unsigned char *own;          /* malloc'd, when wire is no longer theirs */
  int rebuilt;                 /* it may be longer than one record */
  int message, dropped, cut;
  unsigned copies;
  wsstls_owed like;            /* how the bytes are sent */
  wsstls_owed ends[WSSTLS_RELAY_ENDS]; /* and what follows them */
  unsigned nends;
} wsstls_relay_unit;

/* 1: done; 0: the rule does not fit this record. */
int wsstls_relay_do(wsstls_relay_unit *u, const wsstls_relay_rule *r,
                    wsstls_relay_tally *t);

#endif
