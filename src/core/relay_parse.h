/* relay_parse.h: TLS records as they pass, in one direction.
 *
 * Fed with the bytes of a stream in any pieces, it knows where records begin
 * and end, and, while they are in clear, which handshake messages begin in
 * them: until ChangeCipherSpec in TLS 1.2, until the ServerHello in 1.3. A
 * stream that is not TLS (or is no longer) is plain.
 * Sources: RFC 5246 6.2.1 and 7.4, RFC 8446 4 and 5.1.
 */
#ifndef WSSTLS_RELAY_PARSE_H
#define WSSTLS_RELAY_PARSE_H

#include <stddef.h>
#include <stdint.h>
#include "relay_log.h"

enum { WSSTLS_RELAY_HEAD = 5, WSSTLS_MESSAGE_HEAD = 4 };

/* RFC 8446 B.3 and RFC 5246 7.4; hello_retry_request looks like a
 * server_hello on the wire. */
#define WSSTLS_RELAY_MESSAGE_NAMES(X) \
  X(0, "hello_request") X(1, "client_hello") X(2, "server_hello") \
  X(4, "new_session_ticket") X(5, "end_of_early_data") \
  X(6, "hello_retry_request") X(8, "encrypted_extensions") \
  X(11, "certificate") X(12, "server_key_exchange") \
  X(13, "certificate_request") X(14, "server_hello_done") \
  X(15, "certificate_verify") X(16, "client_key_exchange") \
  X(20, "finished") X(21, "certificate_url") X(22, "certificate_status") \
  X(24, "key_update")

enum { WSSTLS_CLIENT_HELLO = 1, WSSTLS_SERVER_HELLO = 2,
       WSSTLS_HELLO_RETRY_REQUEST = 6, WSSTLS_CERTIFICATE = 11 };

/* What both directions of a connection know together. */
typedef struct wsstls_relay_session {
  uint8_t hello_seen;          /* the ServerHello has passed */
  uint8_t tls13;               /* and it chose TLS 1.3 */
} wsstls_relay_session;

typedef struct wsstls_relay_parser {
  wsstls_relay_session *session;
  uint8_t plain;               /* not TLS from here on */
  uint8_t encrypted;           /* handshake records, too */
  uint8_t head_len, head[WSSTLS_RELAY_HEAD];
  uint32_t left;               /* of the fragment under way */
  uint8_t message_len, message[WSSTLS_MESSAGE_HEAD];
  uint32_t message_left;
  uint8_t nmessages, messages[WSSTLS_RELAY_MESSAGES];
  uint16_t hello_len;
  unsigned char hello[1024];   /* of a ServerHello */
} wsstls_relay_parser;

/* Takes bytes up to the end of a record and returns how many. *whole: the
 * record is complete; its fields stay until wsstls_relay_parser_next. */
size_t wsstls_relay_parser_feed(wsstls_relay_parser *p,
                                const unsigned char *bytes, size_t len,
                                int *whole);
void wsstls_relay_parser_next(wsstls_relay_parser *p);
/* The length a header tells. */
uint32_t wsstls_relay_fragment(const unsigned char *head);
/* Whether a record can begin with these bytes (1 to 5 of them). */
int wsstls_relay_plausible(const unsigned char *bytes, size_t len);
/* A message type by its content: HelloRetryRequest is a ServerHello. */
int wsstls_relay_message_type(const unsigned char *message, size_t len);

const char *wsstls_relay_message_name(int type); /* "unknown" at worst */
int wsstls_relay_message(const char *name);      /* -1: no such */

#endif
