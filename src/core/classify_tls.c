/* classify_tls.c: alerts and OpenSSL's reasons as statuses.
 *
 * Alerts: RFC 8446 6.2; reasons: openssl/sslerr.h. A received alert speaks
 * for the peer, a sent one for us.
 */
#include "classify.h"

#include <openssl/err.h>
#include <openssl/ssl.h>
#include <openssl/sslerr.h>

#define UNKNOWN WSSTLS_PARTY_UNKNOWN
#define CLIENT WSSTLS_PARTY_CLIENT
#define SERVER WSSTLS_PARTY_SERVER
#define NETWORK WSSTLS_PARTY_NETWORK
#define DAMAGED "with one bit of the key exchange flipped back the " \
  "server's signature verifies: it was damaged on the way"
#define me wsstls_record_side
#define peer wsstls_record_peer_side

static wsstls_phase tls_phase(const wsstls_record *r)
{
  return r->phase >= WSSTLS_PHASE_OPEN ? WSSTLS_PHASE_OPEN
                                       : WSSTLS_PHASE_TLS;
}

/* ------------------------------------------------------- the peer's alert */

static const wsstls_alert_row *fatal(const wsstls_record *r, int sent)
{
  for (size_t i = 0; i < r->nalerts; i++)
    if (r->alerts[i].sent == sent && r->alerts[i].level == SSL3_AL_FATAL)
      return &r->alerts[i];
  return NULL;
}

static int about_certificate(int number)
{
  return (number >= SSL_AD_BAD_CERTIFICATE &&
          number <= SSL_AD_CERTIFICATE_UNKNOWN) ||
         number == SSL_AD_UNKNOWN_CA || number == TLS1_AD_ACCESS_DENIED ||
         number == SSL_AD_DECRYPT_ERROR;
}

static wsstls_status client_hears(const wsstls_record *r, int number)
{
  switch (number) {
  case SSL_AD_CERTIFICATE_REQUIRED:
    return WSSTLS_CLIENT_CERT_MISSING;
  case SSL_AD_HANDSHAKE_FAILURE:
    return r->cert_requested && !r->cert_sent ? WSSTLS_CLIENT_CERT_MISSING
                                              : WSSTLS_TLS_HANDSHAKE_FAILURE;
  case SSL_AD_UNRECOGNIZED_NAME:
    return r->sni != NULL ? WSSTLS_TLS_SNI_UNKNOWN : WSSTLS_TLS_SNI_MISSING;
  default:
    break;
  }
  if (r->cert_requested && r->cert_sent && about_certificate(number))
    return WSSTLS_CLIENT_CERT_REJECTED;
  return WSSTLS_TLS_ALERT;
}

static wsstls_status heard(const wsstls_record *r, int number)
{
  switch (number) {
  case SSL_AD_PROTOCOL_VERSION: return WSSTLS_TLS_VERSION_MISMATCH;
  case SSL_AD_BAD_RECORD_MAC: return WSSTLS_TLS_BAD_RECORD_MAC;
  case SSL_AD_NO_APPLICATION_PROTOCOL: return WSSTLS_TLS_NO_ALPN;
  default: break;
  }
  if (!r->is_server)
    return client_hears(r, number);
  if (about_certificate(number))
    return WSSTLS_CERT_REJECTED;
  return number == SSL_AD_HANDSHAKE_FAILURE ? WSSTLS_TLS_HANDSHAKE_FAILURE
                                            : WSSTLS_TLS_ALERT;
}

static wsstls_party fault_of(const wsstls_record *r, wsstls_status status)
{
  switch (status) {
  case WSSTLS_CERT_REJECTED: return SERVER;
  case WSSTLS_CLIENT_CERT_MISSING:
  case WSSTLS_CLIENT_CERT_REJECTED:
  case WSSTLS_TLS_SNI_UNKNOWN:
  case WSSTLS_TLS_SNI_MISSING:
  case WSSTLS_TLS_PLAIN_CLIENT: return CLIENT;
  case WSSTLS_TLS_BAD_RECORD_MAC: return NETWORK;
  case WSSTLS_TLS_NOT_TLS:
  case WSSTLS_TLS_WRONG_PRIVATE_KEY:
  case WSSTLS_TLS_DH_TOO_SMALL: return SERVER;
  case WSSTLS_TLS_BAD_SIGNATURE: return r->is_server ? CLIENT : NETWORK;
  default: return UNKNOWN;
  }
}

int wsstls_classify_alert(const wsstls_record *r, wsstls_outcome *out)
{
  const wsstls_alert_row *a = fatal(r, 0);
  wsstls_status status;

  if (a == NULL)
    return 0;
  status = r->key_foreign ? WSSTLS_TLS_WRONG_PRIVATE_KEY
                          : heard(r, a->number);
  wsstls_outcome_set(out, status, tls_phase(r), fault_of(r, status),
                     peer(r));
  return 1;
}

/* ------------------------------------------- our alert, OpenSSL's reason */

static int looks_like_tls(const wsstls_record *r)
{
  return r->nfirst == 0 ||
         (r->first_bytes[0] >= 0x14 && r->first_bytes[0] <= 0x17);
}

static wsstls_status bad_signature(const wsstls_record *r)
{
  /* In TLS 1.3 the record layer vouches for what arrived. In 1.2 the key
   * exchange travels in clear: what one flipped bit explains is damage,
   * anything else far more often another key. A client's signature has no
   * code for its key. */
  return r->is_server || r->damaged ? WSSTLS_TLS_BAD_SIGNATURE
                                    : WSSTLS_TLS_WRONG_PRIVATE_KEY;
}

