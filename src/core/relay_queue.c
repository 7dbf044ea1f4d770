/* relay_queue.c: see relay_queue.h. */
#include "relay_queue.h"

#include <stdlib.h>
#include <string.h>

void wsstls_relay_queue_init(wsstls_relay_queue *q)
{
  memset(q, 0, sizeof *q);
  q->tail = &q->head;
}

wsstls_owed *wsstls_relay_queue_add(wsstls_relay_queue *q,
                                    const wsstls_owed *like,
                                    const unsigned char *bytes, size_t len)
{
  wsstls_owed *o = malloc(sizeof *o);

  if (o == NULL)
    return NULL;
  *o = *like;
  o->next = NULL;
  o->off = 0;
  o->len = o->room = len;
  o->bytes = len > 0 ? malloc(len) : NULL;
  if (len > 0 && o->bytes == NULL) {
    free(o);
    return NULL;
  }
  if (len > 0)
    memcpy(o->bytes, bytes, len);
  *q->tail = q->last = o;
  q->tail = &o->next;
  q->bytes += len + sizeof *o;
  return o;
}

static int joins(const wsstls_owed *o)
{
  return o != NULL && o->act == WSSTLS_OWE_BYTES && o->due == 0 &&
         o->rate <= 0 && o->chunk == 0 && !o->gather;
}

static int extend(wsstls_relay_queue *q, const unsigned char *bytes,
                  size_t len, uint32_t records)
{
  wsstls_owed *o = q->last;

  if (o->room - o->len < len) {
    size_t room = o->room * 2 > o->len + len ? o->room * 2 : o->len + len;
    unsigned char *more = realloc(o->bytes, room);

    if (more == NULL)
      return 0;
    o->bytes = more;
    o->room = room;
  }
  memcpy(o->bytes + o->len, bytes, len);
  o->len += len;
  o->records += records;
  q->bytes += len;
  return 1;
}

int wsstls_relay_queue_bytes(wsstls_relay_queue *q,
                             const unsigned char *bytes, size_t len,
                             uint32_t records)
{
  wsstls_owed plain = { .act = WSSTLS_OWE_BYTES, .records = records };

  if (joins(q->last))
    return extend(q, bytes, len, records);
  return wsstls_relay_queue_add(q, &plain, bytes, len) != NULL;
}

int wsstls_relay_queue_gather(wsstls_relay_queue *q,
                              const unsigned char *bytes, size_t len)
{
  return extend(q, bytes, len, 1);
}

void wsstls_relay_queue_sent(wsstls_relay_queue *q, size_t n)
{
  q->head->off += n;
  q->bytes -= n;
}

void wsstls_relay_queue_drop(wsstls_relay_queue *q)
{
  wsstls_owed *o = q->head;

  q->bytes -= o->len - o->off + sizeof *o;
  q->head = o->next;
  if (q->head == NULL) {
    q->tail = &q->head;
    q->last = NULL;
  }
  free(o->bytes);
  free(o);
}

void wsstls_relay_queue_rest(const wsstls_relay_queue *q, uint64_t *bytes,
                             uint64_t *records)
{
  for (const wsstls_owed *o = q->head; o != NULL; o = o->next) {
    *bytes += o->len - o->off;
    *records += o->len > o->off ? o->records : 0;
  }
}

void wsstls_relay_queue_free(wsstls_relay_queue *q)
{
  while (q->head != NULL)
    wsstls_relay_queue_drop(q);
}
