/* relay_queue.h: what one direction of a relayed connection still owes.
 *
 * Bytes, and what is to happen between them: waits, a FIN, the end. Items
 * keep their order whatever their dates are.
 */
#ifndef WSSTLS_RELAY_QUEUE_H
#define WSSTLS_RELAY_QUEUE_H

#include <stddef.h>
#include <stdint.h>

typedef enum wsstls_item_act {
  WSSTLS_OWE_BYTES,
  WSSTLS_OWE_WAIT,             /* `seconds` from when its turn comes */
  WSSTLS_OWE_STALL,            /* for good */
  WSSTLS_OWE_FIN,              /* the source ended, or half_close */
  WSSTLS_OWE_CLOSE,            /* FIN to the ends in `to` */
  WSSTLS_OWE_RESET             /* RST to the ends in `to` */
} wsstls_item_act;

typedef struct wsstls_owed {
  struct wsstls_owed *next;
  wsstls_item_act act;
  int64_t due;                 /* not before; 0: at once */
  double seconds, rate;        /* rate: bytes a second; 0: no limit */
  uint32_t records;            /* that end in these bytes */
  uint32_t chunk;              /* split: bytes of one send; 0: all */
  double gap;                  /* split: seconds between two of them */
  uint8_t gather;              /* coalesce: until `due` or `enough` */
  uint8_t to;
  uint8_t begun;
  uint32_t rule;               /* stall: whose */
  size_t enough;
  size_t len, off, room;
  unsigned char *bytes;
} wsstls_owed;

typedef struct wsstls_relay_queue {
  wsstls_owed *head, **tail, *last;
  size_t bytes;                /* unsent, with what the items cost */
} wsstls_relay_queue;

void wsstls_relay_queue_init(wsstls_relay_queue *q);
/* NULL: no memory. `like` gives act, due, rate, ...; bytes are copied. */
wsstls_owed *wsstls_relay_queue_add(wsstls_relay_queue *q,
                                    const wsstls_owed *like,
                                    const unsigned char *bytes, size_t len);
/* Bytes with nothing special about them join those before them. 0: no
 * memory. */
int wsstls_relay_queue_bytes(wsstls_relay_queue *q,
                             const unsigned char *bytes, size_t len,
                             uint32_t records);
/* One more record for the last item, which collects them. 0: no memory. */
int wsstls_relay_queue_gather(wsstls_relay_queue *q,
                              const unsigned char *bytes, size_t len);
/* `n` bytes of the head are sent. */
void wsstls_relay_queue_sent(wsstls_relay_queue *q, size_t n);
/* Takes the head away. */
void wsstls_relay_queue_drop(wsstls_relay_queue *q);
/* Bytes and records that will never be sent. */
void wsstls_relay_queue_rest(const wsstls_relay_queue *q, uint64_t *bytes,
                             uint64_t *records);
void wsstls_relay_queue_free(wsstls_relay_queue *q);

#endif
