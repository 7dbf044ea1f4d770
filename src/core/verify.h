/* verify.h: one judgement of a certificate chain, with every fault in it.
 *
 * wsstls_verify_run gives OpenSSL's own verdict under the policy, then, if
 * that is a rejection, runs a second pass that can never accept anything and
 * collects every fault with its depth and subject. The live handshake is
 * decided by the first pass and by `allow` alone.
 * Sources: X509_verify_cert(3), X509_STORE_CTX_set_verify_cb(3),
 * X509_VERIFY_PARAM_set_flags(3), RFC 5280 6, RFC 6125 6.
 */
#ifndef WSSTLS_VERIFY_H
#define WSSTLS_VERIFY_H

#include <limits.h>
#include <stddef.h>
#include <openssl/x509.h>
#include <openssl/x509_vfy.h>
#include "status.h"

#define WSSTLS_MAX_FAULTS 64
/* Dates before 1970 are dates too: no small negative number will do. */
#define WSSTLS_NOW LLONG_MIN

typedef enum wsstls_rules { WSSTLS_RULES_OPENSSL, WSSTLS_RULES_WEBPKI }
  wsstls_rules;

/* What to check; owned by the tlsconf or the caller of wss.verify. The
 * strings live as long as the struct. */
/* In `allow`: the rules of policy webpki, which share number 50 with pins. */
enum { WSSTLS_ALLOW_WEBPKI = 100050 };

typedef struct wsstls_policy {
  int check_peer;              /* 0: verify = false, collect faults only */
  char *host;                  /* a DNS name, or NULL: no name check */
  char *ip;                    /* textual IPv4/IPv6, or NULL */
  int cn_fallback;             /* consult the CN when there is no dNSName */
  wsstls_rules rules;
  int strict;                  /* X509_V_FLAG_X509_STRICT */
  int partial_chain;           /* X509_V_FLAG_PARTIAL_CHAIN */
  int crl_check;               /* 0 no, 1 leaf, 2 chain */
  int depth;                   /* -1: OpenSSL's default */
  int security_level;          /* -1: OpenSSL's default */
  long long time;              /* epoch seconds; WSSTLS_NOW: the clock's */
  int purpose;                 /* X509_PURPOSE_*; 0: by the side */
  int policy_check;            /* X509_V_FLAG_POLICY_CHECK: RFC 5280 6.1 */
  int crl_extended;            /* indirect and delta CRLs (RFC 5280 5.2.4) */
  unsigned char (*pins)[32];   /* SHA-256 of SubjectPublicKeyInfo */
  size_t npins;
  STACK_OF(X509_CRL) *crls;    /* beside those of the store; may be NULL */
  int *allow;                  /* X509_V_ERR_* numbers tolerated, and
                                  WSSTLS_ALLOW_WEBPKI */
  size_t nallow;
  /* told, never judged: where trust came from */
  char *trust_file, *trust_path;
  int trust_system, trust_count;
} wsstls_policy;

typedef struct wsstls_verify_fault {
  int code;                    /* X509_V_ERR_* */
  int depth;
  int implied;                 /* follows from another fault in the list */
  wsstls_status status;        /* CERT_* or CLIENT_CERT_* of this one fault */
  char subject[256];           /* RFC 2253 of the certificate; cut at 255 */
  char name[48];               /* "" = the X509 name; else a webpki rule */
} wsstls_verify_fault;

