/* conn_parts.h: what the files of a connection say to each other; conn.h is
 * what others see of it.
 */
#ifndef WSSTLS_CONN_PARTS_H
#define WSSTLS_CONN_PARTS_H

#include "conn.h"

/* lws keeps the name to itself (its value is 4 in every 2.x-4.x). Writing
 * the close frame ourselves is the only way to see the peer's answer: after
 * lws_close_reason it is swallowed. */
#define WSSTLS_WRITE_CLOSE ((enum lws_write_protocol)4)

/* Set on the first frame of a compressed message (RFC 7692 6). */
#define WSSTLS_RSV1 0x40u
#define WSSTLS_EXTENSION_OFFER "permessage-deflate; client_max_window_bits"

/* The payload of our own pings, which are never reported. */
#define WSSTLS_KEEPALIVE "wsstls-ping"
#define WSSTLS_KEEPALIVE_LEN (sizeof WSSTLS_KEEPALIVE - 1)

enum { WSSTLS_HIGH_WATER = 1 << 20, WSSTLS_LOW_WATER = 1 << 18,
       WSSTLS_QUEUED_ITEMS = 1024 };

/* A part of a data frame. */
typedef struct wsstls_part {
  int first, final, binary;    /* of a message */
  size_t rest;                 /* of its frame, to come */
  unsigned bits;               /* RSV1 to 3 */
} wsstls_part;

wsstls_conn *wsstls_conn_new(wsstls_loop *loop, int is_server,
                             wsstls_tlsconf *tls);
void wsstls_conn_review(wsstls_conn *c);
void wsstls_conn_keylog(wsstls_conn *c);
int wsstls_conn_reviewing(const wsstls_conn *c); /* we drive TLS, not lws */
wsstls_observer *wsstls_conn_attach(SSL *ssl);
int wsstls_conn_callback(struct lws *wsi, enum lws_callback_reasons reason,
                         void *user, void *in, size_t len);
/* Names the slot of the server's protocol table that lws matches. */
extern char wsstls_protocol_slot[128];
/* The server vhost's SSL_CTX, known once lws has made it. */
extern SSL_CTX *wsstls_server_context;

void wsstls_conn_turn(wsstls_io *io, unsigned events);
/* Around whatever lets lws or OpenSSL read and write for a connection. */
void wsstls_conn_begin(wsstls_conn *c);
void wsstls_conn_finish(wsstls_conn *c);
int wsstls_conn_service(wsstls_conn *c, int revents); /* 0: wsi is gone */
void wsstls_conn_write_out(wsstls_conn *c);
void wsstls_conn_pause(wsstls_conn *c, int paused);

void wsstls_conn_end(wsstls_conn *c, wsstls_status status);
void wsstls_conn_kill(wsstls_conn *c); /* not under its own callback */
void wsstls_conn_arm(wsstls_conn *c);  /* the deadline of its phase */
void wsstls_conn_timers_init(wsstls_conn *c);
void wsstls_conn_keepalive(wsstls_conn *c);
void wsstls_conn_queue(wsstls_conn *c, wsstls_item *item);
void wsstls_conn_notify(wsstls_conn *c);
wsstls_item *wsstls_item_new(wsstls_item_kind kind, size_t capacity);

void wsstls_conn_dial(wsstls_conn *c);
void wsstls_conn_dial_failed(wsstls_conn *c);
void wsstls_conn_dial_free(wsstls_conn *c);
void wsstls_conn_connecting(wsstls_conn *c, int connecting);
/* LWS_CALLBACK_CLIENT_APPEND_HANDSHAKE_HEADER: lws's head ends at *p, with
 * `left` bytes behind it; 0, or -1 after the end. */
int wsstls_conn_request(wsstls_conn *c, char **p, size_t left);
#define WSSTLS_LWS_PATH "/"

/* The head: called each turn while lws must wait. 1: keep lws away. */
int wsstls_conn_head(wsstls_conn *c);
void wsstls_conn_hold(wsstls_conn *c);  /* from HANDSHAKE_DONE on */
int wsstls_conn_read_body(wsstls_conn *c);    /* 1, as wsstls_conn_head */
int wsstls_conn_write_answer(wsstls_conn *c);
extern const char wsstls_head_unreadable[];
/* lws has taken the whole head and opened nothing; it would wait for ever. */
void wsstls_conn_unreadable(wsstls_conn *c);
void wsstls_conn_swallow_head(wsstls_conn *c); /* what lws has not taken */
/* After an SSL_* call returned <= 0: 1 when that was the end. */
int wsstls_conn_tls_ended(wsstls_conn *c, int result);

/* permessage-deflate: the server's choice, once per mention lws comes to;
 * the client's judgement, 0 and a sentence when it is bad; the callback. */
void wsstls_conn_extension_offered(wsstls_conn *c);
int wsstls_conn_extension_declined(void);
int wsstls_conn_extension_answered(wsstls_conn *c, char *why, size_t len);
int wsstls_conn_extension(struct lws_context *context,
                          const struct lws_extension *extension,
                          struct lws *wsi,
                          enum lws_extension_callback_reasons reason,
                          void *user, void *in, size_t len);

/* The first bytes of the peer's first frame, before lws takes them. */
void wsstls_conn_first_frame(wsstls_conn *c, const unsigned char *bytes,
                             size_t n);
/* On ws:// lws may not read before that. */
int wsstls_conn_veiled(const wsstls_conn *c);
/* 1, and a violation: the peer masks what it must not, or the reverse. */
int wsstls_conn_wrongly_masked(wsstls_conn *c);
void wsstls_conn_violation(wsstls_conn *c, wsstls_status status, int code,
                           const char *reason);
void wsstls_conn_received(wsstls_conn *c, const char *in, size_t len);
void wsstls_conn_part(wsstls_conn *c, const char *in, size_t len,
                      const wsstls_part *part);
int wsstls_conn_read_frames(wsstls_conn *c); /* of one record; 0: no more */
/* Frames that came in one record with the head: kept until it is open. */
void wsstls_conn_keep_early(wsstls_conn *c, const char *bytes, size_t n);
void wsstls_conn_read_early(wsstls_conn *c);
void wsstls_conn_pong(wsstls_conn *c, wsstls_item *pong); /* takes it */
void wsstls_conn_send_pong(wsstls_conn *c); /* c->pong, now or later */
int wsstls_conn_drain(wsstls_conn *c);       /* 1, as wsstls_conn_head */
/* > 0 bytes, 0 none for now, -1 the end. */
ssize_t wsstls_conn_read_some(wsstls_conn *c, char *to, size_t len);
void wsstls_conn_end_output(wsstls_conn *c); /* close_notify, FIN */
/* -1: close now; 0: it gets its payload back. `bits`: its reserved ones. */
int wsstls_conn_close_received(wsstls_conn *c, const unsigned char *in,
                               size_t len, int bits);
/* lws found a frame that breaks RFC 6455 and has a close frame of its own for
 * it: ends the connection. */
int wsstls_conn_refused(wsstls_conn *c);
void wsstls_conn_drained(wsstls_conn *c); /* DRAINED, when it is */
int wsstls_conn_writable(wsstls_conn *c); /* under WRITEABLE; lws's return */
void wsstls_conn_ask_writable(wsstls_conn *c);
void wsstls_conn_want_close(wsstls_conn *c, int code, const char *reason,
                            size_t len);
int wsstls_conn_write_close(wsstls_conn *c); /* lws's return */
void wsstls_conn_frames_free(wsstls_conn *c);

#endif
