/* verify_pass.h: what verify*.c share; nobody else includes it.
 *
 * A list of faults grows while the passes run; wsstls_verify_run sorts it
 * into `faults` and `accepted` of the verdict at the end.
 */
#ifndef WSSTLS_VERIFY_PASS_H
#define WSSTLS_VERIFY_PASS_H

#include "verify.h"

typedef struct wsstls_faults {
  wsstls_verify_fault *items;
  size_t count, room;
  int cut;                     /* one did not fit */
  int no_memory;
} wsstls_faults;

/* Adds (code, depth) unless it is there; `x` (may be NULL) gives the
 * subject, `rule` (may be NULL) the name of a rule that is not OpenSSL's.
 * Returns the new fault, or NULL. Its status OK means "as its code". */
wsstls_verify_fault *wsstls_faults_add(wsstls_faults *list, int code,
                                       int depth, X509 *x,
                                       const char *rule);
int wsstls_faults_have(const wsstls_faults *list, int code, int depth);

/* Copies the names the policy expects into the verdict: brackets and zone
 * ids taken off, an address in `host` moved to expected_ip. 0: no memory. */
int wsstls_policy_names(const wsstls_policy *p, wsstls_verdict *v);

/* Sets flags, depth, time, purpose, level and names. Returns 0, or the
 * X509_V_ERR_* that an unusable name must end in. */
int wsstls_policy_apply(const wsstls_policy *p, const wsstls_verdict *v,
                        X509_VERIFY_PARAM *param);

int wsstls_policy_allows(const wsstls_policy *p, int code);

/* The pass that collects: runs a copy of `ctx`, never accepts, leaves the
 * chain in `v`. Returns 1 when OpenSSL came to the end of all its checks. */
int wsstls_verify_collect(X509_STORE_CTX *ctx, const wsstls_policy *p,
                          wsstls_verdict *v, wsstls_faults *list);

/* What OpenSSL stops short of, on the chain in `v`. */
void wsstls_verify_length(const wsstls_policy *p, const wsstls_verdict *v,
                          wsstls_faults *list);
void wsstls_verify_dates(const wsstls_verdict *v, wsstls_faults *list);
void wsstls_verify_names(const wsstls_verdict *v, X509 *leaf,
                         wsstls_faults *list);
void wsstls_verify_pins(const wsstls_policy *p, wsstls_verdict *v,
                        wsstls_faults *list);

/* expected_host is something that can be compared at all. */
int wsstls_verify_host_usable(const wsstls_verdict *v);

/* Does OpenSSL's X509_check_host/_ip accept the leaf? 1 also without any
 * expected name. */
int wsstls_verify_name_matches(const wsstls_verdict *v, X509 *leaf);

#endif
