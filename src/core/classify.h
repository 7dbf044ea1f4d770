/* classify.h: why it ended: one status, and whose fault. */
#ifndef WSSTLS_CLASSIFY_H
#define WSSTLS_CLASSIFY_H

#include "conn.h"

/* Why it ended, from what the record holds. */
void wsstls_classify(wsstls_conn *c, wsstls_outcome *out);
/* The status, party and sentence for a status known already. */
void wsstls_outcome_set(wsstls_outcome *out, wsstls_status status,
                        wsstls_phase phase, wsstls_party fault,
                        wsstls_party rejected_by);

/* Shared by classify.c and classify_tls.c. */
wsstls_party wsstls_record_side(const wsstls_record *r);
wsstls_party wsstls_record_peer_side(const wsstls_record *r);
int wsstls_record_was_reset(const wsstls_record *r);

/* A status that is known already, or what the record alone proves: our
 * verdict, an alert, OpenSSL's refusal. 0: only how it ended is left. */
int wsstls_classify_record(const wsstls_record *r, wsstls_outcome *out);
/* 1 when the record holds such evidence, and *out says what it means: the
 * peer's fatal alert; our own alert or OpenSSL's refusal. */
int wsstls_classify_alert(const wsstls_record *r, wsstls_outcome *out);
int wsstls_classify_failure(const wsstls_record *r, wsstls_outcome *out);

#endif
