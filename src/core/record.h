/* record.h: everything one connection showed, bounded, as plain data.
 *
 * Both sides of a connection keep one. The observer writes it under OpenSSL
 * and lws callbacks (so nothing here calls out), the binding turns it into
 * the observation table of the Lua API. A healthy connection's record stays
 * below about 1.5 KB; what did not fit is marked, never silently dropped.
 */
#ifndef WSSTLS_RECORD_H
#define WSSTLS_RECORD_H

#include <stddef.h>
#include <stdint.h>
#include "status.h"
#include "verify.h"

enum {
  WSSTLS_RECORD_ALERTS = 8,
  WSSTLS_RECORD_ERRORS = 8,
  WSSTLS_RECORD_EVENTS = 64,
  WSSTLS_RECORD_LOGS = 8,
  WSSTLS_RECORD_MESSAGES = 8,  /* the first ones say what it was for */
  WSSTLS_RECORD_HELLO = 4096,
  WSSTLS_RECORD_HEAD = 16385,  /* one more than is allowed: it shows */
  WSSTLS_RECORD_BODY = 65536
};

/* Timeline events; a, b are what the row says of them. */
#define WSSTLS_EVENTS(X) \
  X(RESOLVED, "resolved")            /* a: number of addresses */ \
  X(CONNECTING, "connecting")        /* a: index of the address */ \
  X(CONNECTED, "tcp-connected") \
  X(PROXY_CONNECTED, "proxy-connected") /* b: status of its answer */ \
  X(ACCEPTED, "tcp-accepted") \
  X(MESSAGE_SENT, "tls-sent")        /* a: handshake type, b: length */ \
  X(MESSAGE_RECEIVED, "tls-received") \
  X(ALERT_SENT, "alert-sent")        /* a: level, b: number */ \
  X(ALERT_RECEIVED, "alert-received") \
  X(CCS_SENT, "change-cipher-spec-sent") \
  X(CCS_RECEIVED, "change-cipher-spec-received") \
  X(VERIFIED, "verified")            /* a: ok, b: X509 code */ \
  X(HANDSHAKE_DONE, "tls-established") \
  X(HTTP_REQUEST, "http-request")    /* a: bytes */ \
  X(HTTP_RESPONSE, "http-response")  /* b: bytes */ \
  X(HTTP_INTERIM, "http-interim")    /* b: bytes */ \
  X(OPEN, "open") \
  X(DATA_SENT, "message-sent")       /* a: opcode, b: bytes */ \
  X(DATA_RECEIVED, "message-received") \
  X(CLOSE_SENT, "close-sent")        /* a: code */ \
  X(CLOSE_RECEIVED, "close-received") \
  X(EOF_SEEN, "eof") \
  X(RESET_SEEN, "reset")             /* a: errno */ \
  X(TIMED_OUT, "timeout") \
  X(ENDED, "ended")

typedef enum wsstls_event {
#define WSSTLS_EVENT_ENUM(name, text) WSSTLS_EVENT_##name,
  WSSTLS_EVENTS(WSSTLS_EVENT_ENUM)
#undef WSSTLS_EVENT_ENUM
  WSSTLS_EVENT_COUNT
} wsstls_event;

typedef struct wsstls_event_row {
  uint32_t at;                 /* microseconds since started, saturating */
  uint8_t event;
  uint8_t a;                   /* small argument */
  uint16_t spare;
  int32_t b;
} wsstls_event_row;

typedef struct wsstls_alert_row {
  uint32_t at;
  uint8_t sent, level, number;
} wsstls_alert_row;

typedef struct wsstls_ssl_error {
  unsigned long code;          /* ERR_get_error(3) packing */
  char data[80];               /* OpenSSL's extra text, cut */
} wsstls_ssl_error;

typedef struct wsstls_outcome {
  wsstls_status status;        /* WSSTLS_OK: a clean end, or none yet */
  wsstls_phase phase;
  wsstls_party fault, rejected_by;
  char *message;               /* more than the status's sentence; or NULL */
} wsstls_outcome;

typedef struct wsstls_record {
  double started;              /* epoch seconds */
  int64_t start_us;            /* the same moment, monotonic */
  uint8_t is_server, is_tls;
  uint8_t phase;               /* wsstls_phase: how far it came */
  uint8_t handshake_done, resumed;
  uint8_t eof_seen, reset_seen, verify_disabled;
  uint8_t gone;                /* in the handshake: nobody hears alerts */
  uint8_t nalerts, nerrors, nlogs, events_cut, logs_cut, head_cut, body_cut;
  uint8_t close_clean, close_by; /* 0 nobody yet, 1 local, 2 peer, 3 network */
  uint8_t close_sent, close_received;
  uint8_t cert_requested, cert_sent; /* client certificates */
  uint8_t server_hello;        /* version and cipher are chosen */
  uint8_t nmessages;           /* in the timeline, both directions; one more
                                  than fits: there were others */
  uint8_t key_foreign;         /* server: its key is not its certificate's */
  uint8_t damaged;             /* client: one flipped bit explains it */
  uint16_t close_code;
  uint16_t http_status;        /* server: what it answered; 0: nothing */
  uint16_t nevents, event_capacity;
  int os_errno;
  int tls_version;             /* TLS1_3_VERSION, ... 0: none */
  int group;                   /* NID of the key exchange group; 0: none */
  int sig_type, sig_digest;    /* NIDs of the server's signature; 0: none */
  uint32_t cipher;             /* IANA code; 0: none */
  const char *cipher_name;     /* OpenSSL's static name */
  char alpn[32];
  char *sni;
  char *url;
  char *proxy_host;            /* as the application named it; or NULL */
  uint16_t proxy_port, proxy_status;
  char *peer_host;             /* the name that was looked up; or NULL */
  char peer_ip[46];            /* the proxy's, when there is one */
  uint16_t peer_port;
  unsigned char first_bytes[16]; /* of a peer that does not speak TLS */
  uint8_t nfirst;
  unsigned char *hello;        /* the ClientHello's body, as on the wire */
  size_t hello_len;
  unsigned char *key_exchange; /* ServerKeyExchange, during the handshake */
  size_t key_exchange_len;
  char *head;                  /* HTTP head of request or response */
  size_t head_len;
  char *body;
  size_t body_len;
  char *close_reason;
  char **logs;                 /* lws's own lines about this connection */
  wsstls_event_row *events;
  wsstls_alert_row *alerts;    /* NULL until the first, like the others */
  wsstls_ssl_error *errors;    /* first .. last */
  wsstls_verdict *verdict;
  wsstls_outcome outcome;
} wsstls_record;

void wsstls_record_init(wsstls_record *r, int is_server, int is_tls);
void wsstls_record_free(wsstls_record *r);
void wsstls_record_event(wsstls_record *r, wsstls_event event, int a, int b);
void wsstls_record_message(wsstls_record *r, int sent, int binary,
                           size_t len);
void wsstls_record_alert(wsstls_record *r, int sent, int level, int number);
int wsstls_record_heard_alert(const wsstls_record *r); /* any, received */
void wsstls_record_log(wsstls_record *r, const char *line, size_t len);
/* The first bytes a peer sent, once; how its stream ended: 0 a FIN, else the
 * errno of a read. */
void wsstls_record_first(wsstls_record *r, const void *bytes, size_t n);
void wsstls_record_stream_end(wsstls_record *r, int error);
/* Replaces *slot by a copy; keeps the old value when memory is gone. */
void wsstls_record_string(char **slot, const char *text, size_t len);

const char *wsstls_event_name(wsstls_event event);

#endif