typedef struct wsstls_verdict {
  int ok;                      /* 1: accepted (perhaps by `allow`) */
  int code, depth;             /* the deciding fault; 0 when ok */
  wsstls_status status;        /* OK, CERT_* or CLIENT_CERT_* */
  size_t nfaults, naccepted;
  wsstls_verify_fault *faults; /* the deciding one first; NULL when none */
  wsstls_verify_fault *accepted; /* tolerated by allow; NULL when none */
  int faults_cut;              /* more than fit */
  STACK_OF(X509) *chain;       /* as built, leaf first; owned; may be NULL */
  int anchored;                /* the last of `chain` is a trust anchor */
  X509 *namesake;              /* trusted, named as the issuer nobody found,
                                  with another key; owned; may be NULL */
  STACK_OF(X509) *sent;        /* as the peer sent it, leaf first; owned */
  char *expected_host, *expected_ip; /* copies; NULL when not checked */
  int cn_fallback, peer_is_client;
  int unchecked;               /* verify = false */
  long long time;              /* the time used, epoch seconds */
  int purpose, depth_limit, strict, partial_chain, crl_check,
      security_level;
  wsstls_rules rules;
  char *trust_file, *trust_path;
  int trust_system, trust_count;
  char reason[160];            /* a verify callback's own words; what was
                                  pinned and is not there; or "" */
  struct wsstls_verdict *openssl; /* what OpenSSL's rules alone say; owned */
} wsstls_verdict;

/* Judges the chain in `ctx` (initialised, not yet run; the store, leaf,
 * untrusted list and parameters come from it; the policy's host, ip, time,
 * flags, depth, purpose and level are applied to its parameters here).
 * Allocates *out (never NULL on return except when memory is gone) and
 * leaves the deciding code in `ctx` so that OpenSSL picks the right alert.
 * Returns 1 to accept, 0 to reject: what an OpenSSL cert_verify_callback
 * returns. With check_peer = 0 it returns 1 and sets `unchecked`. */
int wsstls_verify_run(X509_STORE_CTX *ctx, const wsstls_policy *policy,
                      int peer_is_client, wsstls_verdict **out);
/* What OpenSSL's rules alone say of the chain in `ctx`, on a context of its
 * own; NULL: no memory. For policy webpki, before the verdict proper. */
wsstls_verdict *wsstls_verify_openssl(X509_STORE_CTX *ctx,
                                      const wsstls_policy *policy,
                                      int peer_is_client);
void wsstls_verdict_free(wsstls_verdict *v); /* NULL is fine */

/* A verify callback written in Lua rejected: X509 50, the words kept. */
void wsstls_verdict_reject(wsstls_verdict *v, const char *reason);

void wsstls_policy_init(wsstls_policy *p);  /* the defaults of docs/api.md */
wsstls_status wsstls_policy_copy(wsstls_policy *to,
                                 const wsstls_policy *from);
void wsstls_policy_clear(wsstls_policy *p);

/* One row for each name the certificate presents, for each expected name. */
typedef struct wsstls_compared {
  int expected_is_ip;
  char *expected, *presented;
  const char *source;          /* "san" or "cn" */
  int match;
  const char *why;             /* static text, or NULL when it matched */
} wsstls_compared;
/* Returns a malloc'ed array of *count rows (free with _free). */
wsstls_compared *wsstls_verdict_compare(const wsstls_verdict *v,
                                        size_t *count);
void wsstls_compared_free(wsstls_compared *rows, size_t count);

/* "IP_ADDRESS_MISMATCH" for 64; "UNCLASSIFIED" when this table has no row. */
const char *wsstls_x509_name(int code);
/* 64 for "IP_ADDRESS_MISMATCH" or "X509_V_ERR_IP_ADDRESS_MISMATCH"; -1. */
int wsstls_x509_number(const char *name);
/* CERT_IP_MISMATCH for 64; the CLIENT_ one when the peer is a client. */
wsstls_status wsstls_x509_status(int code, int peer_is_client);
/* "sslserver" for X509_PURPOSE_SSL_SERVER (X509_PURPOSE_get0_sname(3)), NULL
 * when OpenSSL has no such purpose; and the number of a name, or -1. */
const char *wsstls_purpose_name(int purpose);
int wsstls_purpose_number(const char *name);
/* What a rule of the web PKI says ("EKU_MISSING"); NULL: no such rule. */
const char *wsstls_webpki_text(const char *rule);
/* Calls fn for every row, in numeric order. */
void wsstls_x509_each(void (*fn)(int code, const char *name,
                                 wsstls_status status, void *ud), void *ud);

#endif
