/* classify.c: from what the record holds to one status, and whose fault.
 *
 * Specific evidence first: our own verdict on the peer's chain, the peer's
 * alert, our alert with OpenSSL's reason, then how the stream ended. Never
 * lws's words. Alerts: RFC 8446 6.2; reasons: openssl/sslerr.h.
 */
#include "classify.h"

#include <errno.h>
#include <string.h>
#include "conn_parts.h"

#define UNKNOWN WSSTLS_PARTY_UNKNOWN
#define CLIENT WSSTLS_PARTY_CLIENT
#define SERVER WSSTLS_PARTY_SERVER
#define NETWORK WSSTLS_PARTY_NETWORK
#define me wsstls_record_side
#define peer wsstls_record_peer_side

wsstls_party wsstls_record_side(const wsstls_record *r)
{
  return r->is_server ? SERVER : CLIENT;
}

wsstls_party wsstls_record_peer_side(const wsstls_record *r)
{
  return r->is_server ? CLIENT : SERVER;
}

void wsstls_outcome_set(wsstls_outcome *out, wsstls_status status,
                        wsstls_phase phase, wsstls_party fault,
                        wsstls_party rejected_by)
{
  out->status = status;
  out->phase = phase;
  out->fault = fault;
  out->rejected_by = rejected_by;
}

/* Reading or writing: the kernel tells only one of them. */
int wsstls_record_was_reset(const wsstls_record *r)
{
  return r->reset_seen || r->os_errno == ECONNRESET;
}

/* ------------------------------------------------------------ our verdict */

/* Faults that lie in how this side was configured, not in the chain. */
static int own_fault(wsstls_status status)
{
  switch (status) {
  case WSSTLS_CERT_PARTIAL_CHAIN:
  case WSSTLS_CLIENT_CERT_PARTIAL_CHAIN:
  case WSSTLS_CERT_DEPTH:
  case WSSTLS_CLIENT_CERT_DEPTH:
  case WSSTLS_CRL_MISSING:
  case WSSTLS_CLIENT_CRL_MISSING:
  case WSSTLS_CRL_EXPIRED:
  case WSSTLS_CLIENT_CRL_EXPIRED:
  case WSSTLS_CRL_NOT_YET_VALID:
  case WSSTLS_CLIENT_CRL_NOT_YET_VALID:
  case WSSTLS_CRL_BAD_SIGNATURE:
  case WSSTLS_CLIENT_CRL_BAD_SIGNATURE:
    return 1;
  default:
    return 0;
  }
}

/* Whoever trusts nobody refuses everybody: but not for an old certificate. */
static int trusts_nothing(const wsstls_verdict *v)
{
  switch (v->status) {
  case WSSTLS_CERT_UNTRUSTED:
  case WSSTLS_CLIENT_CERT_UNTRUSTED:
  case WSSTLS_CERT_SELF_SIGNED:
  case WSSTLS_CLIENT_CERT_SELF_SIGNED:
    return v->trust_count == 0 && !v->trust_system && v->trust_path == NULL;
  default:
    return 0;
  }
}

static int by_verdict(const wsstls_record *r, wsstls_outcome *out)
{
  const wsstls_verdict *v = r->verdict;

  if (v == NULL || v->ok || r->handshake_done)
    return 0;
  wsstls_outcome_set(out, v->status, WSSTLS_PHASE_VERIFY,
                     own_fault(v->status) || trusts_nothing(v) ? me(r)
                                                               : peer(r),
                     me(r));
  return 1;
}

/* -------------------------------------------------- how the stream ended */

static wsstls_status of_upgrade(const wsstls_conn *c)
{
  const wsstls_record *r = &c->o.record;

  if (wsstls_record_was_reset(r))
    return WSSTLS_TCP_RESET;
  if (r->head_len == 0)
    return WSSTLS_UPGRADE_NO_RESPONSE;
  if (c->head == WSSTLS_HEAD_READING)
    return WSSTLS_UPGRADE_TRUNCATED;
  /* the head was accepted, and lws did not like it */
  return r->is_server ? WSSTLS_UPGRADE_BAD_REQUEST
                      : WSSTLS_UPGRADE_BAD_RESPONSE;
}

static void by_stream(const wsstls_conn *c, wsstls_outcome *out)
{
  const wsstls_record *r = &c->o.record;
  wsstls_status status = WSSTLS_UNKNOWN;
  wsstls_party fault = UNKNOWN, by = UNKNOWN;

  switch (r->phase) {
  case WSSTLS_PHASE_TLS:
    status = wsstls_record_was_reset(r) ? WSSTLS_TCP_RESET
             : r->eof_seen ? WSSTLS_TLS_EOF : WSSTLS_TLS_FAILED;
    break;
  case WSSTLS_PHASE_UPGRADE:
    status = of_upgrade(c);
    if (status == WSSTLS_UPGRADE_BAD_RESPONSE ||
        status == WSSTLS_UPGRADE_BAD_REQUEST) {
      wsstls_record_string(&out->message, wsstls_head_unreadable,
                           strlen(wsstls_head_unreadable));
      fault = peer(r);
      by = me(r);
    } else if (status == WSSTLS_TCP_RESET) {
      fault = NETWORK;
    }
    break;
  case WSSTLS_PHASE_OPEN:
  case WSSTLS_PHASE_CLOSE:
    status = WSSTLS_CLOSED_ABNORMALLY;
    fault = r->reset_seen || r->eof_seen ? NETWORK : UNKNOWN;
    break;
  default:
    break;
  }
  wsstls_outcome_set(out, status, (wsstls_phase)r->phase, fault, by);
}

