/* conn_items.c: what the application has not seen yet, in order.
 *
 * Messages stay here until they are asked for; too many of them stop the
 * reading. CLOSED is always the last item.
 */
#include "conn_parts.h"

#include <stdlib.h>

wsstls_item *wsstls_item_new(wsstls_item_kind kind, size_t capacity)
{
  wsstls_item *item = malloc(sizeof *item + capacity);

  if (item == NULL)
    return NULL;
  item->next = NULL;
  item->kind = kind;
  item->binary = 0;
  item->len = 0;
  item->capacity = capacity;
  return item;
}

void wsstls_conn_notify(wsstls_conn *c)
{
  wsstls_io_ready(&c->io);
}

void wsstls_conn_queue(wsstls_conn *c, wsstls_item *item)
{
  *c->items_tail = item;
  c->items_tail = &item->next;
  c->queued_bytes += item->len;
  c->queued_items++;
  if (c->queued_bytes > WSSTLS_HIGH_WATER ||
      c->queued_items > WSSTLS_QUEUED_ITEMS)
    wsstls_conn_pause(c, 1);
  wsstls_conn_notify(c);
}

static wsstls_item *pop(wsstls_conn *c)
{
  wsstls_item *item = c->items;

  if (item == NULL)
    return NULL;
  c->items = item->next;
  if (c->items == NULL)
    c->items_tail = &c->items;
  c->queued_bytes -= item->len;
  c->queued_items--;
  if (c->paused && c->queued_bytes < WSSTLS_LOW_WATER &&
      c->queued_items < WSSTLS_QUEUED_ITEMS / 2)
    wsstls_conn_pause(c, 0);
  return item;
}

static int take(uint8_t *flag)
{
  int was = *flag;

  *flag = 0;
  return was;
}

wsstls_item *wsstls_conn_next(wsstls_conn *c, wsstls_item_kind *marker)
{
  wsstls_item *item;

  *marker = WSSTLS_ITEM_NONE;
  if (c->items != NULL && c->items->kind == WSSTLS_ITEM_KEYLOG)
    return pop(c);
  if (take(&c->verify_due))
    *marker = WSSTLS_ITEM_VERIFY;
  else if (take(&c->head_due))
    *marker = c->o.record.is_server ? WSSTLS_ITEM_REQUEST
                                    : WSSTLS_ITEM_RESPONSE;
  else if (take(&c->open_due))
    *marker = WSSTLS_ITEM_OPEN;
  if (*marker != WSSTLS_ITEM_NONE)
    return NULL;
  item = pop(c);
  if (item != NULL)
    return item;
  if (take(&c->drained_due))
    *marker = WSSTLS_ITEM_DRAINED;
  else if (take(&c->closed_due))
    *marker = WSSTLS_ITEM_CLOSED;
  return NULL;
}

int wsstls_conn_has_next(const wsstls_conn *c)
{
  return c->items != NULL || c->verify_due || c->head_due || c->open_due ||
         c->drained_due || c->closed_due;
}