static wsstls_status of_reason(const wsstls_record *r, int reason)
{
  switch (reason) {
  case SSL_R_UNSUPPORTED_PROTOCOL:
  case SSL_R_UNSUPPORTED_SSL_VERSION:
  case SSL_R_NO_PROTOCOLS_AVAILABLE:
  case SSL_R_VERSION_TOO_LOW:
  case SSL_R_VERSION_TOO_HIGH:
  case SSL_R_WRONG_SSL_VERSION: return WSSTLS_TLS_VERSION_MISMATCH;
  case SSL_R_NO_SHARED_CIPHER:
  case SSL_R_NO_CIPHERS_AVAILABLE: return WSSTLS_TLS_NO_SHARED_CIPHER;
  case SSL_R_NO_SUITABLE_KEY_SHARE:
  case SSL_R_NO_SHARED_GROUPS:
  case SSL_R_NO_SUITABLE_GROUPS: return WSSTLS_TLS_NO_SHARED_GROUP;
  case SSL_R_NO_SUITABLE_SIGNATURE_ALGORITHM:
  case SSL_R_NO_SHARED_SIGNATURE_ALGORITHMS:
    return WSSTLS_TLS_NO_SHARED_SIGALG;
  case SSL_R_PEER_DID_NOT_RETURN_A_CERTIFICATE:
    return WSSTLS_CLIENT_CERT_MISSING;
  case SSL_R_HTTP_REQUEST:
  case SSL_R_HTTPS_PROXY_REQUEST: return WSSTLS_TLS_PLAIN_CLIENT;
  case SSL_R_BAD_SIGNATURE: return bad_signature(r);
  case SSL_R_DECRYPTION_FAILED_OR_BAD_RECORD_MAC:
  case SSL_R_DECRYPTION_FAILED:
    return r->key_foreign ? WSSTLS_TLS_WRONG_PRIVATE_KEY
                          : WSSTLS_TLS_BAD_RECORD_MAC;
  case SSL_R_UNEXPECTED_EOF_WHILE_READING: return WSSTLS_TLS_EOF;
  case SSL_R_DH_KEY_TOO_SMALL: return WSSTLS_TLS_DH_TOO_SMALL;
  case SSL_R_NO_APPLICATION_PROTOCOL: return WSSTLS_TLS_NO_ALPN;
  default: return WSSTLS_OK;
  }
}

static wsstls_status of_errors(const wsstls_record *r)
{
  for (size_t i = 0; i < r->nerrors; i++) {
    wsstls_status s;

    if (ERR_GET_LIB(r->errors[i].code) != ERR_LIB_SSL)
      continue;
    s = of_reason(r, ERR_GET_REASON(r->errors[i].code));
    if (s != WSSTLS_OK)
      return s;
  }
  return WSSTLS_OK;
}

static wsstls_status of_our_alert(const wsstls_record *r, int number)
{
  switch (number) {
  case SSL_AD_UNRECOGNIZED_NAME:
    return r->sni != NULL ? WSSTLS_TLS_SNI_UNKNOWN : WSSTLS_TLS_SNI_MISSING;
  case SSL_AD_NO_APPLICATION_PROTOCOL: return WSSTLS_TLS_NO_ALPN;
  case SSL_AD_PROTOCOL_VERSION: return WSSTLS_TLS_VERSION_MISMATCH;
  case SSL_AD_BAD_RECORD_MAC: return WSSTLS_TLS_BAD_RECORD_MAC;
  default: return WSSTLS_TLS_FAILED;
  }
}

int wsstls_classify_failure(const wsstls_record *r, wsstls_outcome *out)
{
  const wsstls_alert_row *a = fatal(r, 1);
  wsstls_status status;

  if (a == NULL && (r->nerrors == 0 || r->handshake_done))
    return 0;
  if (!looks_like_tls(r)) {
    status = r->is_server ? WSSTLS_TLS_PLAIN_CLIENT : WSSTLS_TLS_NOT_TLS;
  } else {
    status = of_errors(r);
    if (status == WSSTLS_TLS_NO_SHARED_SIGALG && a != NULL &&
        a->number == SSL_AD_INTERNAL_ERROR)
      status = WSSTLS_TLS_VERSION_MISMATCH; /* TLS 1.0 at level > 0 */
    if (status == WSSTLS_OK && r->eof_seen)
      status = WSSTLS_TLS_EOF;
    if ((status == WSSTLS_OK || status == WSSTLS_TLS_EOF) &&
        wsstls_record_was_reset(r))
      status = WSSTLS_TCP_RESET;
    if (status == WSSTLS_OK)
      status = a != NULL ? of_our_alert(r, a->number) : WSSTLS_TLS_FAILED;
  }
  wsstls_outcome_set(out, status, tls_phase(r), fault_of(r, status),
                     a != NULL || status == WSSTLS_CLIENT_CERT_MISSING
                       ? me(r) : UNKNOWN);
  if (status == WSSTLS_CLIENT_CERT_MISSING)
    out->phase = WSSTLS_PHASE_VERIFY;
  if (r->damaged && out->message == NULL)
    wsstls_record_string(&out->message, DAMAGED, sizeof DAMAGED - 1);
  return 1;
}