/* The stream has not ended and nobody asked for an end: lws found a frame it
 * does not like and dropped the connection. Its log lines may say which. */
static int by_lws(const wsstls_conn *c, wsstls_outcome *out)
{
  const wsstls_record *r = &c->o.record;

  if (!c->dropped_by_lws &&
      (r->phase < WSSTLS_PHASE_OPEN || r->eof_seen || r->reset_seen ||
       r->os_errno != 0 || wsstls_record_heard_alert(r) || c->killed ||
       c->close_wanted ||
       c->wire.write_failed || c->io.loop->closing))
    return 0;
  wsstls_outcome_set(out, WSSTLS_WS_PROTOCOL_ERROR, WSSTLS_PHASE_OPEN,
                     peer(r), me(r));
  return 1;
}

/* --------------------------------------------------------- given statuses */

static void given(const wsstls_record *r, wsstls_status status,
                  wsstls_outcome *out)
{
  wsstls_phase phase = wsstls_status_phase(status);
  wsstls_party fault = UNKNOWN, by = UNKNOWN;

  switch (phase) {
  case WSSTLS_PHASE_UPGRADE:
    if (status != WSSTLS_TIMEOUT_UPGRADE) {
      fault = status == WSSTLS_UPGRADE_NO_SUBPROTOCOL ? CLIENT : peer(r);
      by = r->is_server ? SERVER
           : status == WSSTLS_UPGRADE_REJECTED ||
             status == WSSTLS_UPGRADE_UNAUTHORIZED ||
             status == WSSTLS_UPGRADE_REDIRECT ||
             status == WSSTLS_UPGRADE_REDIRECT_NO_LOCATION ? SERVER : CLIENT;
    }
    break;
  case WSSTLS_PHASE_OPEN:
    if (status == WSSTLS_WS_PROTOCOL_ERROR ||
        status == WSSTLS_WS_INVALID_UTF8 ||
        status == WSSTLS_WS_MESSAGE_TOO_BIG) {
      fault = peer(r);
      by = me(r);
    } else if (status == WSSTLS_CANCELLED) {
      phase = (wsstls_phase)r->phase;
    }
    break;
  case WSSTLS_PHASE_VERIFY:
    fault = peer(r);
    by = me(r);
    break;
  default:
    break;
  }
  if (status == WSSTLS_TCP_REFUSED)
    fault = SERVER;
  wsstls_outcome_set(out, status, phase, fault, by);
}

static uint8_t ended_by(const wsstls_record *r, const wsstls_outcome *out)
{
  if (out->status == WSSTLS_CANCELLED || out->rejected_by == me(r))
    return 1;
  return out->rejected_by == peer(r) ? 2 : 3;
}

static void close_numbers(wsstls_record *r, const wsstls_outcome *out)
{
  if (r->close_clean || r->close_code != 0 || out->status == WSSTLS_OK)
    return;
  if (r->phase >= WSSTLS_PHASE_OPEN)
    r->close_code = 1006; /* RFC 6455 7.4.1: never on the wire */
  else if (out->phase == WSSTLS_PHASE_TLS ||
           out->phase == WSSTLS_PHASE_VERIFY)
    r->close_code = 1015;
  if (r->close_by == 0)
    r->close_by = ended_by(r, out);
}

int wsstls_classify_record(const wsstls_record *r, wsstls_outcome *out)
{
  if (out->status != WSSTLS_OK)
    given(r, out->status, out);
  else
    return by_verdict(r, out) || wsstls_classify_alert(r, out) ||
           wsstls_classify_failure(r, out);
  return 1;
}

void wsstls_classify(wsstls_conn *c, wsstls_outcome *out)
{
  wsstls_record *r = &c->o.record;
  wsstls_status status = out->status;

  if (status == WSSTLS_OK && r->close_clean)
    wsstls_outcome_set(out, WSSTLS_OK, WSSTLS_PHASE_CLOSE, UNKNOWN, UNKNOWN);
  else if (status == WSSTLS_OK && r->is_server &&
           c->head == WSSTLS_HEAD_ANSWERING)
    wsstls_outcome_set(out, WSSTLS_OK, WSSTLS_PHASE_UPGRADE, UNKNOWN,
                       UNKNOWN);
  else if (!wsstls_classify_record(r, out) && !by_lws(c, out))
    by_stream(c, out);
  close_numbers(r, out);
}
