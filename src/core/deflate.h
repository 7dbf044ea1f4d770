/* deflate.h: permessage-deflate (RFC 7692) for one connection.
 *
 * What the two sides agree on (deflate_offer.c) and zlib at work on whole
 * messages (deflate.c). No sockets and no libwebsockets: its own inflater
 * ends the process on what a peer may well send.
 */
#ifndef WSSTLS_DEFLATE_H
#define WSSTLS_DEFLATE_H

#include <stddef.h>
#include <stdint.h>

/* Shorter messages go out as they are: nothing would be gained. */
enum { WSSTLS_DEFLATE_MIN = 64 };

/* RFC 7692 7.1; one for each direction. */
typedef struct wsstls_deflate_side {
  uint8_t no_takeover;         /* every message begins afresh */
  uint8_t bits;                /* of the window: 8..15 */
} wsstls_deflate_side;

typedef struct wsstls_deflate_params {
  wsstls_deflate_side server, client; /* who compresses */
} wsstls_deflate_params;

enum { WSSTLS_DEFLATE_ECHOES = 3, WSSTLS_DEFLATE_PARAM = 40,
       WSSTLS_DEFLATE_HEADER = 254 /* lws's server reads no more */ };

/* The server's choice among the client's offers. */
typedef struct wsstls_deflate_choice {
  int mention;                 /* which permessage-deflate, from 1; 0: none */
  wsstls_deflate_params params;
  size_t nechoes;              /* parameters to repeat, as they stand there */
  char echoes[WSSTLS_DEFLATE_ECHOES][WSSTLS_DEFLATE_PARAM];
} wsstls_deflate_choice;

/* Joins the Sec-WebSocket-Extensions of a raw head with commas. The length
 * that would have been; more than room - 1 is cut. */
size_t wsstls_deflate_header(const char *head, char *out, size_t room);

/* Chooses from a request's value. A choice with mention 0 is always fine:
 * the connection goes without. */
void wsstls_deflate_choose(const char *value, wsstls_deflate_choice *out);

/* Reads a response's value: 1 when it answers "permessage-deflate;
 * client_max_window_bits" as RFC 7692 7.1 allows, else 0. */
int wsstls_deflate_answer(const char *value, wsstls_deflate_params *out);

typedef struct wsstls_deflate wsstls_deflate;

/* zlib's own memory comes with the first message. NULL: out of memory. */
wsstls_deflate *wsstls_deflate_new(const wsstls_deflate_params *params,
                                   int is_server);
void wsstls_deflate_free(wsstls_deflate *d);

/* Compresses a whole message into out (len bytes are room enough). The
 * compressed length, or 0: send it as it is. */
size_t wsstls_deflate_pack(wsstls_deflate *d, const void *data, size_t len,
                           unsigned char *out);
/* What was packed last is not sent after all: refer to it no more. */
void wsstls_deflate_forget(wsstls_deflate *d);

typedef enum wsstls_inflated {
  WSSTLS_INFLATED_ALL,         /* what was fed is used up */
  WSSTLS_INFLATED_FULL,        /* out is full; there may be more */
  WSSTLS_INFLATED_BROKEN,      /* not a deflate stream, or cut short */
  WSSTLS_INFLATED_MEMORY
} wsstls_inflated;

/* Feeds a piece of a message; it must stay there until all is inflated. */
void wsstls_inflate_feed(wsstls_deflate *d, const void *data, size_t len,
                         int final);
/* Inflates to out; *n: the bytes written. */
wsstls_inflated wsstls_inflate(wsstls_deflate *d, char *out, size_t room,
                               size_t *n);

#endif
